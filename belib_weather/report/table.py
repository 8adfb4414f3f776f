"""A table of the report, and what all of them share.

What belongs here: which columns and rows each has. What does not: HTML (`page`'s templates).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from belib_weather.panels import number_formats as n
from belib_weather.panels.i18n import Language, translation_to
from belib_weather.report.findings import Report
from belib_weather.report.texts import COLUMNS
from belib_weather.transform.comparisons import FULL_DAYS


@dataclass(frozen=True)
class Table:
    """Rows of texts; the first cell of a row is its header, the first `texts` columns hold words.

    A line break in a cell is shown as one.
    """

    name: str
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    texts: int = 1


class TableMaker:
    """Makes tables of a report in one language."""

    def __init__(self, report: Report, language: Language) -> None:
        self._report = report
        self._language = language
        self._t = translation_to(language)

    def _chance(self, row: dict[str, float]) -> tuple[str, ...]:
        return (
            self._share(row["chance_of_a_free_point"]),
            self._points(row["difference"]),
            self._interval(row["low"], row["high"], row["compared_days"]),
            self._number(row["days"]),
            self._number(row["station_hours_observed"]),
        )

    def _number(self, value: float | None, decimals: int = 0) -> str:
        return n.number(value, self._language, decimals)

    def _share(self, value: float | None) -> str:
        return n.share(value, self._language)

    def _points(self, value: float | None) -> str:
        return n.points(value, self._language)

    def _interval(self, low: float | None, high: float | None, days: float) -> str:
        """An interval; one of few days is marked as approximate."""
        mark = "≈ " if low is not None and days < FULL_DAYS else ""
        return mark + n.interval(low, high, self._language)

    def _table(
        self,
        name: str,
        caption: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        texts: int = 1,
    ) -> Table:
        titles = [COLUMNS[column].in_(self._language) for column in columns]
        return Table(name, caption, titles, rows, texts)
