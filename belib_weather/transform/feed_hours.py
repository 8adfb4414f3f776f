"""What was polled of the feed, hour by hour, from the capture times alone.

What belongs here: counting and measuring the snapshots of hours. What does not: what the
snapshots say, and which hours have rows (`assets.feed`). Definitions: docs/metrics.md.
"""

import hashlib
from datetime import datetime, timedelta

import dataframely as dy
import polars as pl

from belib_weather.datasets.feed import FeedHour
from belib_weather.dates import local_calendar
from belib_weather.transform.poll_counts import HOUR_SECONDS, LONGEST_CADENCE
from belib_weather.vocabulary import GAP_LIMIT_SECONDS
from belib_weather.window import HOUR, Window, second_of

_HOUR = pl.Datetime("us", "UTC")
_CAPTURED = pl.col("captured_at").cast(_HOUR)
_GAP_LIMIT = timedelta(seconds=GAP_LIMIT_SECONDS)


def feed_hours(
    documents: pl.DataFrame,
    refused: pl.DataFrame,
    points: pl.DataFrame,
    *,
    window: Window,
    now: datetime,
    cadence_before: int | None,
) -> dy.DataFrame[FeedHour]:
    """What was polled in every hour of a window.

    Args:
        documents: `captured_at`, `source`, `cadence_seconds` (null for an import) of the snapshots
            of the window widened by 30 minutes.
        refused: `captured_at` of the answers in quarantine.
        points: `hour`, `charge_points` sighted.
        window: whole UTC hours.
        now: cuts the hour that is going on.
        cadence_before: seconds between the last polls before the window; None if there was none.

    Returns:
        Validated FeedHour rows, one per hour, in order.
    """
    hours = pl.DataFrame({"hour": window.hours}, schema={"hour": _HOUR})
    seconds = documents.select(_CAPTURED.dt.epoch("s").alias("second"))["second"].unique().sort()
    rows = hours
    for more in (
        _counted(documents, refused),
        points,
        _observed(seconds),
        _longest_gaps(seconds, hours, now),
    ):
        rows = rows.join(more, on="hour", how="left", maintain_order="left")
    counts = ("snapshots", "refused", "charge_points", "observed_seconds", "longest_gap_seconds")
    return FeedHour.validate(
        rows.with_columns(
            pl.col(counts).fill_null(0).cast(pl.Int32),
            _expected(cadence_before).alias("expected_snapshots"),
            _is_provisional(now),
            *local_calendar(pl.col("hour")),
        ).select(FeedHour.column_names()),
        cast=True,
    )


def feed_inputs(
    documents: pl.DataFrame,
    refused: pl.DataFrame,
    *,
    window: Window,
    now: datetime,
    cadence_before: int | None,
) -> pl.DataFrame:
    """Fingerprint what the row of every hour is made from, as `input_hashes` does for facts.

    Args:
        documents: as `feed_hours`, with `sha256`.
        refused: as `feed_hours`.
        window: whole UTC hours.
        now: an hour that goes on has another fingerprint at every second.
        cadence_before: as `feed_hours`.

    Returns:
        `hour`, `input_hash` (SHA-256, hexadecimal), `snapshots` and `refused` of each hour.
    """
    hours = pl.DataFrame({"hour": window.hours}, schema={"hour": _HOUR})
    line = pl.concat_str(
        _CAPTURED.dt.epoch("ms"), "sha256", "source", pl.col("cadence_seconds").fill_null(0)
    )
    near = (
        hours.join_where(
            documents.select(_CAPTURED, line.alias("line")),
            pl.col("captured_at") >= pl.col("hour") - _GAP_LIMIT,
            pl.col("captured_at") < pl.col("hour") + HOUR + _GAP_LIMIT,
        )
        .sort("hour", "captured_at", "line")
        .group_by("hour")
        .agg(pl.col("line").str.join("\n"))
    )
    rows = (
        hours.join(_counted(documents, refused), on="hour", how="left", maintain_order="left")
        .join(near, on="hour", how="left", maintain_order="left")
        .with_columns(
            pl.col("snapshots", "refused").fill_null(0),
            _cadence(cadence_before),
            _is_provisional(now),
            pl.when(pl.col("hour") + HOUR > now).then(second_of(now)).alias("now"),
        )
    )
    texts = rows.select(pl.struct(pl.exclude("hour", "source")).struct.json_encode())
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in texts.to_series()]
    return rows.select("hour", pl.Series("input_hash", digests, pl.String), "snapshots", "refused")


