"""How full stations and arrondissements were, week by week.

What belongs here: sums by the week in Paris. What does not: which weeks are made
(`assets.saturation`). Rules: docs/metrics.md.
"""

import dataframely as dy
import polars as pl

from belib_weather.datasets import figures as f
from belib_weather.datasets.marts import ARRONDISSEMENT, STATION
from belib_weather.datasets.saturation import AREAS_OF_WEEKS, Saturation
from belib_weather.transform.areas import (
    OF_HOURS,
    SEEN,
    arrondissements,
    by_area,
    completed_hours,
)
from belib_weather.transform.sources import union_of_sources

FULLEST = 3
"""Hours of the week that are named."""
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_KEY = ("scope", "area", "week")
_IN_SERVICE = ("available_seconds", "occupied_seconds", "reserved_seconds")
_SUMS = (*_IN_SERVICE, "any_observed_seconds", "any_available_seconds", "full_seconds")
COLUMNS = (*OF_HOURS, "charge_points", *_SUMS)
"""Columns of the facts that are needed."""
_SCOPE = pl.Enum(AREAS_OF_WEEKS)
_MONDAY = pl.col("local_date").dt.truncate("1w").alias("week")


def saturation(facts: pl.DataFrame) -> dy.DataFrame[Saturation]:
    """How full each area was in each week.

    Args:
        facts: `FactOfAMart` rows of whole weeks in Paris, at least `COLUMNS`; provisional ones do
            not count.

    Returns:
        Validated rows, by key.
    """
    facts = completed_hours(facts).with_columns(_MONDAY)
    if facts.is_empty():
        return Saturation.create_empty()
    in_service = pl.sum_horizontal(_IN_SERVICE)
    rows = (
        by_area(
            facts,
            ("week",),
            *(pl.col(name).cast(pl.Int64).sum() for name in _SUMS),
            pl.col("local_date").filter(SEEN).n_unique().alias("days_observed"),
            scopes=AREAS_OF_WEEKS,
        )
        .join(_points(facts), on=_KEY)
        .join(_fullest(facts), on=_KEY, how="left")
        .join(arrondissements(facts), on=("scope", "area"))
        .join(
            facts.group_by("week").agg(union_of_sources(pl.col("source")).alias("source")),
            on="week",
        )
        .with_columns(
            f.SATURATION.of_sums(),
            f.CHANCE_OF_A_FREE_POINT.of_sums(),
            (pl.col("any_observed_seconds") - pl.col("any_available_seconds")).alias(
                "without_available_seconds"
            ),
            (24 * pl.col("occupied_seconds") / pl.when(in_service > 0).then(in_service)).alias(
                "occupied_hours_per_point_day"
            ),
            pl.col("scope").cast(pl.String).cast(_SCOPE),
        )
        .select(Saturation.column_names())
        .sort(Saturation.primary_key())
    )
    return Saturation.validate(rows, cast=True)


def _points(facts: pl.DataFrame) -> pl.DataFrame:
    """Of each area and week: `stations`, `charge_points`, `points_in_service`."""
    observed = pl.col("any_observed_seconds").cast(pl.Int64).sum()
    in_service = pl.sum_horizontal(pl.col(name).cast(pl.Int64).sum() for name in _IN_SERVICE)
    of_station = (
        pl.col("charge_points").max(),
        (in_service / pl.when(observed > 0).then(observed)).alias("points_in_service"),
    )
    whole = facts.group_by("station_id", "week").agg(*of_station)
    # A station that moved within the week counts in each arrondissement with its hours there.
    in_place = facts.group_by("station_id", "arrondissement", "week").agg(*of_station)
    numbers = (
        pl.len().alias("stations"),
        pl.col("charge_points").sum(),
        pl.when(pl.col("points_in_service").count() > 0)
        # In order, since a sum of fractions depends on it.
        .then(pl.col("points_in_service").sort().sum())
        .alias("points_in_service"),
    )
    parts = (
        by_area(whole, ("week",), *numbers, scopes=(STATION,)),
        by_area(in_place, ("week",), *numbers, scopes=(ARRONDISSEMENT,)),
    )
    return pl.concat(parts)


def _fullest(facts: pl.DataFrame) -> pl.DataFrame:
    """Of each area and week the hours with most seconds full; ties go to the earlier hour."""
    name = pl.col("local_weekday").replace_strict(dict(enumerate(DAYS, 1)), return_dtype=pl.String)
    hours = by_area(
        facts.filter(pl.col("full_seconds") > 0),
        ("week", "local_weekday", "local_hour"),
        pl.col("full_seconds").cast(pl.Int64).sum(),
        scopes=AREAS_OF_WEEKS,
    )
    return (
        hours.sort(
            *_KEY,
            "full_seconds",
            "local_weekday",
            "local_hour",
            descending=[False, False, False, True, False, False],
        )
        .with_columns(pl.format("{} {}:00", name, "local_hour").alias("named"))
        .group_by(_KEY, maintain_order=True)
        .agg(
            pl.col("local_weekday").first().alias("fullest_weekday"),
            pl.col("local_hour").first().alias("fullest_hour"),
            pl.col("named").head(FULLEST).str.join(", ").alias("fullest_hours"),
        )
    )
