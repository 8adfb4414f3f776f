"""The tables, charts and maps of each asset, as metadata by partition key.

What belongs here: which figures an asset shows, and at which partition. What does not: when they
are asked for and what happens when one fails (`assets.presentation`).
"""

from datetime import datetime, timedelta

import dagster as dg
import polars as pl

from belib_weather.assets.feed import polled_hours
from belib_weather.assets.presentation import Entries
from belib_weather.catalog import outage_tables, tables
from belib_weather.catalog import station_map as maps
from belib_weather.catalog.images import (
    REPORT,
    chart_entries,
    is_drawn,
    map_entries,
    pictured_hour,
)
from belib_weather.credits import are_simulated
from belib_weather.datasets import STATUS_SECONDS
from belib_weather.dates import dates_of, window_of_dates
from belib_weather.lake import RAW_SNAPSHOTS, Lake
from belib_weather.panels.dashboard_panels.polls import POLLS_BY_DAY
from belib_weather.partitions import day_key, hour_key
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_FACTS
from belib_weather.window import DAY, Window

LONGEST = timedelta(days=15)
"""Of a range's snapshots, the last are counted."""


class CatalogDrawers:
    """What the catalog shows of each asset (`assets.presentation.Drawers`)."""

    def snapshots_table(self, lake: Lake, window: Window, now: datetime) -> Entries:
        """Snapshots of each hour against those expected."""
        of_hour = tables.snapshot_tables(polled_hours(lake, window, now), now)
        return {hour_key(hour): {"table": table} for hour, table in of_hour.items()}

    def snapshots_chart(
        self, context: dg.AssetExecutionContext, lake: Lake, window: Window, now: datetime
    ) -> Entries:
        """Snapshots per hour of the day before the end of the window, or of all of a longer one."""
        key = hour_key(pictured_hour(window, now))
        if not is_drawn(context):
            return {key: {"report": REPORT}}
        from belib_weather.catalog import charts  # noqa: PLC0415 - takes two thirds of a second

        start = max(min(window.start, window.end - DAY), window.end - LONGEST)
        counted = Window(start, window.end)
        hours = polled_hours(lake, counted, now)
        png = charts.png_of(charts.coverage_chart(hours, now), hours["source"].drop_nulls())
        whole = "One by one: `belib-weather raw list`."
        return {key: chart_entries(f"Snapshots stored per hour, {counted}", whole, png)}

    def feed_table(self, hours: pl.DataFrame) -> Entries:
        """What was polled, day by day."""
        return {None: {"table": tables.panel_table(POLLS_BY_DAY, hours)}}

    def facts_table(self, facts: pl.DataFrame) -> Entries:
        """The figures of each hour."""
        of_hour = tables.hour_tables(facts)
        return {hour_key(hour): {"table": table} for hour, table in of_hour.items()}

    def facts_chart(
        self,
        context: dg.AssetExecutionContext,
        warehouse: Warehouse,
        window: Window,
        sums: pl.DataFrame,
        now: datetime,
    ) -> Entries:
        """Availability over the days in Paris around the run's hours, or over a longer range."""
        key = hour_key(pictured_hour(window, now))
        if not sums.select(pl.sum_horizontal(pl.col(STATUS_SECONDS)).sum()).item():
            return {}  # nothing was observed, as by the first snapshot of all
        if not is_drawn(context):
            return {key: {"report": REPORT}}
        from belib_weather.catalog import charts  # noqa: PLC0415 - takes two thirds of a second

        is_short = window.end - window.start < DAY
        rows = warehouse.read(AVAILABILITY_FACTS, _days_in_paris(window)) if is_short else sums
        png = charts.png_of(charts.facts_chart(rows, window), rows["source"].unique())
        text = f"Share of points available and occupancy, about {window}"
        whole = "Station by station: the view `availability_hours` in PostgreSQL."
        return {key: chart_entries(text, whole, png)}

    def episodes_table(self, episodes: pl.DataFrame) -> Entries:
        """Segments of each day by status."""
        days = episodes.group_by(pl.col("started_at").dt.truncate("1d").alias("day"))
        return {day_key(day): {"table": tables.episodes_table(own)} for (day,), own in days}

    def weather_table(self, hours: pl.DataFrame) -> Entries:
        """The weather of each day in one row."""
        days = hours.group_by(pl.col("hour").dt.truncate("1d").alias("day"))
        return {day_key(day): {"table": tables.weather_table(own)} for (day,), own in days}

    def weather_chart(self, context: dg.AssetExecutionContext, hours: pl.DataFrame) -> Entries:
        """Temperature and precipitation, at the last day that has any."""
        if hours.is_empty():
            return {}
        key = day_key(hours["hour"].sort()[-1])
        if not is_drawn(context):
            return {key: {"report": REPORT}}
        from belib_weather.catalog import charts  # noqa: PLC0415 - takes two thirds of a second

        png = charts.png_of(charts.weather_chart(hours), hours["source"].unique())
        whole = "Hour by hour: the table `weather_hours` in PostgreSQL."
        return {key: chart_entries("Temperature and precipitation, by the hour", whole, png)}

    def profile_table(self, profile: pl.DataFrame) -> Entries:
        """The city's typical day, by the hour."""
        return {None: {"table": tables.profile_table(profile)}}

    def weather_association_table(self, found: pl.DataFrame) -> Entries:
        """What goes with the weather in the city."""
        return {None: {"table": tables.weather_association_table(found)}}

    def saturation_table(self, weeks: pl.DataFrame) -> Entries:
        """The last week by arrondissement, the fullest first."""
        return {None: {"table": tables.saturation_table(weeks)}}

    def outages_table(self, outages: pl.DataFrame) -> Entries:
        """The longest outages that last."""
        return {None: {"table": outage_tables.outages_table(outages)}}

    def reliability_table(self, stations: pl.DataFrame) -> Entries:
        """The worst stations of the newest week."""
        return {None: {"table": outage_tables.reliability_table(stations)}}

    def repair_table(self, repairs: pl.DataFrame) -> Entries:
        """Times to repair by quarter."""
        return {None: {"table": outage_tables.repair_table(repairs)}}

    def charge_points_table(self, points: pl.DataFrame) -> Entries:
        """Current charge points by power and connectors."""
        return {None: {"table": tables.points_table(points)}}

    def stations_table(self, stations: pl.DataFrame) -> Entries:
        """Present stations by arrondissement."""
        present = _present(stations)
        return {None: {"table": tables.panel_table(tables.STATIONS_BY_ARRONDISSEMENT, present)}}

    def stations_map(self, lake: Lake, stations: pl.DataFrame) -> Entries:
        """Present stations by power."""
        present = _present(stations)
        if present["latitude"].drop_nulls().is_empty():
            return {}
        newest = lake.newest_captured_at(RAW_SNAPSHOTS)
        stored = lake.inventory(RAW_SNAPSHOTS, Window.hour(newest))["source"] if newest else ()
        svg = maps.stations_by_power(present, is_simulated=are_simulated(stored))
        text = f"Map of {present.height} stations, by power"
        return {None: map_entries(text, "One by one: the table `stations` in PostgreSQL.", svg)}

    def states_table(self, states: pl.DataFrame) -> Entries:
        """Free stations and points by arrondissement."""
        return {None: {"table": tables.panel_table(tables.STATES_BY_ARRONDISSEMENT, states)}}

    def states_map(self, states: pl.DataFrame) -> Entries:
        """Stations by availability now."""
        if states["latitude"].drop_nulls().is_empty():
            return {}
        svg = maps.stations_by_state(states)
        text = f"Map of {states.height} stations, by availability"
        whole = "One by one: the table `station_states` in PostgreSQL."
        return {None: map_entries(text, whole, svg)}


def _present(stations: pl.DataFrame) -> pl.DataFrame:
    return stations.filter(pl.col("valid_to").is_null())


def _days_in_paris(window: Window) -> Window:
    """The whole days in Paris that a window touches."""
    return window_of_dates(dates_of(window))
