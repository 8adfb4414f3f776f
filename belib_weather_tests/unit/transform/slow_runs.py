"""Since when a station is as it is, written again from docs/metrics.md, one sighting at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from belib_weather_tests.chaos.slow_reading import station_of

GAP, STALE_AFTER, LONGEST = 1_800, 93_600, timedelta(days=30)
_ORDER = ("available", "occupied", "reserved", "out_of_order", "planned", "removed", "unknown")


@dataclass(frozen=True)
class Since:
    """Since when, and whether that was seen."""

    since: datetime
    kind: str


def word_of(points: list[tuple[str, bool]]) -> str:
    """The word of a station whose points have these statuses, stale or not."""
    fresh = {status for status, is_stale in points if not is_stale}
    if "available" in fresh:
        return "available"
    if fresh & {"occupied", "reserved"}:
        return "full"
    return "silent" if fresh <= {"unknown"} else "out_of_order"


def since_of(snapshots: Iterable[pl.DataFrame], captured_at: datetime) -> dict[str, list[Since]]:
    """Of each station of the newest snapshot: of its word, then of its points out of order, if any.

    Args:
        snapshots: sightings of each snapshot up to the newest, which comes last; one a second.
        captured_at: of the newest.
    """
    history: dict[str, list[tuple[int, str, str]]] = {}
    for sightings in snapshots:
        for station, second, points in _stations(sightings):
            reported = {status for status, _ in points}
            out = "some" if "out_of_order" in reported else "none"
            history.setdefault(station, []).append((second, word_of(points), out))
    newest = int(captured_at.timestamp())
    return {
        station: [_since([(s, word) for s, word, _ in words], newest)]
        + ([_since([(s, out) for s, _, out in words], newest)] if words[-1][2] == "some" else [])
        for station, words in history.items()
        if words[-1][0] == newest
    }


def _since(words: list[tuple[int, str]], newest: int) -> Since:
    second, word = words[-1]
    kind = "at_least"
    for earlier, other in reversed(words[:-1]):
        if second - earlier > GAP:
            break
        if other != word:
            kind = "seen"
            break
        second = earlier
    bound = newest - int(LONGEST.total_seconds())
    if second <= bound:
        second, kind = bound, "at_least"
    return Since(datetime.fromtimestamp(second, UTC), kind)


def _stations(sightings: pl.DataFrame) -> Iterable[tuple[str, int, list[tuple[str, bool]]]]:
    best: dict[str, tuple[int, int]] = {}
    for row in sightings.iter_rows(named=True):
        updated = 0 if row["updated"] is None else row["updated"]
        record = (updated, _ORDER.index(row["status"]))
        point = row["charge_point_id"]
        best[point] = max(best.get(point, (-1, -1)), record)
    if not best:
        return
    [second] = sightings["second"].unique()
    stations: dict[str, list[tuple[str, bool]]] = {}
    for point, (updated, status) in best.items():
        stale = second >= updated + STALE_AFTER
        stations.setdefault(station_of(point), []).append((_ORDER[status], stale))
    for station, points in stations.items():
        yield station, second, points
