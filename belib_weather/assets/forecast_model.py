"""The forecast model, trained once a day and kept in PostgreSQL.

What belongs here: which history it is trained on, and storing it. What does not: the model
(`forecast`), and its forecasts (`availability_forecasts`).
"""

from datetime import datetime, timedelta
from math import isfinite
from typing import TYPE_CHECKING, Any

import dagster as dg

from belib_weather.assets.episodes import status_episodes
from belib_weather.assets.forecast_states import point_history, segments_of
from belib_weather.assets.raw import SINGLE_RUN
from belib_weather.assets.weather_forecasts import weather_forecasts
from belib_weather.lanes import Lane
from belib_weather.resources import Clock, Forecasts, WarehouseResource
from belib_weather.warehouse import Lock, Warehouse
from belib_weather.warehouse.forecast_archive import StoredModel
from belib_weather.warehouse.tables import STATIONS, WEATHER_FORECASTS
from belib_weather.window import Window, floor_day, floor_hour

if TYPE_CHECKING:  # the model's libraries are slow to import, and no tick needs them
    from belib_weather.forecast.model import Model

GROUP = "marts"
ROWS_PER_POINT_AND_DAY = 4
"""More rows of a short history add nothing new."""
TRAINING = Lock("forecast_model")
"""One training at a time, on all machines together."""


@dg.asset(
    group_name=GROUP,
    kinds={"lightgbm", "postgres"},
    deps=[status_episodes, weather_forecasts],
    tags=Lane.FORECAST_MODEL.tags,
    metadata={"dagster/table_name": "forecast_models"},
    backfill_policy=SINGLE_RUN,
)
def forecast_model(
    warehouse: WarehouseResource, forecasts: Forecasts, clock: Clock
) -> dg.MaterializeResult[None]:
    """The model of the chance of a free point, trained on the last weeks, once a day.

    A row of `forecast_models`: name, version, features, training window, scores on days held out,
    and the model's file. With less than seven days of history it is the blend of persistence and
    the usual week, and says why.
    """
    store = warehouse.connect()
    with store.locked(TRAINING):
        stored, model = train_and_store(store, forecasts, clock.now())
    if stored is None or model is None:
        return dg.MaterializeResult(metadata={"waits for": "status episodes"})
    return dg.MaterializeResult(metadata=_metadata(stored, model))


def train_and_store(
    store: Warehouse, forecasts: Forecasts, now: datetime
) -> "tuple[StoredModel, Model] | tuple[None, None]":
    """Train on the last weeks and store the model; None where nothing was observed in them."""
    from belib_weather.forecast.model import train  # noqa: PLC0415 - LightGBM is slow to import
    from belib_weather.forecast.model_file import dumps  # noqa: PLC0415 - as above

    end = floor_hour(now)
    window = Window(floor_day(end) - timedelta(weeks=forecasts.forecast_training_weeks), end)
    segments = segments_of(store, window)
    if segments.is_empty():
        return None, None
    window = Window(max(window.start, floor_day(segments["started_at"].min())), end)  # type: ignore[arg-type]
    stations = store.read(STATIONS)
    history = point_history(segments, stations.filter(stations["valid_to"].is_null()), window)
    days = sum(1 for _ in window.days)
    rows = min(forecasts.forecast_training_rows, ROWS_PER_POINT_AND_DAY * len(history.units) * days)
    model = train(history, weather=store.read(WEATHER_FORECASTS, window), rows=rows)
    stored = StoredModel(
        version=f"{now:%Y-%m-%dT%H:%M:%SZ}",
        name=model.name,
        trained_at=now,
        window=window,
        features=model.features,
        scores=_scores(model),
        body=dumps(model),
    )
    with store.locked(Lock("forecast_models")) as transaction:
        transaction.forecasts.save_model(stored)
    return stored, model


def current_model(
    store: Warehouse, forecasts: Forecasts, now: datetime
) -> "tuple[StoredModel, Model] | tuple[None, None]":
    """The newest model; trained now where there is none that this release can read."""
    from belib_weather.forecast.errors import ForecastError  # noqa: PLC0415 - as above
    from belib_weather.forecast.model_file import loads  # noqa: PLC0415 - as above

    with store.locked(TRAINING):
        with store.forecasts() as archive:
            stored = archive.newest_model()
        if stored is not None:
            try:
                return stored, loads(stored.body)
            except ForecastError:  # of another release: this one trains its own
                pass
        return train_and_store(store, forecasts, now)


def _scores(model: "Model") -> dict[str, Any]:
    """Brier scores on held-out days, of points and of stations, and why it is the blend if so."""
    fits = {"points": model.units, "stations": model.stations}
    return {
        name: {
            # JSON has no NaN, which the score of no rows is.
            "held_out": {k: v if isfinite(v) else None for k, v in fit.held_out.items()},
            "reason": fit.reason,
        }
        for name, fit in fits.items()
        if fit is not None
    }


def _metadata(stored: StoredModel, model: "Model") -> dict[str, Any]:
    of_stations = model.stations or model.units
    return {
        "model": stored.name,
        "version": stored.version,
        "trained on": f"{stored.window}",
        "uses weather": model.uses_weather,
        "size (kB)": round(len(stored.body) / 1000),
        **({"blend because": of_stations.reason} if of_stations.reason else {}),
        **{f"held-out {name}": value for name, value in of_stations.held_out.items()},
    }
