"""The hours of a window with their snapshots, stored and expected, from the raw layer.

What belongs here: reading what the count needs. What does not: the count (`transform.poll_counts`).
"""

from datetime import datetime

import polars as pl

from belib_weather.lake import RAW_SNAPSHOTS, Lake
from belib_weather.transform.poll_counts import poll_counts
from belib_weather.window import Window


def polled_hours(lake: Lake, window: Window, now: datetime) -> pl.DataFrame:
    """`hour`, `snapshots`, `cadence_seconds`, `expected` of each hour (see `poll_counts`)."""
    return poll_counts(
        lake.inventory(RAW_SNAPSHOTS, window),
        window,
        now,
        lake.cadence_before(RAW_SNAPSHOTS, window.start),
    )
