"""States at the newest snapshot: of every charge point, of every station.

What belongs here: what the newest snapshot says, joined with attributes and with since when. What
does not: runs (`station_runs`), history (`facts`).
"""

from datetime import datetime

import dataframely as dy
import polars as pl

from belib_weather.datasets import StationState
from belib_weather.datasets.network import CurrentPoint
from belib_weather.formats.place import PLACE_COLUMNS
from belib_weather.networks import NETWORK
from belib_weather.transform.station_runs import last_runs, since_columns
from belib_weather.transform.station_status import is_stale, station_status, status_counts
from belib_weather.transform.stations import PLUGS
from belib_weather.vocabulary import STATUSES
from belib_weather.window import second_of


def station_states(
    newest: pl.DataFrame,
    known_stations: pl.DataFrame,
    captured_at: datetime,
    source: str,
    runs: pl.DataFrame | None = None,
) -> dy.DataFrame[StationState]:
    """The state of every station at the newest snapshot.

    Args:
        newest: sightings of that snapshot.
        known_stations: Station rows; the current ones give the attributes.
        captured_at: capture time of the snapshot; cut to the second.
        source: raw source of the snapshot.
        runs: `station_runs.RUNS` up to this snapshot; where left out, nothing before it is known.

    Returns:
        Validated StationState rows, by station.
    """
    attributes = known_stations.filter(pl.col("valid_to").is_null()).select(
        "station_id", "station_name", *PLACE_COLUMNS, "power_kw"
    )
    if runs is None:
        runs = last_runs(newest, second_of(captured_at))
    statuses = {status: pl.col("status") == status for status in STATUSES}
    return StationState.validate(
        _latest(newest, captured_at)
        .group_by(NETWORK.station_id(pl.col("charge_point_id")).alias("station_id"))
        .agg(
            *status_counts(statuses),
            pl.col("last_updated").max().alias("newest_update"),
            pl.col("captured_at").first(),
        )
        .with_columns(pl.lit(source).alias("source"), station_status().alias("station_status"))
        .join(since_columns(runs, captured_at), on="station_id", how="left")
        .join(attributes, on="station_id", how="left")
        .select(StationState.column_names())
        .sort("station_id"),
        cast=True,
    )


EQUIPMENT = {
    name: dtype
    for name, dtype in CurrentPoint.create_empty().schema.items()
    if name in ("station_name", "power_kw", *PLUGS, "opening_hours")
}
"""What `belib_current` says of a point besides its status and place, and the types."""


def current_points(
    newest: pl.DataFrame,
    places: pl.DataFrame,
    captured_at: datetime,
    source: str,
    equipment: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Every charge point at the newest snapshot, with its place: rows of `belib_current`.

    Args:
        newest: sightings of that snapshot.
        places: `formats.realtime.POINTS` of it.
        captured_at: capture time of the snapshot; cut to the second.
        source: raw source of the snapshot.
        equipment: records of the newest export of the static dataset (`formats.static`); where
            left out, or of a point that is not in it, nothing is known.

    Returns:
        `charge_point_id`, `station_id`, `status` (as reported), `is_stale`, `last_updated`,
        `captured_at`, `address`, `arrondissement`, `latitude`, `longitude`, `EQUIPMENT`, `source`;
        by id.
    """
    known = pl.DataFrame(schema={"charge_point_id": pl.String(), **EQUIPMENT})
    if equipment is not None:
        columns = [pl.col("charge_point_id").cast(pl.String), *EQUIPMENT]
        known = equipment.select(columns).unique("charge_point_id", keep="last")
    return (
        _latest(newest, captured_at)
        .join(places.select("charge_point_id", *PLACE_COLUMNS), on="charge_point_id", how="left")
        .join(known, on="charge_point_id", how="left")
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
            *EQUIPMENT,
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
            is_stale(pl.lit(second), pl.col("updated")).alias("is_stale"),
            _utc(pl.col("updated")).alias("last_updated"),
            _utc(pl.lit(second)).alias("captured_at"),
        )
    )


def _utc(second: pl.Expr) -> pl.Expr:
    return pl.from_epoch(second, time_unit="s").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
