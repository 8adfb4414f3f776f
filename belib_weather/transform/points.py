"""Charge points and stations, from all snapshots and the static dataset.

What belongs here: folding attributes; a null never overwrites a known value. What does not:
reading bodies (`formats`) and states (`states`).
"""

import dataframely as dy
import polars as pl

from belib_weather.datasets import ChargePoint, Station
from belib_weather.formats.place import PLACE_COLUMNS
from belib_weather.formats.static import EQUIPMENT_COLUMNS
from belib_weather.networks import NETWORK


def fold_points(
    known: pl.DataFrame, places: pl.DataFrame, static: pl.DataFrame | None
) -> dy.DataFrame[ChargePoint]:
    """Charge points with their attributes as last known.

    Args:
        known: ChargePoint rows from earlier folding (empty at first).
        places: `formats.realtime.POINTS` of any number of later snapshots, in any order.
        static: records of `read_static`; fills the equipment, and the place where the feed never
            had it. Points that only it lists are left out: they were never sighted.

    Returns:
        Validated ChargePoint rows, one per point ever sighted, by id; `valid_from` is the first
        sighting. A null never overwrites a known value.
    """
    base = ["charge_point_id", "captured_at", *PLACE_COLUMNS]
    earlier = known.rename({"valid_from": "captured_at"}).select(*base, *EQUIPMENT_COLUMNS)
    folded = (
        pl.concat([earlier, places.sort("captured_at", maintain_order=True)], how="diagonal")
        .group_by("charge_point_id")
        .agg(
            pl.col("captured_at").min().alias("valid_from"),
            pl.col(*PLACE_COLUMNS, *EQUIPMENT_COLUMNS).drop_nulls().last(),
        )
    )
    if static is not None:
        folded = folded.join(static, on="charge_point_id", how="left", suffix="_static")
        folded = folded.with_columns(
            *(pl.coalesce(name, f"{name}_static").alias(name) for name in PLACE_COLUMNS),
            *(pl.coalesce(f"{name}_static", name).alias(name) for name in EQUIPMENT_COLUMNS),
        )
    return ChargePoint.validate(
        folded.with_columns(
            NETWORK.station_id(pl.col("charge_point_id")).alias("station_id"),
            NETWORK.roaming_id(pl.col("charge_point_id")).alias("roaming_id"),
            pl.lit(None).alias("valid_to"),
        )
        .select(ChargePoint.column_names())
        .sort("charge_point_id"),
        cast=True,
    )


def stations(charge_points: pl.DataFrame) -> dy.DataFrame[Station]:
    """Stations of the current ChargePoint rows, by id.

    Each attribute is the one that most points of the station carry, of equally many the smallest;
    the power is the highest, `valid_from` the earliest.
    """

    def most_common(column: pl.Expr) -> pl.Expr:
        return column.drop_nulls().mode().min()

    # Latitude and longitude belong together: a mode of each alone could name a third place.
    place = pl.struct("latitude", "longitude").filter(pl.col("latitude").is_not_null())
    return Station.validate(
        charge_points.filter(pl.col("valid_to").is_null())
        .group_by("station_id")
        .agg(
            pl.col("valid_from").min(),
            pl.lit(None).alias("valid_to").first(),
            most_common(pl.col("station_name", "address", "arrondissement")),
            place.sort().mode(maintain_order=True).first().alias("place"),
            pl.len().alias("charge_points"),
            pl.col("power_kw").max(),
        )
        .unnest("place")
        .select(Station.column_names())
        .sort("station_id"),
        cast=True,
    )
