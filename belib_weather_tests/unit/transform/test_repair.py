"""Time to repair and failure rate."""

from datetime import date
from math import exp, log, sqrt
from typing import Any
from warnings import catch_warnings

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.transform.repair import Quantile, quantiles, rate_interval, time_to_repair
from belib_weather_tests.examples import examples

HOUR = 3600
Z = 1.959963984540054


def curve_of(lives: list[tuple[int, bool]]) -> list[tuple[int, float, float, float]]:
    """Kaplan-Meier by hand: time, survival and its log-log interval (Greenwood)."""
    survival, variance, curve = 1.0, 0.0, []
    for time in sorted({time for time, _ in lives}):
        at_risk = sum(other >= time for other, _ in lives)
        ended = sum(other == time and is_ended for other, is_ended in lives)
        survival *= 1 - ended / at_risk
        low = high = survival
        if ended and ended < at_risk:
            variance += ended / (at_risk * (at_risk - ended))
        if 0 < survival < 1:
            width = Z * sqrt(variance) / abs(log(survival))
            middle = log(-log(survival))
            low, high = exp(-exp(middle + width)), exp(-exp(middle - width))
        if survival == 0:
            low = high = float("nan")
        curve.append((time, survival, low, high))
    return curve


def by_hand(lives: list[tuple[int, bool]], share: float) -> Quantile:
    """A quantile of the curve by hand, in hours."""
    level = 1 - share + 1e-9
    curve = curve_of(lives)
    found = [next((t / HOUR for t, *of in curve if of[n] <= level), None) for n in range(3)]
    return Quantile(*found)


def quantile_of(lives: list[tuple[int, bool]], share: float) -> Quantile:
    """The same by the code under test."""
    seconds, is_ended = zip(*lives, strict=True)
    [quantile] = quantiles(pl.Series(seconds), pl.Series(is_ended), (share,))
    return quantile


def test_the_textbook_case() -> None:
    """6-MP after Freireich (1963): a median of 23 weeks, from 13 on, as R says."""
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    lives = [(n * HOUR, True) for n in ended] + [(n * HOUR, False) for n in censored]
    assert quantile_of(lives, 0.5) == Quantile(23.0, 13.0, None)
    assert quantile_of(lives, 0.9) == Quantile(None, None, None)


def test_without_any_ended_outage_there_is_no_estimate() -> None:
    assert quantile_of([(HOUR, False), (2 * HOUR, False)], 0.5) == Quantile(None, None, None)


@given(
    st.lists(st.tuples(st.integers(1, 30).map(lambda n: n * 600), st.booleans()), min_size=1),
    st.sampled_from([0.5, 0.9]),
)
@examples(60)
def test_quantiles_are_those_of_the_curve_by_hand(
    lives: list[tuple[int, bool]], share: float
) -> None:
    expected = by_hand(lives, share) if any(ended for _, ended in lives) else Quantile(*[None] * 3)
    got = quantile_of(lives, share)
    for name in ("hours", "low", "high"):
        assert getattr(got, name) == pytest.approx(getattr(expected, name)), name


def test_quantiles_are_those_of_scipy() -> None:
    from scipy.stats import CensoredData, ecdf

    dice = np.random.default_rng(4)
    for share_ended in (0.2, 0.6, 1.0):
        seconds = (dice.integers(1, 40, 200) * 900).astype(float)
        is_ended = dice.random(200) < share_ended
        curve: Any = ecdf(CensoredData(seconds[is_ended], right=seconds[~is_ended])).sf
        with catch_warnings(action="ignore"):  # where the curve is 1 or 0
            bounds = curve.confidence_interval(method="log-log")
        for share in (0.1, 0.5, 0.9):
            reached = [
                line.quantiles[line.probabilities <= 1 - share + 1e-9]
                for line in (curve, bounds.low, bounds.high)
            ]
            hours = [float(times[0]) / HOUR if times.size else None for times in reached]
            [found] = quantiles(pl.Series(seconds), pl.Series(is_ended), (share,))
            assert found == Quantile(*hours)


def test_the_interval_of_a_rate_is_that_of_a_poisson_process_where_stations_are_alike() -> None:
    """400 stations with 0.5 outages each in 1,000 hours: ± 1.96 √200 of 400,000 hours."""
    begun = np.random.default_rng(1).poisson(0.5, 400)
    interval = rate_interval(begun, np.full(400, 1000 * HOUR))
    assert interval is not None
    rate, width = begun.mean(), Z * sqrt(begun.mean() / 400)
    assert interval == pytest.approx((rate - width, rate + width), rel=0.05)


def test_few_stations_and_no_outage_have_no_interval() -> None:
    assert rate_interval(np.array([3, 2, 1, 0]), np.full(4, HOUR)) is None
    assert rate_interval(np.zeros(9, int), np.full(9, HOUR)) is None


def test_areas_quarters_and_stations_have_their_own_rows() -> None:
    stations = pl.DataFrame(
        {
            "station_id": ["A", "A", "B"],
            "valid_from": [1, 2, 1],
            "arrondissement": [None, 4, 16],
            "power_kw": [7.0, 7.0, 50.0],
        }
    )
    months = pl.DataFrame(
        {
            "station_id": ["A", "A", "B", "B"],
            "starts_on": [
                date(2026, 9, 1),
                date(2026, 10, 1),
                date(2026, 10, 1),
                date(2026, 11, 1),
            ],
            "up_seconds": [1000 * HOUR, 500 * HOUR, 1000 * HOUR, 500 * HOUR],
            "source": ["a", "b + a", "b", None],
        }
    )
    lives = [(hours, True) for hours in range(1, 11)] + [(50, False)]
    outages = pl.DataFrame(
        {
            "station_id": ["A"] * len(lives) + ["B", "B", "B"],
            "local_date": [date(2026, 9, 30)] + [date(2026, 10, 1)] * (len(lives) + 2),
            "duration_seconds": [n * HOUR for n, _ in lives] + [HOUR, HOUR, None],
            "end_kind": ["returned" if ended else "unseen" for _, ended in lives]
            + ["returned"] * 3,
            "is_begun": [True] * len(lives) + [True, False, True],
            "kind": ["outage"] * (len(lives) + 2) + ["silence"],
        }
    )
    rows = time_to_repair(outages, months, stations, date(2026, 11, 27))
    shown = rows.select(
        "scope",
        "area",
        "starts_on",
        "ends_on",
        "outages_begun",
        "outages_ended",
        "median_hours",
        "outages_per_1000_hours",
    ).rows()
    third, fourth, end = date(2026, 7, 1), date(2026, 10, 1), date(2027, 1, 1)
    assert shown == [
        ("city", "city", third, fourth, 1, 1, 1.0, 1.0),
        ("city", "city", fourth, end, 11, 10, 6.0, 5.5),
        ("arrondissement", "16", fourth, end, 1, 1, 1.0, 1 / 1.5),
        ("arrondissement", "4", third, fourth, 1, 1, 1.0, 1.0),
        ("arrondissement", "4", fourth, end, 10, 9, 6.0, 20.0),
        ("power class", "over 22 kW", fourth, end, 1, 1, 1.0, 1 / 1.5),
        ("power class", "up to 7.4 kW", third, fourth, 1, 1, 1.0, 1.0),
        ("power class", "up to 7.4 kW", fourth, end, 10, 9, 6.0, 20.0),
        ("station", "A", date(2025, 12, 1), date(2026, 12, 1), 11, 10, 6.0, 11 / 1.5),
    ]
