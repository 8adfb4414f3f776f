"""What was polled of the feed, hour by hour, from the capture times alone.

What belongs here: counting and measuring the snapshots of hours. What does not: what the
snapshots say, and which hours have rows (`assets.feed`). Definitions: docs/metrics.md.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import dataframely as dy
import polars as pl

from belib_weather.datasets.feed import FEED_RULES, FeedHour
from belib_weather.dates import local_calendar
from belib_weather.transform.input_hashes import digests
from belib_weather.transform.sources import sources_by
from belib_weather.vocabulary import GAP_LIMIT_SECONDS
from belib_weather.window import HOUR, Grain, Window, second_of

_HOUR = pl.Datetime("us", "UTC")
_CAPTURED = pl.col("captured_at").cast(_HOUR)
_GAP_LIMIT = timedelta(seconds=GAP_LIMIT_SECONDS)
LONGEST_CADENCE = 900
"""Seconds; a cadence beyond it leaves time unobserved as soon as one poll fails."""
HOUR_SECONDS = 3600


@dataclass(frozen=True)
class Polled:
    """What was polled in a window.

    Attributes:
        documents: `captured_at`, `source`, `sha256`, `cadence_seconds` (null for an import) of the
            snapshots of the window widened by 30 minutes.
        refused: `captured_at` of the answers in quarantine.
        window: whole UTC hours.
        now: cuts the hour that is going on.
        cadence_before: seconds between the last polls before the window; None if there was none.
    """

    documents: pl.DataFrame
    refused: pl.DataFrame
    window: Window
    now: datetime
    cadence_before: int | None

    @property
    def hours(self) -> pl.DataFrame:
        """Every hour of the window, in order, with what was counted in it.

        `hour`, `snapshots`, `refused`, `cadence_seconds` (in force), `source`, `is_provisional`.
        """
        hour = _CAPTURED.dt.truncate("1h").alias("hour")
        stored = (
            self.documents.sort("captured_at", "source")
            .group_by(hour)
            .agg(
                _CAPTURED.dt.epoch("s").n_unique().cast(pl.Int32).alias("snapshots"),
                pl.col("cadence_seconds").drop_nulls().last(),
            )
            .join(sources_by(Grain.HOUR, self.documents), on="hour")
        )
        refusals = self.refused.group_by(hour).agg(pl.len().cast(pl.Int32).alias("refused"))
        is_provisional = pl.col("hour") + HOUR + _GAP_LIMIT > self.now
        return (
            pl.DataFrame({"hour": self.window.hours}, schema={"hour": _HOUR})
            .join(stored, on="hour", how="left", maintain_order="left")
            .join(refusals, on="hour", how="left", maintain_order="left")
            .with_columns(
                pl.col("snapshots", "refused").fill_null(0),
                self._cadence_in_force,
                is_provisional.alias("is_provisional"),
            )
        )

    @property
    def _cadence_in_force(self) -> pl.Expr:
        """`cadence_seconds` of the last poll in or before each hour, at most `LONGEST_CADENCE`."""
        before = pl.lit(self.cadence_before, dtype=pl.Int64)
        known = pl.col("cadence_seconds").forward_fill().fill_null(before)
        return known.clip(upper_bound=LONGEST_CADENCE)


def feed_hours(polled: Polled, points: pl.DataFrame) -> dy.DataFrame[FeedHour]:
    """The row of every hour of the window.

    Args:
        polled: what was polled.
        points: `hour`, `charge_points` sighted.

    Returns:
        Validated FeedHour rows, in order.
    """
    hours = polled.hours
    captures = polled.documents.select(_CAPTURED.dt.epoch("s").alias("second"))
    seconds = captures["second"].unique().sort()
    rows = hours
    for more in (points, _observed(seconds), _longest_gaps(seconds, hours, polled.now)):
        rows = rows.join(more, on="hour", how="left", maintain_order="left")
    counts = ("charge_points", "observed_seconds", "longest_gap_seconds")
    expected = (HOUR_SECONDS / pl.col("cadence_seconds")).ceil().cast(pl.Int32)
    return FeedHour.validate(
        rows.with_columns(
            pl.col(counts).fill_null(0).cast(pl.Int32),
            expected.alias("expected_snapshots"),
            *local_calendar(pl.col("hour")),
        ).select(FeedHour.column_names()),
        cast=True,
    )


def feed_inputs(polled: Polled) -> pl.DataFrame:
    """Fingerprint what the row of every hour is made from, as `input_hashes` does for facts.

    Returns:
        `hour`, `input_hash` (SHA-256, hexadecimal; another one at every second of the hour that
        goes on), `snapshots` and `refused` of each hour.
    """
    hours = polled.hours
    line = pl.concat_str(
        _CAPTURED.dt.epoch("ms"), "sha256", "source", pl.col("cadence_seconds").fill_null(0)
    )
    near = (
        hours.select("hour")
        .join_where(
            polled.documents.select(_CAPTURED, line.alias("line")),
            pl.col("captured_at") >= pl.col("hour") - _GAP_LIMIT,
            pl.col("captured_at") < pl.col("hour") + HOUR + _GAP_LIMIT,
        )
        .sort("hour", "captured_at", "line")
        .group_by("hour")
        .agg(pl.col("line").str.join("\n"))
    )
    is_running = pl.col("hour") + HOUR > polled.now
    rows = hours.join(near, on="hour", how="left", maintain_order="left").with_columns(
        pl.when(is_running).then(second_of(polled.now)).alias("now")
    )
    texts = rows.select(pl.struct(pl.exclude("hour", "source")).struct.json_encode())
    return rows.select("hour", digests(texts.to_series(), FEED_RULES), "snapshots", "refused")


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
        .group_by(hour_of("start").alias("hour"))
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
            seconds.alias("second").to_frame().select(hour_of("second").alias("hour"), "second"),
        ]
    )
    return (
        marks.sort("hour", "second")
        .group_by("hour")
        .agg(pl.col("second").diff().max().cast(pl.Int32).alias("longest_gap_seconds"))
    )


def hour_of(second: str) -> pl.Expr:
    """The UTC hour of a column of seconds since 1970."""
    return (
        pl.from_epoch(pl.col(second), time_unit="s")
        .dt.cast_time_unit("us")
        .dt.replace_time_zone("UTC")
        .dt.truncate("1h")
    )