def _counted(documents: pl.DataFrame, refused: pl.DataFrame) -> pl.DataFrame:
    """`hour`, `snapshots`, `cadence_seconds` of the last poll, `source`, `refused`."""
    hour = _CAPTURED.dt.truncate("1h").alias("hour")
    stored = (
        documents.sort("captured_at", "source")
        .group_by(hour)
        .agg(
            _CAPTURED.dt.epoch("s").n_unique().cast(pl.Int32).alias("snapshots"),
            pl.col("cadence_seconds").drop_nulls().last(),
            pl.col("source").unique().sort().str.join(" + "),
        )
    )
    refusals = refused.group_by(hour).agg(pl.len().cast(pl.Int32).alias("refused"))
    return stored.join(refusals, on="hour", how="full", coalesce=True)


def _is_provisional(now: datetime) -> pl.Expr:
    return (pl.col("hour") + HOUR + _GAP_LIMIT > now).alias("is_provisional")


def _cadence(before: int | None) -> pl.Expr:
    """Seconds between two polls by the last one in or before each hour."""
    first = pl.lit(before, dtype=pl.Int64)
    return (
        pl.col("cadence_seconds").forward_fill().fill_null(first).clip(upper_bound=LONGEST_CADENCE)
    )


def _expected(cadence_before: int | None) -> pl.Expr:
    """Snapshots of a whole hour at the cadence in force, rounded up."""
    return (HOUR_SECONDS / _cadence(cadence_before)).ceil().cast(pl.Int32)


def _observed(seconds: pl.Series) -> pl.DataFrame:
    """`hour`, `observed_seconds`: parts of the gaps that are short enough, cut at full hours."""
    pairs = pl.DataFrame({"start": seconds[:-1], "end": seconds[1:]}).filter(
        pl.col("end") - pl.col("start") <= GAP_LIMIT_SECONDS
    )
    # A pair is shorter than an hour, so it lies in one hour or in two.
    cut = (pl.col("start") // HOUR_SECONDS + 1) * HOUR_SECONDS
    first = pairs.select("start", pl.min_horizontal("end", cut).alias("end"))
    second = pairs.filter(pl.col("end") > cut).select(cut.alias("start"), "end")
    return (
        pl.concat([first, second])
        .group_by(_hour_of("start").alias("hour"))
        .agg((pl.col("end") - pl.col("start")).sum().cast(pl.Int32).alias("observed_seconds"))
    )


def _longest_gaps(seconds: pl.Series, hours: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """`hour`, `longest_gap_seconds`: the longest way between two marks of the hour.

    Marks are its start, its snapshots, and its end or now.
    """
    start = pl.col("hour").dt.epoch("s")
    end = pl.min_horizontal(start + HOUR_SECONDS, pl.lit(second_of(now)))
    marks = pl.concat(
        [
            hours.select("hour", start.alias("second")),
            hours.select("hour", pl.max_horizontal(start, end).alias("second")),
            seconds.alias("second").to_frame().select(_hour_of("second").alias("hour"), "second"),
        ]
    )
    return (
        marks.sort("hour", "second")
        .group_by("hour")
        .agg(pl.col("second").diff().max().cast(pl.Int32).alias("longest_gap_seconds"))
    )


def _hour_of(second: str) -> pl.Expr:
    return (
        pl.from_epoch(pl.col(second), time_unit="s")
        .dt.cast_time_unit("us")
        .dt.replace_time_zone("UTC")
        .dt.truncate("1h")
    )
