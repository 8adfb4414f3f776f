"""The report's sentences: every finding in words, with its sample size.

What belongs here: sentences made of figures. What does not: when to charge (`advice_text`), the
period and the data (`data_notes`), fixed texts (the template), and tables (`hour_tables`,
`station_tables`).
"""

from typing import Any

import polars as pl

from belib_weather.panels import number_formats as n
from belib_weather.panels.i18n import WEATHER_NAMES, Language, translation_to
from belib_weather.report.findings import Now, Report

_CHANCE = "chance_of_a_free_point"


class Sentences:
    """The sentences of a report in one language."""

    def __init__(self, report: Report, language: Language) -> None:
        self._report = report
        self._language = language
        self._t = translation_to(language)

    def now(self) -> str:
        """How many points are free, and when that was seen."""
        now = self._report.now
        if now is None:
            return self._t.gettext("No snapshot of the stations is stored yet.")
        at = n.moment(now.captured_at, self._language)
        if not now.known:
            return self._t.gettext(
                "No point in service has reported its state lately. Seen on {at}, Paris time.",
                at=at,
            )
        sentence = self._t.gettext(
            "{share} of the points in service that reported lately; {free} of {total} stations had"
            " a free one. Seen on {at}, Paris time.",
            share=n.share(now.free / now.known, self._language, 0),
            free=n.number(now.stations_free, self._language),
            total=n.number(now.stations, self._language),
            at=at,
        )
        old = self._t.gettext("This is not recent.")
        return sentence if now.is_recent else f"{sentence} {old}"

    def free(self) -> str:
        """Free points now, of those known; nothing where none is."""
        now = self._report.now
        if now is None or not now.known:
            return ""
        return self._t.ngettext(
            "{count} of {total} points free",
            "{count} of {total} points free",
            now.free,
            total=n.number(now.known, self._language),
        )

    def map(self) -> str:
        """Where free points are scarce."""
        rows = [row for row in _by_arrondissement(self._report.now) if row["known"]]
        if not rows:
            return self.now()
        rows.sort(key=lambda row: row["available"] / row["known"])
        worst, best = (self._place(row) for row in (rows[0], rows[-1]))
        return self._t.gettext(
            "The largest share of free points is in the {best}, the smallest in the {worst}.",
            best=best,
            worst=worst,
        )

    def calendar(self) -> str:
        """The range of the cells."""
        cells = _rows(self._report.calendar.drop_nulls(_CHANCE))
        if not cells:
            return self._t.gettext("No hour observed.")
        if len(cells) == 1:
            return self._t.gettext(
                "Only one hour was observed ({share}): there is nothing to compare.",
                share=self._chance(cells[0]),
            )
        shares = [cell[_CHANCE] for cell in cells]
        span = self._t.gettext(
            "The cells range from {low} to {high}, over {hours} station-hours.",
            low=n.share(min(shares), self._language),
            high=n.share(max(shares), self._language),
            hours=n.number(sum(cell["station_hours_observed"] for cell in cells), self._language),
        )
        days = [cell["days"] for cell in cells]
        sample = self._t.gettext(
            "Each cell covers {days}: small differences mean little.",
            days=self._range_of_days(min(days), max(days)),
        )
        return f"{span} {sample}"

    def hours(self) -> str:
        """The best and the worst hour of all days."""
        rows = _rows(self._report.by_hour)
        if len(rows) < 2:
            return self.calendar()
        rows.sort(key=lambda row: row[_CHANCE])
        worst, best = (
            f"{n.clock(row['local_hour'], self._language)} ({self._chance(row)})"
            for row in (rows[0], rows[-1])
        )
        found = self._t.gettext(
            "Over all days the best hour begins at {best}, the worst at {worst}.",
            best=best,
            worst=worst,
        )
        return found + self._caveat(rows[-1], rows[0])

    def weather(self) -> str:
        """The weather with the highest and with the lowest chance."""
        rows = _rows(self._report.by_weather)
        if len(rows) < 2:
            return self._t.gettext(
                "Fewer than two kinds of weather were observed: there is nothing to compare."
            )
        rows.sort(key=lambda row: row[_CHANCE])
        worst, best = (
            f"{WEATHER_NAMES[row['weather_class']].in_(self._language)} ({self._chance(row)})"
            for row in (rows[0], rows[-1])
        )
        found = self._t.gettext(
            "Weather with the highest chance of a free point: {best}; with the lowest: {worst}.",
            best=best,
            worst=worst,
        )
        return found + self._caveat(rows[-1], rows[0])

    def _caveat(self, best: dict[str, Any], worst: dict[str, Any]) -> str:
        low, high = best["low"], worst["high"]
        if low is None or high is None:
            return " " + self._t.gettext("This is said of the observed days only.")
        if low > 0 > high:
            return ""
        return " " + self._t.gettext("They may not differ from the other hours of the same days.")

    def _chance(self, row: dict[str, Any]) -> str:
        days = self._t.ngettext("{count} day", "{count} days", row["days"])
        return f"{n.share(row[_CHANCE], self._language)}, {days}"

    def _range_of_days(self, fewest: int, most: int) -> str:
        days = self._t.ngettext("{count} day", "{count} days", most)
        if fewest == most:
            return days
        return self._t.pgettext("number of days", "{fewest} to {days}", fewest=fewest, days=days)

    def _place(self, row: dict[str, Any]) -> str:
        return self._t.ngettext(
            "{ordinal} arrondissement ({share} of {count} point)",
            "{ordinal} arrondissement ({share} of {count} points)",
            row["known"],
            ordinal=n.ordinal(row["arrondissement"], self._language),
            share=n.share(row["available"] / row["known"], self._language, 0),
        )


def _by_arrondissement(now: Now | None) -> list[dict[str, Any]]:
    return [] if now is None else _rows(now.by_arrondissement)


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return list(frame.iter_rows(named=True))
