"""Changes of the statuses of stations between what is stored and newer snapshots.

What belongs here: which changes there are, with instant and kind. What does not: charge points and
ids (`changes`). Definitions: docs/metrics.md.
"""

import polars as pl

from belib_weather.datasets.changes import ChangeKind, Event, Subject
from belib_weather.networks import NETWORK
from belib_weather.transform.changes import NO_CHANGES, as_sightings, as_status_changes
from belib_weather.transform.station_runs import STATION_STATUS, statuses_of
from belib_weather.vocabulary import GAP_LIMIT_SECONDS, StationStatus

_UTC = pl.Datetime("us", "UTC")
_NO_STATUSES = pl.Schema(
    {
        "station_id": pl.String(),
        "second": pl.Int64(),
        "word": pl.String(),
        "is_new": pl.Boolean(),
    }
)


def station_changes(stored: pl.DataFrame, sightings: pl.DataFrame, source: str) -> pl.DataFrame:
    """The changes of the statuses of stations between their last sightings and newer snapshots.

    Args:
        stored: `PointState` rows; with none the first snapshot is what later ones change from.
        sightings: by `SIGHTINGS`, of one or more snapshots, each compared with the one before.
        source: of the newest.

    Returns:
        `StatusChange` rows without `position`, in the order of their instants.
    """
    before, after = _statuses_before(stored), _statuses(sightings)
    # What is stored comes first, also where its snapshot is newer: it may be set aside since.
    rows = pl.concat([before, after]).sort("station_id", "is_new", "second", maintain_order=True)
    same = pl.col("station_id") == pl.col("station_id").shift(1)
    earlier = pl.when(same.fill_null(False))
    instants = _known_until(stored, after)
    changed = (
        rows.with_columns(
            earlier.then(pl.col("word").shift(1)).alias("from_word"),
            earlier.then(pl.col("second").shift(1)).alias("before"),
        )
        .rename({"word": "to_word"})
        .filter("is_new", pl.col("from_word").ne_missing(pl.col("to_word")))
        .join(instants, on="second", how="left")
        .filter(pl.col("known_until").is_not_null())
    )
    gap = pl.col("second") - pl.col("before")
    is_near = gap.is_between(0, GAP_LIMIT_SECONDS).fill_null(False)
    return as_status_changes(
        changed.select(
            pl.lit(Subject.STATION.value).alias("subject"),
            pl.col("station_id").alias("subject_id"),
            "station_id",
            _event().alias("event"),
            "from_word",
            "to_word",
            pl.lit(None, dtype=pl.Boolean).alias("from_is_stale"),
            pl.lit(None, dtype=pl.Boolean).alias("to_is_stale"),
            _instant("second").alias("occurred_at"),
            pl.when(is_near)
            .then(pl.lit(ChangeKind.POLLED.value))
            .otherwise(pl.lit(ChangeKind.UNSEEN.value))
            .alias("kind"),
            _instant("second").alias("seen_at"),
            _instant("known_until").alias("known_until"),
        ).cast(NO_CHANGES.schema),
        source,
    )


def _statuses(sightings: pl.DataFrame, *, is_new: bool = True) -> pl.DataFrame:
    """`station_id`, `second`, `word`, `is_new`."""
    if sightings.is_empty():
        return _NO_STATUSES.to_frame()
    return statuses_of(sightings).select(
        "station_id",
        "second",
        pl.col(STATION_STATUS).alias("word"),
        pl.lit(is_new).alias("is_new"),
    )


def _statuses_before(stored: pl.DataFrame) -> pl.DataFrame:
    """The statuses of stations at their last sightings: of the points that were sighted then."""
    station = NETWORK.station_id(pl.col("charge_point_id"))
    last = stored.filter(pl.col("sighted_at") == pl.col("sighted_at").max().over(station))
    return _statuses(as_sightings(last), is_new=False)


def _known_until(stored: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Of each snapshot the one before: `second`, `known_until`; of the first what is stored."""
    newest = stored.select(pl.col("sighted_at").dt.epoch("s").max()).item()
    return after.select(pl.col("second").unique().sort()).with_columns(
        pl.col("second").shift(1).fill_null(pl.lit(newest, pl.Int64)).alias("known_until")
    )


def _instant(second: str) -> pl.Expr:
    return pl.from_epoch(second).cast(_UTC)


def _event() -> pl.Expr:
    before, after = pl.col("from_word"), pl.col("to_word")
    broken = StationStatus.OUT_OF_ORDER.value
    return (
        pl.when(after == broken)
        .then(pl.lit(Event.BROKE_DOWN.value))
        .when(after == StationStatus.SILENT.value)
        .then(pl.lit(Event.BECAME_SILENT.value))
        .when((before == broken).fill_null(False))
        .then(pl.lit(Event.CAME_BACK.value))
        .when(after == StationStatus.AVAILABLE.value)
        .then(pl.lit(Event.BECAME_FREE.value))
        .otherwise(pl.lit(Event.BECAME_FULL.value))
    )
