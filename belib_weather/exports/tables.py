"""The exported tables: which files there are, and what is in them.

What belongs here: what one is, and those whose rows are not simply a table's. Tables of the
warehouse that are exported as they are say so themselves (`warehouse.tables`). What does not:
what a column means (`datasets`), and the bytes (`encoding`).
"""

from dataclasses import dataclass

import dataframely as dy

from belib_weather.datasets import AvailabilityHour, ChargePoint, Station
from belib_weather.datasets.episodes import StatusEpisode
from belib_weather.datasets.forecasts import WeatherForecast

SOURCE_COLUMNS = ("source", "weather_source")
IS_SIMULATED = "is_simulated"
_SIMULATED = "True where a raw source of the row is the simulator: no observation of Paris."


@dataclass(frozen=True)
class ExportedTable:
    """A table or view of the warehouse as files.

    Attributes:
        name: of the files, and of the resource in the data package.
        dataset: declares the columns.
        left_out: columns that are not exported.
        date_column: one CSV file per date in Paris of this column, and one Parquet file per month,
            in the folder `folder`. None: the whole table is one file, `NAME.csv` and
            `NAME.parquet`.
        folder: of the files by date and month; the name unless given.
        relation: the table or view of the warehouse, where the files have another name.
    """

    name: str
    dataset: type[dy.Schema]
    left_out: tuple[str, ...] = ()
    date_column: str | None = None
    folder: str = ""
    relation: str = ""

    @property
    def source_table(self) -> str:
        """The table or view of the warehouse; for a table also the name of its asset."""
        return self.relation or self.name

    @property
    def title(self) -> str:
        """One line that says what a row is."""
        return (self.dataset.__doc__ or "").strip().partition("\n")[0]

    @property
    def columns(self) -> dict[str, dy.Column]:
        """The exported columns by name, in order; the last says whether a row is simulated."""
        own = {n: c for n, c in self.dataset.columns().items() if n not in self.left_out}
        if "source" not in own:
            raise ValueError(f"{self.name} is exported, so its rows must name their `source`")
        is_known = not own["source"].nullable
        return own | {IS_SIMULATED: dy.Bool(nullable=not is_known, description=_SIMULATED)}

    @property
    def sources(self) -> list[str]:
        """The columns that name raw sources."""
        return [name for name in SOURCE_COLUMNS if name in self.dataset.column_names()]

    @property
    def key(self) -> list[str]:
        """The columns that identify a row."""
        return [name for name in self.dataset.primary_key() if name in self.columns]


class _Sourced(dy.Schema):
    """What knows whether it is simulated."""

    source = dy.String(
        nullable=True,
        description="Raw source of the newest snapshot; `simulator:` in front: made by a program.",
    )


class StationNow(Station, _Sourced):
    """A station as it is now: the charge points that share one id root."""


class StationVersion(Station, _Sourced):
    """A station as it was: the charge points that share one id root; one row per validity.

    Grain of validity: UTC day.
    """


class ChargePointVersion(ChargePoint, _Sourced):
    """A charge point (EVSE) as it was; one row per charge point and validity interval.

    Grain of validity: UTC day.
    """


AVAILABILITY_FILES = ExportedTable(
    "availability_hours", AvailabilityHour, date_column="local_date", folder="availability"
)
STATION_FILES = ExportedTable("stations", StationNow, left_out=("valid_to",))
"""Current stations only, so that the end of their validity is unknown for all of them."""
ALWAYS_EXPORTED = (AVAILABILITY_FILES, STATION_FILES)
EPISODE_FILES = ExportedTable("status_episodes", StatusEpisode, date_column="local_date")
WEATHER_FORECAST_FILES = ExportedTable(
    "weather_forecasts", WeatherForecast, date_column="local_date"
)
STATION_VERSION_FILES = ExportedTable("station_versions", StationVersion, relation="stations")
POINT_VERSION_FILES = ExportedTable(
    "charge_point_versions", ChargePointVersion, relation="charge_points"
)
NEWEST_SOURCE = (STATION_VERSION_FILES, POINT_VERSION_FILES)
"""Tables without a source in each row: theirs is that of the newest snapshot."""
