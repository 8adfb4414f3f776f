"""How many snapshots each hour has, against how many its polls would have made.

What belongs here: counting snapshots and the cadence that was in force. What does not: what the
snapshots say. The rule is that of docs/metrics.md ("Snapshots expected").
"""

from datetime import datetime

import polars as pl

from belib_weather.window import Window

LONGEST_CADENCE = 900
"""Seconds; a cadence beyond it leaves time unobserved as soon as one poll fails."""
HOUR_SECONDS = 3600


def poll_counts(
    inventory: pl.DataFrame, window: Window, now: datetime, cadence_before: int | None
) -> pl.DataFrame:
    """Snapshots of each hour of a window, and those expected by the cadence of its last poll.

    Args:
        inventory: `captured_at` and `cadence_seconds` (null for an import) of the documents.
        window: whole hours.
        now: the hour that is going on is expected up to here, later ones not at all.
        cadence_before: seconds between the last polls before the window, None if there was none.

    Returns:
        `hour`, `snapshots` (distinct seconds, imports included), `cadence_seconds`, `expected`
        (⌈length ÷ cadence⌉; null before the first poll), by hour.
    """
    polls = inventory.select("captured_at", "cadence_seconds").sort("captured_at")
    counted = polls.group_by(pl.col("captured_at").dt.truncate("1h").alias("hour")).agg(
        pl.col("captured_at").dt.truncate("1s").n_unique().cast(pl.Int64).alias("snapshots"),
        pl.col("cadence_seconds").drop_nulls().last(),
    )
    length = pl.lit(now) - pl.col("hour")
    seconds = length.dt.total_seconds(fractional=True).clip(0, HOUR_SECONDS)
    return (
        pl.DataFrame({"hour": window.hours}, schema={"hour": inventory.schema["captured_at"]})
        .join(counted, on="hour", how="left", maintain_order="left")
        .with_columns(pl.col("snapshots").fill_null(0), cadence_in_force(cadence_before))
        .with_columns((seconds / pl.col("cadence_seconds")).ceil().cast(pl.Int64).alias("expected"))
    )


def cadence_in_force(before: int | None) -> pl.Expr:
    """`cadence_seconds` of the last poll in or before each hour, at most `LONGEST_CADENCE`.

    Of a frame with the `cadence_seconds` of the last poll in each hour, by hour.

    Args:
        before: seconds between the last polls before the first hour, None if there was none.
    """
    first = pl.lit(before, dtype=pl.Int64)
    known = pl.col("cadence_seconds").forward_fill().fill_null(first)
    return known.clip(upper_bound=LONGEST_CADENCE)
