"""Facts by area: station, arrondissement, city.

What belongs here: grouping and adding up. What does not: what the sums are for.
"""

import polars as pl

from belib_weather.datasets import figures as f
from belib_weather.datasets.marts import ARRONDISSEMENT, CITY, SCOPES, STATION, SUMS
from belib_weather.networks import NETWORK

OF_HOURS = (
    "station_id",
    "arrondissement",
    "hour",
    "local_date",
    "local_weekday",
    "local_hour",
    "is_provisional",
    "source",
)
"""Columns of a fact that say where and when it is from."""
AREAS = {
    STATION: pl.col("station_id"),
    ARRONDISSEMENT: pl.col("arrondissement").cast(pl.String),
    CITY: pl.lit(NETWORK.name),
}
"""The area of a fact in each scope; null where its arrondissement is not known."""
TOTALS = tuple(pl.col(name).cast(pl.Int64).sum() for name in SUMS)
FIGURES = tuple(
    figure.of_sums()
    for figure in (f.SHARE_AVAILABLE, f.OCCUPANCY, f.CHANCE_OF_A_FREE_POINT, f.SATURATION)
)
"""Of a frame with the sums."""


SEEN = pl.col("any_observed_seconds") > 0
"""Whether any second of a fact was observed."""


def completed_hours(facts: pl.DataFrame) -> pl.DataFrame:
    """Facts (`FactOfAMart` rows) whose hour is over: what is still to come is not unobserved."""
    return facts.filter(~pl.col("is_provisional"))


def by_area(
    facts: pl.DataFrame, by: tuple[str, ...], *aggregates: pl.Expr, scopes: tuple[str, ...] = SCOPES
) -> pl.DataFrame:
    """Facts grouped by area and other columns.

    Args:
        facts: `FactOfAMart` rows.
        by: columns to group by within an area.
        aggregates: of each group.
        scopes: which kinds of areas.

    Returns:
        `scope`, `area`, the columns of `by` and of `aggregates`, in order of the first.
    """
    parts = [
        facts.group_by(AREAS[scope].alias("area"), *by)
        .agg(*aggregates)
        .filter(pl.col("area").is_not_null())
        .select(pl.lit(scope, dtype=pl.Enum(SCOPES)).alias("scope"), pl.all())
        for scope in scopes
    ]
    return pl.concat(parts).sort("scope", "area", *by)


def arrondissements(facts: pl.DataFrame) -> pl.DataFrame:
    """The arrondissement of each area: of a station the newest, of the city none."""
    newest = pl.col("arrondissement").sort_by("hour").last()
    return by_area(facts, (), newest).select(
        "scope",
        "area",
        pl.when(pl.col("scope") != CITY).then("arrondissement").alias("arrondissement"),
    )
