"""A time axis that shows the clock of Paris.

Instants are placed by UTC, so that every hour is as long as any other; only the labels are local.
On the day that ends summer time the axis therefore has 25 hours, on the day that starts it 23.

What belongs here: ticks and their labels. What does not: what is drawn over them.
"""

import math
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import altair as alt
import polars as pl

from belib_weather.networks import NETWORK
from belib_weather.panels.i18n import Language
from belib_weather.panels.number_formats import clock, short_date, short_day
from belib_weather.window import HOUR

_ZONE = ZoneInfo(NETWORK.zone)
_FEW_HOURS = timedelta(hours=50)
_LABELS = 8
"""As many fit side by side on a phone."""


def time_axis(field: str, hours: pl.Series, language: Language, *, labelled: bool = True) -> alt.X:
    """The horizontal axis of a chart whose rows hold `milliseconds(field)`.

    Args:
        field: name of the column.
        hours: the UTC hours of the rows.
        language: of the labels.
        labelled: draw the ticks alone when false.
    """
    ticks = ticks_of(hours, language)
    names = ",".join(f"'{milliseconds(at)}':'{label}'" for at, label in ticks.items())
    axis = alt.Axis(
        values=[milliseconds(at) for at in ticks],
        labelExpr=f"({{{names}}})[time(datum.value)]" if labelled else "''",
        labelAlign="left",
        labelBound=False,
        labelOverlap=False,
        ticks=labelled,
        grid=True,
    )
    scale = alt.Scale(type="utc", nice=False, padding=0, domain=_whole(hours) or alt.Undefined)
    return alt.X(f"{field}:T", title=None, axis=axis, scale=scale)


def ticks_of(hours: pl.Series, language: Language) -> dict[datetime, str]:
    """Label of each tick by its instant (UTC), in order.

    Midnights in Paris; of a short time every six hours on the clock, of a longer one every second
    midnight, of a long one Mondays.
    """
    if hours.is_empty():
        return {}
    first, last = (_instant(hours.min()), _instant(hours.max()))
    start, end = first.astimezone(_ZONE).date(), last.astimezone(_ZONE).date()
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    if last - first <= _FEW_HOURS:
        chosen = {_at(d, h): _hour_label(d, h, language) for d in days for h in (0, 6, 12, 18)}
    elif len(days) <= _LABELS:
        chosen = {_at(d, 0): _day_label(d, language) for d in days}
    else:
        is_short = len(days) <= 2 * _LABELS
        labelled = days[::2] if is_short else [d for d in days if d.isoweekday() == 1]
        step = math.ceil(len(labelled) / _LABELS)
        chosen = {_at(d, 0): short_date(d, language) for d in labelled[::step]}
    labels = {at: label for at, label in chosen.items() if first <= at <= last}
    hour = clock(first.astimezone(_ZONE).hour, language)
    return labels or {first: f"{_day_label(start, language)}, {hour}"}


def milliseconds(at: datetime) -> int:
    """Milliseconds since 1970, as pictures count time."""
    return round(at.timestamp() * 1000)


def _whole(hours: pl.Series) -> list[int]:
    """From the start of the first hour to the end of the last; nothing without hours."""
    if hours.is_empty():
        return []
    first, last = _instant(hours.min()), _instant(hours.max())
    return [milliseconds(first), milliseconds(last + HOUR)]


def _hour_label(day: date, hour: int, language: Language) -> str:
    return clock(hour, language) if hour else _day_label(day, language)


def _day_label(day: date, language: Language) -> str:
    """Without the dot of an abbreviation: on a phone there is no room for it."""
    return short_day(day, language).replace(".", "")


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), _ZONE).astimezone(UTC)


def _instant(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError(f"{value!r} is no instant; an hourly panel has hours in UTC")
    return value
