"""Scores by their definitions, recomputed one by one."""

from datetime import date, timedelta
from math import log

import numpy as np
import polars as pl
import pytest

from belib_weather.forecast.scores import calibration_error, score_sums, summary


def rows(days: int, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    n = days * 200
    true = rng.random(n)
    return pl.DataFrame(
        {
            "horizon": np.full(n, 1.0),
            "local_date": pl.Series([date(2026, 3, 1) + timedelta(d) for d in range(days)]).gather(
                np.repeat(np.arange(days), 200)
            ),
            "outcome": rng.random(n) < true,
            "in_service": rng.random(n) < 0.8,
            "model": true,
            "blend": 0.5 + 0.5 * (true - 0.5),
        }
    )


def test_sums_equal_the_scores_of_single_forecasts() -> None:
    given = rows(2)
    sums = score_sums(given, ("model", "blend"))

    own = [r for r in given.iter_rows(named=True) if r["in_service"]]
    made = sums.filter(scope="in_service", forecast="model")
    assert made["n"].sum() == len(own)
    assert made["brier"].sum() == pytest.approx(sum((r["model"] - r["outcome"]) ** 2 for r in own))
    assert made["log_loss"].sum() == pytest.approx(
        -sum(log(r["model"] if r["outcome"] else 1 - r["model"]) for r in own), rel=1e-3
    )
    error = 0.0
    for number in range(10):
        of_bin = [r for r in own if int(r["model"] * 10) == number]
        error += abs(sum(r["model"] for r in of_bin) - sum(r["outcome"] for r in of_bin))
    assert calibration_error(made) == pytest.approx(error / len(own))


def test_skill_has_an_interval_from_two_weeks_on() -> None:
    short, long = (
        summary(score_sums(rows(days), ("model", "blend"))).filter(scope="all", forecast="model")
        for days in (13, 28)
    )

    assert short["skill_low"][0] is None
    # By the integrals of the made-up chances: 1/6 and 1/6 + 1/48.
    assert long["skill"][0] == pytest.approx(1 - (1 / 6) / (1 / 6 + 1 / 48), abs=0.02)
    assert long["skill_low"][0] < long["skill"][0] < long["skill_high"][0]
    assert long["calibration_error"][0] < 0.02
    blend = summary(score_sums(rows(28), ("model", "blend"))).filter(forecast="blend", scope="all")
    assert blend["calibration_error"][0] == pytest.approx(0.125, abs=0.02)
