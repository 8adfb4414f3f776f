"""Facts as the marts read them, from few words."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from belib_weather.datasets.marts import FactOfAMart
from belib_weather.dates import local_calendar

Hour = tuple[str, int | None, datetime, int, int]
"""Station, arrondissement, UTC hour, seconds observed, and of these with a free point."""


def facts_of_hours(hours: Sequence[Hour]) -> pl.DataFrame:
    """`FactOfAMart` rows of stations with one point each: free, occupied or unobserved."""
    seen, free = pl.col("any_observed_seconds"), pl.col("any_available_seconds")
    zero = ("reserved", "out_of_order", "planned", "removed", "unknown", "stale")
    rows = pl.DataFrame(
        hours,
        schema={
            "station_id": pl.String,
            "arrondissement": pl.Int16,
            "hour": pl.Datetime("us", "UTC"),
            seen.meta.output_name(): pl.Int64,
            free.meta.output_name(): pl.Int64,
        },
        orient="row",
    ).with_columns(
        *(pl.lit(0).alias(f"{name}_seconds") for name in zero),
        charge_points=1,
        available_seconds=free,
        occupied_seconds=seen - free,
        full_seconds=seen - free,
        unobserved_seconds=3600 - seen,
        is_provisional=pl.lit(False),
        temperature_c=pl.lit(None),
        precipitation_mm=pl.lit(None),
    )
    return FactOfAMart.cast(
        rows.with_columns(local_calendar(pl.col("hour"))).select(FactOfAMart.column_names())
    )
