"""Since when a station has its status: the present run of the status over its sightings.

What belongs here: statuses of many snapshots, and their last runs, joined piece by piece. What does
not: which snapshots are read (`assets.station_runs`). Definitions: docs/metrics.md.
"""

from datetime import datetime, timedelta

import polars as pl

from belib_weather.networks import NETWORK
from belib_weather.transform.intervals import POINT, STATUS, moments
from belib_weather.transform.station_status import (
    NONE,
    SOME,
    is_stale,
    station_status,
    status_counts,
)
from belib_weather.vocabulary import GAP_LIMIT_SECONDS, STATUSES, SinceKind
from belib_weather.window import second_of

LONGEST_RUN = timedelta(days=30)
"""A longer run is reported as at least this long: the time that is read has a bound."""
STATION_STATUS, OUT_OF_ORDER = "station_status", "out_of_order"
_KEY = ("station_id", "subject")
RUNS = pl.Schema(
    {
        "station_id": pl.String(),
        "subject": pl.String(),
        "word": pl.String(),
        "last": pl.Int64(),
        "since": pl.Int64(),
        "is_seen": pl.Boolean(),
        "is_open": pl.Boolean(),
    }
)
"""The last run of a station's value (`word`) for a subject: its status (`STATION_STATUS`), or
whether some point is reported out of order (`OUT_OF_ORDER`: `some`, `none`). `last` and `since` are
the seconds of its last and first sighting; `is_seen`: another value was sighted at most 30 min
before; `is_open`: what is before is not known yet."""


def last_runs(sightings: pl.DataFrame, start: int) -> pl.DataFrame:
    """The last run of every station in the snapshots of a time.

    Args:
        sightings: by `SIGHTINGS`, any order, all there are from `start` on.
        start: second.

    Returns:
        `RUNS`, by station and subject.
    """
    if sightings.is_empty():
        return RUNS.to_frame()
    rows = (
        statuses_of(sightings)
        .unpivot(
            [STATION_STATUS, OUT_OF_ORDER],
            index=["station_id", "second"],
            variable_name="subject",
            value_name="word",
        )
        .sort(*_KEY, "second")
    )
    is_same_key = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in _KEY)
    gap = pl.col("second") - pl.col("second").shift(1)
    linked = (is_same_key & (gap <= GAP_LIMIT_SECONDS)).fill_null(False)
    begins = rows.with_columns(is_seen=linked, is_open=~is_same_key.fill_null(False)).filter(
        ~(linked & (pl.col("word") == pl.col("word").shift(1)))
    )
    last = rows.group_by(_KEY, maintain_order=True).agg(pl.col("second").last().alias("last"))
    return (
        begins.group_by(_KEY, maintain_order=True)
        .agg(pl.all().last())
        .rename({"second": "since"})
        .join(last, on=_KEY, maintain_order="left")
        .with_columns(_still_open(pl.col("is_open"), start))
        .select(RUNS.names())
        .cast(RUNS)
    )


def joined(earlier: pl.DataFrame, later: pl.DataFrame, start: int) -> pl.DataFrame:
    """The last runs of `later`, with what is known of the time before it.

    Args:
        earlier: `RUNS` of the time before.
        later: `RUNS`.
        start: second from which on all snapshots are in one of them.

    Returns:
        `RUNS`: the keys of `later`.
    """
    before = {name: f"{name}_before" for name in RUNS.names() if name not in _KEY}
    gap = pl.col("since") - pl.col("last_before")
    reaches = (pl.col("is_open") & (gap <= GAP_LIMIT_SECONDS)).fill_null(False)
    continues = reaches & (pl.col("word") == pl.col("word_before"))

    def of_both(name: str, otherwise: pl.Expr) -> pl.Expr:
        return pl.when(continues).then(f"{name}_before").otherwise(otherwise).alias(name)

    return (
        later.join(earlier.rename(before), on=_KEY, how="left", maintain_order="left")
        .with_columns(
            of_both("since", pl.col("since")),
            of_both("is_seen", pl.col("is_seen") | reaches),
            of_both("is_open", pl.col("is_open") & ~reaches),
        )
        .with_columns(_still_open(pl.col("is_open"), start))
        .select(RUNS.names())
    )


