"""What the pages are made from: frames as the warehouse holds them, read once for all pages."""

from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from belib_weather.credits import OUTLINES, Credit, are_simulated, credits_of
from belib_weather.datasets import Arrondissement, Station, StationState, WeatherHour
from belib_weather.datasets.marts import OccupancyProfile, WeatherAssociation


def _empty(dataset: type) -> pl.DataFrame:
    made: pl.DataFrame = dataset.create_empty()  # type: ignore[attr-defined]
    return made


@dataclass(frozen=True)
class SiteData:
    """Everything that the pages show; frames without rows where there is nothing to show.

    Attributes:
        now: when the pages are made (UTC).
        states: `StationState` rows, of the newest snapshot.
        stations: `Station` rows; those in force are shown.
        profile: `OccupancyProfile` rows.
        forecasts: rows of the newest forecast of each station.
        weather: `WeatherAssociation` rows.
        weather_hours: `WeatherHour` rows from the running hour on.
        outlines: `Arrondissement` rows.
    """

    now: datetime
    states: pl.DataFrame = field(default_factory=lambda: _empty(StationState))
    stations: pl.DataFrame = field(default_factory=lambda: _empty(Station))
    profile: pl.DataFrame = field(default_factory=lambda: _empty(OccupancyProfile))
    forecasts: pl.DataFrame = field(default_factory=pl.DataFrame)
    weather: pl.DataFrame = field(default_factory=lambda: _empty(WeatherAssociation))
    weather_hours: pl.DataFrame = field(default_factory=lambda: _empty(WeatherHour))
    outlines: pl.DataFrame = field(default_factory=lambda: _empty(Arrondissement))

    @property
    def seen_at(self) -> datetime | None:
        """The second of the newest snapshot."""
        seen: datetime | None = self.states["captured_at"].max()  # type: ignore[assignment]
        return seen

    @property
    def sources(self) -> tuple[str, ...]:
        """Raw sources of all rows."""
        return tuple(self.states["source"].unique().sort())

    @property
    def has_map(self) -> bool:
        """Whether any station has a place, so that there is a map and a preview image."""
        return not self.states.select("latitude", "longitude").drop_nulls().is_empty()

    @property
    def is_simulated(self) -> bool:
        """Whether any row is simulated."""
        return are_simulated(self.sources)

    @property
    def credits(self) -> list[Credit]:
        """The credits due for the data."""
        weather = self.weather_hours["source"].unique().sort()
        drawn = [OUTLINES] if self.outlines.height else []
        return [*credits_of((*self.sources, *weather)), *drawn]
