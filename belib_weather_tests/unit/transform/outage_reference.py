"""Outages by another route: plain Python over a timeline of ticks of five minutes.

A timeline is a list of what a point reports in each tick, None where it is not observed, with `!`
behind it where it is stale. The same timelines become segments (`segments_of`), which the code
under test reads.
"""

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import strategies as st

from belib_weather.vocabulary import EDGE_KINDS, STATUSES

TICK = 300
DAY_TICKS = 288
START = datetime(2026, 11, 8, tzinfo=UTC)
"""A Sunday: the week of Paris ends at 23:00."""
Timeline = list[str | None]
DOWN, UP = {"out_of_order", "unknown"}, {"available", "occupied", "reserved"}
FREE, BUSY, BROKEN, UNKNOWN = "available", "occupied", "out_of_order", "unknown"
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "charge_point_id": pl.String,
    "station_id": pl.String,
    "started_at": pl.Datetime("us", "UTC"),
    "ended_at": pl.Datetime("us", "UTC"),
    "seconds": pl.Int32,
    "status": pl.Enum(STATUSES),
    "is_stale": pl.Boolean,
    "start_kind": pl.Enum(EDGE_KINDS),
    "end_kind": pl.Enum(EDGE_KINDS),
    "stamp": pl.Datetime("us", "UTC"),
    "source": pl.String,
}


def at(tick: float) -> datetime:
    """The instant of a tick."""
    return START + timedelta(seconds=tick * TICK)


def segments_of(
    points: dict[str, Timeline], station: str = "S", ages: dict[str, int] | None = None
) -> pl.DataFrame:
    """Segments of status of the points of a station, cut at midnights.

    Args:
        points: timelines, by point.
        station: their station.
        ages: ticks by which the stamp of a record is older than its segment, by point; of others 0.
    """
    rows: list[tuple[object, ...]] = []
    for point, timeline in points.items():
        for first, last in _runs(timeline):
            rows.append(
                (
                    point,
                    station,
                    at(first),
                    at(last),
                    (last - first) * TICK,
                    _status(timeline[first]),
                    str(timeline[first]).endswith("!"),
                    _kind(timeline, first),
                    _kind(timeline, last),
                    at(first - (ages or {}).get(point, 0)),
                    "opendata_paris/realtime",
                )
            )
    return pl.DataFrame(rows, SCHEMA, orient="row")


def _runs(timeline: Timeline) -> list[tuple[int, int]]:
    cuts = [
        tick
        for tick in range(len(timeline) + 1)
        if tick in (0, len(timeline))
        or timeline[tick] != timeline[tick - 1]
        or tick % DAY_TICKS == 0
    ]
    runs = itertools.pairwise(cuts)
    return [(first, last) for first, last in runs if timeline[first] is not None]


def _kind(timeline: Timeline, edge: int) -> str:
    if edge in (0, len(timeline)) or None in (timeline[edge - 1], timeline[edge]):
        return "unseen"
    if timeline[edge - 1] == timeline[edge]:
        return "midnight"
    return "stale" if _status(timeline[edge - 1]) == _status(timeline[edge]) else "polled"


def _status(reported: str | None) -> str | None:
    return reported and reported.rstrip("!")


@dataclass
class Run:
    """Ticks [begin, end) of a point out of order or unknown, returns inside."""

    point: str
    begin: int
    end: int
    since: int
    is_begun: bool
    end_kind: str
    down: set[int] = field(default_factory=set)
    returns: list[tuple[int, int]] = field(default_factory=list)


def runs_of(point: str, timeline: Timeline, age: int) -> list[Run]:
    """The runs of a point, tick by tick."""
    timeline = [_status(reported) for reported in timeline]
    runs: list[Run] = []
    tick, size = 0, len(timeline)
    clock = 0  # of the 24 hours
    while tick < size:
        if timeline[tick] not in DOWN:
            tick += 1
            continue
        is_observed_before = tick > 0 and timeline[tick - 1] is not None
        run = Run(point, tick, tick, tick - age, is_observed_before, "")
        clock = tick - age
        while tick < size:
            if timeline[tick] in DOWN:
                if timeline[tick] == "out_of_order" or tick - clock >= DAY_TICKS:
                    run.down.add(tick)
                tick += 1
                continue
            back = tick
            while back < size and timeline[back] in UP:
                back += 1
            is_return = back < size and timeline[back] in DOWN and (back - tick) * TICK < 1800
            if back == tick or not is_return:
                break
            run.returns.append((tick, back))
            clock, tick = back - age, back
        run.end = tick
        following = timeline[tick] if tick < size else None
        run.end_kind = (
            "unseen" if following is None else "returned" if following in UP else "withdrawn"
        )
        runs.append(run)
    return runs


@dataclass(frozen=True, order=True)
class Row:
    """A row of `outages`, in ticks."""

    outage_of: str
    begin: int
    end: int
    since: int
    down_from: int | None
    down_ticks: int
    is_begun: bool
    end_kind: str
    returns: int
    charge_points: int
    points_in_service: int | None


