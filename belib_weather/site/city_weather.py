"""The weather of the next hours as short texts, and one sentence of what goes with it.

What belongs here: texts of the weather. What does not: weather itself, and the association
(`transform.weather_association`).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from belib_weather.panels import number_formats as n
from belib_weather.panels.i18n import WEATHER_NAMES, Language, translation_to
from belib_weather.site.chances import PARIS
from belib_weather.window import HOUR

WET_MM = 0.1
"""Precipitation of an hour from which it is wet."""
_RAIN = "1 mm or more"


def weather_ahead(measured: pl.DataFrame, forecast: pl.DataFrame) -> pl.DataFrame:
    """The weather of the hours ahead: the newest forecast of each hour that has no row yet.

    Args:
        measured: `WeatherHour` rows; they count first.
        forecast: rows of weather forecasts, each with `issued_at`.
    """
    newest = forecast.sort("issued_at").unique("hour", keep="last")
    known = pl.col("hour").is_in(measured["hour"].implode())
    shared = [name for name in measured.columns if name in newest.columns]
    return pl.concat([measured, newest.filter(~known).select(shared)], how="diagonal").sort("hour")


def hourly_texts(
    weather: pl.DataFrame, hours: list[datetime], language: Language
) -> list[str | None]:
    """The weather of each hour in a few words; None where it is not known.

    Args:
        weather: `WeatherHour` rows: sums and codes are of the hour before the stamp.
        hours: starts of hours.
        language: of the texts.
    """
    at: Mapping[datetime, dict[str, Any]] = {row["hour"]: row for row in weather.rows(named=True)}
    return [_text(at.get(hour), at.get(hour + HOUR), language) for hour in hours]


def _text(
    start: dict[str, Any] | None, end: dict[str, Any] | None, language: Language
) -> str | None:
    temperature = start["temperature_c"] if start else None
    kind, wet = (end["weather_class"], end["precipitation_mm"]) if end else (None, None)
    parts = []
    if temperature is not None:
        parts.append(f"{n.number(temperature, language)} °C")
    if kind is not None:
        parts.append(WEATHER_NAMES[kind].in_(language))
    if wet is not None and wet >= WET_MM:
        parts.append(f"{n.number(wet, language, 1)} mm")
    return ", ".join(parts) or None


def day_text(weather: pl.DataFrame, day: date, language: Language) -> str | None:
    """The weather of a day in Paris in a few words; None where half of it is not known."""
    t = translation_to(language)
    local = pl.col("hour").dt.convert_time_zone(PARIS.key)
    instants = weather.filter(local.dt.date() == day)["temperature_c"].drop_nulls()
    if len(instants) < 12:
        return None
    ended = pl.col("hour").dt.offset_by("-1h").dt.convert_time_zone(PARIS.key)
    sums = weather.filter(ended.dt.date() == day).with_columns(ended.dt.hour().alias("start"))
    wet = sums.filter(pl.col("precipitation_mm") >= WET_MM)
    temperatures = t.gettext(
        "{low} to {high} °C",
        low=n.number(instants.min(), language),  # type: ignore[arg-type]
        high=n.number(instants.max(), language),  # type: ignore[arg-type]
    )
    if wet.is_empty():
        return ", ".join((temperatures, t.gettext("dry")))
    hours = t.ngettext(
        "{count} hour with rain or snow", "{count} hours with rain or snow", wet.height
    )
    total = n.number(float(wet["precipitation_mm"].sum()), language, 1)
    return f"{temperatures}, {hours} ({total} mm)"


def association_sentence(
    association: pl.DataFrame, upcoming: pl.DataFrame, language: Language
) -> str | None:
    """One sentence of what goes with the weather that is ahead; None where none is reported.

    Args:
        association: `WeatherAssociation` rows.
        upcoming: `WeatherHour` rows of the hours ahead.
        language: of the sentence.
    """
    reported = association.filter(
        pl.col("scope").cast(pl.String) == "city",
        pl.col("standing").cast(pl.String) != "withheld",
        pl.col("difference").is_not_null(),
    )
    if reported.is_empty():
        return None
    rain = reported.filter(pl.col("precipitation").cast(pl.String) == _RAIN)
    is_wet = upcoming["precipitation_mm"].drop_nulls().ge(1).any() if upcoming.height else False
    warmth = reported.filter(pl.col("temperature_c").is_not_null())
    if warmth.is_empty() or (is_wet and not rain.is_empty()):
        row = (rain if not rain.is_empty() else reported).row(0, named=True)
    else:
        known = upcoming["temperature_c"].drop_nulls() if upcoming.height else pl.Series([15.0])
        middle = known.mean() if len(known) else 15.0
        nearest = warmth.sort((pl.col("temperature_c") - pl.lit(middle)).abs())
        row = nearest.row(0, named=True)
    return _sentence(row, language)


def _sentence(row: dict[str, Any], language: Language) -> str:
    t = translation_to(language)
    values = {
        "points": n.points(row["difference"], language),
        "interval": n.interval(row["difference_low"], row["difference_high"], language),
        "hours": n.number(row["hours"], language),
        "days": n.number(row["days"], language),
    }
    if row["temperature_c"] is None:
        text = t.gettext(
            "In hours with 1 mm of rain or more, occupancy differed by {points} points from dry"
            " hours (95% interval {interval}; {hours} hours on {days} days). It goes with the rain;"
            " that is no proof that the rain is the cause.",
            **values,
        )
    else:
        text = t.gettext(
            "Around {temperature} °C, occupancy differed by {points} points from {reference} °C"
            " (95% interval {interval}; {hours} hours on {days} days). It goes with the"
            " temperature; that is no proof that it is the cause.",
            temperature=n.number(row["temperature_c"], language),
            reference=row["compared_with"].removesuffix(" °C"),
            **values,
        )
    if row["standing"] == "provisional":
        text += " " + t.gettext("Provisional: fewer than 90 days were seen.")
    return text
