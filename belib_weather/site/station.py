"""The page of a station: now, today and tomorrow, the usual week, the past weeks, its points.

What belongs here: figures in the words of a language. What does not: the figures
(`station_views`), HTML (`templates`).
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from belib_weather.panels import number_formats as n
from belib_weather.panels.i18n import STATION_STATUS_NAMES
from belib_weather.site import paths, words
from belib_weather.site.chances import chance_in_ten, interval_in_tenths
from belib_weather.site.data import WEEKS
from belib_weather.site.folder import File
from belib_weather.site.forecast_texts import ForecastTexts
from belib_weather.site.shell import Shell
from belib_weather.site.station_views import Forecast, Hour, Row, StationView, Usual
from belib_weather.site.week import cell, week_of
from belib_weather.vocabulary import OutageEnd, SinceKind, Standing

MOST_OUTAGES = 12
"""Outages that a page lists, the newest first."""
_KINDS = ("free", "in_use", "out", "not_in_service", "unobserved")


class StationPage:
    """The content of a station's page in the language of a shell."""

    def __init__(self, shell: Shell, view: StationView) -> None:
        self._shell, self._view = shell, view
        self._language, self._t = shell.language, shell.t

    def file(self, hours: Sequence[Hour], forecasts: ForecastTexts) -> File:
        """The page."""
        view, state = self._view, self._view.state
        title = name_of(state)
        return self._shell.page(
            "station.html.j2",
            paths.station(view.id),
            title=title,
            description=self._t.gettext(
                "Is a charge point free at {name}? Now, tomorrow hour by hour, and how often the"
                " station was broken.",
                name=title,
            ),
            state=state,
            feed=paths.feed(paths.station(view.id)),
            now=self._now(),
            hours=self._hours(hours),
            has_forecast=bool(view.forecast),
            forecasts=forecasts,
            week=week_of({at: each.chance for at, each in view.usual.items()}, self._language),
            days=self._days(),
            days_of_usual=max((usual.days for usual in view.usual.values()), default=0),
            outages=self._outages(),
            more_outages=max(0, len(view.outages) - MOST_OUTAGES),
            reliability=self._reliability(),
            points=self._points(),
            unobserved=self._unobserved(),
        )

    def _now(self) -> list[str]:
        """What the newest snapshot says, in sentences."""
        state, t = self._view.state, self._t
        status = STATION_STATUS_NAMES[state["station_status"]].in_(self._language)
        since = n.moment(state["since"], self._language)
        if state["since_kind"] == SinceKind.SEEN:
            sentence = t.gettext("State: {status}, since {moment}.", status=status, moment=since)
        else:
            sentence = t.gettext(
                "State: {status}, at least since {moment}.", status=status, moment=since
            )
        in_use = state["occupied"] + state["reserved"]
        counted = t.ngettext("{count} point in use", "{count} points in use", in_use)
        return [sentence, *([f"{counted}."] if in_use else []), *self._broken()]

    def _broken(self) -> list[str]:
        state, t = self._view.state, self._t
        sentences = []
        if out := state["reported_out_of_order"]:
            counted = t.ngettext("{count} point out of order", "{count} points out of order", out)
            since = state["out_of_order_since"]
            if since is not None:
                moment = n.moment(since, self._language)
                counted += (
                    t.gettext(", since {moment}", moment=moment)
                    if state["out_of_order_since_kind"] == SinceKind.SEEN
                    else t.gettext(", at least since {moment}", moment=moment)
                )
            sentences.append(f"{counted}.")
        stale_and_out = state["reported_out_of_order"] - state["out_of_order"]
        if silent := state["unknown"] + state["stale"] - stale_and_out:
            sentences.append(
                t.ngettext(
                    "{count} point has sent no news for a day, or its state is unknown.",
                    "{count} points have sent no news for a day, or their state is unknown.",
                    silent,
                )
            )
        return sentences

    def _hours(self, hours: Sequence[Hour]) -> list[dict[str, Any]]:
        """Today and tomorrow: each hour with its usual chance, in words and as a colour."""
        rows: list[dict[str, Any]] = []
        for hour in hours:
            usual = self._view.usual.get((hour.weekday, hour.hour))
            forecast = self._view.forecast.get(hour.start)
            rows.append(
                {
                    "start": hour.start.isoformat(),
                    "day": n.day(hour.date, self._language) if not rows or hour.hour == 0 else "",
                    "clock": n.clock(hour.hour, self._language),
                    "usual": chance_in_ten(usual.chance, self._t) if usual else n.NOTHING,
                    "range": self._range(usual) if usual else "",
                    "cell": cell(usual.chance if usual else None),
                    "forecast": chance_in_ten(forecast.chance, self._t) if forecast else "",
                    "free": self._free(forecast),
                    "forecast_cell": cell(forecast.chance if forecast else None),
                }
            )
        return rows if self._view.usual or self._view.forecast else []

    def _free(self, forecast: Forecast | None) -> str:
        if forecast is None:
            return ""
        if forecast.low == forecast.high:
            return n.number(forecast.low, self._language)
        return self._t.gettext("{low} to {high}", low=forecast.low, high=forecast.high)

    def _range(self, usual: Usual) -> str:
        """The interval of a usual chance in tenths; empty where it is one number."""
        ends = interval_in_tenths(usual.low, usual.high)
        if ends is None:
            return ""
        return self._t.gettext("{low} to {high} in 10", low=ends[0], high=ends[1])

    def _days(self) -> list[dict[str, Any]]:
        """The past weeks by day, newest first; today is not over."""
        return [
            {
                "date": n.short_day(day.date, self._language),
                "chance": n.share(day.chance, self._language, 0),
                "shares": [n.share(getattr(day, kind), self._language, 0) for kind in _KINDS],
                "bar": _bar([getattr(day, kind) for kind in _KINDS]),
            }
            for day in self._view.days[: 7 * WEEKS + 1]
        ]

    def _outages(self) -> list[dict[str, str]]:
        t, language = self._t, self._language
        rows = []
        for outage in self._view.outages[:MOST_OUTAGES]:
            length = words.duration(timedelta(seconds=outage["duration_seconds"]), language)
            is_whole = outage["is_begun"] and outage["end_kind"] == OutageEnd.RETURNED
            rows.append(
                {
                    "of": outage["charge_point_id"] or t.gettext("the whole station"),
                    "from": n.short_moment(outage["down_from"], language),
                    "length": length if is_whole else t.gettext("at least {length}", length=length),
                    "end": t.gettext("lasts")
                    if outage["end_kind"] == OutageEnd.LASTS
                    else n.short_moment(outage["ended_at"], language),
                }
            )
        return rows

    def _reliability(self) -> str:
        """What can be said of the running month."""
        row, t = self._view.month, self._t
        if row is None or row["standing"] in {Standing.NOT_OBSERVED, Standing.NOT_IN_SERVICE}:
            return t.gettext("Too little was observed this month to say how reliable it is.")
        if row["standing"] == Standing.NEVER_AVAILABLE:
            return t.gettext("No point was available for a second this month.")
        if row["standing"] == Standing.NOT_REPORTING:
            return t.gettext(
                "No point was available for a second this month; most of the time nothing was heard"
                " from this station."
            )
        if row["technical_availability"] is None:
            return t.gettext(
                "More than half of this month is without news: in service between {low} and"
                " {high} of the time.",
                low=n.share(row["technical_availability_low"], self._language, 0),
                high=n.share(row["technical_availability_high"], self._language, 0),
            )
        begun = t.ngettext("{count} outage began", "{count} outages began", row["outages_begun"])
        share, low, high = (
            n.share(row[f"technical_availability{end}"], self._language, 1)
            for end in ("", "_low", "_high")
        )
        if low == high:
            return t.gettext(
                "This month its points were in service {share} of the time; {begun}.",
                share=share,
                begun=begun,
            )
        return t.gettext(
            "This month its points were in service {share} of the time ({low} to {high}, as one"
            " counts the time without news); {begun}.",
            share=share,
            low=low,
            high=high,
            begun=begun,
        )

    def _points(self) -> list[dict[str, str]]:
        return [
            {
                "id": row["charge_point_id"],
                "power": words.power(row["power_kw"], self._language),
                "plugs": words.plugs(row, self._language),
                "accessibility": row["accessibility"] or n.NOTHING,
                "opening_hours": row["opening_hours"] or n.NOTHING,
            }
            for row in sorted(self._view.points, key=lambda row: row["charge_point_id"])
        ]

    def _unobserved(self) -> str:
        view, t = self._view, self._t
        if view.coverage is None:
            return t.gettext("Nothing was observed in the last four weeks.")
        return t.gettext(
            "In the hours that were polled since {date}, {share} of the time of its points was"
            " observed. Nothing is guessed for the rest.",
            date=n.day(view.days[-1].date, self._language),
            share=n.share(view.coverage, self._language, 1),
        )


def name_of(state: Row) -> str:
    """What a station is called: its address, else its name, else its id."""
    return str(state["address"] or state["station_name"] or state["station_id"])


def _bar(shares: Sequence[float]) -> list[tuple[int, float, float]]:
    """Number, left end and width of each part of a bar, of 100."""
    parts, left = [], 0.0
    for number, share in enumerate(shares):
        width = round(100 * share, 1)
        parts.append((number, round(left, 1), width))
        left += 100 * share
    return parts
