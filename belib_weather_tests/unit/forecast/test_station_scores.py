"""Scores of forecasts, against sums worked out by hand; what is served."""

import math
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from belib_weather.datasets.forecasts import AvailabilityForecast, ForecastScore
from belib_weather.forecast.station_scores import (
    calibration_error,
    forecast_scores,
    reason_for_the_blend,
    skill_of,
)
from belib_weather.transform.station_forecasts import served_forecasts

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def forecasts_an_hour_ahead(*rows: tuple[str, float, float, bool | None]) -> pl.DataFrame:
    """Forecasts an hour ahead: station, chance, usual, whether it was free at the origin."""
    return AvailabilityForecast.validate(
        pl.DataFrame(
            [
                {
                    "origin": NOON,
                    "station_id": station,
                    "target": NOON + HOUR,
                    "chance_free": chance,
                    "expected_free_points": 1.0,
                    "free_points_low": 0,
                    "free_points_high": 2,
                    "model": "boosted",
                    "model_version": "1",
                    "source": "opendata_paris/realtime",
                    "chance_model": chance,
                    "chance_usual": usual,
                    "was_free": was_free,
                    "was_in_service": was_free is not None,
                }
                for station, chance, usual, was_free in rows
            ]
        ),
        cast=True,
    )


def outcomes(**free: bool) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"station_id": name, "time": NOON + HOUR, "is_available": value}
            for name, value in free.items()
        ]
    )


def test_only_observed_instants_are_scored() -> None:
    forecasts = forecasts_an_hour_ahead(
        ("a", 0.95, 0.5, True),
        ("b", 0.91, 0.5, False),
        ("c", 0.2, 0.5, None),
        ("d", 0.3, 0.5, True),
    )

    scores = forecast_scores(forecasts, outcomes(a=True, b=False, c=False))

    served = scores.filter(forecast="served", population="all")
    assert served.select("local_date", "horizon_minutes", "chance_bin", "n", "free").rows() == [
        (NOON.date(), 60, 2, 1, 0),
        (NOON.date(), 60, 9, 2, 1),
    ]
    assert served["brier_sum"].to_list() == pytest.approx([0.2**2, 0.05**2 + 0.91**2], abs=1e-6)
    loss = [-math.log(0.8), -math.log(0.95) - math.log(0.09)]
    assert served["log_loss_sum"].to_list() == pytest.approx(loss, abs=1e-6)
    # Where the state at the origin is not known, persistence is the usual.
    persistence = scores.filter(forecast="persistence", population="all")
    assert persistence.select("chance_bin", "n", "free", "brier_sum").rows() == [
        (0, 1, 0, 0.0),
        (5, 1, 0, 0.25),
        (9, 1, 1, 0.0),
    ]
    assert scores.filter(population="in_service", forecast="served")["n"].sum() == 2


def test_the_blend_is_the_best_mixture_on_the_same_rows() -> None:
    """Of two rows that persistence gets right it makes no error; chances stay within 0 and 1."""
    scores = forecast_scores(
        forecasts_an_hour_ahead(("a", 0.5, 0.4, True), ("b", 0.5, 0.6, False)),
        outcomes(a=True, b=False),
    )
    blend = scores.filter(forecast="blend", population="all")
    assert blend["brier_sum"].sum() == pytest.approx(0, abs=1e-9)


def days(count: int, model: float, blend: float) -> pl.DataFrame:
    """Scores of days alike but for a ripple, 1,000 forecasts a day."""
    first = date(2026, 11, 1)
    rows = [
        {
            "local_date": first + timedelta(days=day),
            "horizon_minutes": 60,
            "population": "all",
            "forecast": name,
            "chance_bin": 7,
            "n": 1000,
            "free": 720,
            "chance_sum": 750.0,
            "brier_sum": brier * (1 + day % 3 / 10) * 1000,
            "log_loss_sum": 1.0,
            "source": "x",
        }
        for day in range(count)
        for name, brier in (("model", model), ("served", model), ("blend", blend))
    ]
    return ForecastScore.validate(pl.DataFrame(rows), cast=True)


def test_the_blend_is_served_where_the_model_is_clearly_worse() -> None:
    last = date(2026, 11, 28)
    skill = skill_of(days(28, 0.06, 0.08))
    assert skill is not None
    assert skill.skill == pytest.approx(0.25)
    assert skill.days == 28
    assert skill.low <= skill.skill <= skill.high
    assert reason_for_the_blend(days(28, 0.06, 0.08), last) == ""
    assert "28 of the last 28 days" in reason_for_the_blend(days(28, 0.09, 0.08), last)
    assert skill_of(days(13, 0.09, 0.08)) is None
    assert reason_for_the_blend(days(13, 0.09, 0.08), date(2026, 11, 13)) == ""


def test_calibration_error_is_the_distance_of_chance_and_frequency() -> None:
    assert calibration_error(days(14, 0.06, 0.08)) == pytest.approx(0.03)
    assert calibration_error(days(13, 0.06, 0.08)) is None


@pytest.mark.parametrize(
    ("model", "is_blend", "served", "chance", "of_model"),
    [
        ("boosted", False, "boosted", 0.7, 0.7),
        ("boosted", True, "blend", 0.6, 0.7),
        ("blend", False, "blend", 0.6, None),
    ],
)
def test_a_served_forecast_names_its_model(
    model: str, is_blend: bool, served: str, chance: float, of_model: float | None
) -> None:
    answer = {
        "station_id": ["a"],
        "target": [NOON + HOUR],
        "chance_free": [0.7],
        "expected_free_points": [1.2],
        "free_points_low": [0],
        "free_points_high": [2],
        "persistence": [1.0],
        "usual": [0.5],
        "blend": [0.6],
    }
    state = {"station_id": ["a"], "is_available": [True], "in_service": [True]}

    [row] = served_forecasts(
        pl.DataFrame(answer),
        pl.DataFrame(state),
        origin=NOON,
        model=model,
        version="1",
        is_blend=is_blend,
        source="x",
    ).to_dicts()

    assert row["model"] == served
    assert row["chance_free"] == pytest.approx(chance)
    assert row["chance_model"] == (None if of_model is None else pytest.approx(of_model))
    assert (row["was_free"], row["was_in_service"]) == (True, True)
