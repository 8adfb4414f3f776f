"""What a run shows in the Dagster catalog, drawn at its end, once the data are stored.

What belongs here: which tables, charts and maps exist, and that one that fails is a warning. What
does not: how they are drawn (`catalog`, which no asset imports).
Concept: docs/decisions/pictures-once-a-run.md
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

import dagster as dg
import polars as pl
from polars.exceptions import PanicException

from belib_weather.lake import Lake
from belib_weather.warehouse import Warehouse
from belib_weather.window import Window

Entries = Mapping[str | None, Mapping[str, dg.MetadataValue]]
"""Metadata by partition key; by None for an asset without partitions."""


class Drawers(Protocol):
    """What can be drawn. Charts take the context, since not every run draws them."""

    def snapshots_table(self, lake: Lake, window: Window, now: datetime) -> Entries:
        """Per hour: snapshots against those expected."""

    def snapshots_chart(
        self, context: dg.AssetExecutionContext, lake: Lake, window: Window, now: datetime
    ) -> Entries:
        """Snapshots per hour of the day before the end of the window, or of all of a longer one."""

    def feed_table(self, hours: pl.DataFrame) -> Entries:
        """Per day in Paris: what was polled (`FeedHour` rows)."""

    def facts_table(self, facts: pl.DataFrame) -> Entries:
        """Per hour: the figures of its facts (`AvailabilityFact` rows)."""

    def facts_chart(
        self,
        context: dg.AssetExecutionContext,
        warehouse: Warehouse,
        window: Window,
        sums: pl.DataFrame,
        now: datetime,
    ) -> Entries:
        """Availability around the hours of the run (`sums` as by `BuiltHours.sums`)."""

    def episodes_table(self, episodes: pl.DataFrame) -> Entries:
        """Per UTC day: how long points kept each status (`StatusEpisode` rows)."""

    def weather_table(self, hours: pl.DataFrame) -> Entries:
        """Per UTC day: the weather in one row (`WeatherHour` rows)."""

    def weather_chart(self, context: dg.AssetExecutionContext, hours: pl.DataFrame) -> Entries:
        """Temperature and precipitation (`WeatherHour` rows)."""

    def charge_points_table(self, points: pl.DataFrame) -> Entries:
        """Current charge points by power and connectors (`ChargePoint` rows)."""

    def stations_table(self, stations: pl.DataFrame) -> Entries:
        """Stations by arrondissement (`Station` rows)."""

    def stations_map(self, lake: Lake, stations: pl.DataFrame) -> Entries:
        """Stations by power (`Station` rows); the lake knows whether they are simulated."""

    def states_table(self, states: pl.DataFrame) -> Entries:
        """Free stations and points by arrondissement (`StationState` rows)."""

    def states_map(self, states: pl.DataFrame) -> Entries:
        """Stations by availability now (`StationState` rows)."""

    def profile_table(self, profile: pl.DataFrame) -> Entries:
        """The city's typical day, by the hour (`OccupancyProfile` rows)."""

    def weather_association_table(self, found: pl.DataFrame) -> Entries:
        """What goes with the weather in the city (`WeatherAssociation` rows)."""

    def saturation_table(self, weeks: pl.DataFrame) -> Entries:
        """The last week by arrondissement, the fullest first (`Saturation` rows)."""

    def outages_table(self, outages: pl.DataFrame) -> Entries:
        """The longest outages that last (`Outage` rows)."""

    def reliability_table(self, stations: pl.DataFrame) -> Entries:
        """The worst stations of the newest week (`ReliabilityOfStation` rows)."""

    def repair_table(self, repairs: pl.DataFrame) -> Entries:
        """Times to repair by quarter (`TimeToRepair` rows)."""


class CatalogResource(dg.ConfigurableResource, ABC):  # type: ignore[type-arg]
    """Tables, charts and maps of the Dagster catalog."""

    @abstractmethod
    def drawers(self) -> Drawers:
        """Load what draws; called at the end of a run, so that it may fail like any drawing."""

    def show(self, context: dg.AssetExecutionContext, draw: Callable[[Drawers], Entries]) -> None:
        """Draw something and attach it to the run's materializations; a failure is a warning.

        The data are stored by now, and the next poll must not depend on a picture: hence any
        exception, also one of the import of the drawers, and a panic of polars.
        """
        try:
            for key, entries in draw(self.drawers()).items():
                # Dagster reads metadata when the run ends, too late to go on without it: read now.
                read = dg.AssetMaterialization(context.asset_key, metadata=entries).metadata
                context.add_asset_metadata(read, partition_key=key)
        except (Exception, PanicException) as error:
            context.log.warning(
                f"the data are stored, but the catalog lacks a table or picture of them:"
                f" {type(error).__name__}: {str(error)[:500]}",
                exc_info=True,
            )
