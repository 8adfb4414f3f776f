"""From sightings to observed time: which record is in force when, exact to the second.

What belongs here: the one step from points in time to intervals of charge points, which facts and
episodes share. What does not: the sums over them (`facts`). Definitions: docs/metrics.md.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from belib_weather.formats.spelling import STATUS_TYPE
from belib_weather.networks import NETWORK
from belib_weather.vocabulary import GAP_LIMIT_SECONDS, STALENESS_SECONDS, STATUSES
from belib_weather.window import Window, second_of

POINT = 3600 * 2**22
"""Distance of two points' codes on the line of moments: beyond any second until the year 2448, and
whole hours, so that `moment // 3600` differs between points."""
STATUS = 8
"""Distance of two stamps' codes on the line of records; statuses are fewer."""
_MOST_EMPTY = 4
"""Cells per sighting of a table of points and instants that is worth its memory."""
_NOT_SIGHTED = np.iinfo(np.int64).min
_Integers = npt.NDArray[np.int64]
NO_SIGN_OF_LIFE = 0
"""Stands for a stamp that is no sign of life: older than any other, so its seconds are stale."""


def intervals(sightings: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Observed time of every point as maximal runs of one (status, is_stale).

    Args:
        sightings: by `SIGHTINGS`, any order, of the window and 30 minutes on either side.
        window: what the intervals are clipped to.

    Returns:
        `charge_point_id`, `start`, `end` (UTC seconds since 1970, half open), `status` (as
        reported, also when stale), `is_stale`; by id and start. Time in no row is unobserved.
    """
    ids = sightings["charge_point_id"].unique().cast(pl.String).sort()
    point = pl.col("charge_point_id").cast(pl.Enum(ids)).to_physical()
    return pieces_of(moments(sightings, point), window).select(
        pl.lit(ids).gather(pl.col("point")).alias("charge_point_id"),
        "start",
        "end",
        pl.lit(pl.Series(STATUSES)).gather(pl.col("status")).cast(STATUS_TYPE).alias("status"),
        "is_stale",
    )


def moments(sightings: pl.DataFrame, point: pl.Expr) -> pl.DataFrame:
    """One row per point and second, as two integers: what sorts and compares fast.

    Args:
        sightings: by `SIGHTINGS`.
        point: dense code of the charge point.

    Returns:
        `moment` = point x `POINT` + second, ascending; `record` = stamp x `STATUS` + status. Of
        several sightings in one second the newest stamp counts, then the latest status.
    """
    record = pl.col("updated").fill_null(NO_SIGN_OF_LIFE) * STATUS + pl.col("status").to_physical()
    rows = sightings.select(
        point.cast(pl.Int64).alias("point"), "second", record.cast(pl.Int64).alias("record")
    )
    in_order = _in_grid(*(rows[name].to_numpy() for name in rows.columns))
    if in_order is not None:
        return in_order
    moment = (pl.col("point") * POINT + pl.col("second")).alias("moment")
    rows = rows.select(moment, "record").sort("moment")
    is_last = (pl.col("moment") != pl.col("moment").shift(-1)).fill_null(True)
    # Sorting by the record as well takes twice as long, and two in one second are rare.
    if rows.select(is_last.all()).item():
        return rows
    return rows.sort("moment", "record").filter(is_last)


def _in_grid(point: _Integers, second: _Integers, record: _Integers) -> pl.DataFrame | None:
    """`moments` without sorting: snapshots hold nearly all points, so each has a cell of its own.

    None where most cells would be empty, or two sightings share one.
    """
    if not len(point):
        return None
    instants, number = numbered_instants(second)
    points, width = int(point.max()) + 1, len(instants)
    if points * width > _MOST_EMPTY * len(point):
        return None
    records = np.full(points * width, _NOT_SIGHTED)
    records[point * width + number] = record
    moment = (np.arange(points) * POINT)[:, np.newaxis] + instants
    in_order = pl.DataFrame({"moment": moment.ravel(), "record": records}).filter(
        pl.col("record") != _NOT_SIGHTED
    )
    return in_order if in_order.height == len(point) else None


def numbered_instants(second: _Integers) -> tuple[_Integers, _Integers]:
    """The distinct seconds of sightings in order, and which of them each one has.

    Fast where the sightings of one snapshot follow one another.
    """
    begins = np.flatnonzero(np.diff(second, prepend=second[:1] - 1))  # the rows of one snapshot
    instants, number = np.unique(second[begins], return_inverse=True)
    return instants, np.repeat(number, np.diff(begins, append=len(second)))


def pieces_of(sighted: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Maximal pieces from `moments`: `point`, `start`, `end`, `status` (code), `is_stale`."""
    start, end = second_of(window.start), second_of(window.end)
    return (
        _merged(records_of(sighted))
        .filter((pl.col("end") > start) & (pl.col("start") < end))
        .with_columns(
            pl.max_horizontal("start", pl.lit(start)).alias("start"),
            pl.min_horizontal("end", pl.lit(end)).alias("end"),
        )
    )


def records_of(sighted: pl.DataFrame) -> pl.DataFrame:
    """Every record's time in force from `moments`, fresh and stale seconds apart.

    Returns:
        `point`, `start`, `end` (half open, never empty), `updated` (its stamp), `status` (code),
        `is_exact` (handed over at its stamp), `is_restamp` (a newer stamp than that of the record
        before, resync apart), `is_stale`; by point and start. The first two flags describe the
        hand-over; a piece that begins because its record turned stale has neither.
    """
    return _split_when_stale(_handed_over(_runs(sighted)))


def _runs(sighted: pl.DataFrame) -> pl.DataFrame:
    """Unbroken sightings of one unchanged record; nothing changes between them.

    Gives `point`, `first`, `last` (its first and last second), `updated`, `status`, `before` (the
    second of the sighting before, if `is_linked`: same point, within the gap limit).
    """
    before = pl.col("moment").shift(1)
    # Points are further apart on the line than any gap, so one comparison sees both.
    linked = (pl.col("moment") - before <= GAP_LIMIT_SECONDS).fill_null(False)
    unchanged = (pl.col("record") == pl.col("record").shift(1)).fill_null(False)
    last_moment = pl.lit(sighted["moment"].last(), dtype=pl.Int64)
    return (
        sighted.with_columns(linked.alias("is_linked"), before.alias("before"))
        .filter(~(linked & unchanged))
        .with_columns(pl.col("before").shift(-1).fill_null(last_moment).alias("last"))
        .select(
            (pl.col("moment") // POINT).alias("point"),
            (pl.col("moment") % POINT).alias("first"),
            (pl.col("last") % POINT).alias("last"),
            (pl.col("before") % POINT).alias("before"),
            "is_linked",
            (pl.col("record") // STATUS).alias("updated"),
            (pl.col("record") % STATUS).cast(pl.UInt8).alias("status"),
        )
    )


def _handed_over(runs: pl.DataFrame) -> pl.DataFrame:
    """Each record's time in force: from its hand-over, or first sighting, to the next one's."""
    updated, before = pl.col("updated"), pl.col("updated").shift(1)
    is_newer = pl.col("is_linked") & (updated > before) & (before != NO_SIGN_OF_LIFE)
    is_restamp = is_newer.fill_null(False) & ~_is_resync(updated)
    is_change_at_stamp = pl.col("is_restamp") & (updated <= pl.col("first"))
    start = (
        pl.when(is_change_at_stamp).then(pl.max_horizontal("before", updated)).otherwise("first")
    )
    end = pl.when(pl.col("is_linked").shift(-1)).then(pl.col("start").shift(-1)).otherwise("last")
    return (
        runs.with_columns(is_restamp.alias("is_restamp"))
        .with_columns(
            start.alias("start"),
            (is_change_at_stamp & (updated >= pl.col("before"))).alias("is_exact"),
        )
        .with_columns(end.alias("end"))
        .select("point", "start", "end", "updated", "status", "is_exact", "is_restamp")
    )


def _is_resync(updated: pl.Expr) -> pl.Expr:
    """Stamped in the minute in which the operator stamps points that did not change."""
    if NETWORK.resync is None:
        return pl.lit(False)
    local = (
        pl.from_epoch(updated, time_unit="s")
        .dt.replace_time_zone("UTC")
        .dt.convert_time_zone(NETWORK.zone)
    )
    return (local.dt.hour() == NETWORK.resync.hour) & (local.dt.minute() == NETWORK.resync.minute)


def _split_when_stale(pieces: pl.DataFrame) -> pl.DataFrame:
    stale_from = pl.col("updated") + STALENESS_SECONDS
    fresh = pieces.with_columns(
        pl.min_horizontal("end", stale_from).alias("end"), pl.lit(False).alias("is_stale")
    )
    is_handed_over = pl.col("start") >= stale_from
    stale = pieces.with_columns(
        pl.max_horizontal("start", stale_from).alias("start"),
        pl.col("is_exact") & is_handed_over,
        pl.col("is_restamp") & is_handed_over,
        pl.lit(True).alias("is_stale"),
    )
    return pl.concat([fresh, stale]).filter(pl.col("start") < pl.col("end")).sort("point", "start")


def _merged(pieces: pl.DataFrame) -> pl.DataFrame:
    def same_as_before(name: str) -> pl.Expr:
        return pl.col(name) == pl.col(name).shift(1)

    continued = (
        same_as_before("point")
        & same_as_before("status")
        & same_as_before("is_stale")
        & (pl.col("start") == pl.col("end").shift(1))
    ).fill_null(False)
    last_end = pl.lit(pieces["end"].last(), dtype=pl.Int64)
    return (
        pieces.with_columns(pl.col("end").shift(1).alias("end_before"))
        .filter(~continued)
        .select(
            "point",
            "start",
            pl.col("end_before").shift(-1).fill_null(last_end).alias("end"),
            "status",
            "is_stale",
        )
    )
