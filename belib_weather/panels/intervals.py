"""Shares with an interval computed from whole days.

Hours of one day are not independent, so a day is the unit: with N and D the sums of numerator and
denominator of each of k days, the share is p = ΣN / ΣD, its variance (ratio estimator)
k / (k - 1) · Σ(N - pD)² / (ΣD)², and the interval p ± t(0.975; k - 1) · standard error.
Source: Cochran, "Sampling Techniques", 3rd edition (1977), sections 2.11 and 6.3.

What belongs here: intervals, as a frame. What does not: which groups are compared, and pictures.
"""

import polars as pl

from belib_weather.panels.measures import Ratio

CONFIDENCE = 0.95
_QUANTILE = 1 - (1 - CONFIDENCE) / 2


def t_quantile(degrees_of_freedom: int) -> float:
    """The quantile of Student's t for a two-sided 95 % interval."""
    from scipy.special import stdtrit  # noqa: PLC0415 - takes a third of a second

    return float(stdtrit(degrees_of_freedom, _QUANTILE))


def with_intervals(measure: Ratio, rows: pl.DataFrame, by: str | None = None) -> pl.DataFrame:
    """A share per group with its interval over days.

    Args:
        measure: the share.
        rows: with `local_date`, the columns of the measure and the group.
        by: the column that groups; None for one group.

    Returns:
        Columns: the group (if any), the measure, `low`, `high` (null with fewer than two days),
        `days`, one row per group, sorted.
    """
    keys = [by] if by else []
    days = (
        rows.drop_nulls(keys)
        .group_by(*keys, "local_date")
        .agg(
            pl.sum_horizontal(pl.col(column).cast(pl.Int64).sum() for column in measure.numerator)
            .cast(pl.Float64)
            .alias("n"),
            pl.sum_horizontal(pl.col(column).cast(pl.Int64).sum() for column in measure.denominator)
            .cast(pl.Float64)
            .alias("d"),
        )
    )
    return intervals_of_days(measure, days.filter(pl.col("d") > 0), by)


def intervals_of_days(measure: Ratio, days: pl.DataFrame, by: str | None) -> pl.DataFrame:
    """As `with_intervals`, from one row per group and day with the sums `n` and `d`."""
    keys = [by] if by else []
    share = pl.col("n").sum() / pl.col("d").sum()
    residuals = (pl.col("n") - share * pl.col("d")).pow(2).sum()
    k = pl.len().cast(pl.Float64)
    error = (k / (k - 1) * residuals).sqrt() / pl.col("d").sum()
    aggregated = [
        share.alias(measure.name),
        pl.when(pl.len() > 1).then(error).alias("error"),
        pl.len().alias("days"),
    ]
    found = days.group_by(keys).agg(aggregated) if keys else days.select(aggregated)
    quantile = pl.col("days").map_elements(
        lambda n: t_quantile(n - 1) if n > 1 else None, return_dtype=pl.Float64
    )
    reach = quantile * pl.col("error")
    return found.select(
        *keys,
        measure.name,
        (pl.col(measure.name) - reach).clip(0, 1).alias("low"),
        (pl.col(measure.name) + reach).clip(0, 1).alias("high"),
        "days",
    ).sort(keys or [measure.name])
