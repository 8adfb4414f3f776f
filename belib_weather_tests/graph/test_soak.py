"""Many simulated days of ticks: what is stored grows by the day, what is cleaned up does not.

`make proofs` runs thirty days with a tick every four hours; SOAK_DAYS and SOAK_TICKS ask for fewer,
five days or more, and for other ticks a day. It prints a line for each day. What a tick leaves is
counted in `test_growth`.
"""

import gc
import logging
import os
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import dagster as dg
import psutil
import pytest
import sqlalchemy as sa

from belib_weather.automation.event_log_retention import delete_before
from belib_weather.automation.maintenance import RETENTION, delete_compute_logs
from belib_weather.definitions import build_defs
from belib_weather.partitions import day_key, hour_key
from belib_weather.resources import Clock
from belib_weather.simulator import clock as simulator
from belib_weather.simulator.app import create_app
from belib_weather.simulator.city import City
from belib_weather.simulator.server import serving
from belib_weather.window import DAY, HOUR, floor_day
from belib_weather_tests.graph.conftest import Platform
from belib_weather_tests.local_stores import CHECKOUT

DAYS = int(os.environ.get("SOAK_DAYS", "30"))
TICKS = int(os.environ.get("SOAK_TICKS", "6"))
"""In a day; a divisor of 24."""
KEPT = RETENTION if DAYS > 20 else DAY
"""Of Dagster's records; in a short run less, so that it shows that they stop to grow."""
SETTLED = KEPT // DAY + 2
"""Days after which Dagster's tables stop to grow.

Deletion begins when the first records are older than what is kept, and vacuum gives their space to
the records of the next day.
"""
MB = 1e6
WARM_UP = 2
"""Days after which memory is compared: caches are full by then."""
RUNS = 2 * TICKS + 6
"""In a day, about."""
MOST_OBJECTS = 20
"""That a run may leave: Dagster remembers its answers for each instant at which it was asked.

Here all runs share a process; on a platform each has its own.
"""
EVALUATIONS = 10
DAGSTER_TABLES = ("event_logs", "asset_event_tags", "asset_check_executions", "runs", "run_tags")
_NOW = [datetime.now(UTC)]


class SimulatedClock(Clock):
    """The clock of the simulated days."""

    def now(self) -> datetime:
        return _NOW[0]


class SimulatedCityClock(simulator.Clock):
    """The same for the public APIs."""

    def now(self) -> int:
        return int(_NOW[0].timestamp())


@dataclass(frozen=True)
class Day:
    """What there is at the end of a day; bytes, and in the first fields numbers.

    Attributes:
        objects: of Python in this process, which runs the ticks one after the other.
        metrics_ms: processor time of an evaluation of the sensor `metrics`.
        log_files: compute logs; pytest takes what would be in them.
    """

    events: int
    objects: int
    metrics_ms: float
    log_files: int
    dagster: int
    raw: int
    warehouse: int
    search: int
    exports: int
    memory: int

    def __str__(self) -> str:
        sizes = (f"{name} {size / MB:.2f}" for name, size in [*asdict(self).items()][4:])
        return (
            f"{self.events:,} events, {self.objects:,} objects, metrics {self.metrics_ms:.0f} ms,"
            f" {self.log_files} log files;"
            f" MB: {', '.join(sizes)}"
        )


@pytest.fixture(scope="session")
def api() -> Iterator[str]:
    """The public APIs by the clock of the simulated days."""
    with serving(create_app(City(seed=7, charge_points=240), clock=SimulatedCityClock())) as base:
        yield base


@pytest.fixture
def instance(
    warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dg.DagsterInstance]:
    """An instance by the file that the platform runs with: compute logs are where it has them."""
    url = sa.make_url(warehouse_url).set(drivername="postgresql+psycopg2")
    monkeypatch.setenv("BELIB_DAGSTER_POSTGRES_URL", url.render_as_string(hide_password=False))
    shutil.copy(CHECKOUT / "dagster.yaml", tmp_path)
    # pytest keeps every log line in memory until the test ends: 5 to 8 MB a simulated day.
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield instance


def size_of(engine: sa.Engine, tables: tuple[str, ...]) -> int:
    query = sa.text("SELECT pg_total_relation_size(CAST(:name AS regclass))")
    with engine.connect() as connection:
        return sum(connection.execute(query, {"name": t}).scalar_one() for t in tables)


def bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def age_logs(folder: Path, since: datetime) -> None:
    """Give the compute logs that were written since an instant the simulated time."""
    for logs in folder.glob("*/compute_logs"):
        if logs.stat().st_mtime >= since.timestamp():
            os.utime(logs, (_NOW[0].timestamp(),) * 2)


def cost_of_metrics(platform: Platform) -> float:
    """Milliseconds of processor time of one evaluation of the sensor `metrics`."""
    begin = time.process_time()
    for _ in range(EVALUATIONS):
        platform.evaluate("metrics")
    return 1000 * (time.process_time() - begin) / EVALUATIONS


