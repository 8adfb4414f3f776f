"""The chance of a free point in the next 24 hours, in PostgreSQL, and its checks.

What belongs here: what is known at the origin, calling the model, storing its forecast. What does
not: the model (`forecast`), and how good it was (`forecast_scores`).
"""

from datetime import datetime, timedelta

import dagster as dg
import polars as pl

from belib_weather.assets.forecast_model import GROUP, current_model, forecast_model
from belib_weather.assets.forecast_states import point_history, states_at_origin
from belib_weather.assets.raw import SINGLE_RUN, raw_belib_snapshots
from belib_weather.assets.run_metadata import both_clocks
from belib_weather.assets.station_states import station_states
from belib_weather.assets.table_metadata import table_metadata
from belib_weather.datasets.forecasts import AvailabilityForecast
from belib_weather.lanes import Lane
from belib_weather.resources import Clock, Forecasts, LakeResource, WarehouseResource
from belib_weather.transform.instants import QUARTER, point_states, station_states_at
from belib_weather.transform.station_forecasts import served_forecasts
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import (
    AVAILABILITY_FORECASTS,
    FORECAST_OF_STATIONS,
    STATION_STATES,
    STATIONS,
    WEATHER_FORECASTS,
)
from belib_weather.window import HOUR, Window, floor_day, floor_hour

KNOWN_DAYS = 14
"""Days of states before the origin that the model looks at."""
BLEND_IS_SERVED = "forecasts: the blend is served"
"""Mark of progress: why the blend is served instead of the model; empty where it is not."""
_ISSUED = timedelta(days=2)


@dg.asset(
    group_name=GROUP,
    kinds={"lightgbm", "postgres"},
    deps=[forecast_model, raw_belib_snapshots, station_states],
    tags=Lane.FORECASTS.tags,
    metadata=table_metadata(AvailabilityForecast, AVAILABILITY_FORECASTS.name),
    backfill_policy=SINGLE_RUN,
)
def availability_forecasts(
    context: dg.AssetExecutionContext,
    lake: LakeResource,
    warehouse: WarehouseResource,
    forecasts: Forecasts,
    clock: Clock,
) -> dg.MaterializeResult[None]:
    """The chance of a free point at every station for the next 24 hours, from each full hour.

    Grain: origin × station × target, every 15 minutes up to 3 h, then every hour; with expected
    free points and their 80 % interval. Computed from what was known at the origin, and fixed: a
    second run of the same hour changes nothing. After 35 days the scored horizons alone are kept.
    """
    store, origin = warehouse.connect(), floor_hour(clock.now())
    window = Window.hour(origin)
    stored, model = current_model(store, forecasts, clock.now())
    if stored is None or model is None:
        return dg.MaterializeResult(metadata={"waits for": "status episodes"})
    with store.locked(AVAILABILITY_FORECASTS, window) as transaction:
        if not transaction.read(AVAILABILITY_FORECASTS, window).is_empty():
            return dg.MaterializeResult(metadata={"exists already": both_clocks(origin)})
        known = states_at_origin(lake.connect(), store, origin, KNOWN_DAYS)
        stations = store.read(STATIONS).filter(pl.col("valid_to").is_null())
        start = floor_day(origin) - timedelta(days=KNOWN_DAYS)
        history = point_history(known.segments, stations, Window(start, origin + QUARTER))
        issued = store.read(WEATHER_FORECASTS, Window(origin - _ISSUED, origin))
        predicted = model.predict_stations(history, origin, targets_of(origin), weather=issued)
        reason = store.state(BLEND_IS_SERVED) or None
        at_origin = point_states(known.segments, Window(origin, origin + QUARTER))
        rows = served_forecasts(
            predicted.join(stations.select("station_id"), on="station_id", how="semi"),
            station_states_at(at_origin),
            origin=origin,
            model=stored.name,
            version=stored.version,
            is_blend=reason is not None,
            source=known.source or _last_source(store),
        )
        transaction.replace(AVAILABILITY_FORECASTS, rows, window)
    if reason is not None:
        context.log.warning(f"the blend is served: {reason}")
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": rows.height,
            "origin": both_clocks(origin),
            "stations": rows["station_id"].n_unique(),
            "observed at the origin": int(rows.unique("station_id")["was_free"].count()),
            "model": rows["model"][0] if rows.height else stored.name,
            "model version": stored.version,
        }
    )


def targets_of(origin: datetime) -> list[datetime]:
    """Every 15 minutes up to 3 h, then every hour up to 24 h."""
    quarters = [origin + number * QUARTER for number in range(1, 13)]
    return quarters + [origin + number * HOUR for number in range(4, 25)]


def _last_source(store: Warehouse) -> str:
    states = store.read(STATION_STATES)
    return str(states["source"][0]) if states.height else "unknown"


@dg.asset_check(asset=availability_forecasts)
def every_station_has_a_forecast(warehouse: WarehouseResource, clock: Clock) -> dg.AssetCheckResult:
    """The newest forecast is of the last two hours, and of every station of today."""
    store = warehouse.connect()
    newest, states = store.read(FORECAST_OF_STATIONS), store.read(STATION_STATES)
    if newest.is_empty():
        return dg.AssetCheckResult(passed=True, metadata={"waits for": "the first forecast"})
    origin: datetime = newest["origin"][0]
    missing = states.join(newest, on="station_id", how="anti")["station_id"].to_list()
    return dg.AssetCheckResult(
        passed=not missing and clock.now() - origin < 2 * HOUR,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "origin": both_clocks(origin),
            "stations": newest["station_id"].n_unique(),
            "without": missing[:20],
        },
    )
