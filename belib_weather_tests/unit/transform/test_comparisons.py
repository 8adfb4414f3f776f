"""Intervals of differences within days: against numpy and scipy, and at their edges."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from belib_weather.transform.comparisons import Comparison, compare, comparisons

FIRST = date(2026, 10, 1)


def days_of(values: NDArray[np.float64], first: date = FIRST) -> pl.DataFrame:
    dates = [first + timedelta(days=n) for n in range(len(values))]
    return pl.DataFrame({"local_date": dates, "difference": values})


def correlated(seed: int, n: int, r: float, spread: float = 0.05) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    values = np.empty(n)
    values[0] = rng.standard_normal()
    for t in range(1, n):
        values[t] = r * values[t - 1] + np.sqrt(1 - r * r) * rng.standard_normal()
    return 0.1 + spread * values


@pytest.mark.parametrize(("n", "r"), [(14, 0.0), (28, 0.3), (60, 0.6), (200, 0.9)])
def test_the_interval_is_that_of_the_rule(n: int, r: float) -> None:
    from scipy import stats

    values = correlated(n, n, r)
    deviation = values - values.mean()
    raw = np.mean(deviation[1:] * deviation[:-1]) / np.var(values)
    lag = min(max(raw + (1 + 3 * raw) / n, 0), 0.99)
    effective = n * (1 - lag) / (1 + lag)
    low, high = stats.t.interval(
        0.95, max(effective - 1, 1), values.mean(), values.std(ddof=1) / np.sqrt(effective)
    )

    found = compare(days_of(values))

    assert found.difference == pytest.approx(values.mean(), rel=1e-12)
    assert found.low == pytest.approx(low)
    assert found.high == pytest.approx(high)
    assert found.days == n
    assert found.is_approximate is (n < 28)


def test_below_14_days_a_difference_has_no_interval() -> None:
    values = correlated(1, 13, 0.0)

    found = compare(days_of(values))
    assert found.difference == pytest.approx(values.mean())
    assert (found.low, found.high, found.days) == (None, None, 13)
    assert compare(days_of(correlated(1, 14, 0.0))).low is not None


def test_the_correlation_of_days_is_estimated_from_neighbouring_days() -> None:
    """Two blocks of alike days far apart: the gap between them is no pair."""
    values = np.concatenate([correlated(2, 20, 0.0), correlated(3, 20, 0.0)])
    joined = pl.concat([days_of(values[:20]), days_of(values[20:], FIRST + timedelta(days=90))])
    deviation = values - values.mean()
    pairs = np.concatenate([deviation[:19] * deviation[1:20], deviation[20:39] * deviation[21:]])
    r = pairs.mean() / (deviation**2).mean()
    r = max(r + (1 + 3 * r) / 40, 0)

    found = comparisons(joined.sample(fraction=1, shuffle=True, seed=1).with_columns(g=1), "g")

    assert found["effective_days"].item() == pytest.approx(40 * (1 - r) / (1 + r))


def test_days_without_a_neighbour_and_days_all_alike_have_no_interval() -> None:
    apart = days_of(correlated(4, 40, 0.0)).gather_every(2)
    alike = days_of(np.full(30, 0.02))

    assert compare(apart).low is None
    assert compare(alike).low is None
    assert compare(alike).days == 30


def test_groups_are_compared_separately_and_gaps_are_left_out() -> None:
    one, other = days_of(correlated(5, 30, 0.5)), days_of(correlated(6, 20, 0.2))
    with_gap = other.with_columns(
        difference=pl.when(pl.col("local_date") != FIRST + timedelta(days=7)).then("difference")
    )
    frames = {"a": one, "b": with_gap, "c": other.with_columns(difference=pl.lit(None, pl.Float64))}
    rows = pl.concat([frame.with_columns(g=pl.lit(name)) for name, frame in frames.items()])

    found = comparisons(rows, "g")

    for name, frame in frames.items():
        alone = compare(frame.drop_nulls())
        row = found.row(by_predicate=pl.col("g") == name, named=True)
        assert (row["difference"], row["low"], row["high"], row["days"]) == (
            alone.difference,
            alone.low,
            alone.high,
            alone.days,
        )


def test_no_day_is_no_difference() -> None:
    assert compare(days_of(np.empty(0))) == Comparison(None, None, None, 0)


def test_at_a_day_to_day_correlation_of_six_tenths_the_truth_is_covered() -> None:
    """The interval that takes days for independent covers .705 here."""
    runs = [days_of(correlated(seed, 28, 0.6)).with_columns(g=seed) for seed in range(400)]
    found = comparisons(pl.concat(runs), "g")
    assert found.select(((pl.col("low") < 0.1) & (pl.col("high") > 0.1)).mean()).item() > 0.90
