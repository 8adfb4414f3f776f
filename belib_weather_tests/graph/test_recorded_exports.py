"""The recorded real exports through every mart: what people read of them is what the files say."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from belib_weather.lake.schema import RAW_SNAPSHOTS, RAW_STATIC
from belib_weather.partitions import day_key
from belib_weather.sources.explore import response_of_export
from belib_weather.sources.recorded import RecordedDataset, Recording, accepted_recording
from belib_weather.vocabulary import WORST_FIRST
from belib_weather.warehouse.tables import (
    BEST_HOURS_OF_STATION,
    OCCUPANCY_PROFILE,
    OUTAGES,
    RELIABILITY_OF_STATIONS,
    SATURATION,
    STATIONS,
    STATUS_RUNS,
    TIME_TO_REPAIR,
    WEATHER_ASSOCIATION,
)
from belib_weather.window import DAY, HOUR, Window, floor_hour
from belib_weather_tests.clocks import StoppedClock
from belib_weather_tests.graph.conftest import EPISODES, MARTS, Platform, keys_of

HALF_HOUR = timedelta(minutes=30)
STALE = timedelta(hours=26)
FREE, BUSY, OUT, UNKNOWN = "Disponible", "Occupé (en charge)", "En maintenance", "Inconnu"
PLANNED = "Mise en service planifiée"
FEWEST = 1000


@dataclass(frozen=True)
class Export:
    """A recorded export, read here: status by point, and which of the points are fresh."""

    body: bytes
    captured_at: datetime
    status: dict[str, str]
    fresh: frozenset[str]

    def stations(self, *statuses: str) -> set[str]:
        """Stations with a fresh point in one of these."""
        return {station(p) for p in self.fresh if self.status[p] in statuses}


def export(file: Path) -> Export:
    """One of the files; captured just after its newest stamp."""
    body = file.read_bytes()
    stamps = {
        row["id_pdc"]: datetime.fromisoformat(row["last_updated"]) for row in json.loads(body)
    }
    at = max(stamps.values()).astimezone(UTC) + timedelta(seconds=10)
    status = {row["id_pdc"]: row["statut_pdc"] for row in json.loads(body)}
    fresh = frozenset(point for point, stamp in stamps.items() if at - stamp < STALE)
    return Export(body, at, status, fresh)


def station(point: str) -> str:
    """Of a charge point, from the id alone."""
    parts = point.split("*")
    if len(parts) < 4:
        return point
    root = parts[: -2 if parts[2].startswith("EHB") else -1]
    return "*".join([*root[:2], f"P{root[2][1:]}", *root[3:]])


@pytest.fixture
def days(shared_data: Path) -> tuple[Export, Export]:
    """The exports of two days in January 2023, a Friday and a Saturday."""
    first, second = (
        export(shared_data / "realtime" / f"belib_realtime_2023-01-{day}.json") for day in (27, 28)
    )
    return first, second


@pytest.fixture
def recorded(platform: Platform, shared_data: Path, days: tuple[Export, Export]) -> Platform:
    """The first, as if polled every half hour until the second comes, and that for four hours."""
    first, second = days
    now = second.captured_at + 4 * HOUR
    for own, until in ((first, second.captured_at), (second, now)):
        at = own.captured_at
        while at < until:
            response = response_of_export(
                own.body, captured_at=at, name="recorded.json", minimum_charge_points=FEWEST
            )
            platform.lake.append(RAW_SNAPSHOTS, response)
            at += HALF_HOUR
    begin = first.captured_at
    static = Recording(
        *(RecordedDataset.STATIC, "static.csv"),
        (shared_data / "static" / "belib_static_2022-12.csv").read_bytes(),
        *(begin - 20 * DAY, begin, now),
    )
    response, _ = accepted_recording(static, minimum_charge_points=FEWEST)
    platform.lake.append(RAW_STATIC, response)
    settings = {"start": (begin - DAY).date(), "minimum_charge_points": FEWEST}
    of_days = (day_key(begin), day_key(now))
    present = platform.changed(settings=settings)
    assert present.materialize("raw_weather", "weather_hours", keys=of_days).success
    platform = platform.changed(settings=settings, clock=StoppedClock(at=now.isoformat()))
    hours = keys_of(Window(floor_hour(begin), floor_hour(now) + HOUR))
    for names, keys in (
        (("charge_points", "stations"), None),
        (("station_states", "feed_hours"), None),
        (("availability_facts",), hours),
        (EPISODES, of_days),
        (MARTS, None),
    ):
        assert platform.materialize(*names, keys=keys).success, names
    return platform


@pytest.mark.slow
def test_every_mart_of_the_recorded_exports_equals_a_count_of_the_files(
    recorded: Platform, days: tuple[Export, Export]
) -> None:
    read, (first, second) = recorded.warehouse.read, days
    ids = {station(point) for point in first.status}
    assert set(read(STATIONS)["station_id"]) == ids

    # Friday 18:00 in Paris lies between two polls of the first export.
    at_18 = pl.col("local_weekday").eq(5) & pl.col("local_hour").eq(18)
    [city] = read(OCCUPANCY_PROFILE).filter(at_18, scope="city").to_dicts()
    points = {s: sum(first.status[p] == s for p in first.fresh) for s in (FREE, BUSY, OUT, UNKNOWN)}
    assert city["available_seconds"] == 3600 * points[FREE]
    assert city["occupied_seconds"] == 3600 * points[BUSY]
    assert city["out_of_order_seconds"] == 3600 * points[OUT]
    assert city["stale_seconds"] == 3600 * (len(first.status) - len(first.fresh))
    assert city["occupancy"] == points[BUSY] / (points[BUSY] + points[FREE])
    free, busy = first.stations(FREE), first.stations(BUSY)
    assert city["chance_of_a_free_point"] == len(free) / len(ids)
    assert city["saturation"] == len(busy - free) / len(busy | free)

    # One day says little, and the interval says so.
    best = read(BEST_HOURS_OF_STATION).filter(at_18)
    width = pl.col("chance_at_most") - pl.col("chance_at_least")
    assert best.select((width > 0.25).all()).item()

    full = read(SATURATION).filter(scope="station").filter(pl.col("saturation") == 1)
    both_full = (busy - free) & (second.stations(BUSY) - second.stations(FREE))
    assert both_full <= set(full["area"]) <= busy | second.stations(BUSY)

    week = read(RELIABILITY_OF_STATIONS).filter(period="week")
    never = set(week.filter(standing="never available")["station_id"])
    assert len(never) > 0
    assert never.isdisjoint(free | second.stations(FREE))
    placed = week.drop_nulls("place").sort("place")
    order = placed["standing"].rle().struct.field("value").to_list()
    assert order == [each for each in WORST_FIRST if each in order]
    assert {order[0], order[-1]} == {"never available", "ranked"}

    # Begins and ends that were seen are those between the two files.
    points_out = read(OUTAGES).filter(kind="outage")
    begun = {
        point
        for point, status in second.status.items()
        if status == OUT and first.status.get(point) not in (OUT, UNKNOWN, None)
    }
    assert set(points_out.filter("is_begun")["charge_point_id"]) == begun
    ended = set(points_out.filter(pl.col("end_kind") == "returned")["charge_point_id"])
    assert ended == {
        point
        for point, status in first.status.items()
        if point in set(points_out["charge_point_id"])
        and second.status.get(point) not in (OUT, UNKNOWN, PLANNED, None)
    }
    [repair] = read(TIME_TO_REPAIR).filter(scope="city").to_dicts()
    assert repair["outages_begun"] == len(begun)
    assert repair["outages_per_1000_hours"] == pytest.approx(
        1000 * len(begun) / (repair["up_seconds"] / 3600)
    )
    assert repair["median_hours"] is None

    # No stay was seen from its begin to its end. The second day is not over, and one says nothing.
    known = pl.col("start_kind", "end_kind").cast(pl.String).is_in(["exact", "polled"])
    stays = read(STATUS_RUNS).filter(pl.all_horizontal(known), pl.col("status") == "occupied")
    assert stays.is_empty()
    weather = read(WEATHER_ASSOCIATION)
    assert set(weather["reason"]) == {"fewer than 28 days"}
    assert set(weather["days_used"]) == {1}
