"""A slow second reading of the dimensions in docs/metrics.md: day by day, in plain Python.

Written from the definitions alone, sharing no code with `belib_weather.transform`.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

STATUSES = ["available", "occupied", "reserved", "out_of_order", "planned", "removed", "unknown"]
PLACE = ["address", "coordinates", "arrondissement"]
PLUGS = ["has_ef", "has_type_2", "has_combo_ccs", "has_chademo"]
EQUIPMENT = [
    "station_name",
    "power_kw",
    *PLUGS,
    "opening_hours",
    "accessibility",
    "commissioned_on",
]
ZERO_WIDTH = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD, 0x180E])
History = dict[tuple[str, int], dict[str, Any]]
"""What a point or a station is on a day; days are numbers since 1970."""


@dataclass(frozen=True)
class Record:
    """What one record says of a charge point; `updated` is None where it is no sign of life."""

    point: str
    second: int
    updated: int | None
    status: str
    values: Mapping[str, Any]

    @property
    def day(self) -> int:
        return self.second // 86_400

    @property
    def rank(self) -> tuple[int, int]:
        """By which one of several records of a second counts."""
        status = STATUSES.index(self.status) if self.status else -1
        return (-(10**15) if self.updated is None else self.updated, status)


def comparable(record: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a record as they are compared."""
    values = dict(record)
    latitude, longitude = values.pop("latitude", None), values.pop("longitude", None)
    if latitude is not None and longitude is not None:
        degrees = (latitude, longitude)
        values["coordinates"] = tuple(math.floor(x * 10**6 + 0.5) / 10**6 for x in degrees)
    for name, value in values.items():
        if isinstance(value, str):
            values[name] = value.translate(ZERO_WIDTH).strip() or None
    return values


def by_second(records: Iterable[Record], attribute: str) -> dict[int, Any]:
    """The value that counts in each second that has any."""
    counting: dict[int, tuple[Any, ...]] = {}
    for one in records:
        value = one.values.get(attribute)
        if value is not None:
            rival = (one.rank, value)
            counting[one.second] = max(counting.get(one.second, rival), rival)
    return {second: value for second, (_, value) in counting.items()}


def value_on(day: int, feed: Mapping[int, Any], static: Mapping[int, Any]) -> Any:
    """The value on a day: newest of the feed, of static; first of the feed, of static."""
    end = (day + 1) * 86_400
    for values_of in (feed, static):
        before = [second for second in values_of if second < end]
        if before:
            return values_of[max(before)]
    for values_of in (feed, static):
        if values_of:
            return values_of[min(values_of)]
    return None


def is_listed(day: int, sighted: set[int], snapshots: set[int], limit: int) -> bool:
    """Whether a point with these days of sightings is listed on a day."""
    before = [other for other in sighted if other <= day]
    if not before:
        return False
    if day in sighted:
        return True
    after = [other for other in sighted if other > day]
    until = min(after) if after else math.inf
    return len([other for other in snapshots if max(before) < other < until]) < limit


def points_of(
    feed: list[Record],
    static: list[Record],
    snapshots: set[int],
    days: Iterable[int],
    limit: int = 30,
) -> History:
    """Every listed point on every day.

    Args:
        feed: records of all snapshots.
        static: records of all documents of the static dataset.
        snapshots: days with a snapshot.
        days: the requested ones.
        limit: of days with a snapshot without a listed point.
    """
    history: History = {}
    all_days = list(days)
    for point in {one.point for one in feed}:
        of_feed = [one for one in feed if one.point == point]
        of_static = [one for one in static if one.point == point]
        sighted = {one.day for one in of_feed}
        values_of = {
            name: (by_second(of_feed, name) if name in PLACE else {}, by_second(of_static, name))
            for name in (*PLACE, *EQUIPMENT)
        }
        for day in all_days:
            if is_listed(day, sighted, snapshots, limit):
                history[point, day] = {name: value_on(day, *values_of[name]) for name in values_of}
    return history


def stations_of(points: History, station_of: Mapping[str, str]) -> History:
    """Every station on every day, from its listed points."""
    listed: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for (point, day), values in points.items():
        listed.setdefault((station_of[point], day), []).append(values)
    return {key: _station(values) for key, values in listed.items()}


def on_days(rows: Iterable[dict[str, Any]], key: str, days: Iterable[int]) -> History:
    """What versions (rows of a dimension) say on each day."""
    history: History = {}
    all_days = list(days)
    for row in rows:
        begin = row.pop("valid_from").timestamp() // 86_400
        until = row.pop("valid_to")
        end = math.inf if until is None else until.timestamp() // 86_400
        name = row.pop(key)
        degrees = (row.pop("latitude"), row.pop("longitude"))
        row["coordinates"] = None if None in degrees else degrees
        for other in ("station_id", "roaming_id"):
            row.pop(other, None)
        for day in all_days:
            if begin <= day < end:
                assert (name, day) not in history, "two versions on one day"
                history[name, day] = row
    return history


def _station(points: list[dict[str, Any]]) -> dict[str, Any]:
    pairs = Counter((one["address"], one["coordinates"]) for one in points)
    whole = {pair: n for pair, n in pairs.items() if None not in pair}
    some = {pair: n for pair, n in pairs.items() if pair != (None, None)}
    votes = whole or some
    address, coordinates = _commonest(votes) if votes else (None, None)
    here = [one for one in points if (one["address"], one["coordinates"]) == (address, coordinates)]
    return {
        "address": address,
        "coordinates": coordinates,
        "arrondissement": _most(here, "arrondissement") or _most(points, "arrondissement"),
        "station_name": _most(points, "station_name"),
        "charge_points": len(points),
        "power_kw": max((one["power_kw"] for one in points if one["power_kw"]), default=None),
        **{plug: _union([one[plug] for one in points]) for plug in PLUGS},
    }


def _most(points: list[dict[str, Any]], name: str) -> Any:
    votes = Counter(one[name] for one in points if one[name] is not None)
    return _commonest(votes) if votes else None


def _commonest(votes: Mapping[Any, int]) -> Any:
    """Of the values with most votes the smallest; a missing part is smaller than any."""
    most = max(votes.values())
    return min((value for value, n in votes.items() if n == most), key=_sortable)


def _sortable(value: Any) -> Any:
    parts = value if isinstance(value, tuple) else (value,)
    return [(part is not None, part) if part is not None else (False, 0) for part in parts]


def _union(plugs: list[bool | None]) -> bool | None:
    known = [plug for plug in plugs if plug is not None]
    return any(known) if known else None
