"""Which hours documents are set aside in.

What belongs here: counting marks. What does not: the marks (`lake.set_aside`).
"""

from collections import Counter

import polars as pl

from belib_weather.lake import RAW_SNAPSHOTS, Lake
from belib_weather.window import Window, floor_hour


def set_aside_by_day(lake: Lake, window: Window) -> pl.DataFrame:
    """`hour` (start of the UTC day) and `set_aside`, as by hour."""
    hours = set_aside_by_hour(lake, window)
    return hours.group_by(pl.col("hour").dt.truncate("1d")).agg(pl.col("set_aside").sum())


def set_aside_by_hour(lake: Lake, window: Window) -> pl.DataFrame:
    """`hour` and `set_aside`: snapshots of the hour that are set aside, where there are any."""
    counts = Counter(
        floor_hour(mark.captured_at) for mark in lake.set_aside_marks(RAW_SNAPSHOTS, window)
    )
    schema = {"hour": pl.Datetime("us", "UTC"), "set_aside": pl.Int64()}
    return pl.DataFrame(list(counts.items()), schema=schema, orient="row")
