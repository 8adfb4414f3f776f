"""Changes of charge points between what is stored and newer snapshots.

What belongs here: which changes there are, with instant, kind and id. What does not: stations
(`station_changes`), and storing them.
Definitions: docs/metrics.md.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import dataframely as dy
import polars as pl

from belib_weather.datasets.changes import (
    CHANGE_RULES,
    ChangeKind,
    Event,
    PointState,
    StatusChange,
    Subject,
    id_of,
)
from belib_weather.networks import NETWORK
from belib_weather.transform.intervals import (
    NO_SIGN_OF_LIFE,
    POINT,
    STATUS,
    moments,
    records_of,
)
from belib_weather.transform.station_status import is_stale
from belib_weather.vocabulary import STATUSES

_UTC = pl.Datetime("us", "UTC")
_ID_PARTS = ("subject", "subject_id", "occurred_at", "from_word", "to_word")
_STALE_PARTS = ("from_is_stale", "to_is_stale")


@dataclass(frozen=True)
class PointChanges:
    """What newer snapshots change.

    Attributes:
        changes: as `StatusChange` without `position`, in the order of their instants.
        states: `PointState` after it.
    """

    changes: pl.DataFrame
    states: dy.DataFrame[PointState]


def point_changes(stored: pl.DataFrame, sightings: pl.DataFrame, source: str) -> PointChanges:
    """The changes of charge points between their last sightings and newer snapshots.

    Args:
        stored: `PointState` rows; with none there is nothing to change from, and no change.
        sightings: by `SIGHTINGS`, of one or more snapshots, each compared with the one before.
        source: of the newest.
    """
    changes, states = [as_status_changes(NO_CHANGES, source)], stored
    for second in sightings["second"].unique().sort():
        found = _changes_in_snapshot(states, sightings.filter(pl.col("second") == second), source)
        changes.append(found.changes)
        states = found.states
    return PointChanges(pl.concat(changes), PointState.validate(states))


def _changes_in_snapshot(
    stored: pl.DataFrame, sightings: pl.DataFrame, source: str
) -> PointChanges:
    newest = sightings["second"][0]
    before = stored.filter(pl.col("sighted_at").dt.epoch("s") < newest)
    ids = [stored["charge_point_id"], sightings["charge_point_id"].unique().cast(pl.String)]
    enum = pl.Enum(pl.concat(ids).unique().sort())
    both = pl.concat(
        frame.select(
            pl.col("charge_point_id").cast(pl.String).cast(enum),
            pl.col("second").cast(pl.Int64),
            pl.col("status").cast(pl.Enum(STATUSES)),
            pl.col("updated").cast(pl.Int64),
        )
        for frame in (as_sightings(before), sightings)
    )
    sighted = moments(both, pl.col("charge_point_id").to_physical())
    pieces = _with_names(records_of(_repeat_last_record(sighted)), enum)
    changes = _differences(pieces, stored).filter(pl.lit(stored.height > 0))
    states = _last(sighted, enum)
    unsighted = stored.join(states, on="charge_point_id", how="anti")
    after = PointState.validate(
        pl.concat([states, unsighted.select(states.columns)]).sort("charge_point_id"), cast=True
    )
    known = changes.with_columns(
        pl.lit(datetime.fromtimestamp(newest, UTC), dtype=_UTC).alias("seen_at"),
        pl.lit(stored["sighted_at"].max(), dtype=_UTC).alias("known_until"),
    )
    return PointChanges(as_status_changes(known, source), after)


def as_sightings(states: pl.DataFrame) -> pl.DataFrame:
    """`PointState` rows as `SIGHTINGS`."""
    return states.select(
        "charge_point_id",
        pl.col("sighted_at").dt.epoch("s").alias("second"),
        "status",
        pl.col("last_updated").dt.epoch("s").alias("updated"),
    )


def _repeat_last_record(sighted: pl.DataFrame) -> pl.DataFrame:
    """Each point's last record repeated a second later: its time in force is then not empty."""
    last = sighted.filter(
        ((pl.col("moment") // POINT) != (pl.col("moment") // POINT).shift(-1)).fill_null(True)
    )
    return pl.concat([sighted, last.with_columns(pl.col("moment") + 1)]).sort("moment")


def _with_names(records: pl.DataFrame, ids: pl.Enum) -> pl.DataFrame:
    return records.select(
        pl.lit(ids.categories).gather(pl.col("point")).alias("charge_point_id"),
        "start",
        "end",
        pl.lit(pl.Series(STATUSES)).gather(pl.col("status")).alias("status"),
        "is_stale",
        "is_exact",
    )


def _differences(pieces: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """Where a piece is other than the one before it, or, the first one, than what is stored."""
    known = stored.select(
        "charge_point_id",
        pl.col("status").cast(pl.String).alias("stored_status"),
        pl.col("is_stale").alias("stored_is_stale"),
        pl.col("sighted_at").dt.epoch("s").alias("stored_second"),
    )
    same = pl.col("charge_point_id") == pl.col("charge_point_id").shift(1)
    adjacent = (same & (pl.col("start") == pl.col("end").shift(1))).fill_null(False)
    rows = (
        pieces.sort("charge_point_id", "start")
        .with_columns(
            same.fill_null(False).alias("follows"),
            adjacent.alias("adjacent"),
            pl.col("status").shift(1).alias("before_status"),
            pl.col("is_stale").shift(1).alias("before_is_stale"),
        )
        .join(known, on="charge_point_id", how="left", maintain_order="left")
        .with_columns(
            # A record that was in force at the stored sighting already takes its place.
            pl.col("adjacent") | (pl.col("start") == pl.col("stored_second")).fill_null(False),
            pl.when("follows").then("before_status").otherwise("stored_status").alias("from_word"),
            pl.when("follows")
            .then("before_is_stale")
            .otherwise("stored_is_stale")
            .alias("from_is_stale"),
        )
    )
    is_status = pl.col("from_word").ne_missing(pl.col("status"))
    return rows.filter(is_status | (pl.col("from_is_stale") != pl.col("is_stale"))).select(
        pl.lit(Subject.POINT.value).alias("subject"),
        pl.col("charge_point_id").alias("subject_id"),
        NETWORK.station_id(pl.col("charge_point_id")).alias("station_id"),
        pl.when(is_status)
        .then(pl.lit(Event.STATUS.value))
        .otherwise(pl.lit(Event.FRESHNESS.value))
        .alias("event"),
        "from_word",
        pl.col("status").alias("to_word"),
        "from_is_stale",
        pl.col("is_stale").alias("to_is_stale"),
        pl.from_epoch("start").cast(_UTC).alias("occurred_at"),
        pl.when(~pl.col("adjacent"))
        .then(pl.lit(ChangeKind.UNSEEN.value))
        .when(pl.col("is_exact") | (~is_status & pl.col("is_stale")))
        .then(pl.lit(ChangeKind.EXACT.value))
        .otherwise(pl.lit(ChangeKind.POLLED.value))
        .alias("kind"),
    )


def _last(sighted: pl.DataFrame, ids: pl.Enum) -> pl.DataFrame:
    rows = sighted.select(
        (pl.col("moment") // POINT).alias("point"),
        (pl.col("moment") % POINT).alias("second"),
        (pl.col("record") // STATUS).alias("updated"),
        (pl.col("record") % STATUS).alias("code"),
    ).filter((pl.col("point") != pl.col("point").shift(-1)).fill_null(True))
    return rows.select(
        pl.lit(ids.categories).gather(pl.col("point")).alias("charge_point_id"),
        pl.from_epoch("second").cast(_UTC).alias("sighted_at"),
        pl.lit(pl.Series(STATUSES)).gather(pl.col("code")).cast(pl.Enum(STATUSES)).alias("status"),
        is_stale(pl.col("second"), pl.col("updated")).alias("is_stale"),
        pl.when(pl.col("updated") != NO_SIGN_OF_LIFE)
        .then(pl.from_epoch("updated").cast(_UTC))
        .alias("last_updated"),
    )


NO_CHANGES = pl.DataFrame(
    schema={
        "subject": pl.String,
        "subject_id": pl.String,
        "station_id": pl.String,
        "event": pl.String,
        "from_word": pl.String,
        "to_word": pl.String,
        "from_is_stale": pl.Boolean,
        "to_is_stale": pl.Boolean,
        "occurred_at": _UTC,
        "kind": pl.String,
        "seen_at": _UTC,
        "known_until": _UTC,
    }
)
"""Columns from which `as_status_changes` makes rows."""


def as_status_changes(changes: pl.DataFrame, source: str) -> pl.DataFrame:
    """Rows of `StatusChange` without `position`, in the order of their instants.

    Args:
        changes: by `NO_CHANGES`, with `seen_at` and `known_until`: the snapshot that made them
            known and the one before; in an hour that had passed by then they are corrections.
        source: raw source of the newest.
    """
    ordered = changes.with_columns(
        pl.lit(source).alias("source"),
        pl.lit(CHANGE_RULES, dtype=pl.Int16).alias("rules"),
        (pl.col("occurred_at") < pl.col("known_until").dt.truncate("1h"))
        .fill_null(False)
        .alias("is_correction"),
        pl.lit(False).alias("is_late"),
        pl.lit(None, dtype=pl.String).alias("retracts"),
    ).sort("occurred_at", "subject", "subject_id", "seen_at")
    parts = [pl.col(name).cast(pl.String).fill_null("-") for name in (*_ID_PARTS, *_STALE_PARTS)]
    lines = ordered.select(pl.concat_str(*parts, pl.col("rules").cast(pl.String), separator="|"))
    ids = list(map(id_of, lines.to_series()))
    columns = [name for name in StatusChange.column_names() if name != "position"]
    return ordered.with_columns(pl.Series("change_id", ids, dtype=pl.String)).select(columns)
