"""The typical week: what each hour of it was like, and what to expect of it.

What belongs here: sums by hour of the week. What does not: the estimated chance of a free point
(`chance_estimates`), and which weeks are read (`assets.occupancy_profile`). Rules: docs/metrics.md.
"""

import dataframely as dy
import polars as pl

from belib_weather.datasets.marts import STATION, SUMS
from belib_weather.datasets.occupancy_profile import OccupancyProfile
from belib_weather.transform.areas import (
    FIGURES,
    OF_HOURS,
    SEEN,
    TOTALS,
    arrondissements,
    by_area,
    completed_hours,
)
from belib_weather.transform.chance_estimates import CELL, chance_estimates
from belib_weather.transform.sources import union_of_sources

COLUMNS = (*OF_HOURS, *SUMS)
"""Columns of the facts that are needed."""
_AREA = ("scope", "area")
_DAYS = pl.col("local_date").filter(SEEN).n_unique().cast(pl.Int32).alias("days_observed")


def occupancy_profile(facts: pl.DataFrame, weeks: int) -> dy.DataFrame[OccupancyProfile]:
    """Typical weeks of every station, every arrondissement and the city.

    Args:
        facts: `FactOfAMart` rows of the period, at least `COLUMNS`; provisional ones do not count.
        weeks: length of the period at most, as it is stored.

    Returns:
        Validated rows, by key: of every station each hour of the week in which the city has facts.
    """
    facts = completed_hours(facts)
    if facts.is_empty():
        return OccupancyProfile.create_empty()
    sums = by_area(facts, CELL, *TOTALS, _DAYS)
    is_station = pl.col("scope") == STATION
    stations = sums.filter(is_station).select(_AREA).unique()
    every = stations.join(facts.select(CELL).unique(), how="cross")
    rows = (
        pl.concat([every, sums.filter(~is_station).select(every.columns)])
        .join(sums, on=every.columns, how="left")
        .with_columns(pl.col(*SUMS, "days_observed").fill_null(0))
        .join(arrondissements(facts), on=_AREA, how="left")
        .join(chance_estimates(facts), on=every.columns, how="left")
        .with_columns(
            *FIGURES,
            pl.lit(weeks, dtype=pl.Int32).alias("weeks"),
            pl.lit(facts["local_date"].min()).alias("first_date"),
            pl.lit(facts["local_date"].max()).alias("last_date"),
            pl.lit(facts.select(union_of_sources(pl.col("source"))).item()).alias("source"),
        )
        .select(OccupancyProfile.column_names())
        .sort(OccupancyProfile.primary_key())
    )
    return OccupancyProfile.validate(rows, cast=True)