def without_begin(runs: pl.DataFrame) -> pl.DataFrame:
    """The runs whose beginning is not known yet and is shown."""
    return runs.filter(pl.col("is_open") & (pl.col("word") != NONE))


def runs_of_states(states: pl.DataFrame) -> pl.DataFrame:
    """The runs in stored states (`StationState`), as `RUNS`."""
    is_some = pl.col("out_of_order_since").is_not_null()
    subjects = (
        (STATION_STATUS, pl.col(STATION_STATUS).cast(pl.String), "since"),
        (OUT_OF_ORDER, pl.when(is_some).then(pl.lit(SOME)).otherwise(pl.lit(NONE)), _OUT_SINCE),
    )
    return pl.concat(
        states.select(
            "station_id",
            pl.lit(subject).alias("subject"),
            word.alias("word"),
            _second("captured_at").alias("last"),
            _second(since).fill_null(_second("captured_at")).alias("since"),
            (pl.col(f"{since}_kind") == SinceKind.SEEN.value).fill_null(True).alias("is_seen"),
            pl.lit(False).alias("is_open"),
        )
        for subject, word, since in subjects
    ).cast(RUNS)


_OUT_SINCE = "out_of_order_since"


def since_columns(runs: pl.DataFrame, captured_at: datetime) -> pl.DataFrame:
    """`station_id`, `since`, `since_kind`, `out_of_order_since` and `…_kind` of the runs."""
    earliest = second_of(captured_at - LONGEST_RUN)
    current = runs.filter(pl.col("word") != NONE).select(
        *_KEY,
        pl.from_epoch(pl.max_horizontal("since", pl.lit(earliest)), time_unit="s")
        .cast(pl.Datetime("us"))
        .dt.replace_time_zone("UTC")
        .alias("since"),
        pl.when(pl.col("is_seen") & ~pl.col("is_open") & (pl.col("since") > earliest))
        .then(pl.lit(SinceKind.SEEN.value))
        .otherwise(pl.lit(SinceKind.AT_LEAST.value))
        .alias("since_kind"),
    )
    of_status, of_points = (
        current.filter(pl.col("subject") == subject).drop("subject")
        for subject in (STATION_STATUS, OUT_OF_ORDER)
    )
    renamed = of_points.rename({"since": _OUT_SINCE, "since_kind": f"{_OUT_SINCE}_kind"})
    return of_status.join(renamed, on="station_id", how="left")


def statuses_of(sightings: pl.DataFrame) -> pl.DataFrame:
    """`station_id`, `second`, and the value of each subject, of every snapshot of `SIGHTINGS`."""
    ids = sightings["charge_point_id"].unique().cast(pl.String).sort()
    stations = ids.to_frame("id").select(NETWORK.station_id(pl.col("id"))).to_series()
    point = pl.col("charge_point_id").cast(pl.Enum(ids)).to_physical()
    record = moments(sightings, point).select(
        (pl.col("moment") // POINT).alias("point"),
        (pl.col("moment") % POINT).alias("second"),
        (pl.col("record") // STATUS).alias("updated"),
        (pl.col("record") % STATUS).alias("code"),
    )
    statuses = {status: pl.col("code") == code for code, status in enumerate(STATUSES)}
    codes = stations.unique().sort()
    station = stations.cast(pl.Enum(codes)).to_physical().cast(pl.Int64)
    counted = (
        record.with_columns(
            pl.lit(station).gather(pl.col("point")).alias("station"),
            is_stale(pl.col("second"), pl.col("updated")).alias("is_stale"),
        )
        .group_by("station", "second")
        .agg(status_counts(statuses))
    )
    some = pl.when(pl.col("reported_out_of_order") > 0).then(pl.lit(SOME)).otherwise(pl.lit(NONE))
    return counted.select(
        pl.lit(codes).gather(pl.col("station")).alias("station_id"),
        "second",
        station_status().alias(STATION_STATUS),
        some.alias(OUT_OF_ORDER),
    )


def _still_open(is_open: pl.Expr, start: int) -> pl.Expr:
    """Open only while a sighting before `start` could be near enough."""
    return (is_open & (pl.col("since") - GAP_LIMIT_SECONDS < start)).alias("is_open")


def _second(column: str) -> pl.Expr:
    return pl.col(column).dt.epoch("s")
