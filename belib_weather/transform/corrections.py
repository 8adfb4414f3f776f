"""What late data changes in the outbox: rows that were missing, and rows that were not so.

What belongs here: comparing what is written of a time with what its snapshots say now. What does
not: which times are looked at again (`assets.late_changes`). Definitions: docs/metrics.md.
"""

from collections.abc import Iterable

import polars as pl

from belib_weather.datasets.changes import Event, PointState, StatusChange, id_of
from belib_weather.networks import NETWORK
from belib_weather.transform.changes import point_changes
from belib_weather.transform.station_changes import station_changes

_CONTENT = (
    *("subject", "subject_id", "occurred_at", "from_word", "to_word"),
    *("from_is_stale", "to_is_stale"),
)
"""Two rows that agree in these say the same."""


def in_force(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of `StatusChange` that were not taken back, without those that take back."""
    return rows.filter(
        pl.col("retracts").is_null(),
        ~pl.col("change_id").is_in(rows["retracts"].drop_nulls().implode()),
    )


def corrections(written: pl.DataFrame, sightings: pl.DataFrame, source: str) -> pl.DataFrame:
    """The rows after which the outbox says of a time what its snapshots say.

    The first snapshot is what the others change from. Points and stations that the first or the
    last leaves out stay as they are: what came before or after them is not known here.

    Args:
        written: `StatusChange` rows whose `seen_at` is after the first snapshot, up to the last.
        sightings: by `SIGHTINGS`, of the first snapshot and of all up to the last.
        source: raw source of what came late.

    Returns:
        `StatusChange` rows without `position`: late, and corrections.
    """
    first, last = sightings["second"].min(), sightings["second"].max()
    base, rest = (
        sightings.filter(pl.col("second") == first),
        sightings.filter(pl.col("second") > first),
    )
    states = point_changes(PointState.create_empty(), base, source).states
    known = _subjects(base).join(_subjects(rest.filter(pl.col("second") == last)), on="subject_id")
    true, present = (
        rows.with_columns(pl.col("subject").cast(pl.String)).join(
            known, on="subject_id", how="semi", maintain_order="left"
        )
        for rows in (
            pl.concat(
                [
                    point_changes(states, rest, source).changes,
                    station_changes(states, rest, source),
                ]
            ),
            in_force(written),
        )
    )
    missing = true.join(present, on=_CONTENT, how="anti", nulls_equal=True, maintain_order="left")
    wrong = present.join(true, on=_CONTENT, how="anti", nulls_equal=True, maintain_order="left")
    columns = [name for name in StatusChange.column_names() if name != "position"]
    return (
        pl.concat(
            [
                wrong.with_columns(
                    pl.col("change_id").alias("retracts"),
                    pl.lit(Event.RETRACTED.value).alias("event"),
                    _ids("retracts", wrong["change_id"]),
                ).select(columns),
                _with_next_id(missing, written).select(columns),
            ],
            how="vertical_relaxed",
        )
        .with_columns(pl.lit(True).alias("is_correction"), pl.lit(True).alias("is_late"))
        .sort("occurred_at", "subject", "subject_id", "retracts", nulls_last=True)
    )


def _subjects(sightings: pl.DataFrame) -> pl.DataFrame:
    """Points and stations of a snapshot: `subject_id`."""
    points = sightings.select(pl.col("charge_point_id").cast(pl.String).unique())
    stations = points.select(NETWORK.station_id(pl.col("charge_point_id")).unique())
    return pl.concat([points.to_series(), stations.to_series()]).to_frame("subject_id")


def _with_next_id(missing: pl.DataFrame, written: pl.DataFrame) -> pl.DataFrame:
    """Rows with the id of their own, or, where that was written and taken back, with the next."""
    before = (
        written.filter(pl.col("retracts").is_null())
        .with_columns(pl.col("subject").cast(pl.String))
        .sort("position")
        .group_by(_CONTENT, maintain_order=True)
        .agg(pl.col("change_id").last().alias("before"))
    )
    found = missing.join(before, on=_CONTENT, how="left", nulls_equal=True, maintain_order="left")
    return found.with_columns(
        pl.when(pl.col("before").is_null())
        .then("change_id")
        .otherwise(_ids("again", found["before"].fill_null("")))
        .alias("change_id")
    )


def _ids(word: str, of: Iterable[str]) -> pl.Series:
    ids = [id_of(f"{word}|{one}") for one in of]
    return pl.Series("change_id", ids, dtype=pl.String)
