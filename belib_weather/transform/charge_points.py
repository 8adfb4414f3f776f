"""Charge points as they were: a row per point and stretch of UTC days with equal attributes.

What belongs here: which value holds on a day, and on which days a point is listed. What does not:
what documents say (`stretches`), and stations (`stations`). Rules: docs/metrics.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import dataframely as dy
import polars as pl

from belib_weather.datasets import ChargePoint
from belib_weather.networks import NETWORK
from belib_weather.transform.stretches import FEED, PLACE_GROUPS, STATIC
from belib_weather.transform.versions import as_instants, day_numbers, merged

LISTED_DAYS = 30
"""A point is no longer listed once so many days with a snapshot have passed without it."""
_POINT = "charge_point_id"
_ATTRIBUTES = STATIC.names
_EVER = -(2**31)
"""Stands for the day of a value that holds before the first document."""


def charge_points(
    feed: pl.DataFrame, static: pl.DataFrame, snapshot_days: Sequence[int]
) -> dy.DataFrame[ChargePoint]:
    """All versions of the points that were ever sighted.

    Args:
        feed: stretches of the feed (`FeedAttributes`), all of them.
        static: stretches of the static dataset (`StaticAttributes`), all of them.
        snapshot_days: the days with a snapshot, as numbers since 1970, in order.

    Returns:
        Validated ChargePoint rows, by point and time.
    """
    of_feed = day_numbers(feed, "first_day", "last_day")
    of_static = day_numbers(static, "first_day", "last_day")
    listed = _listed(of_feed.filter(~pl.col("is_first")), pl.Series(snapshot_days, dtype=pl.Int32))
    known = (
        _events(of_feed, of_static, listed)
        .sort(_POINT, "valid_from", maintain_order=True)
        .with_columns(pl.col(_ATTRIBUTES).forward_fill().over(_POINT))
        .unique((_POINT, "valid_from"), keep="last", maintain_order=True)
    )
    of_listed = known.join_asof(
        listed.sort(_POINT, "begin"),
        left_on="valid_from",
        right_on="begin",
        by=_POINT,
        check_sortedness=False,  # both are sorted by point, then day; polars sees only by-keys
    ).filter(
        pl.col("begin").is_not_null() & ~(pl.col("valid_from") >= pl.col("end")).fill_null(False)
    )
    next_version = pl.col("valid_from").shift(-1).over(_POINT, "begin")
    versions = of_listed.with_columns(pl.coalesce(next_version, "end").alias("valid_to"))
    point = pl.col(_POINT)
    return ChargePoint.validate(
        as_instants(merged(versions, _POINT, _ATTRIBUTES))
        .with_columns(
            NETWORK.station_id(point).alias("station_id"),
            NETWORK.roaming_id(point).alias("roaming_id"),
        )
        .select(ChargePoint.column_names()),
        cast=True,
    )


@dataclass(frozen=True)
class Join:
    """Both sides of the join of the feed with the static dataset, in charge points.

    Attributes:
        matched: listed now, and named by some document of the static dataset.
        only_feed: listed now, and named by none.
        only_static: named, and never sighted; they have no row.
    """

    matched: int
    only_feed: int
    only_static: int


def static_join(points: pl.DataFrame, feed: pl.DataFrame, static: pl.DataFrame) -> Join:
    """Count both sides of the join.

    Args:
        points: all versions (`ChargePoint`).
        feed: stretches of the feed.
        static: stretches of the static dataset.
    """
    listed = points.filter(pl.col("valid_to").is_null()).select(_POINT)
    named = static.select(_POINT).unique()
    matched = listed.join(named, on=_POINT, how="semi").height
    never_sighted = named.join(feed.select(_POINT), on=_POINT, how="anti").height
    return Join(matched, listed.height - matched, never_sighted)


def _listed(sightings: pl.DataFrame, days: pl.Series) -> pl.DataFrame:
    """`charge_point_id`, `begin`, `end`: the days on which a point is listed; null: until now."""
    runs = sightings.select(
        _POINT,
        "first_day",
        "last_day",
        days.search_sorted(sightings["first_day"]).cast(pl.Int64).alias("first"),
        days.search_sorted(sightings["last_day"]).cast(pl.Int64).alias("last"),
    ).sort(_POINT, "first")
    next_first = pl.col("first").shift(-1).over(_POINT).fill_null(days.len())
    runs = runs.with_columns((next_first - pl.col("last") - 1 >= LISTED_DAYS).alias("is_end"))
    is_begin = (pl.col(_POINT) != pl.col(_POINT).shift()) | pl.col("is_end").shift()
    return (
        runs.with_columns(is_begin.fill_null(True).cum_sum().alias("interval"))
        .group_by("interval", maintain_order=True)
        .agg(
            pl.col(_POINT).first(),
            pl.col("first_day").first().alias("begin"),
            pl.when(pl.col("is_end").last()).then(pl.col("last_day").last() + 1).alias("end"),
        )
        .drop("interval")
    )


def _events(feed: pl.DataFrame, static: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    """`charge_point_id`, `valid_from` and attributes: from which day on a value holds.

    A null leaves the value before as it is. Places in the static dataset hold only until
    the feed has one, and the first value of either holds before it as well.
    """
    sighted = listed.select(_POINT).unique()
    static = static.join(sighted, on=_POINT, how="semi")
    first_place = feed.group_by(_POINT).agg(
        pl.col("first_day").filter(pl.col(group[0]).is_not_null()).min().alias(f"since_{group[0]}")
        for group in PLACE_GROUPS
    )
    of_static = static.join(first_place, on=_POINT, how="left").with_columns(
        pl.when(~(pl.col("first_day") >= pl.col(f"since_{group[0]}")).fill_null(False))
        .then(pl.col(name))
        .alias(name)
        for group in PLACE_GROUPS
        for name in group
    )
    from_day = pl.col("first_day").alias("valid_from")
    newest = [
        frame.filter(~pl.col("is_first")).select(_POINT, from_day, *attributes.names)
        for frame, attributes in ((of_static, STATIC), (feed, FEED))
    ]
    of_listed = listed.select(_POINT, pl.col("begin").alias("valid_from"))
    return pl.concat([_initial_values(feed, static), *newest, of_listed], how="diagonal")


def _initial_values(feed: pl.DataFrame, static: pl.DataFrame) -> pl.DataFrame:
    """What holds before the first document: the first values of the feed, or else of static."""

    def first(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
        in_order = frame.sort(_POINT, "first_day", "is_first", descending=[False, False, True])
        return in_order.group_by(_POINT, maintain_order=True).agg(
            pl.col(names).drop_nulls().first()
        )

    both = first(feed, FEED.names).join(
        first(static, STATIC.names), on=_POINT, how="left", suffix="_static"
    )
    return both.select(
        _POINT,
        pl.lit(_EVER, pl.Int32).alias("valid_from"),
        *(pl.coalesce(name, f"{name}_static") for name in FEED.names),
        *(name for name in STATIC.names if name not in FEED.names),
    )
