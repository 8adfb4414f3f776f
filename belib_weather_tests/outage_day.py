"""Polls of every five minutes with a hole, and the hours of the feed that follow from them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import polars as pl

from belib_weather.transform.feed_hours import Polled, feed_hours
from belib_weather.window import HOUR, Window

CADENCE = timedelta(minutes=5)
_INSTANT = pl.Datetime("us", "UTC")


def polls_without(outage: Window, period: Window) -> list[datetime]:
    """Polls from half an hour before the period to half an hour after it, but in the outage."""
    start, count = period.start - HOUR / 2, (period.end - period.start + HOUR) // CADENCE
    polls = [start + number * CADENCE for number in range(count)]
    return [at for at in polls if not outage.start <= at < outage.end]


def feed_of_polls(
    polls: Iterable[datetime], period: Window, *, now: datetime, refused: Iterable[datetime] = ()
) -> pl.DataFrame:
    """The `FeedHour` rows of a period, of polls up to now."""
    documents = pl.DataFrame(
        [(at, "opendata_paris/realtime", 300) for at in polls if at <= now],
        schema={"captured_at": _INSTANT, "source": pl.String, "cadence_seconds": pl.Int64},
        orient="row",
    )
    quarantined = pl.DataFrame({"captured_at": list(refused)}, schema={"captured_at": _INSTANT})
    points = documents.select(
        pl.col("captured_at").dt.truncate("1h").alias("hour"),
        pl.lit(100, pl.Int32).alias("charge_points"),
    ).unique()
    return feed_hours(Polled(documents, quarantined, period, now, None), points)
