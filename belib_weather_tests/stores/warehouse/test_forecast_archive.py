"""Forecasts grow old: what is deleted, what is packed; the newest model and the newest origin."""

from datetime import UTC, datetime, timedelta

import polars as pl
from polars.testing import assert_frame_equal

from belib_weather.datasets.forecasts import SCORED_HORIZONS, AvailabilityForecast
from belib_weather.warehouse import Lock, Warehouse
from belib_weather.warehouse.forecast_archive import MODELS_KEPT, StoredModel
from belib_weather.warehouse.tables import AVAILABILITY_FORECASTS, FORECAST_OF_STATIONS
from belib_weather.window import DAY, HOUR, Window

OCTOBER = datetime(2026, 10, 31, 23, tzinfo=UTC)
MINUTES = (15, 30, 60, 180, 240, 1440)


def forecasts(origin: datetime) -> pl.DataFrame:
    rows = [
        {
            "origin": origin,
            "station_id": station,
            "target": origin + timedelta(minutes=minutes),
            "chance_free": 0.125,
            "expected_free_points": 0.5,
            "free_points_low": 0,
            "free_points_high": 1,
            "model": "blend",
            "model_version": "1",
            "source": "opendata_paris/realtime",
            "chance_model": None,
            "chance_usual": 0.25,
            "was_free": None,
            "was_in_service": False,
        }
        for station in ("a", "b")
        for minutes in MINUTES
    ]
    return AvailabilityForecast.validate(pl.DataFrame(rows), cast=True)


def test_old_forecasts_keep_the_scored_horizons_and_old_months_are_packed(
    warehouse: Warehouse,
) -> None:
    november = OCTOBER + HOUR
    for origin in (OCTOBER, november, november + DAY):
        with warehouse.locked(AVAILABILITY_FORECASTS, Window.hour(origin)) as transaction:
            transaction.replace(AVAILABILITY_FORECASTS, forecasts(origin), Window.hour(origin))
    newest = warehouse.read(FORECAST_OF_STATIONS)
    assert newest["origin"].unique().to_list() == [november + DAY]
    assert newest["horizon_minutes"].unique().sort().to_list() == list(MINUTES)

    with warehouse.locked(Lock("old forecasts")) as transaction:
        archive = transaction.forecasts
        assert archive.delete_unscored(november + HOUR, SCORED_HORIZONS) == 2 * 2 * 2
        assert archive.pack_month(Window(datetime(2026, 10, 1, tzinfo=UTC), november)) == 8

    left = warehouse.read(AVAILABILITY_FORECASTS, Window(OCTOBER, november + 2 * DAY))
    assert left.group_by("origin").len().sort("origin").rows() == [
        (november, 8),
        (november + DAY, 12),
    ]
    scored = pl.col("target") - pl.col("origin") != timedelta(minutes=30)
    scored &= pl.col("target") - pl.col("origin") != timedelta(minutes=240)
    with warehouse.forecasts() as archive:
        assert_frame_equal(
            archive.packed(datetime(2026, 10, 1, tzinfo=UTC).date()),
            forecasts(OCTOBER).filter(scored),
        )
        assert archive.oldest_origin() == november
        targets = Window(november + HOUR, november + 2 * HOUR)
        assert archive.scored(targets, SCORED_HORIZONS)["target"].unique().to_list() == [
            november + HOUR
        ]


def test_the_newest_model_is_the_one_that_was_stored_and_few_are_kept(
    warehouse: Warehouse,
) -> None:
    models = [
        StoredModel(
            version=f"{number}",
            name="boosted",
            trained_at=OCTOBER + number * DAY,
            window=Window(OCTOBER - DAY, OCTOBER),
            features=("horizon", "state"),
            scores={"stations": {"held_out": {"model": 0.06}, "reason": None}},
            body=b"\x00 model" * number,
        )
        for number in range(1, MODELS_KEPT + 3)
    ]
    with warehouse.forecasts() as archive:
        assert archive.newest_model() is None
    for model in models:
        with warehouse.locked(Lock("forecast_models")) as transaction:
            transaction.forecasts.save_model(model)

    with warehouse.forecasts() as archive:
        assert archive.newest_model() == models[-1]
    assert warehouse.sizes().filter(table="forecast_models")["rows"].item() == MODELS_KEPT