def outages_of(
    points: dict[str, Timeline], station: str = "S", ages: dict[str, int] | None = None
) -> list[Row]:
    """Rows of `outages`, in order."""
    runs = [
        run
        for point, timeline in points.items()
        for run in runs_of(point, timeline, (ages or {}).get(point, 0))
    ]
    end_of_all = max((t + 1 for p in points.values() for t, s in enumerate(p) if s), default=0)
    rows: list[Row] = []
    used: list[Run] = []
    for start in sorted({run.begin for run in runs if run.is_begun}):
        able = [p for p, line in points.items() if _is_able(runs, p, line, start)]
        members = [
            next(run for run in mine)
            for p in able
            if (mine := [r for r in runs if r.point == p and r.is_begun and _near(r, start)])
        ]
        members = [run for run in members if run not in used]
        is_most = len(members) >= 2 and 10 * len(members) >= 8 * len(able)
        if not is_most or all(run.begin != start for run in members):
            continue
        used += members
        end = start
        while 10 * sum(run.end > end for run in members) >= 8 * len(able):
            end += 1
        rows.append(
            _row(station, start, end, members, True, _end_kind(members, len(able)), len(able))
        )
        rows += [
            _row(run.point, max(run.begin, end), run.end, [run], False, run.end_kind, None)
            for run in members
            if run.end > end
        ]
    rows += [
        _row(run.point, run.begin, run.end, [run], run.is_begun, run.end_kind, None)
        for run in runs
        if run not in used
    ]
    rows = [replace(r, end_kind="lasts") if _lasts(r, end_of_all) else r for r in rows]
    return sorted(rows, key=lambda row: (row.outage_of, row.begin))


def _lasts(row: Row, last: int) -> bool:
    return row.end_kind == "unseen" and row.end == last


def _end_kind(members: list[Run], in_service: int) -> str:
    """Of the member that leaves fewer than 80 %; of several at once one that returned."""
    left = len(members)
    for run in sorted(members, key=lambda run: (run.end, run.end_kind != "returned")):
        left -= 1
        if 10 * left < 8 * in_service:
            return run.end_kind
    raise AssertionError("somebody leaves")


def _near(run: Run, start: int) -> bool:
    return 0 <= (run.begin - start) * TICK <= 600


def _is_able(runs: list[Run], point: str, timeline: Timeline, start: int) -> bool:
    mine = [run for run in runs if run.point == point]
    if any(run.begin < start < run.end for run in mine):
        return False
    begins = any(run.begin == start and run.is_begun for run in mine)
    return begins or (start < len(timeline) and _status(timeline[start]) in UP)


def _row(
    of: str,
    begin: int,
    end: int,
    members: list[Run],
    is_begun: bool,
    end_kind: str,
    in_service: int | None,
) -> Row:
    down = [tick for run in members for tick in run.down if begin <= tick < end]
    return Row(
        of,
        begin,
        end,
        min(run.since for run in members),
        min(down, default=None),
        len(down),
        is_begun,
        end_kind,
        sum(first < end and last > begin for run in members for first, last in run.returns),
        len(members),
        in_service,
    )


def seconds_of(timeline: Timeline, age: int, begin: int, end: int) -> dict[str, int]:
    """Seconds of a point within ticks [begin, end), by what they count as."""
    ticks = dict.fromkeys(("up", "available", "down", "silent", "unsettled", "unobserved"), 0)
    ticks |= {"planned": 0, "removed": 0}
    clock = 0
    for tick, reported in enumerate([*timeline, *[None] * (end - len(timeline))][:end]):
        status = _status(reported)
        if status in DOWN and (tick == 0 or _status(timeline[tick - 1]) not in DOWN):
            clock = tick - age
        if tick < begin:
            continue
        if status is None:
            ticks["unobserved"] += 1
        elif status in UP:
            ticks["silent" if str(reported).endswith("!") else "up"] += 1
            ticks["available"] += reported == "available"
        elif status in DOWN:
            is_down = status == "out_of_order" or tick - clock >= DAY_TICKS
            ticks["down" if is_down else "unsettled"] += 1
        else:
            ticks[status] += 1
    return {f"{name}_seconds": count * TICK for name, count in ticks.items()}


def line(*parts: tuple[str | None, int]) -> Timeline:
    """A timeline from (status, ticks of five minutes)."""
    return [status for status, ticks in parts for _ in range(ticks)]


LENGTHS = st.sampled_from([1, 2, 3, 5, 6, 7, 40, 290])
STATUS = st.sampled_from(
    [FREE, BUSY, "available!", BROKEN, BROKEN, "out_of_order!", UNKNOWN, UNKNOWN, "planned", None]
)
TOGETHER = st.tuples(
    st.sampled_from([FREE, BUSY]),
    st.lists(st.tuples(st.integers(0, 3), STATUS, LENGTHS), min_size=4, max_size=4),
)


@st.composite
def station(draw: st.DrawFn) -> dict[str, Timeline]:
    """Points of a station with some common events and some of their own."""
    points: dict[str, Timeline] = {name: [] for name in "abcd"[: draw(st.integers(1, 4))]}
    for base, each in draw(st.lists(TOGETHER, min_size=1, max_size=6)):
        begin = max(map(len, points.values())) + draw(LENGTHS)
        for (name, timeline), (delay, status, ticks) in zip(points.items(), each, strict=False):
            missing = begin + delay - len(timeline)
            points[name] = timeline + line((base, missing), (status, ticks))
    return points
