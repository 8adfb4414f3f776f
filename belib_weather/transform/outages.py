"""Outages and silences of charge points and of whole stations, from segments of status.

What belongs here: from runs of points to rows of `outages`. What does not: runs and their down
time (`down_time`), which runs are one outage of their station (`station_outages`), and which
segments are read. Definitions: docs/metrics.md.
"""

from datetime import datetime

import dataframely as dy
import polars as pl

from belib_weather.datasets.outages import Outage
from belib_weather.dates import date_in_paris
from belib_weather.transform.down_time import DownTime, down_time
from belib_weather.transform.sources import sources_of_spans
from belib_weather.transform.station_outages import StationOutage, station_outages
from belib_weather.vocabulary import OUTAGE_ENDS, OUTAGE_KINDS, OutageEnd, OutageKind
from belib_weather.window import second_of

_PART = pl.Schema({"row": pl.Int64(), "run": pl.UInt32(), "begin": pl.Int64(), "end": pl.Int64()})
_ROW = pl.Schema(
    {
        "row": pl.Int64(),
        "outage_of": pl.String(),
        "station_id": pl.String(),
        "charge_point_id": pl.String(),
        "begin": pl.Int64(),
        "end": pl.Int64(),
        "since": pl.Int64(),
        "is_begun": pl.Boolean(),
        "end_kind": pl.String(),
        "charge_points": pl.Int32(),
        "points_in_service": pl.Int32(),
    }
)


def outages(segments: pl.DataFrame, observed_to: datetime) -> dy.DataFrame[Outage]:
    """All outages and silences.

    Args:
        segments: rows of `StatusEpisode`, any order: all that are out of order or unknown, of the
            same point those that begin within 30 minutes of their end, and of the same station
            those that hold their first second. More do not change the result.
        observed_to: end of the observed time; what is not over by then lasts.
    """
    down = down_time(segments)
    stations = station_outages(down.runs, segments)
    shared = pl.DataFrame(
        [
            (row, member.run, member.begin, min(member.end, outage.last.end))
            for row, outage in enumerate(stations)
            for member in outage.members
        ],
        _PART,
        orient="row",
    )
    alone = _of_points(down.runs, shared, first_row=len(stations))
    parts = pl.concat([shared, alone.select(_PART.names())])
    rows = pl.concat([_of_stations(stations, down.runs), alone.select(_ROW.names())])
    found = _finished(rows.join(_sums(parts, down), on="row"), second_of(observed_to))
    days = segments.select(pl.col("started_at").dt.truncate("1d").alias("day"), "source")
    return Outage.validate(found.with_columns(sources_of_spans(found, days)))


def _of_stations(stations: list[StationOutage], runs: pl.DataFrame) -> pl.DataFrame:
    since = dict(runs.select("run", "since").iter_rows())
    return pl.DataFrame(
        [
            {
                "row": row,
                "outage_of": outage.station_id,
                "station_id": outage.station_id,
                "charge_point_id": None,
                "begin": outage.begin,
                "end": outage.last.end,
                "since": min(since[member.run] for member in outage.members),
                "is_begun": True,
                "end_kind": outage.last.end_kind,
                "charge_points": len(outage.members),
                "points_in_service": outage.in_service,
            }
            for row, outage in enumerate(stations)
        ],
        _ROW,
    )


def _of_points(runs: pl.DataFrame, shared: pl.DataFrame, first_row: int) -> pl.DataFrame:
    """Runs that are in no outage of a station, and what of a member lies after it."""
    until = shared.join(shared.group_by("row").agg(pl.col("end").max().alias("until")), on="row")
    left = runs.join(until.select("run", "until"), on="run", how="left").filter(
        pl.col("until").is_null() | (pl.col("end") > pl.col("until"))
    )
    is_rest = pl.col("until").is_not_null()
    return left.with_columns(
        (pl.row_index().cast(pl.Int64) + first_row).alias("row"),
        pl.col("charge_point_id").alias("outage_of"),
        pl.max_horizontal("begin", "until").alias("begin"),
        (pl.col("is_begun") & ~is_rest).alias("is_begun"),
        pl.lit(1, pl.Int32).alias("charge_points"),
        pl.lit(None, pl.Int32).alias("points_in_service"),
    )


def _sums(parts: pl.DataFrame, down: DownTime) -> pl.DataFrame:
    """`row`, `down_from`, `down_seconds`, `returns`: of the pieces of runs within each row."""
    pieces = parts.join(down.pieces, on="run", suffix="_piece")
    begin = pl.max_horizontal("begin", "down_begin")
    end = pl.min_horizontal("end", "end_piece")
    has_down = pl.col("down_begin").is_not_null() & (begin < end)
    overlaps = (pl.col("begin_piece") < pl.col("end")) & (pl.col("end_piece") > pl.col("begin"))
    return pieces.group_by("row").agg(
        begin.filter(has_down).min().alias("down_from"),
        (end - begin).filter(has_down).sum().alias("down_seconds"),
        pl.col("stretch").filter(overlaps).drop_nulls().n_unique().alias("returns"),
    )


def _finished(rows: pl.DataFrame, observed_to: int) -> pl.DataFrame:
    is_outage = pl.col("down_from").is_not_null()
    lasts = (pl.col("end_kind") == OutageEnd.UNSEEN) & (pl.col("end") >= observed_to)
    finished = rows.select(
        "outage_of",
        _instant("begin").alias("started_at"),
        _instant("end").alias("ended_at"),
        "station_id",
        "charge_point_id",
        pl.when(is_outage)
        .then(pl.lit(OutageKind.OUTAGE.value))
        .otherwise(pl.lit(OutageKind.SILENCE.value))
        .cast(pl.Enum(OUTAGE_KINDS))
        .alias("kind"),
        _instant("since"),
        _instant("down_from"),
        (pl.col("end") - pl.col("down_from")).alias("duration_seconds"),
        pl.col("down_seconds").cast(pl.Int64),
        "is_begun",
        pl.when(lasts)
        .then(pl.lit(OutageEnd.LASTS.value))
        .otherwise("end_kind")
        .cast(pl.Enum(OUTAGE_ENDS))
        .alias("end_kind"),
        pl.col("returns").cast(pl.Int32),
        "charge_points",
        "points_in_service",
        date_in_paris(_instant("begin")).alias("local_date"),
    )
    return finished.sort("outage_of", "started_at")


def _instant(column: str) -> pl.Expr:
    return pl.from_epoch(pl.col(column), "s").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
