"""From sightings to status episodes: segments of one status and freshness, cut at midnight UTC.

What belongs here: where segments begin and end, and how that is known. What does not: which record
is in force when (`intervals`), gluing segments over midnights (the view), outages. Definitions:
docs/metrics.md.
"""

import dataframely as dy
import polars as pl

from belib_weather.datasets.episodes import StatusEpisode
from belib_weather.dates import local_calendar
from belib_weather.transform.errors import BrokenDays
from belib_weather.transform.intervals import NO_SIGN_OF_LIFE, moments, records_of
from belib_weather.transform.points import codes_of, points_of
from belib_weather.vocabulary import EDGE_KINDS, STATUSES, EdgeKind
from belib_weather.window import Window, floor_day, second_of

_DAY = 86_400


def status_episodes(
    sightings: pl.DataFrame, *, window: Window, sources: pl.DataFrame
) -> dy.DataFrame[StatusEpisode]:
    """The segments of every day of the window.

    They depend on the sightings in [start - 30 min, end + 30 min] alone, in any order: more of
    them, or a longer window, change no row.

    Args:
        sightings: by `SIGHTINGS`, of the window and 30 minutes on either side, ends included.
        window: whole UTC days.
        sources: `day`, `source` of every day with a snapshot (`sources_by`).

    Returns:
        Validated StatusEpisode rows, by charge point and begin.

    Raises:
        BrokenDays: the window does not start and end at midnight UTC.
        dataframely.exc.ValidationError: a row would break an invariant.
    """
    if (floor_day(window.start), floor_day(window.end)) != (window.start, window.end):
        raise BrokenDays(
            f"episodes are of full UTC days, not of {window}; widen the window to them"
        )
    ids = sightings["charge_point_id"]
    points = points_of(ids)
    sighted = moments(sightings, pl.lit(codes_of(ids, points)))
    segments = _segments(_cut_at_midnights(records_of(sighted))).filter(
        pl.col("start").is_between(second_of(window.start), second_of(window.end), closed="left")
    )
    instant = pl.Datetime("us", "UTC")
    start = pl.from_epoch("start").cast(instant)
    rows = segments.select(
        *(pl.lit(points[name]).gather(pl.col("point")).alias(name) for name in points.columns),
        start.alias("started_at"),
        pl.from_epoch("end").cast(instant).alias("ended_at"),
        (pl.col("end") - pl.col("start")).alias("seconds"),
        pl.lit(pl.Series(STATUSES)).gather(pl.col("status")).alias("status"),
        "is_stale",
        "start_kind",
        "end_kind",
        "restamps",
        pl.when(pl.col("updated") != NO_SIGN_OF_LIFE)
        .then(pl.from_epoch("updated").cast(instant))
        .alias("stamp"),
        start.dt.truncate("1d").alias("day"),
        *local_calendar(start),
    ).join(sources, on="day", how="left", maintain_order="left")
    # Cast first: what `validate` casts itself it keeps twice.
    return StatusEpisode.validate(StatusEpisode.cast(rows))


def _cut_at_midnights(records: pl.DataFrame) -> pl.DataFrame:
    """A record in force over midnight becomes a row per day; its hand-over is that of the first."""
    start, end, day = pl.col("start"), pl.col("end"), pl.col("day")
    is_first = start >= day * _DAY
    return (
        records.with_columns(pl.int_ranges(start // _DAY, (end - 1) // _DAY + 1).alias("day"))
        .explode("day")
        .with_columns(
            pl.max_horizontal(start, day * _DAY).alias("start"),
            pl.min_horizontal(end, (day + 1) * _DAY).alias("end"),
            pl.col("is_exact") & is_first,
            pl.col("is_restamp") & is_first,
        )
    )


def _segments(records: pl.DataFrame) -> pl.DataFrame:
    """Neighbouring records of one status and freshness within a day, as one row.

    Gives `point`, `start`, `end`, `updated` and `status`, `is_stale` of its first record,
    `start_kind`, `end_kind`, `restamps`.
    """
    adjacent = _same("point") & (pl.col("start") == pl.col("end").shift(1))
    same_status, same_freshness = _same("status"), _same("is_stale")
    continued = (adjacent & same_status & same_freshness).fill_null(False)
    start_kind = (
        pl.when(~adjacent.fill_null(False))
        .then(pl.lit(EdgeKind.UNSEEN))
        .when(continued)
        .then(pl.lit(EdgeKind.MIDNIGHT))
        .when(same_status)
        .then(pl.lit(EdgeKind.STALE))
        .when("is_exact")
        .then(pl.lit(EdgeKind.EXACT))
        .otherwise(pl.lit(EdgeKind.POLLED))
    )
    restamps = (pl.col("is_restamp") & continued).cum_sum()
    begins = records.with_columns(
        start_kind.cast(pl.Enum(EDGE_KINDS)).alias("start_kind"),
        (restamps - (pl.col("is_restamp") & continued)).alias("before"),
        pl.col("end").shift(1).alias("end_before"),
    ).filter(~continued | (pl.col("start") % _DAY == 0))
    total = records.select(restamps.last()).item() if records.height else 0
    last_end = pl.lit(records["end"].last(), dtype=pl.Int64)
    return begins.with_columns(
        pl.col("end_before").shift(-1).fill_null(last_end).alias("end"),
        pl.col("start_kind").shift(-1).fill_null(EdgeKind.UNSEEN).alias("end_kind"),
        (pl.col("before").shift(-1).fill_null(total) - pl.col("before")).alias("restamps"),
    )


def _same(name: str) -> pl.Expr:
    return pl.col(name) == pl.col(name).shift(1)
