"""What the pages are made from: frames as the warehouse holds them, read once for all pages.

What belongs here: which frames, and what all pages say of them. What does not: reading them
(`assets.site`), and what a page makes of them.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import polars as pl

from belib_weather.credits import OUTLINES, Credit, are_simulated, credits_of
from belib_weather.datasets import Arrondissement, Station, WeatherHour
from belib_weather.datasets.feed import FeedHour
from belib_weather.datasets.forecasts import BLEND, ForecastOfStation, ForecastScore
from belib_weather.datasets.marts import (
    FactOfAMart,
    OccupancyProfile,
    Saturation,
    WeatherAssociation,
)
from belib_weather.datasets.network import ChargePoint, StationState
from belib_weather.datasets.outages import Outage
from belib_weather.datasets.reliability import ReliabilityOfStation
from belib_weather.dates import window_of_date
from belib_weather.networks import NETWORK
from belib_weather.window import DAY, HOUR, Window, floor_hour

WEEKS = 4
"""Whole weeks of days before today that pages look back on."""
OUTAGE_DAYS = 92
"""Days back from which the begin of an outage is shown."""
_ZONE = ZoneInfo(NETWORK.zone)


@dataclass(frozen=True)
class Period:
    """The days that pages look back on, and the hours to come; by the clock of Paris.

    Attributes:
        now: when the pages are made (UTC).
    """

    now: datetime

    @property
    def today(self) -> date:
        """The date in Paris."""
        return self.now.astimezone(_ZONE).date()

    @property
    def past(self) -> Window:
        """From a midnight four weeks ago to the end of the running hour."""
        first = self.today - timedelta(weeks=WEEKS)
        return Window(window_of_date(first).start, floor_hour(self.now) + HOUR)

    @property
    def outages(self) -> Window:
        """When outages began that are shown."""
        return Window(self.now - OUTAGE_DAYS * DAY, self.now + DAY)

    @property
    def weather(self) -> Window:
        """The hours of weather to come."""
        return Window(floor_hour(self.now), floor_hour(self.now) + 3 * DAY)

    @property
    def to_come(self) -> list[datetime]:
        """Starts of the hours from the running one to the end of tomorrow."""
        end = window_of_date(self.today + timedelta(days=1)).end
        return Window(floor_hour(self.now), end).hours


def _empty(dataset: type) -> pl.DataFrame:
    empty: pl.DataFrame = dataset.create_empty()  # type: ignore[attr-defined]
    return empty


@dataclass(frozen=True)
class SiteData:
    """Everything that the pages show; frames without rows where there is nothing to show.

    Attributes:
        now: when the pages are made (UTC).
        states: `StationState` rows, of the newest snapshot.
        stations: `Station` rows; those in force are shown.
        points: `ChargePoint` rows; those in force are shown.
        facts: `FactOfAMart` rows of `Period.past`.
        profile: `OccupancyProfile` rows.
        reliability: `ReliabilityOfStation` rows.
        outages: `Outage` rows that began in `Period.outages`.
        saturation: `Saturation` rows.
        feed: `FeedHour` rows of `Period.past`.
        forecasts: `ForecastOfStation` rows; of the newest forecast.
        scores: `ForecastScore` rows; the newest weeks are shown.
        weather: `WeatherAssociation` rows.
        weather_hours: `WeatherHour` rows from the running hour on.
        outlines: `Arrondissement` rows.
        has_report: whether the report's pages lie beside these.
    """

    now: datetime
    states: pl.DataFrame = field(default_factory=lambda: _empty(StationState))
    stations: pl.DataFrame = field(default_factory=lambda: _empty(Station))
    points: pl.DataFrame = field(default_factory=lambda: _empty(ChargePoint))
    facts: pl.DataFrame = field(default_factory=lambda: _empty(FactOfAMart))
    profile: pl.DataFrame = field(default_factory=lambda: _empty(OccupancyProfile))
    reliability: pl.DataFrame = field(default_factory=lambda: _empty(ReliabilityOfStation))
    outages: pl.DataFrame = field(default_factory=lambda: _empty(Outage))
    saturation: pl.DataFrame = field(default_factory=lambda: _empty(Saturation))
    feed: pl.DataFrame = field(default_factory=lambda: _empty(FeedHour))
    forecasts: pl.DataFrame = field(default_factory=lambda: _empty(ForecastOfStation))
    scores: pl.DataFrame = field(default_factory=lambda: _empty(ForecastScore))
    weather: pl.DataFrame = field(default_factory=lambda: _empty(WeatherAssociation))
    weather_hours: pl.DataFrame = field(default_factory=lambda: _empty(WeatherHour))
    outlines: pl.DataFrame = field(default_factory=lambda: _empty(Arrondissement))
    has_report: bool = False

    @property
    def period(self) -> Period:
        """The days and hours that the pages show."""
        return Period(self.now)

    @property
    def seen_at(self) -> datetime | None:
        """The second of the newest snapshot."""
        seen: datetime | None = self.states["captured_at"].max()  # type: ignore[assignment]
        return seen

    @property
    def serves_blend(self) -> bool:
        """Whether the newest forecasts are the blend's, not a model's."""
        return bool((self.forecasts["model"] == BLEND).any())

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Raw sources of what is shown: the states, and the feed in the past weeks."""
        named = pl.concat([self.states["source"], self.feed["source"]]).drop_nulls()
        return tuple(named.unique().sort())

    @cached_property
    def has_map(self) -> bool:
        """Whether any station has a place, so that there is a map and a preview image."""
        return not self.states.select("latitude", "longitude").drop_nulls().is_empty()

    @property
    def is_simulated(self) -> bool:
        """Whether any row is simulated."""
        return are_simulated(self.sources)

    @cached_property
    def credits(self) -> list[Credit]:
        """The credits due for the data."""
        weather = self.weather_hours["source"].unique().sort()
        drawn = [OUTLINES] if self.outlines.height else []
        return [*credits_of((*self.sources, *weather)), *drawn]
