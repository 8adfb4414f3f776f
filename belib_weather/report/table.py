"""A table of the report, and what all of them share.

What belongs here: which columns and rows each has. What does not: HTML (`templates`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from belib_weather.panels import number_formats as n
from belib_weather.panels.i18n import Language, Text
from belib_weather.report.findings import Report
from belib_weather.report.texts import COLUMNS


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
        self._in = language

    def _chance(self, row: dict[str, float]) -> tuple[str, str, str, str]:
        return (
            n.share(row["chance_of_a_free_point"], self._in),
            n.interval(row["low"], row["high"], self._in),
            n.number(row["days"], self._in),
            n.number(row["station_hours_observed"], self._in),
        )

    def _said(self, caption: tuple[str, str]) -> str:
        return Text(*caption).in_(self._in)

    def _table(
        self,
        name: str,
        caption: tuple[str, str],
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        texts: int = 1,
    ) -> Table:
        titles = [COLUMNS[column].in_(self._in) for column in columns]
        return Table(name, self._said(caption), titles, rows, texts)
