"""The weather by the hour: the best sample known, in PostgreSQL.

What belongs here: window → read → transform → replace. What does not: the rules
(`transform.weather`) and the SQL (`warehouse`).
"""

import dagster as dg
import polars as pl

from belib_weather.assets.parsed_documents import Unreadable, parsed_weather, readable
from belib_weather.assets.presentation import CatalogResource
from belib_weather.assets.raw import SINGLE_RUN, raw_weather
from belib_weather.assets.table_metadata import table_metadata
from belib_weather.datasets import WeatherHour
from belib_weather.datasets.weather import WEATHER_RULES
from belib_weather.lanes import Lane
from belib_weather.partitions import DAILY, day_key, window_of
from belib_weather.resources import LakeResource, WarehouseResource
from belib_weather.transform.input_hashes import weather_input_hashes
from belib_weather.transform.weather import best_weather, bodies_to_compare, newest_first
from belib_weather.warehouse.tables import WEATHER_HOURS
from belib_weather.window import HOUR, Window

GROUP = "core"


@dg.asset(
    group_name=GROUP,
    kinds={"postgres", "polars"},
    deps=[raw_weather],
    partitions_def=DAILY,
    tags=Lane.WEATHER.tags,
    metadata=table_metadata(WeatherHour, "weather_hours"),
    code_version=str(WEATHER_RULES),
    backfill_policy=SINGLE_RUN,
)
def weather_hours(
    context: dg.AssetExecutionContext,
    lake: LakeResource,
    warehouse: WarehouseResource,
    catalog: CatalogResource,
) -> dg.MaterializeResult[None]:
    """Weather in Paris by the hour (UTC stamps): one row per hour, the best sample known.

    An archive beats a forecast, then the newest document counts. Sums and codes are of the hour
    before the stamp, temperature and wind of the instant.
    """
    window, raw, store = window_of(context), lake.connect(), warehouse.connect()
    days = []
    for day in map(Window.day, window.days):
        # The next day's first row too: it holds the sums of this day's last hour.
        written = Window(day.start, day.end + HOUR)
        with store.locked(WEATHER_HOURS, written) as transaction:
            unreadable = Unreadable()
            inputs = weather_input_hashes(raw.weather_inventory(day), day)
            stored = raw.weather_documents(written, on_damaged=unreadable.add)
            documents = readable(newest_first(stored), parsed_weather, unreadable)
            bodies = bodies_to_compare(documents, written.hours)
            best = best_weather(
                pl.concat([WeatherHour.create_empty(), *(body.records for body in bodies)]).filter(
                    pl.col("hour").is_between(written.start, written.end, closed="left")
                )
            )
            transaction.replace(WEATHER_HOURS, WeatherHour.validate(best), written)
            transaction.record_inputs(WEATHER_HOURS, inputs)
        rows = best.filter(pl.col("hour") < day.end)
        if rows.is_empty():
            context.log.warning(f"no weather is stored for {day_key(day.start)}")
        context.add_asset_metadata(
            {
                "dagster/partition_row_count": rows.height,
                "sources": sorted(rows["source"].unique()),
                "samples rejected": sum(body.rejected.height for body in bodies),
                **unreadable.report(context),
            },
            partition_key=day_key(day.start),
        )
        days.append(rows)
    hours = pl.concat(days)
    catalog.show(context, lambda draw: draw.weather_table(hours))
    catalog.show(context, lambda draw: draw.weather_chart(context, hours))
    return dg.MaterializeResult()
