"""Facts as the marts read them, from few words."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from belib_weather.datasets.marts import FactOfAMart
from belib_weather.dates import local_calendar
from belib_weather.window import Window
from belib_weather_tests.stores.warehouse.sample import fact

Hour = tuple[str, int | None, datetime, int, int]
"""Station, arrondissement, UTC hour, seconds observed, and of these with a free point."""


def facts_of_hours(hours: Sequence[Hour]) -> pl.DataFrame:
    """`FactOfAMart` rows of stations with one point each: free, occupied or unobserved."""
    observed, free = pl.col("any_observed_seconds"), pl.col("any_available_seconds")
    zero = ("reserved", "out_of_order", "planned", "removed", "unknown", "stale")
    rows = pl.DataFrame(
        hours,
        schema={
            "station_id": pl.String,
            "arrondissement": pl.Int16,
            "hour": pl.Datetime("us", "UTC"),
            observed.meta.output_name(): pl.Int64,
            free.meta.output_name(): pl.Int64,
        },
        orient="row",
    ).with_columns(
        *(pl.lit(0).alias(f"{name}_seconds") for name in zero),
        charge_points=1,
        available_seconds=free,
        occupied_seconds=observed - free,
        full_seconds=observed - free,
        unobserved_seconds=3600 - observed,
        is_provisional=pl.lit(False),
        temperature_c=pl.lit(None),
        precipitation_mm=pl.lit(None),
        source=pl.lit("opendata_paris/realtime"),
        weather_source=pl.lit(None),
    )
    return FactOfAMart.cast(
        rows.with_columns(local_calendar(pl.col("hour"))).select(FactOfAMart.column_names())
    )


def any_facts(
    seed: int, places: Mapping[str, tuple[int | None, ...]], window: Window
) -> pl.DataFrame:
    """Any `FactOfAMart` rows that the dataset allows, some hours of a station missing.

    Args:
        seed: the same rows for the same seed.
        places: the arrondissements of each station, one after the other over the window.
        window: whole hours.
    """
    dice = random.Random(seed)  # noqa: S311 - no secret
    hours = window.hours
    rows = [
        {
            **fact(dice, station, hour),
            "arrondissement": places[station][i * len(places[station]) // len(hours)],
            "is_provisional": dice.random() < 0.02,
            "source": "opendata_paris/realtime",
            "weather_source": None,
            "temperature_c": None,
            "precipitation_mm": None,
        }
        for station in places
        for i, hour in enumerate(hours)
        if dice.random() < 0.9
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(
        local_calendar(pl.col("hour"))
    )
    return FactOfAMart.cast(frame.select(FactOfAMart.column_names()))
