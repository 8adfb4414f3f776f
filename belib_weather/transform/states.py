"""States at the newest snapshot: of every charge point, of every station.

What belongs here: what the newest snapshot alone says, joined with attributes. What does not:
history (`facts`).
"""

from datetime import datetime

import dataframely as dy
import polars as pl

from belib_weather.datasets import StationState
from belib_weather.formats.place import PLACE_COLUMNS
from belib_weather.networks import NETWORK
from belib_weather.vocabulary import STALENESS_SECONDS, STATUSES, StationStatus
from belib_weather.window import second_of


def station_states(
    newest: pl.DataFrame, known_stations: pl.DataFrame, captured_at: datetime, source: str
) -> dy.DataFrame[StationState]:
    """The state of every station at the newest snapshot.

    Args:
        newest: sightings of that snapshot.
        known_stations: Station rows; the current ones give the attributes.
        captured_at: capture time of the snapshot; cut to the second.
        source: raw source of the snapshot.

    Returns:
        Validated StationState rows, by station.
    """
    fresh = ~pl.col("is_stale")
    attributes = known_stations.filter(pl.col("valid_to").is_null()).select(
        "station_id", "station_name", *PLACE_COLUMNS, "power_kw"
    )
    return StationState.validate(
        _latest(newest, captured_at)
        .group_by(NETWORK.station_id(pl.col("charge_point_id")).alias("station_id"))
        .agg(
            pl.len().alias("charge_points"),
            *((fresh & (pl.col("status") == status)).sum().alias(status) for status in STATUSES),
            pl.col("is_stale").sum().alias("stale"),
            *(
                (pl.col("status") == status).sum().alias(f"reported_{status}")
                for status in STATUSES
            ),
            pl.col("last_updated").max().alias("newest_update"),
            pl.col("captured_at").first(),
        )
        .with_columns(pl.lit(source).alias("source"), _one_word().alias("station_status"))
        .join(attributes, on="station_id", how="left")
        .select(StationState.column_names())
        .sort("station_id"),
        cast=True,
    )


def _one_word() -> pl.Expr:
    """The station's status from its counts, as docs/metrics.md defines it."""
    return (
        pl.when(pl.col("available") > 0)
        .then(pl.lit(StationStatus.AVAILABLE.value))
        .when(pl.col("occupied") + pl.col("reserved") > 0)
        .then(pl.lit(StationStatus.FULL.value))
        .when(pl.col("stale") + pl.col("unknown") == pl.col("charge_points"))
        .then(pl.lit(StationStatus.SILENT.value))
        .otherwise(pl.lit(StationStatus.OUT_OF_ORDER.value))
    )


def current_points(
    newest: pl.DataFrame, places: pl.DataFrame, captured_at: datetime, source: str
) -> pl.DataFrame:
    """Every charge point at the newest snapshot, with its place: rows of `belib_current`.

    Args:
        newest: sightings of that snapshot.
        places: `formats.realtime.POINTS` of it.
        captured_at: capture time of the snapshot; cut to the second.
        source: raw source of the snapshot.

    Returns:
        `charge_point_id`, `station_id`, `status` (as reported), `is_stale`, `last_updated`,
        `captured_at`, `address`, `arrondissement`, `latitude`, `longitude`, `source`; by id.
    """
    return (
        _latest(newest, captured_at)
        .join(places.select("charge_point_id", *PLACE_COLUMNS), on="charge_point_id", how="left")
        .select(
            "charge_point_id",
            NETWORK.station_id(pl.col("charge_point_id")).alias("station_id"),
            pl.col("status").cast(pl.String),
            "is_stale",
            "last_updated",
            "captured_at",
            "address",
            "arrondissement",
            "latitude",
            "longitude",
            pl.lit(source).alias("source"),
        )
        .sort("charge_point_id")
    )


def _latest(newest: pl.DataFrame, captured_at: datetime) -> pl.DataFrame:
    """One row per point: newest stamp, then the status latest in the vocabulary.

    A stamp that is no sign of life is null: it comes first in the order, and is stale.
    """
    second = second_of(captured_at)
    return (
        newest.sort("updated", "status")
        .unique("charge_point_id", keep="last")
        .select(
            pl.col("charge_point_id").cast(pl.String),
            "status",
            (pl.lit(second) >= pl.col("updated") + STALENESS_SECONDS)
            .fill_null(True)
            .alias("is_stale"),
            _utc(pl.col("updated")).alias("last_updated"),
            _utc(pl.lit(second)).alias("captured_at"),
        )
    )


def _utc(second: pl.Expr) -> pl.Expr:
    return pl.from_epoch(second, time_unit="s").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