def age(engine: sa.Engine, after: int) -> int:
    """Dagster stamps its records by this machine's clock: give the new ones the simulated time."""
    now = _NOW[0].replace(tzinfo=None)
    with engine.begin() as connection:
        for statement in (
            "UPDATE event_logs SET timestamp = :now WHERE id > :after",
            "UPDATE asset_event_tags SET event_timestamp = :now WHERE event_id > :after",
            "UPDATE asset_check_executions SET create_timestamp = :now"
            " WHERE create_timestamp > :now",
            "UPDATE runs SET update_timestamp = :now WHERE update_timestamp > :now",
        ):
            record = {"now": now, "after": after}
            connection.execute(
                sa.text(statement), {k: v for k, v in record.items() if f":{k}" in statement}
            )
        return int(connection.execute(sa.text("SELECT max(id) FROM event_logs")).scalar_one())


def simulated_day(
    platform: Platform, instance: dg.DagsterInstance, engine: sa.Engine, start: datetime
) -> None:
    def run(job: str, key: str | None) -> None:
        found = platform.defs.resolve_job_def(job).execute_in_process(
            instance=instance, partition_key=key, raise_on_error=False
        )
        assert found.success, f"{job} {key}"

    for hour in range(0, 24, 24 // TICKS):
        _NOW[0] = start + hour * HOUR + timedelta(minutes=1)
        if hour == 0:
            run("static", day_key(_NOW[0]))
        run("weather", day_key(_NOW[0])) if hour % 6 == 0 else None
        run("live", hour_key(_NOW[0]))
        run("feed", None)
    run("exports", day_key(_NOW[0]))


@pytest.mark.slow
def test_storage_under_retention_stays_flat_and_the_rest_grows_by_the_day(
    platform: Platform,
    instance: dg.DagsterInstance,
    warehouse_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert DAYS >= SETTLED + 2, f"SOAK_DAYS={DAYS}: tables settle in {SETTLED} days, set more"
    first = floor_day(datetime.now(UTC)) - DAYS * DAY
    settings = platform.settings.model_copy(
        update={"start": first.date(), "cadence_seconds": 3600, "http_attempts": 2}
    )
    _NOW[0] = first
    platform = Platform(
        settings,
        build_defs(settings, clock=SimulatedClock()),
        instance,
        platform.lake,
        platform.warehouse,
        platform.search,
        platform.database,
    )
    engine = sa.create_engine(warehouse_url)
    days: list[Day] = []
    newest = 0
    for number in range(DAYS):
        begin = datetime.now(UTC)
        simulated_day(platform, instance, engine, first + number * DAY)
        newest = age(engine, newest)
        delete_before(engine, _NOW[0] - KEPT)
        age_logs(Path(instance.storage_directory()), begin)
        delete_compute_logs(Path(instance.storage_directory()), _NOW[0] - KEPT)
        metrics_ms = cost_of_metrics(platform)
        gc.collect()
        with engine.connect() as connection:
            events = connection.execute(sa.text("SELECT count(*) FROM event_logs")).scalar_one()
        days.append(
            Day(
                events=events,
                objects=len(gc.get_objects()),
                metrics_ms=metrics_ms,
                log_files=len([*Path(instance.storage_directory()).glob("*/compute_logs/*")]),
                dagster=size_of(engine, DAGSTER_TABLES),
                raw=int(platform.lake.stats()["bytes"].sum()),
                warehouse=int(platform.warehouse.sizes()["bytes"].sum()),
                search=int(platform.search.sizes()["bytes"].sum()),
                exports=bytes_in(settings.data_dir / "exports"),
                memory=psutil.Process().memory_info().rss,
            )
        )
        with capsys.disabled():
            sys.stdout.write(f"day {number + 1:3}: {days[-1]}\n")
    engine.dispose()
    # Statuses stay for each partition: one materialization of each asset and hour.
    settled = days[SETTLED:]
    rows = [after.events - before.events for before, after in pairwise(settled)]
    assert all(more < days[0].events / 4 for more in rows), rows
    size = [after.dagster - before.dagster for before, after in pairwise(settled)]
    assert sum(size) / len(size) < days[0].dagster / 4, size
    raw = [after.raw - before.raw for before, after in pairwise(days)]
    assert max(raw) < 1.3 * min(raw), raw
    logs = [day.log_files for day in settled]
    assert 0 < max(logs) <= 1.2 * min(logs), logs
    warm, last = days[WARM_UP], days[-1]
    assert last.memory < 1.1 * warm.memory, [day.memory for day in days]
    most = 1.01 * warm.objects + MOST_OBJECTS * RUNS * (DAYS - WARM_UP)
    assert last.objects < most, [day.objects for day in days]
