"""The raw sources of rows: of hours and days, and of what is computed from many of them."""

import polars as pl

from belib_weather.window import Grain

JOINED = " + "
"""Between the sources of one row."""
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
        pl.col("source").unique().sort().str.join(JOINED)
    )


def union_of_sources(sources: pl.Expr) -> pl.Expr:
    """All sources of a group of rows, each once and in order, joined; null where there is none.

    Args:
        sources: joined ones, null where unknown.
    """
    # First the few distinct ones: the rows of a month are millions.
    parts = sources.drop_nulls().unique().str.split(JOINED).explode()
    each = parts.unique().sort()
    return pl.when(each.len() > 0).then(each.str.join(JOINED))


def sources_of_spans(spans: pl.DataFrame, days: pl.DataFrame) -> pl.Series:
    """The raw sources of the UTC days that each span of time touches, joined.

    Args:
        spans: `started_at`, `ended_at` (UTC, the second after the last).
        days: `day` and its joined `source`, in any number of rows; of every day that is touched.

    Returns:
        `source`, in the order of the spans.
    """
    last = pl.col("ended_at") - pl.duration(seconds=1)
    first_day, last_day = (end.dt.truncate("1d") for end in (pl.col("started_at"), last))
    of_day = days.unique().with_columns(pl.col("source").str.split(JOINED)).explode("source")
    return (
        spans.select(pl.datetime_ranges(first_day, last_day, "1d").alias("day"))
        .with_row_index("span")
        .explode("day")
        .join(of_day, on="day")
        .select("span", "source")
        .unique()
        .sort("span", "source")
        .group_by("span", maintain_order=True)
        .agg(pl.col("source").str.join(JOINED))["source"]
    )
