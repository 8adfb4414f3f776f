"""What PostgreSQL has to hold, read from raw a second time: slowly, in plain Python.

Written from docs/metrics.md, sharing no code with `belib_weather.transform`. The seconds are those
of `belib_weather_tests.unit.transform.reference`, counted by intervals instead of one by one: a
test holds both against each other.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from belib_weather_tests.unit.transform import reference
from belib_weather_tests.unit.transform.reference import STATUSES, Sighting

HOUR, GAP, STALE_AFTER = 3600, 1800, 26 * 3600
PARIS = ZoneInfo("Europe/Paris")
STATUS_OF_LABEL = {
    "Disponible": "available",
    "Occupé (en charge)": "occupied",
    "Réservé": "reserved",
    "En maintenance": "out_of_order",
    "Mise en service planifiée": "planned",
    "Supprimé": "removed",
    "Inconnu": "unknown",
}
"""As the simulator spells them."""
CLASSES = {
    "clear": {0},
    "cloudy": {1, 2, 3},
    "fog": {45, 48},
    "drizzle": {51, 53, 55, 56, 57},
    "rain": {61, 63, 65, 66, 67, 80, 81, 82},
    "snow": {71, 73, 75, 77, 85, 86},
    "thunderstorm": {95, 96, 99},
}
VARIABLES = {
    "temperature_c": "temperature_2m",
    "wind_speed_kmh": "wind_speed_10m",
    "precipitation_mm": "precipitation",
    "weather_code": "weather_code",
}
Piece = tuple[int, int, str]
"""First second, end, status or `stale`."""


def station_of(point: str) -> str:
    """The station of a charge point; a foreign id of three parts is one of its own."""
    parts = point.split("*")
    if len(parts) == 3:
        return "*".join([*parts[:2], "P" + parts[2][1:]])
    return reference.station_of(point)


def sightings(body: bytes, captured_at: datetime) -> list[Sighting]:
    """Every charge point of a JSON export."""
    second, records = int(captured_at.timestamp()), json.loads(body)
    stamps = [int(datetime.fromisoformat(r["last_updated"]).timestamp()) for r in records]
    newest = sorted({float(stamp) for stamp in stamps}, reverse=True)[:11]
    return [
        Sighting(
            record["id_pdc"],
            second,
            STATUS_OF_LABEL[record["statut_pdc"]],
            stamp if reference.is_sign_of_life(stamp, second, newest) else None,
        )
        for record, stamp in zip(records, stamps, strict=True)
    ]


def facts_of_hour(seen: Iterable[Sighting], hour: int) -> dict[str, dict[str, int]]:
    """The counted columns of the hour that starts at second `hour`, by station.

    Args:
        seen: sightings of the hour and the half hours beside it.
        hour: UTC second.
    """
    of_point: dict[str, dict[int, Sighting]] = defaultdict(dict)
    for one in seen:
        rival = of_point[one.point].get(one.second)
        if rival is None or _rank(one) > _rank(rival):
            of_point[one.point][one.second] = one
    stations: dict[str, list[str]] = defaultdict(list)
    for point, by_second in of_point.items():
        if any(hour <= second < hour + HOUR for second in by_second):
            stations[station_of(point)].append(point)
    return {
        station: _fact([of_point[point] for point in points], hour)
        for station, points in stations.items()
    }


def _fact(points: list[dict[int, Sighting]], hour: int) -> dict[str, int]:
    pieces = [list(_pieces(by_second, hour)) for by_second in points]
    inside = {s for by_second in points for s in by_second if hour <= s < hour + HOUR}
    row = {"charge_points": len(points), "snapshots": len(inside)}
    row |= dict.fromkeys([*(f"{status}_seconds" for status in STATUSES), "stale_seconds"], 0)
    for start, end, state in (piece for of_point in pieces for piece in of_point):
        row[f"{state}_seconds"] += end - start
    observed = sum(end - start for of_point in pieces for start, end, _ in of_point)
    return row | {"unobserved_seconds": len(points) * HOUR - observed} | _station_seconds(pieces)


def _pieces(by_second: dict[int, Sighting], hour: int) -> Iterator[Piece]:
    """What one point was in the hour; seconds that are left out are unobserved."""
    order = [by_second[second] for second in sorted(by_second)]
    for a, b in pairwise(order):
        if b.second - a.second > GAP:
            continue
        hand_over = b.second
        old, new = a.updated, b.updated
        if old is not None and new is not None and old < new <= b.second and not _in_resync(new):
            hand_over = max(a.second, new)
        for record, start, end in ((a, a.second, hand_over), (b, hand_over, b.second)):
            stamp = record.updated
            turn = start if stamp is None else min(max(stamp + STALE_AFTER, start), end)
            for first, last, state in ((start, turn, record.status), (turn, end, "stale")):
                first, last = max(first, hour), min(last, hour + HOUR)  # noqa: PLW2901 - cut
                if first < last:
                    yield first, last, state


def _station_seconds(pieces: list[list[Piece]]) -> dict[str, int]:
    cuts = sorted(
        {edge for of_point in pieces for start, end, _ in of_point for edge in (start, end)}
    )
    row = dict.fromkeys(["any_observed_seconds", "any_available_seconds", "full_seconds"], 0)
    for start, end in pairwise(cuts):
        now = {
            state for of_point in pieces for first, last, state in of_point if first <= start < last
        }
        row["any_observed_seconds"] += (end - start) * bool(now)
        row["any_available_seconds"] += (end - start) * ("available" in now)
        busy = "available" not in now and bool(now & {"occupied", "reserved"})
        row["full_seconds"] += (end - start) * busy
    return row


def _rank(seen: Sighting) -> tuple[int, int]:
    return -1 if seen.updated is None else seen.updated, STATUSES.index(seen.status)


def _in_resync(updated: int) -> bool:
    clock = datetime.fromtimestamp(updated, tz=UTC).astimezone(PARIS)
    return (clock.hour, clock.minute) == (4, 30)


def weather_by_stamp(documents: Iterable[tuple[str, datetime, bytes]]) -> dict[int, dict[str, Any]]:
    """The best sample of every hour stamp: complete, then of the archive, then the newest.

    Args:
        documents: source, time of capture and body of Open-Meteo's answers, in UTC.
    """
    best: dict[int, tuple[tuple[bool, bool, datetime], dict[str, Any]]] = {}
    for source, captured_at, body in documents:
        hourly = json.loads(body)["hourly"]
        columns = {name: hourly[variable] for name, variable in VARIABLES.items()}
        for row, stamp in enumerate(hourly["time"]):
            values = {name: series[row] for name, series in columns.items()}
            if all(value is None for value in values.values()):
                continue
            is_whole = all(value is not None for value in values.values())
            rank = (is_whole, source.endswith("/archive"), captured_at)
            second = int(datetime.fromisoformat(stamp).replace(tzinfo=UTC).timestamp())
            if second not in best or rank > best[second][0]:
                best[second] = rank, values | {"source": source}
    return {second: values for second, (_, values) in best.items()}


def weather_of_hour(by_stamp: dict[int, dict[str, Any]], hour: int) -> dict[str, Any]:
    """What facts carry: instants of the hour's start, sums and codes of the stamp at its end."""
    start, end = by_stamp.get(hour, {}), by_stamp.get(hour + HOUR, {})
    code = end.get("weather_code")
    sources = list(dict.fromkeys(s["source"] for s in (start, end) if s))
    return {
        "temperature_c": start.get("temperature_c"),
        "wind_speed_kmh": start.get("wind_speed_kmh"),
        "precipitation_mm": end.get("precipitation_mm"),
        "weather_code": None if code is None else int(code),
        "weather_class": next((name for name, codes in CLASSES.items() if code in codes), None),
        "weather_source": " + ".join(sources) or None,
    }


