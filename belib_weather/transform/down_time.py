"""Runs of a charge point that is out of order or unknown, and their down time.

What belongs here: one charge point at a time. What does not: outages of whole stations, and rows
of `outages` (`outages`). Definitions: docs/metrics.md.
"""

from dataclasses import dataclass

import polars as pl

from belib_weather.vocabulary import (
    DOWN_STATUSES,
    RETURN_LIMIT_SECONDS,
    UNKNOWN_IS_DOWN_AFTER_SECONDS,
    UP_STATUSES,
    EdgeKind,
    OutageEnd,
    Status,
)

SEEN = (EdgeKind.EXACT.value, EdgeKind.POLLED.value)
"""Kinds of a segment's begin at which a change of status was seen."""
_POINT = "charge_point_id"
_DOWN, _UP, _WITHDRAWN = "down", "up", "withdrawn"


@dataclass(frozen=True)
class DownTime:
    """Runs, and what they consist of. Times are whole UTC seconds since 1970.

    Attributes:
        runs: `run`, `charge_point_id`, `station_id`, `begin`, `end`, `since`, `is_begun`,
            `end_kind` (returned, withdrawn, unseen); by point and begin.
        pieces: segments of the runs: `run`, `begin`, `end`, `down_begin` (its first down second;
            null where none is), `stretch` (number of the return that it is part of, else null).
    """

    runs: pl.DataFrame
    pieces: pl.DataFrame


def down_time(segments: pl.DataFrame) -> DownTime:
    """Put segments together to runs of out of order and unknown, short returns inside them.

    Args:
        segments: rows of `StatusEpisode`, any order: all that are out of order or unknown, and of
            the others at least those that begin within 30 minutes of the end of one of these.
    """
    marked = with_down_time(segments)
    stretches = _with_runs(_stretches(marked))
    pieces = marked.join(
        stretches.filter(pl.col("run").is_not_null()).select("stretch", "run"), on="stretch"
    )
    is_down = pl.col("group") == _DOWN
    return DownTime(
        _runs(stretches),
        pieces.select(
            "run",
            "begin",
            "end",
            pl.when(pl.col("down_begin") < pl.col("end")).then("down_begin").alias("down_begin"),
            pl.when(~is_down).then("stretch").alias("stretch"),
        ).sort("run", "begin"),
    )


def with_down_time(segments: pl.DataFrame) -> pl.DataFrame:
    """Segments with what is down of them, in whole UTC seconds; by point and begin.

    Args:
        segments: rows of `StatusEpisode`, any order. What is down in a UTC day needs the day
            before too: an earlier begin is more than 24 hours ago.

    Returns:
        `charge_point_id`, `station_id`, `begin`, `end`, `status`, `is_stale`, `down_begin` (null
        for other statuses, at or after `end` where nothing is down), `group` (down, up, withdrawn),
        `stretch` (number of the run of one group without a gap), `since`, `is_seen`, `is_linked`.
    """
    return _in_stretches(_numbers(segments))


def _down_begin(since: pl.Expr) -> pl.Expr:
    """The first second that is down of a segment that is out of order or unknown `since` then."""
    later = pl.max_horizontal("begin", since + UNKNOWN_IS_DOWN_AFTER_SECONDS)
    return (
        pl.when(pl.col("status") == Status.OUT_OF_ORDER.value)
        .then("begin")
        .when(pl.col("status") == Status.UNKNOWN.value)
        .then(later)
    )


def _numbers(segments: pl.DataFrame) -> pl.DataFrame:
    """Segments by point and begin, times as seconds, statuses in three groups."""
    status = pl.col("status").cast(pl.String)
    group = (
        pl.when(status.is_in(DOWN_STATUSES))
        .then(pl.lit(_DOWN))
        .when(status.is_in(UP_STATUSES))
        .then(pl.lit(_UP))
        .otherwise(pl.lit(_WITHDRAWN))
    )
    return segments.select(
        _POINT,
        "station_id",
        pl.col("started_at").dt.epoch("s").alias("begin"),
        pl.col("ended_at").dt.epoch("s").alias("end"),
        pl.col("stamp").dt.epoch("s").alias("stamp"),
        status.alias("status"),
        "is_stale",
        pl.col("start_kind").cast(pl.String).is_in(SEEN).alias("is_seen"),
        group.alias("group"),
    ).sort(_POINT, "begin")


def _in_stretches(segments: pl.DataFrame) -> pl.DataFrame:
    """Number the stretches of one group without a gap; adds `down_begin` of each segment."""
    is_linked = (
        (pl.col(_POINT) == pl.col(_POINT).shift()) & (pl.col("begin") == pl.col("end").shift())
    ).fill_null(False)
    is_same = (pl.col("group") == pl.col("group").shift()).fill_null(False)
    # A record that is no sign of life does not show when the status began.
    earliest_begin = pl.min_horizontal("begin", "stamp")
    return (
        segments.with_columns(is_linked.alias("is_linked"))
        .with_columns((~(is_linked & is_same)).cum_sum().alias("stretch"))
        .with_columns(earliest_begin.first().over("stretch").alias("since"))
        .with_columns(_down_begin(pl.col("since")).alias("down_begin"))
    )


def _stretches(marked: pl.DataFrame) -> pl.DataFrame:
    return marked.group_by("stretch", maintain_order=True).agg(
        pl.col(_POINT, "station_id", "group", "begin", "since", "is_seen", "is_linked").first(),
        pl.col("end").last(),
    )


def _with_runs(stretches: pl.DataFrame) -> pl.DataFrame:
    """Number the runs: null for what is in none. `following` is the group after a stretch."""
    following = pl.when(pl.col("is_linked").shift(-1)).then(pl.col("group").shift(-1))
    before = pl.when("is_linked").then(pl.col("group").shift())
    is_return = (
        (pl.col("group") == _UP)
        & before.eq_missing(pl.lit(_DOWN))
        & following.eq_missing(pl.lit(_DOWN))
        & (pl.col("end") - pl.col("begin") < RETURN_LIMIT_SECONDS)
    )
    goes_on = pl.col("is_linked") & pl.col("is_return").shift(fill_value=False)
    is_down = pl.col("group") == _DOWN
    number = (is_down & ~goes_on).cum_sum()
    return stretches.with_columns(
        following.alias("following"), is_return.alias("is_return")
    ).with_columns(pl.when(is_down | pl.col("is_return")).then(number).alias("run"))


def _runs(stretches: pl.DataFrame) -> pl.DataFrame:
    end_kind = (
        pl.when(pl.col("following") == _UP)
        .then(pl.lit(OutageEnd.RETURNED.value))
        .when(pl.col("following") == _WITHDRAWN)
        .then(pl.lit(OutageEnd.WITHDRAWN.value))
        .otherwise(pl.lit(OutageEnd.UNSEEN.value))
    )
    return (
        stretches.drop_nulls("run")
        .group_by("run", maintain_order=True)
        .agg(
            pl.col(_POINT, "station_id", "begin", "since").first(),
            pl.col("is_seen").first().alias("is_begun"),
            pl.col("end", "following").last(),
        )
        .with_columns(end_kind.alias("end_kind"))
        .drop("following")
    )
