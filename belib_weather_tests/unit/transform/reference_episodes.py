"""A second reading of status episodes, in plain Python, from docs/metrics.md alone.

Between two neighbouring instants at which anything can change one record is in force throughout:
it is asked for once, and equal neighbours are joined. Shares no code with
`belib_weather.transform`.
"""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from belib_weather_tests.unit.transform.reference import Sighting, record_in_force

DAY = 86_400
Segment = dict[str, Any]


def episodes_of(sightings: list[Sighting], first_day: int, days: int) -> list[Segment]:
    """The segments of UTC days, the first of which starts at second `first_day`."""
    segments = []
    for point in sorted({s.point for s in sightings}):
        own = [s for s in sightings if s.point == point]
        # A day more on either side: what lies beyond a midnight says how a segment is cut.
        found = _segments_of_point(own, first_day - DAY, first_day + (days + 1) * DAY)
        segments += [
            {"point": point, **segment}
            for segment in found
            if first_day <= segment["start"] < first_day + days * DAY
        ]
    return segments


def runs_of(sightings: list[Sighting], low: int, high: int) -> list[Segment]:
    """Runs computed in one go: no midnight cuts them."""
    return [
        {"point": point, **run}
        for point in sorted({s.point for s in sightings})
        for run in _segments_of_point([s for s in sightings if s.point == point], low, high, None)
    ]


def _segments_of_point(
    own: list[Sighting], low: int, high: int, cut_every: int | None = DAY
) -> list[Segment]:
    stamps = [s.updated for s in own if s.updated is not None]
    instants = {*range(low, high + 1, cut_every or high - low), *(s.second for s in own)}
    instants |= {*stamps, *(stamp + 26 * 3600 for stamp in stamps)}
    segments: list[Segment] = []
    for start, end in pairwise(sorted(x for x in instants if low <= x <= high)):
        record = record_in_force(own, start)
        if record is None:
            continue
        is_stale = record.updated is None or start >= record.updated + 26 * 3600
        key = (record.status, is_stale)
        last = segments[-1] if segments and segments[-1]["end"] == start else None
        if last and last["key"] == key and not (cut_every and start % cut_every == 0):
            last["end"] = end
            continue
        kind = _kind(own, record, start, last["key"] if last else None, key)
        if last:
            last["end_kind"] = kind
        segments.append(
            {
                "key": key,
                "start": start,
                "end": end,
                "start_kind": kind,
                "end_kind": "unseen",
                "stamp": record.updated,
            }
        )
    hand_overs = [m for m, is_newer in _hand_overs(own) if is_newer]
    for segment in segments:
        inside = [m for m in hand_overs if segment["start"] < m < segment["end"]]
        at_midnight = segment["start_kind"] == "midnight" and segment["start"] in hand_overs
        segment["restamps"] = len(inside) + at_midnight
    return segments


def _kind(
    own: list[Sighting],
    record: Sighting,
    start: int,
    before: tuple[str, bool] | None,
    key: tuple[str, bool],
) -> str:
    if before is None:
        return "unseen"
    if before == key:
        return "midnight"
    if before[0] == key[0]:
        return "stale"
    is_placed = any(m == start and is_newer for m, is_newer in _hand_overs(own))
    return "exact" if is_placed and record.updated == start else "polled"


def _hand_overs(own: list[Sighting]) -> list[tuple[int, bool]]:
    """Each hand-over between sightings at most 30 minutes apart; whether its stamp is newer."""
    one = {}
    for s in sorted(own, key=lambda s: (s.second, s.updated or -1, _ORDER.index(s.status))):
        one[s.second] = s
    found = []
    for a, b in pairwise(one[second] for second in sorted(one)):
        if b.second - a.second > 1800:
            continue
        is_newer = (
            a.updated is not None
            and b.updated is not None
            and a.updated < b.updated
            and not _in_resync(b.updated)
        )
        is_change_at_stamp = is_newer and b.updated is not None and b.updated <= b.second
        moment = max(a.second, b.updated or 0) if is_change_at_stamp else b.second
        found.append((moment, is_newer))
    return found


_ORDER = ["available", "occupied", "reserved", "out_of_order", "planned", "removed", "unknown"]


def _in_resync(stamp: int) -> bool:
    clock = datetime.fromtimestamp(stamp, tz=UTC).astimezone(ZoneInfo("Europe/Paris"))
    return (clock.hour, clock.minute) == (4, 30)