def feed_hour(
    hour: int, polls: list[tuple[int, str, int | None]], refused: list[int], points: int
) -> dict[str, Any]:
    """What was polled in the hour that starts at second `hour`, once it is over.

    Args:
        hour: UTC second.
        polls: second, source and cadence (None for an import) of every snapshot, in order.
        refused: seconds of the answers in quarantine.
        points: charge points sighted.
    """
    end = hour + HOUR
    inside = [(second, source) for second, source, _ in polls if hour <= second < end]
    seconds_polled = sorted({second for second, _, _ in polls})
    observed = sum(
        max(0, min(b, end) - max(a, hour)) for a, b in pairwise(seconds_polled) if b - a <= GAP
    )
    marks = [hour, *sorted({second for second, _ in inside}), end]
    cadences = [cadence for second, _, cadence in polls if cadence and second < end]
    return {
        "snapshots": len(marks) - 2,
        "expected_snapshots": -(-HOUR // min(cadences[-1], 900)) if cadences else None,
        "observed_seconds": observed,
        "longest_gap_seconds": max(b - a for a, b in pairwise(marks)),
        "refused": sum(hour <= second < end for second in refused),
        "charge_points": points,
        "source": " + ".join(sorted({source for _, source in inside})) or None,
        **local_calendar(hour),
    }


def local_calendar(hour: int) -> dict[str, Any]:
    """The calendar in Paris."""
    local = datetime.fromtimestamp(hour, tz=UTC).astimezone(PARIS)
    return {
        "local_date": local.date(),
        "local_hour": local.hour,
        "local_weekday": local.isoweekday(),
    }
