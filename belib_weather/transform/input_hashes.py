"""The inputs of a facts hour, or of a day of episodes or weather, as one hash.

Equal inputs give equal rows.

What belongs here: the fingerprint of inputs. What does not: where it is stored
(`warehouse`) and what compares it (`automation`).
"""

import hashlib
from datetime import timedelta

import polars as pl

from belib_weather.datasets.availability import FACTS_RULES
from belib_weather.datasets.episodes import EPISODE_RULES
from belib_weather.datasets.weather import WEATHER_RULES
from belib_weather.window import DAY, HOUR, Grain, Window

MARGIN = timedelta(minutes=30)
"""The facts of an hour depend on the snapshots in (hour - 30 min, hour + 1 h 30 min), the episodes
of a day on those in [day - 30 min, day + 24 h 30 min]."""


def input_hashes(
    snapshots: pl.DataFrame, weather: pl.DataFrame, window: Window, newest_second: int | None
) -> pl.DataFrame:
    """Fingerprint the inputs of every hour of the window.

    Args:
        snapshots: `captured_at` (UTC), `sha256` and `source` of the raw snapshots, at least of the
            window widened by 30 minutes.
        weather: WeatherHour rows with stamps from the window's start to its end, both included.
        window: whole UTC hours.
        newest_second: second of the newest raw snapshot of all, None when there is none.

    Returns:
        One row per hour: `hour`, `input_hash` (SHA-256, hexadecimal), `snapshots` (in the hour).
    """
    hours = pl.DataFrame({"hour": window.hours}, schema={"hour": pl.Datetime("us", "UTC")})
    sample = weather.sort("hour").select(
        "hour", pl.struct(pl.exclude("hour", "captured_at")).struct.json_encode().alias("sample")
    )
    next_sample = sample.select(pl.col("hour") - HOUR, pl.col("sample").alias("next_sample"))
    provisional = pl.col("hour").dt.epoch("s") + 3600 > (newest_second or 0)
    rows = (
        hours.join(_bodies_near(hours, snapshots, Grain.HOUR), on="hour", how="left")
        .join(sample, on="hour", how="left")
        .join(next_sample, on="hour", how="left")
        .select(
            "hour",
            pl.col("snapshots").fill_null(0).cast(pl.Int32),
            pl.concat_str(
                pl.col("bodies", "sample", "next_sample").fill_null("-"),
                provisional.cast(pl.String),
                separator="\n\n",
            ).alias("text"),
        )
        .sort("hour")
    )
    return rows.select("hour", digests(rows["text"], FACTS_RULES), "snapshots")


def episode_input_hashes(snapshots: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Fingerprint the snapshots that the episodes of every day of the window need.

    Args:
        snapshots: `captured_at` (UTC), `sha256` and `source` of the raw snapshots, at least of the
            window widened by 30 minutes, ends included.
        window: whole UTC days.

    Returns:
        One row per day: `hour` (its start), `input_hash` (SHA-256, hexadecimal), `snapshots` (in
        the day).
    """
    days = pl.DataFrame({"hour": window.days}, schema={"hour": pl.Datetime("us", "UTC")})
    rows = (
        days.join(_bodies_near(days, snapshots, Grain.DAY), on="hour", how="left")
        .with_columns(
            pl.col("bodies").fill_null("-"), pl.col("snapshots").fill_null(0).cast(pl.Int32)
        )
        .sort("hour")
    )
    return rows.select("hour", digests(rows["bodies"], EPISODE_RULES), "snapshots")


def digests(texts: pl.Series, rules: int) -> pl.Series:
    """`input_hash`: SHA-256 of each text and the version of the rules, hexadecimal.

    The first version leaves no mark: hashes existed before rules had versions.
    """
    mark = f"rules {rules}\n" if rules > 1 else ""
    hashes = [hashlib.sha256((mark + text).encode()).hexdigest() for text in texts]
    return pl.Series("input_hash", hashes, dtype=pl.String)


def weather_input_hashes(documents: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Fingerprint the weather documents of every day of the window.

    Args:
        documents: `first` and `last` stamp, `captured_at`, `source` and `sha256` of the weather
            documents that cover any hour of the window.
        window: whole UTC days.

    Returns:
        One row per day: `hour` (its start), `input_hash` (SHA-256, hexadecimal), `snapshots` (the
        documents that cover an hour of it).
    """
    days = pl.DataFrame({"hour": window.days}, schema={"hour": pl.Datetime("us", "UTC")})
    line = pl.concat_str(
        pl.col("captured_at").dt.epoch("us").cast(pl.String), "source", "sha256", separator=" "
    )
    rows = (
        days.join(
            days.join_where(
                documents,
                pl.col("first") < pl.col("hour") + DAY,
                pl.col("last") >= pl.col("hour"),
            )
            .sort("hour", "captured_at", "source")
            .group_by("hour")
            .agg(line.str.join("\n").alias("text"), pl.len().cast(pl.Int32).alias("snapshots")),
            on="hour",
            how="left",
        )
        .with_columns(pl.col("text").fill_null("-"), pl.col("snapshots").fill_null(0))
        .sort("hour")
    )
    return rows.select("hour", digests(rows["text"], WEATHER_RULES), "snapshots")


def _bodies_near(starts: pl.DataFrame, snapshots: pl.DataFrame, grain: Grain) -> pl.DataFrame:
    """`bodies` and `snapshots` of hours, or of days, which need both ends of their window too."""
    second = timedelta(seconds=1 if grain is Grain.DAY else 0)
    begin, end = pl.col("hour"), pl.col("hour") + grain.length
    bodies = snapshots.select(
        pl.col("captured_at").cast(pl.Datetime("us", "UTC")).dt.truncate("1s"), "sha256", "source"
    )
    line = pl.concat_str(pl.col("captured_at").dt.epoch("s"), "sha256", "source", separator=" ")
    return (
        starts.join_where(
            bodies,
            pl.col("captured_at") > begin - MARGIN - second,
            pl.col("captured_at") < end + MARGIN + second,
        )
        .sort("hour", "captured_at", "sha256", "source")
        .group_by("hour", maintain_order=True)
        .agg(
            line.str.join("\n").alias("bodies"),
            pl.col("captured_at").is_between(begin, end, closed="left").sum().alias("snapshots"),
        )
    )
