"""Weeks of facts of the simulated city, straight from its truth: no polls, no cleaning.

What belongs here: rows as the marts read them, quickly. What does not: exact seconds (the status at
one instant stands for its share of the hour).
"""

from datetime import timedelta

import numpy as np
import polars as pl

from belib_weather.datasets.figures import POINT_SECONDS, STATUS_SECONDS
from belib_weather.datasets.marts import FactOfAMart
from belib_weather.dates import local_calendar
from belib_weather.networks import NETWORK
from belib_weather.simulator.truth import Truth
from belib_weather.vocabulary import SIMULATED
from belib_weather.window import HOUR, Window

_HOUR_SECONDS = 3600
SOURCE, WEATHER_SOURCE = f"{SIMULATED}opendata_paris/realtime", f"{SIMULATED}open_meteo/archive"


def simulated_facts(truth: Truth, window: Window, instants: int = 2) -> pl.DataFrame:
    """`FactOfAMart` rows of whole hours, each from some instants of it.

    Args:
        truth: the city.
        window: whole UTC hours.
        instants: of an hour, evenly spread; each stands for its share of the hour.
    """
    share = _HOUR_SECONDS // instants
    first, hours = int(window.start.timestamp()), (window.end - window.start) // HOUR
    at = pl.Series("at", first + share // 2 + share * np.arange(hours * instants))
    segments = (
        pl.DataFrame(truth.segments(window.start, window.end))
        .with_columns(pl.col("start", "end").cast(pl.Int64))
        .with_columns(
            pl.col("charge_point_id").cast(pl.Categorical),
            pl.when("is_stale").then(pl.lit("stale")).otherwise("status").alias("kind"),
        )
        .with_columns(
            # The instants that lie in a segment, as numbers.
            *(((pl.col(n) - at[0] + share - 1) // share).clip(0).alias(n) for n in ("start", "end"))
        )
        .with_columns(pl.int_ranges("start", "end").alias("instant"))
        .select("charge_point_id", "kind", "instant")
        .explode("instant")
        .drop_nulls()
    )
    fleet = truth.city.fleet
    points = pl.DataFrame(
        {"charge_point_id": list(fleet.ids), "arrondissement": fleet.arrondissement.tolist()}
    ).select(
        pl.col("charge_point_id").cast(pl.Categorical),
        NETWORK.station_id(pl.col("charge_point_id")).alias("station_id"),
        pl.col("arrondissement").replace(0, None).cast(pl.Int16),
    )
    kinds = [name.removesuffix("_seconds") for name in (*STATUS_SECONDS, "stale_seconds")]
    states = (
        segments.join(points, on="charge_point_id")
        .group_by("station_id", "instant")
        .agg(
            *(
                (pl.col("kind") == kind).sum().cast(pl.Int64).alias(f"{kind}_seconds")
                for kind in kinds
            ),
            pl.len().alias("charge_points"),
            pl.col("arrondissement").first(),
        )
    )
    free, used = (
        pl.col("available_seconds") > 0,
        pl.sum_horizontal("occupied_seconds", "reserved_seconds") > 0,
    )
    hour = pl.from_epoch(first + (pl.col("instant") // instants) * _HOUR_SECONDS)
    seconds = [name for name in POINT_SECONDS if name != "unobserved_seconds"]
    facts = (
        states.with_columns(
            hour.cast(pl.Datetime("us")).dt.replace_time_zone("UTC").alias("hour"),
            pl.lit(1).alias("any_observed_seconds"),
            free.cast(pl.Int64).alias("any_available_seconds"),
            (used & ~free).cast(pl.Int64).alias("full_seconds"),
        )
        .group_by("station_id", "hour")
        .agg(
            pl.col(*seconds, "any_observed_seconds", "any_available_seconds", "full_seconds").sum()
            * share,
            pl.col("charge_points").max(),
            pl.col("arrondissement").first(),
        )
        .with_columns(
            unobserved_seconds=pl.col("charge_points") * _HOUR_SECONDS - pl.sum_horizontal(seconds),
            is_provisional=False,
            source=pl.lit(SOURCE),
            weather_source=pl.lit(WEATHER_SOURCE),
        )
        .join(_weather(truth, window), on="hour", how="left")
        .with_columns(local_calendar(pl.col("hour")))
        .select(FactOfAMart.column_names())
        .sort("station_id", "hour")
    )
    return FactOfAMart.cast(facts)


def _weather(truth: Truth, window: Window) -> pl.DataFrame:
    """Temperature at the start of each hour, precipitation of it (stamped at its end)."""
    true = truth.weather(window.start, window.end + timedelta(hours=1))
    stamps = pl.from_epoch(pl.Series(true.stamps) * _HOUR_SECONDS).cast(pl.Datetime("us"))
    return (
        pl.DataFrame(
            {
                "hour": stamps.dt.replace_time_zone("UTC"),
                "temperature_c": true.values["temperature_2m"],
                "precipitation_mm": np.append(true.values["precipitation"][1:], np.nan),
            }
        )
        .with_columns(pl.col("precipitation_mm").fill_nan(None))
        .head(-1)
    )
