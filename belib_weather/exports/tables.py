"""The exported tables: which files there are, and what is in them.

What belongs here: what one is, and those whose rows are not simply a table's. Tables of the
warehouse that are exported as they are say so themselves (`warehouse.tables`). What does not:
what a column means (`datasets`), and the bytes (`encoding`).
"""

from dataclasses import dataclass

import dataframely as dy

from belib_weather.datasets import AvailabilityHour, Station


@dataclass(frozen=True)
class ExportedTable:
    """A table or view of the warehouse as files.

    Attributes:
        name: of the table or view, and of the resource in the data package.
        dataset: declares the columns.
        left_out: columns that are not exported.
        date_column: one CSV file per date in Paris of this column, and one Parquet file per month,
            in the folder `folder`. None: the whole table is one file, `NAME.csv` and
            `NAME.parquet`.
        folder: of the files by date and month; the name unless given.
    """

    name: str
    dataset: type[dy.Schema]
    left_out: tuple[str, ...] = ()
    date_column: str | None = None
    folder: str = ""

    @property
    def title(self) -> str:
        """One line that says what a row is."""
        return (self.dataset.__doc__ or "").strip().partition("\n")[0]

    @property
    def columns(self) -> dict[str, dy.Column]:
        """The exported columns by name, in their order."""
        return {n: c for n, c in self.dataset.columns().items() if n not in self.left_out}

    @property
    def key(self) -> list[str]:
        """The columns that identify a row."""
        return [name for name in self.dataset.primary_key() if name in self.columns]


class StationNow(Station):
    """A station as it is now: the charge points that share one id root."""

    source = dy.String(
        nullable=True,
        description="Raw source of the newest snapshot; `simulator:` in front: made by a program.",
    )


AVAILABILITY_FILES = ExportedTable(
    "availability_hours", AvailabilityHour, date_column="local_date", folder="availability"
)
STATION_FILES = ExportedTable("stations", StationNow, left_out=("valid_to",))
"""Current stations only, so that the end of their validity is unknown for all of them."""
ALWAYS_EXPORTED = (AVAILABILITY_FILES, STATION_FILES)
