"""The raw sources that rows rest on, by the hour or day."""

import polars as pl

from belib_weather.window import Grain

_EVERY = {Grain.HOUR: "1h", Grain.DAY: "1d"}


def sources_by(grain: Grain, snapshots: pl.DataFrame) -> pl.DataFrame:
    """The raw sources of each hour's or day's own snapshots, joined.

    Args:
        grain: by the hour or by the day.
        snapshots: `captured_at` (UTC) and `source`.

    Returns:
        `hour` or `day` (its start), `source`.
    """
    start = pl.col("captured_at").cast(pl.Datetime("us", "UTC")).dt.truncate(_EVERY[grain])
    return snapshots.group_by(start.alias(grain.value)).agg(
        pl.col("source").unique().sort().str.join(" + ")
    )
