"""The status of a station in a snapshot, from its points.

What belongs here: counts of points, and the status that follows from them (docs/metrics.md). What
does not: how long it has been so (`station_runs`).
"""

from collections.abc import Mapping

import polars as pl

from belib_weather.vocabulary import STALENESS_SECONDS, StationStatus

SOME, NONE = "some", "none"
"""Whether a station has points in a state."""


def is_stale(second: pl.Expr, updated: pl.Expr) -> pl.Expr:
    """Whether a record with this stamp is stale in a second; without a sign of life it is."""
    return (second >= updated + STALENESS_SECONDS).fill_null(True)


def status_counts(statuses: Mapping[str, pl.Expr]) -> list[pl.Expr]:
    """The counts of a station's points: all, fresh by status, stale, reported by status.

    Args:
        statuses: for each status, whether a row has it. Rows have `is_stale`.
    """
    return [
        pl.len().alias("charge_points"),
        *((~pl.col("is_stale") & has).sum().alias(status) for status, has in statuses.items()),
        pl.col("is_stale").sum().alias("stale"),
        *(has.sum().alias(f"reported_{status}") for status, has in statuses.items()),
    ]


def station_status() -> pl.Expr:
    """The station's status from these counts."""
    return (
        pl.when(pl.col("available") > 0)
        .then(pl.lit(StationStatus.AVAILABLE.value))
        .when(pl.col("occupied") + pl.col("reserved") > 0)
        .then(pl.lit(StationStatus.FULL.value))
        .when(pl.col("stale") + pl.col("unknown") == pl.col("charge_points"))
        .then(pl.lit(StationStatus.SILENT.value))
        .otherwise(pl.lit(StationStatus.OUT_OF_ORDER.value))
    )
