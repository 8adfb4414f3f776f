"""The model learns from states up to the origin alone, and is written and read without change."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from belib_weather.forecast.errors import ForecastError
from belib_weather.forecast.model import BLEND, BOOSTED, VERSION, Model, train
from belib_weather.forecast.model_file import dumps, loads
from belib_weather_tests.unit.forecast.series import START, series

ORIGIN = START + timedelta(days=18, hours=9)
TARGETS = [ORIGIN + timedelta(hours=h) for h in (0.5, 1, 6, 24)]


@pytest.fixture(scope="module")
def states() -> pl.DataFrame:
    return series()


@pytest.fixture(scope="module")
def model(states: pl.DataFrame) -> Model:
    return train(states.filter(pl.col("time") < ORIGIN), rows=10_000)


@pytest.mark.long
def test_the_model_beats_the_blend_on_held_out_days(model: Model) -> None:
    assert model.units.held_out["model"] < model.units.held_out["blend"]
    assert model.units.reason is None


@pytest.mark.long
def test_the_name_of_a_model_is_that_of_its_station_forecasts(model: Model) -> None:
    assert model.stations is not None
    assert "too few" in (model.stations.reason or "")
    assert model.name == BLEND
    assert replace(model, stations=None).name == BOOSTED


@pytest.mark.long
def test_a_changed_future_changes_no_forecast(states: pl.DataFrame, model: Model) -> None:
    later = pl.col("time") > ORIGIN
    other = states.with_columns(pl.col("is_available") ^ later, pl.col("in_service") | later)

    for ask in (model.predict, model.predict_stations):
        assert_frame_equal(ask(states, ORIGIN, TARGETS), ask(other, ORIGIN, TARGETS))
    past = states.filter(~later)
    assert_frame_equal(model.predict(states, ORIGIN, TARGETS), model.predict(past, ORIGIN, TARGETS))


@pytest.mark.long
def test_the_order_of_rows_changes_nothing(states: pl.DataFrame) -> None:
    few = states.filter(pl.col("time") < START + timedelta(days=9))
    made = [
        dumps(train(frame, rows=2_500))
        for frame in (few, few.sample(fraction=1, shuffle=True, seed=3))
    ]

    assert made[0] == made[1]


def test_a_model_read_from_its_file_predicts_the_same(states: pl.DataFrame, model: Model) -> None:
    again = loads(dumps(model))

    assert_frame_equal(
        again.predict_stations(states, ORIGIN, TARGETS),
        model.predict_stations(states, ORIGIN, TARGETS),
    )
    assert dumps(again) == dumps(model)


@pytest.mark.parametrize("body", [b"", b"\x80\x04.", b"[1]", b'{"file": "x"}'])
def test_another_file_is_refused(body: bytes) -> None:
    with pytest.raises(ForecastError, match="train a new one"):
        loads(body)


def test_a_model_of_older_features_is_refused(model: Model) -> None:
    old = json.loads(dumps(model)) | {"version": VERSION - 1}

    with pytest.raises(ForecastError, match=f"version {VERSION - 1}, this is version {VERSION}"):
        loads(json.dumps(old).encode())


def test_a_short_history_is_forecast_by_the_blend_with_the_reason(states: pl.DataFrame) -> None:
    cut = START + timedelta(days=5)
    short = train(states.filter(pl.col("time") < cut))
    made = short.predict(states, cut, [cut + timedelta(hours=1)])

    assert short.name == BLEND
    assert short.units.reason == "5.0 days of history: fewer than 7"
    assert (made["chance"] == made["blend"]).all()


def test_units_without_history_and_lost_days_are_forecast(
    states: pl.DataFrame, model: Model
) -> None:
    lost = states.filter(
        ~pl.col("time").is_between(ORIGIN - timedelta(days=4), ORIGIN - timedelta(hours=1))
    )
    new = pl.concat([lost, lost.with_columns(pl.col("unit_id", "station_id") + " new")])
    made = model.predict_stations(new, ORIGIN, TARGETS)

    assert made["station_id"].n_unique() == 24
    assert made.null_count().sum_horizontal().item() == 0
    assert made["chance_free"].is_between(0, 1).all()
    assert (made["free_points_low"] <= made["free_points_high"]).all()


def test_a_target_beyond_24_hours_is_refused(states: pl.DataFrame, model: Model) -> None:
    for target in (ORIGIN, ORIGIN + timedelta(hours=25)):
        with pytest.raises(ForecastError, match="within 24 h"):
            model.predict(states, ORIGIN, [target])
    early = datetime(2020, 1, 1, tzinfo=UTC)
    with pytest.raises(ForecastError, match="no state at or before 2020"):
        model.predict(states, early, [early + timedelta(hours=1)])
