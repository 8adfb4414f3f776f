"""Outages and reliability in PostgreSQL: few segments are read, and the view ranks stations."""

import random
from datetime import UTC, date, datetime

import polars as pl

from belib_weather.datasets.episodes import StatusEpisode
from belib_weather.datasets.reliability import StationReliability
from belib_weather.transform.outages import outages
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import (
    OUTAGES,
    RELIABILITY_OF_STATIONS,
    STATION_RELIABILITY,
    STATIONS,
    STATUS_EPISODES,
)
from belib_weather.window import DAY, Window
from belib_weather_tests.unit.transform.outage_reference import (
    BROKEN,
    BUSY,
    DAY_TICKS,
    FREE,
    START,
    UNKNOWN,
    Timeline,
    segments_of,
)

DAYS = 6
WEEK = date(2026, 11, 9)


def city() -> pl.DataFrame:
    """Segments of twelve stations in six days, with common faults, gaps and returns."""
    chance = random.Random(5)  # noqa: S311 - a small city, not a secret
    frames = []
    for number in range(12):
        points: dict[str, Timeline] = {f"S{number}-{i}": [] for i in range(chance.randint(1, 5))}
        while any(len(timeline) < DAYS * DAY_TICKS for timeline in points.values()):
            fault = chance.choice([BROKEN, BROKEN, UNKNOWN, "planned", None])
            begin = max(map(len, points.values())) + chance.randrange(1, 60)
            for timeline in points.values():
                up = begin + chance.choice([0, 0, 1, 2, 3]) - len(timeline)
                timeline.extend([chance.choice([FREE, BUSY])] * up)
                timeline.extend([fault] * chance.choice([0, 2, 9, 9, 40, 300]))
                timeline.extend([FREE] * chance.choice([0, 2, 5]))
                timeline.extend([fault] * chance.choice([0, 8]))
        cut = {point: timeline[: DAYS * DAY_TICKS] for point, timeline in points.items()}
        frames.append(segments_of(cut, station=f"S{number}"))
    local = pl.col("started_at").dt.convert_time_zone("Europe/Paris").dt
    rows = pl.concat(frames).with_columns(
        restamps=0,
        source=pl.lit("a test"),
        local_date=local.date(),
        local_hour=local.hour(),
        local_weekday=local.weekday(),
    )
    return StatusEpisode.validate(rows.select(StatusEpisode.column_names()), cast=True)


def test_outages_need_few_segments_and_only_changed_rows_are_written(warehouse: Warehouse) -> None:
    segments, window = city(), Window(START, START + DAYS * DAY)
    assert warehouse.observed_time() is None
    with warehouse.locked(STATUS_EPISODES, window) as transaction:
        transaction.replace(STATUS_EPISODES, segments, window)

    read, observed = warehouse.down_segments()

    assert observed == Window(segments["started_at"].min(), segments["ended_at"].max())  # type: ignore[arg-type]
    assert observed == warehouse.observed_time()
    assert read.height < 0.9 * segments.height
    rows = outages(read, observed.end)
    assert rows.equals(outages(segments, observed.end))
    of_stations = rows.filter(pl.col("charge_point_id").is_null())
    assert of_stations.height >= 10
    with warehouse.locked(OUTAGES) as transaction:
        transaction.upsert(OUTAGES, rows)
    assert warehouse.read(OUTAGES).equals(rows)
    with warehouse.locked(OUTAGES) as transaction:
        written = transaction.upsert(OUTAGES, rows[1:])
    assert (written.inserted, written.updated, written.deleted) == (0, 0, 1)


def row(station: str, **seconds: int) -> dict[str, object]:
    """A row of `station_reliability` of one week; hours of kinds of time."""
    kinds = ("up", "available", "down", "silent", "unsettled", "planned", "removed", "unobserved")
    sums = {f"{kind}_seconds": seconds.get(kind, 0) * 3600 for kind in kinds}
    counts = dict.fromkeys(
        ("outages_begun", "outages_ended", "outages_carried_in"), seconds.get("outages", 0)
    )
    return {
        "station_id": station,
        "period": "week",
        "starts_on": WEEK,
        "made_to": datetime(2026, 11, 15, 23, tzinfo=UTC),
        "charge_points": 1,
        **sums,
        **counts,
        "points_already_out": 0,
        "silences_begun": 0,
        "longest_outage_seconds": None,
        "last_begun_at": None,
        "last_begun_lasts": None,
        "source": "a test",
    }


def test_stations_without_one_available_second_come_first(
    warehouse: Warehouse, stations: pl.DataFrame
) -> None:
    known = stations["station_id"][0]
    rows = [
        row(known, up=90, available=1, down=10, silent=20, unsettled=30, unobserved=18),
        row("better", up=96, available=50, down=4, unobserved=68),
        row("always full", up=100, down=68),
        row("dead", down=168),
        row("mute", silent=168),
        row("rather mute", down=20, silent=148),
        row("in doubt", up=50, available=50, silent=60, unsettled=30, unobserved=28),
        row("planned", planned=168),
        row("unseen", up=83, unobserved=85),
    ]
    week = StationReliability.validate(
        pl.DataFrame(rows).select(StationReliability.column_names()), cast=True
    )
    with warehouse.locked(STATIONS) as transaction:
        transaction.upsert(STATIONS, stations)
    with warehouse.locked(STATION_RELIABILITY) as transaction:
        transaction.upsert(STATION_RELIABILITY, week)

    view = warehouse.read(RELIABILITY_OF_STATIONS)

    shown = view.select("station_id", "standing", "place", "technical_availability")
    assert shown.sort(pl.col("place").fill_null(9), "station_id").rows() == [
        ("dead", "never available", 1, 0.0),
        ("always full", "never available", 2, 100 / 168),
        ("rather mute", "not reporting", 3, None),
        ("mute", "not reporting", 4, None),
        (known, "ranked", 5, 0.9),
        ("better", "ranked", 6, 0.96),
        ("in doubt", "undecided", None, None),
        ("planned", "not in service", None, None),
        ("unseen", "not observed", None, None),
    ]
    bounds = view.filter(pl.col("station_id") == known).select(
        "technical_availability_low", "technical_availability_high", "share_observed", "hours_down"
    )
    assert bounds.rows() == [(90 / 150, 140 / 150, 150 / 168, 10.0)]
