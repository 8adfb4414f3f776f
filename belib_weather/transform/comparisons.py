"""Comparisons made within days: mean of the days' paired differences, with an honest interval.

Outages and demand last, so days resemble their neighbours and count for less than their number.
With r, the lag-1 autocorrelation of consecutive calendar days, corrected upwards by (1 + 3r)/n for
its bias (Kendall 1954) and at least 0, n days count for n_eff = n(1 - r)/(1 + r). The interval is
mean ± t(0.975; n_eff - 1, at least 1) · s / √n_eff. Below 14 days there is none, from 14 to 27 it
is approximate; docs/accuracy.md says how often each covers the truth.

What belongs here: the rule, once. What does not: which hours are compared, and words.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
import scipy  # its modules load when they are used
from numpy.typing import NDArray

CONFIDENCE = 0.95
FEWEST_DAYS = 14
"""With fewer days a difference is said of these days alone."""
FULL_DAYS = 28
"""With fewer days an interval is approximate."""
MOST_CORRELATION = 0.99
"""A greater estimate is cut to this."""
APPROXIMATE_COVERAGE = 0.96
"""Share of the intervals from 14 to 27 days that cover the truth, as docs/accuracy.md measures."""
_NO_VARIANCE = 1e-18  # differences that are equal but for rounding


@dataclass(frozen=True)
class Comparison:
    """A difference within days.

    Attributes:
        difference: mean over the days; None without a day.
        low: lower end of the interval; None where there is none.
        high: upper end of the interval; None where there is none.
        days: days on which both sides were observed.
    """

    difference: float | None
    low: float | None
    high: float | None
    days: int

    @property
    def is_approximate(self) -> bool:
        """Whether it has an interval from fewer than 28 days."""
        return self.low is not None and self.days < FULL_DAYS

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


def compare(days: pl.DataFrame) -> Comparison:
    """The comparison of one pair: `days` has `local_date` and `difference`, a row per day."""
    found = comparisons(days.with_columns(side=pl.lit(0)), "side")
    if found.is_empty():
        return Comparison(None, None, None, 0)
    row = found.row(0, named=True)
    return Comparison(row["difference"], row["low"], row["high"], row["days"])


def comparisons(days: pl.DataFrame, by: str) -> pl.DataFrame:
    """The comparison of every group.

    Args:
        days: columns `by`, `local_date`, `difference` (of shares, -1 to 1; null where a side was
            not observed), one row per group and day.
        by: the column that groups.

    Returns:
        Columns `by`, `difference`, `low`, `high` (null below 14 days, where no two days follow
        each other, and where all differences are the same), `days`, `effective_days`; by group.
    """
    deviation = pl.col("difference") - pl.col("difference").mean().over(by)
    follows = pl.col("local_date").diff().over(by) == pl.duration(days=1)
    products = pl.when(follows).then(pl.col("deviation") * pl.col("deviation").shift().over(by))
    found = (
        days.sort(by, "local_date")
        .with_columns(deviation=deviation)
        .with_columns(product=products)
        .group_by(by)
        .agg(
            pl.col("difference").mean(),
            pl.col("difference").count().alias("days"),
            pl.col("deviation").pow(2).mean().alias("variance"),
            pl.col("product").mean(),
        )
        .sort(by)
    )
    n = found["days"].to_numpy().astype(np.float64)
    variance = found["variance"].cast(pl.Float64).to_numpy()
    effective = _effective_days(n, variance, found["product"].cast(pl.Float64).to_numpy())
    reach = _half_width(n, variance, effective)
    return found.select(
        by,
        "difference",
        (pl.col("difference") - reach).clip(-1, 1).fill_nan(None).alias("low"),
        (pl.col("difference") + reach).clip(-1, 1).fill_nan(None).alias("high"),
        "days",
        pl.Series("effective_days", effective).fill_nan(None),
    )


def _effective_days(
    n: NDArray[np.float64], variance: NDArray[np.float64], product: NDArray[np.float64]
) -> NDArray[np.float64]:
    with np.errstate(divide="ignore", invalid="ignore"):
        r = product / variance
        r = np.clip(r + (1 + 3 * r) / n, 0, MOST_CORRELATION)
        return np.asarray(n * (1 - r) / (1 + r), dtype=np.float64)


def _half_width(
    n: NDArray[np.float64], variance: NDArray[np.float64], effective: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Half of the interval, NaN where there is none; `variance` is the mean squared deviation."""
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = _t_quantiles(np.maximum(effective - 1, 1)) * np.sqrt(
            variance * n / (n - 1) / effective
        )
    return np.where((n >= FEWEST_DAYS) & (variance > _NO_VARIANCE), reach, np.nan)


def t_quantile(degrees: float) -> float:
    """The quantile of Student's t for a two-sided 95 % interval."""
    return float(_t_quantiles(np.array([degrees]))[0])


def _t_quantiles(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(scipy.special.stdtrit(degrees, (1 + CONFIDENCE) / 2), dtype=np.float64)
