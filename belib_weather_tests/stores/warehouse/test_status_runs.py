"""The view that glues segments over midnights gives what one computation over all days would."""

import random
from datetime import UTC, datetime

import polars as pl

from belib_weather.transform.episodes import status_episodes
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import STATUS_EPISODES, STATUS_RUNS
from belib_weather.window import DAY, Window
from belib_weather_tests.unit.transform.polls import POINTS, STATION_OF, frame
from belib_weather_tests.unit.transform.reference import Sighting
from belib_weather_tests.unit.transform.reference_episodes import runs_of

MONTH_END = datetime(2026, 10, 30, tzinfo=UTC)
WINDOW = Window(MONTH_END, MONTH_END + 4 * DAY)
"""Its rows lie in two monthly partitions."""
FIRST = int(WINDOW.start.timestamp())


def four_days() -> list[Sighting]:
    """Polls of four days with gaps, changes, newer stamps, and records that turn stale."""
    chance = random.Random(12)  # noqa: S311 - a small city, not a secret
    seen = []
    for point in POINTS:
        status, stamp = "available", FIRST
        for second in range(FIRST + 600, FIRST + 4 * 86_400, 900):
            drawn = chance.random()
            if drawn < 0.03:
                status = chance.choice(["available", "occupied", "out_of_order"])
            if drawn < 0.05:
                stamp = second - chance.randrange(1200)
            if chance.random() > 0.02:
                seen.append(Sighting(point, second, status, stamp))
    return seen


def store(warehouse: Warehouse, seen: list[Sighting], days: list[datetime]) -> None:
    for day in map(Window.day, days):
        source = pl.DataFrame({"day": [day.start], "source": [f"{day.start:%A}"[:1]]})
        rows = status_episodes(
            frame(seen),
            window=day,
            sources=source.with_columns(pl.col("day").cast(pl.Datetime("us", "UTC"))),
        )
        with warehouse.locked(STATUS_EPISODES, day) as transaction:
            transaction.replace(STATUS_EPISODES, rows, day)


def test_segments_joined_at_midnight_equal_one_computation(warehouse: Warehouse) -> None:
    seen = four_days()
    store(warehouse, seen, WINDOW.days[::-1])

    runs = warehouse.read(STATUS_RUNS)

    expected = [
        (
            run["point"], STATION_OF[run["point"]], run["start"], run["end"],
            run["end"] - run["start"], *run["key"], run["start_kind"], run["end_kind"],
            run["start_kind"] == "unseen", run["end_kind"] == "unseen", run["restamps"],
            run["stamp"], (run["end"] - 1 - FIRST) // 86_400 - (run["start"] - FIRST) // 86_400 + 1,
        )
        for run in runs_of(seen, FIRST, FIRST + 4 * 86_400)
    ]  # fmt: skip
    got = runs.select(
        "charge_point_id",
        "station_id",
        pl.col("started_at").dt.epoch("s"),
        pl.col("ended_at").dt.epoch("s"),
        "seconds",
        "status",
        "is_stale",
        "start_kind",
        "end_kind",
        "is_censored_start",
        "is_censored_end",
        "restamps",
        pl.col("stamp").dt.epoch("s"),
        "segments",
    )
    assert got.rows() == expected
    assert runs["segments"].max() == 3
    assert runs.filter(pl.col("segments") == 3)["source"].str.contains(" + ", literal=True).all()


def test_a_missing_day_censors_the_runs_around_it(warehouse: Warehouse) -> None:
    seen = [Sighting(POINTS[0], FIRST + s, "occupied", FIRST) for s in range(0, 3 * 86_400, 900)]
    store(warehouse, seen, [WINDOW.days[0], WINDOW.days[2]])

    runs = warehouse.read(STATUS_RUNS).filter(~pl.col("is_stale"))

    columns = ("seconds", "end_kind", "is_censored_start", "is_censored_end", "segments")
    assert runs.select(columns).rows() == [(86_400, "midnight", True, True, 1)]
