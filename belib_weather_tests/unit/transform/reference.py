"""A slow second reading of docs/metrics.md: every second of an hour, one by one, plain Python.

Written from the definitions alone, sharing no code with `belib_weather.transform`.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

STATUSES = ["available", "occupied", "reserved", "out_of_order", "planned", "removed", "unknown"]


@dataclass(frozen=True)
class Sighting:
    """One charge point in one snapshot; `updated` is None where the stamp is no sign of life."""

    point: str
    second: int
    status: str
    updated: int | None


def record_in_force(sightings: list[Sighting], x: int) -> Sighting | None:
    """The record in force in the second that starts at `x`, of one point; None if unobserved."""
    by_second: dict[int, Sighting] = {}
    for sighting in sightings:
        rival = by_second.get(sighting.second)
        if rival is None or _rank(sighting) > _rank(rival):
            by_second[sighting.second] = sighting
    before = [t for t in by_second if t <= x]
    after = [t for t in by_second if t > x]
    if not before or not after or min(after) - max(before) > 30 * 60:
        return None
    a, b = by_second[max(before)], by_second[min(after)]
    hand_over = b.second
    if a.updated is None or b.updated is None:
        return a if x < hand_over else b
    if a.updated < b.updated <= b.second and not _in_resync(b.updated):
        hand_over = max(a.second, b.updated)
    return a if x < hand_over else b


def newest_plausible(stamps: list[float]) -> float:
    """Of the stamps of one body the newest that others confirm."""
    newest = sorted(set(stamps), reverse=True)
    confirming = newest[9] if len(newest) >= 10 else newest[:2][-1]
    return max(stamp for stamp in newest if stamp <= confirming + 3600)


def is_sign_of_life(stamp: float, captured: float, body: list[float]) -> bool:
    """Whether a stamp of a body says that its point is alive."""
    others = [other for other in body if other != stamp]
    plausible = newest_plausible(others) if others else stamp
    return stamp <= captured + 300 or stamp <= plausible + 300


def _rank(sighting: Sighting) -> tuple[int, int]:
    return -1 if sighting.updated is None else sighting.updated, STATUSES.index(sighting.status)


def _in_resync(updated: int) -> bool:
    clock = datetime.fromtimestamp(updated, tz=UTC).astimezone(ZoneInfo("Europe/Paris"))
    return (clock.hour, clock.minute) == (4, 30)


def facts_of_hour(
    sightings: list[Sighting], station_of: dict[str, str], hour: int
) -> dict[str, dict[str, int]]:
    """Facts of the hour that starts at second `hour`, by station: the counted columns."""
    points_of = defaultdict(set)
    seconds_of = defaultdict(set)
    for sighting in sightings:
        if hour <= sighting.second < hour + 3600:
            points_of[station_of[sighting.point]].add(sighting.point)
            seconds_of[station_of[sighting.point]].add(sighting.second)
    facts = {}
    for station, points in points_of.items():
        row = dict.fromkeys([f"{status}_seconds" for status in STATUSES], 0)
        row |= dict.fromkeys(["stale_seconds", "unobserved_seconds"], 0)
        row |= dict.fromkeys(["any_observed_seconds", "any_available_seconds", "full_seconds"], 0)
        of_point = {p: [sighting for sighting in sightings if sighting.point == p] for p in points}
        for x in range(hour, hour + 3600):
            now = [_state(record_in_force(of_point[point], x), x) for point in points]
            for state in now:
                row[f"{state}_seconds"] += 1
            row["any_observed_seconds"] += any(state != "unobserved" for state in now)
            row["any_available_seconds"] += "available" in now
            row["full_seconds"] += "available" not in now and bool(
                {"occupied", "reserved"} & {*now}
            )
        facts[station] = {
            "charge_points": len(points),
            "snapshots": len(seconds_of[station]),
            **row,
        }
    return facts


def _state(record: Sighting | None, x: int) -> str:
    if record is None:
        return "unobserved"
    is_stale = record.updated is None or x >= record.updated + 26 * 3600
    return "stale" if is_stale else record.status


def ids_of(body: bytes) -> set[str]:
    """Charge points in a JSON export."""
    return {record["id_pdc"] for record in json.loads(body)}


def stations_of(body: bytes) -> set[str]:
    """Stations of the charge points in a JSON export."""
    return {station_of(point) for point in ids_of(body)}


def station_of(point: str) -> str:
    """The station of a charge point of Paris, by its id."""
    parts = point.split("*")
    left = parts[:-2] if parts[2].startswith("EHB") else parts[:-1]
    return "*".join([*left[:2], "P" + left[2][1:], *left[3:]])
