"""How good the forecasts were: their scores in PostgreSQL, the checks, and how long they are kept.

What belongs here: which days are scored, and storing. What does not: the sums
(`forecast.station_scores`).
"""

from datetime import date, datetime, timedelta

import dagster as dg
import polars as pl

from belib_weather.assets.availability_forecasts import BLEND_IS_SERVED, availability_forecasts
from belib_weather.assets.episodes import status_episodes
from belib_weather.assets.forecast_model import GROUP
from belib_weather.assets.forecast_states import segments_of
from belib_weather.assets.raw import SINGLE_RUN
from belib_weather.assets.table_metadata import table_metadata
from belib_weather.datasets.forecasts import (
    FORECAST_RULES,
    SCORED_HORIZONS,
    SERVED,
    ForecastScore,
)
from belib_weather.dates import dates_of, window_of_date
from belib_weather.forecast import station_scores
from belib_weather.lanes import Lane
from belib_weather.resources import Clock, WarehouseResource
from belib_weather.transform.instants import point_states, station_states_at
from belib_weather.warehouse import Lock, Warehouse
from belib_weather.warehouse.tables import FORECAST_SCORES
from belib_weather.window import DAY, Window, floor_day

KEPT_IN_FULL = timedelta(days=35)
SCORED_AGAIN = 3
"""Days that are scored again each time: their segments may have changed."""
_COMPLETE_AFTER = timedelta(minutes=40)
"""After midnight UTC, when yesterday's segments are whole."""


@dg.asset(
    group_name=GROUP,
    kinds={"postgres", "polars"},
    deps=[availability_forecasts, status_episodes],
    tags=Lane.FORECAST_SCORES.tags,
    metadata=table_metadata(ForecastScore, FORECAST_SCORES.name),
    code_version=str(FORECAST_RULES),
    backfill_policy=SINGLE_RUN,
)
def forecast_scores(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, clock: Clock
) -> dg.MaterializeResult[None]:
    """How good the forecasts were, as sums, by horizon and local day.

    Beside them persistence, the mean of the hour of the week, and the least-squares blend of the
    two on the same rows; of all stations, and of those in service at the origin. An instant that
    was not observed is not scored.
    """
    store, now = warehouse.connect(), clock.now()
    with store.locked(FORECAST_SCORES) as transaction:
        stored = transaction.read(FORECAST_SCORES)
        dates = _dates_to_score(store, stored, now)
        scored = pl.concat(
            [ForecastScore.create_empty(), *(_scores_of(store, day) for day in dates)]
        )
        others = stored.filter(~pl.col("local_date").is_in(dates))
        scores = pl.concat([others, scored]).sort(ForecastScore.primary_key())
        written = transaction.upsert(FORECAST_SCORES, scores, stored)
        newest: date | None = scores["local_date"].max()  # type: ignore[assignment]
        reason = station_scores.reason_for_the_blend(scores, newest) if newest else ""
        transaction.set_state(BLEND_IS_SERVED, reason)
    if reason:
        context.log.warning(f"the blend is served instead of the model: {reason}")
    skill = station_scores.skill_of(scores)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": scores.height,
            "rows written": written.inserted + written.updated,
            "days scored": [f"{day}" for day in dates],
            "served": "blend" if reason else "model",
            **({"skill over the blend": skill.skill} if skill else {}),
            **_age_out(store, floor_day(now) - KEPT_IN_FULL),
        }
    )


def _dates_to_score(store: Warehouse, stored: pl.DataFrame, now: datetime) -> list[date]:
    """Local days that are over, whose segments are whole: those not scored yet, and the last few.

    Forecasts of a day begin a day before it.
    """
    with store.forecasts() as archive:
        first = archive.oldest_origin()
    end = floor_day(now - _COMPLETE_AFTER)
    if first is None or end <= first:
        return []
    over = [day for day in dates_of(Window(first, end)) if window_of_date(day).end <= end]
    scored = set(stored["local_date"].to_list())
    return [day for day in over if day not in scored or day in over[-SCORED_AGAIN:]]


def _scores_of(store: Warehouse, day: date) -> pl.DataFrame:
    window = window_of_date(day)
    with store.forecasts() as archive:
        forecasts = archive.scored(window, SCORED_HORIZONS)
    if forecasts.is_empty():
        return ForecastScore.create_empty()
    segments = segments_of(store, Window(floor_day(window.start), window.end))
    states = station_states_at(point_states(segments, window))
    return station_scores.forecast_scores(forecasts, states)


def _age_out(store: Warehouse, before: datetime) -> dict[str, int]:
    """Delete old forecasts but for the scored horizons, and pack months that are old throughout."""
    with store.locked(Lock("old forecasts")) as transaction:
        archive = transaction.forecasts
        deleted = archive.delete_unscored(before, SCORED_HORIZONS)
        packed = 0
        while (first := archive.oldest_origin()) is not None:
            begin = floor_day(first).replace(day=1)
            month = Window(begin, floor_day(begin + 32 * DAY).replace(day=1))
            if month.end > before:
                break
            packed += archive.pack_month(month)
    return {"forecasts deleted": deleted, "forecasts packed": packed}


def _recent(store: Warehouse) -> pl.DataFrame:
    return station_scores.recent(store.read(FORECAST_SCORES))


@dg.asset_check(asset=forecast_scores)
def forecasts_are_calibrated(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    """Over the last 28 days chances and frequencies differ by 0.02 at most, over the tenths."""
    error = station_scores.calibration_error(_recent(warehouse.connect()), SERVED)
    if error is None:
        return dg.AssetCheckResult(passed=True, metadata={"waits for": "14 days of scores"})
    return dg.AssetCheckResult(
        passed=error <= station_scores.MOST_CALIBRATION_ERROR,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"calibration error": error, "limit": station_scores.MOST_CALIBRATION_ERROR},
    )


@dg.asset_check(asset=forecast_scores)
def model_is_not_worse_than_the_blend(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    """Over the last 28 days the model's skill over the blend is not clearly negative.

    Where it is, the blend is served until it is not any more.
    """
    skill = station_scores.skill_of(_recent(warehouse.connect()))
    if skill is None:
        return dg.AssetCheckResult(passed=True, metadata={"waits for": "14 days of scores"})
    return dg.AssetCheckResult(
        passed=skill.high >= 0,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"skill": skill.skill, "low": skill.low, "high": skill.high, "days": skill.days},
    )
