"""The weather as it was forecast, in PostgreSQL, and its check.

What belongs here: which documents are read and which are known already. What does not: the rows
(`transform.weather_forecasts`), and what the weather was (`weather`).
"""

from collections.abc import Iterator

import dagster as dg
import polars as pl

from belib_weather.assets.check_factory import Finding, PartitionCheck
from belib_weather.assets.parsed_documents import Unreadable, parsed_weather, readable
from belib_weather.assets.raw import SINGLE_RUN, raw_weather
from belib_weather.assets.table_metadata import table_metadata
from belib_weather.datasets.forecasts import FORECAST_RULES, WeatherForecast
from belib_weather.lake import RAW_WEATHER, Lake, RawDocument
from belib_weather.lanes import Lane
from belib_weather.partitions import DAILY, day_key, window_of
from belib_weather.resources import LakeResource, WarehouseResource
from belib_weather.transform import weather_forecasts as transform
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import WEATHER_FORECASTS
from belib_weather.window import HOUR, Window


@dg.asset(
    group_name="core",
    kinds={"postgres", "polars"},
    deps=[raw_weather],
    partitions_def=DAILY,
    tags=Lane.WEATHER.tags,
    metadata=table_metadata(WeatherForecast, WEATHER_FORECASTS.name),
    code_version=str(FORECAST_RULES),
    backfill_policy=SINGLE_RUN,
)
def weather_forecasts(
    context: dg.AssetExecutionContext, lake: LakeResource, warehouse: WarehouseResource
) -> dg.MaterializeResult[None]:
    """Weather in Paris as it was forecast: a row per forecast and hour to come, as it came.

    Partitioned by the UTC day of the issue, which is the capture of the document. What was measured
    later is in `weather_hours` and changes nothing here.
    """
    window, raw, store = window_of(context), lake.connect(), warehouse.connect()
    for day in map(Window.day, window.days):
        unreadable = Unreadable()
        with store.locked(WEATHER_FORECASTS, day) as transaction:
            inputs = forecast_inputs(raw, day)
            new = _window_to_read(raw, store, day)
            rows = WeatherForecast.create_empty()
            if new is not None:
                stored = filter(
                    _is_forecast, raw.documents(RAW_WEATHER, new, on_damaged=unreadable.add)
                )
                bodies = [body for _, body in readable(stored, parsed_weather, unreadable)]
                rows = transform.weather_forecasts(bodies)
                transaction.replace(WEATHER_FORECASTS, rows, new)
            transaction.record_inputs(
                WEATHER_FORECASTS, inputs.rename({"hour": WEATHER_FORECASTS.time})
            )
        context.add_asset_metadata(
            {
                "dagster/partition_row_count": store.read(WEATHER_FORECASTS, day).height,
                "forecasts": inputs["snapshots"][0],
                "forecasts new": rows["issued_at"].n_unique(),
                **unreadable.report(context),
            },
            partition_key=day_key(day.start),
        )
    return dg.MaterializeResult()


def forecast_documents(raw: Lake, window: Window) -> pl.DataFrame:
    """`captured_at`, `source`, `sha256` of the forecasts that were captured in a window."""
    # Whatever covers an hour after the window begins: a forecast reaches beyond its capture.
    covering = raw.weather_inventory(Window(window.start, window.end + transform.REACH + HOUR))
    return covering.filter(
        pl.col("captured_at").is_between(window.start, window.end, closed="left"),
        ~pl.col("source").str.ends_with("/archive"),
        pl.col("last") - pl.col("captured_at") >= transform.REACH,
    ).select("captured_at", "source", "sha256")


def forecast_inputs(raw: Lake, window: Window) -> pl.DataFrame:
    """The fingerprints of the days of a window (`forecast_input_hashes`)."""
    return transform.forecast_input_hashes(forecast_documents(raw, window), window.days)


def _is_forecast(document: RawDocument) -> bool:
    return transform.is_forecast(document.source, document.captured_at, document.summary["last"])


def _window_to_read(raw: Lake, store: Warehouse, day: Window) -> Window | None:
    """The part of a day that is to be read; the whole day, where documents of before changed.

    None where nothing is new.
    """
    ledger = store.ledger(WEATHER_FORECASTS, day)
    if ledger.is_empty() or ledger["rules"][0] != FORECAST_RULES:
        return day
    documents = forecast_documents(raw, day).sort("captured_at", "source")
    count = ledger["snapshots"][0]
    known = transform.forecast_input_hashes(documents.head(count), [day.start])
    if known["input_hash"][0] != ledger["input_hash"][0]:
        return day
    seconds = documents["captured_at"].dt.truncate("1s").to_list()
    if count == len(seconds):
        return None
    return (
        day if count and seconds[count - 1] == seconds[count] else Window(seconds[count], day.end)
    )


def _forecasts_have_no_hole(window: Window, warehouse: Warehouse) -> Iterator[Finding]:
    for day in map(Window.day, window.days):
        rows = warehouse.read(WEATHER_FORECASTS, day)
        of_issue = rows.group_by("issued_at").agg(
            pl.len().alias("hours"),
            ((pl.col("hour").max() - pl.col("hour").min()).dt.total_hours() + 1).alias("span"),
            pl.col("hour").min().alias("first"),
        )
        holes = of_issue.filter(pl.col("hours") != pl.col("span")).height
        early = of_issue.filter(pl.col("first") < pl.col("issued_at").dt.truncate("1h")).height
        yield Finding(
            day.start,
            holes == 0 and early == 0,
            {"forecasts": of_issue.height, "with holes": holes, "of the past": early},
        )


FORECAST_CHECKS = (
    PartitionCheck(
        name="forecasts_have_no_hole",
        asset=weather_forecasts,
        description="Every forecast of the weather has each hour from its issue to its end.",
        find=_forecasts_have_no_hole,
        resources=frozenset({"warehouse"}),
    ),
)
