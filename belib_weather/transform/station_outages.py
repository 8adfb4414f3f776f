"""Outages of whole stations: most of a station's points go down together.

What belongs here: which runs of points are one outage of their station, and when it ends. What
does not: rows of `outages` (`outages`). Definitions: docs/metrics.md.
"""

from dataclasses import dataclass

import polars as pl

from belib_weather.vocabulary import TOGETHER_SECONDS, UP_STATUSES, OutageEnd

LEAST_POINTS = 2
_DAY = 86_400
_POINT = "charge_point_id"
_START = ("station_id", "start")


@dataclass(frozen=True)
class Member:
    """The run of a point that may belong to an outage of its station."""

    run: int
    begin: int
    end: int
    end_kind: str


@dataclass(frozen=True)
class StationOutage:
    """At least 80 % of a station's points, two or more, that went down within ten minutes.

    Attributes:
        station_id: station.
        begin: its first second.
        in_service: points that were observed then, in service and not already down.
        members: their runs, by begin.
    """

    station_id: str
    begin: int
    in_service: int
    members: tuple[Member, ...]

    @property
    def last(self) -> Member:
        """The member with whose end it ends: fewer than 80 % are then still in theirs."""
        # Where several end at once, an end that was seen comes first.
        ordered = sorted(
            self.members, key=lambda member: (member.end, member.end_kind != OutageEnd.RETURNED)
        )
        return ordered[len(self.members) - _least(self.in_service)]


def station_outages(runs: pl.DataFrame, segments: pl.DataFrame) -> list[StationOutage]:
    """Outages of stations, by station and begin; begins are used in order, each run once.

    Args:
        runs: of points, by `down_time`.
        segments: rows of `StatusEpisode`: of the stations of these runs at least those that hold
            the first second of a run.
    """
    found: list[StationOutage] = []
    used_runs: set[int] = set()
    for station, begin, in_service, members in _starts(runs, segments).iter_rows():
        free = [Member(*member.values()) for member in members if member["run"] not in used_runs]
        starts_here = any(member.begin == begin for member in free)
        if starts_here and len(free) >= max(LEAST_POINTS, _least(in_service)):
            used_runs |= {member.run for member in free}
            found.append(StationOutage(station, begin, in_service, tuple(free)))
    return found


def _least(in_service: int) -> int:
    """The smallest number of points that is at least 80 %."""
    return (4 * in_service + 4) // 5


def _starts(runs: pl.DataFrame, segments: pl.DataFrame) -> pl.DataFrame:
    """Begins at which two or more points of a station go down within ten minutes.

    Returns:
        `station_id`, `start`, `in_service`, `members` (the first `Member` of each point), in order.
    """
    wait = pl.col("begin").diff().over("station_id")
    is_near = (wait <= TOGETHER_SECONDS) | (wait.shift(-1).over("station_id") <= TOGETHER_SECONDS)
    # Most begin alone; without them the pairs of a station are few.
    begun = runs.filter("is_begun").sort("station_id", "begin").filter(is_near.fill_null(False))
    every = begun.select("station_id", pl.col("begin").alias("start")).unique()
    pairs = begun.join(every, on="station_id").filter(
        pl.col("begin").is_between(pl.col("start"), pl.col("start") + TOGETHER_SECONDS)
    )
    pairs = pairs.filter(pl.col(_POINT).n_unique().over(_START) >= LEAST_POINTS)
    in_service = _in_service(pairs.select(_START).unique(), runs, segments)
    members = (
        pairs.join(in_service, on=[*_START, _POINT], how="semi")
        .sort("begin", "run")
        .unique([*_START, _POINT], keep="first", maintain_order=True)
        .group_by(_START, maintain_order=True)
        .agg(pl.struct("run", "begin", "end", "end_kind").alias("members"))
    )
    counted = in_service.group_by(_START).agg(pl.len().alias("in_service"))
    return counted.join(members, on=_START).sort(_START)


def _in_service(starts: pl.DataFrame, runs: pl.DataFrame, segments: pl.DataFrame) -> pl.DataFrame:
    """Points of the station that are observed at a start, in service and not already down."""
    day = pl.col("start") // _DAY
    up = segments.filter(pl.col("status").cast(pl.String).is_in(UP_STATUSES)).select(
        "station_id",
        _POINT,
        pl.col("started_at").dt.epoch("s").alias("begin"),
        pl.col("ended_at").dt.epoch("s").alias("end"),
        pl.col("started_at").dt.epoch("d").cast(pl.Int64).alias("day"),
    )
    # Segments are cut at midnight, so the one that holds a second is of its day.
    at = up.join(starts.with_columns(day.alias("day")), on=["station_id", "day"]).filter(
        (pl.col("begin") <= pl.col("start")) & (pl.col("start") < pl.col("end"))
    )
    of_station = runs.join(starts, on="station_id")
    begin, start = pl.col("begin"), pl.col("start")
    begins = of_station.filter(pl.col("is_begun") & (begin == start))
    already = of_station.filter((begin < start) & (start < pl.col("end")))
    key = [*_START, _POINT]
    return (
        pl.concat([at.select(key), begins.select(key)]).unique().join(already, on=key, how="anti")
    )
