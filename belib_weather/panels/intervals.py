"""Shares of groups of hours, compared with the other hours of the same days.

The share of a group is said of the observed days: days resemble their neighbours, so no interval of
a level over a period covers the truth as often as it says. What is compared within days has one
(`transform.comparisons`): of each day, the group's share less the share of the other groups.

What belongs here: the days' differences of a figure. What does not: the interval (`comparisons`),
which groups are compared, and pictures.
"""

import polars as pl

from belib_weather.panels.measures import Ratio
from belib_weather.transform.comparisons import Comparison, compare, comparisons


def with_comparisons(measure: Ratio, rows: pl.DataFrame, by: str) -> pl.DataFrame:
    """A share per group, compared with the other groups on the same days.

    Args:
        measure: the share.
        rows: with `local_date`, the columns of the measure and the group; without a group, left
            out.
        by: the column that groups.

    Returns:
        Columns: the group, the measure, `difference`, `low`, `high` (of the difference; null where
        there is no interval), `days` (on which the group was observed), `compared_days` (on which
        another was, too), one row per group, sorted.
    """
    return comparisons_of_days(measure, sums_of_days(measure, rows.drop_nulls(by), by), by)


def sums_of_days(measure: Ratio, rows: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Sums `n` and `d` of numerator and denominator by group and day, where anything was seen."""
    sums = rows.group_by(*by, "local_date").agg(
        _sum(measure.numerator).alias("n"), _sum(measure.denominator).alias("d")
    )
    return sums.filter(pl.col("d") > 0)


def comparisons_of_days(measure: Ratio, days: pl.DataFrame, by: str) -> pl.DataFrame:
    """As `with_comparisons`, from one row per group and day with the sums `n` and `d`."""
    others = {name: pl.col(name).sum().over("local_date") - pl.col(name) for name in ("n", "d")}
    difference = pl.col("n") / pl.col("d") - others["n"] / others["d"]
    paired = days.with_columns(difference=pl.when(others["d"] > 0).then(difference))
    levels = days.group_by(by).agg(
        (pl.col("n").sum() / pl.col("d").sum()).alias(measure.name), pl.len().alias("days")
    )
    found = comparisons(paired, by).rename({"days": "compared_days"}).drop("effective_days")
    return (
        levels.join(found, on=by)
        .select(by, measure.name, "difference", "low", "high", "days", "compared_days")
        .sort(by)
    )


def difference_within_days(
    measure: Ratio, rows: pl.DataFrame, one: pl.Expr, other: pl.Expr
) -> Comparison:
    """A share of the rows of `one` less that of `other`, on the days on which both were seen."""
    sides = [
        sums_of_days(measure, rows.filter(side)).select(
            "local_date", (pl.col("n") / pl.col("d")).alias(name)
        )
        for name, side in (("one", one), ("other", other))
    ]
    both = sides[0].join(sides[1], on="local_date")
    return compare(both.select("local_date", difference=pl.col("one") - pl.col("other")))


def _sum(columns: tuple[str, ...]) -> pl.Expr:
    return pl.sum_horizontal(pl.col(name).cast(pl.Int64).sum() for name in columns).cast(pl.Float64)
