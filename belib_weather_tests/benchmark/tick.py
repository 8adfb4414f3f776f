"""A live tick beside a cold run of as many assets and checks that do nothing.

Both are whole processes of the same command, from the start of Python to its end, and write their
events to the same instance in PostgreSQL.
"""

import json
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from belib_weather.embedded import StoreUrls
from belib_weather.local.dagster_home import write_dagster_home
from belib_weather.partitions import hour_key
from belib_weather.settings import load_settings
from belib_weather.simulator.app import create_app
from belib_weather.simulator.city import City
from belib_weather.simulator.server import serving
from belib_weather_tests.benchmark.cases import SEED
from belib_weather_tests.benchmark.processes import run
from belib_weather_tests.benchmark.stores import fresh_stores

TIMES = 3


@dataclass(frozen=True)
class Ticked:
    """Size of the live job, and the fastest seconds of both."""

    assets: int
    checks: int
    idle: float
    live: float


def ticked(urls: StoreUrls) -> Ticked:
    """Run both by turns."""
    assets, checks = _size_of_the_live_job()
    idle, live = [], []
    with (
        tempfile.TemporaryDirectory(prefix="belib-bench-") as folder,
        fresh_stores(urls, "bench_tick") as stores,
        serving(create_app(City(SEED))) as api,
    ):
        home = write_dagster_home(load_settings(home=Path(folder), mode="demo"))
        settings = {
            **stores,
            "DAGSTER_HOME": str(home),
            "BELIB_EXPLORE_API_URL": f"{api}/api/explore/v2.1",
            "IDLE_ASSETS": str(assets),
            "IDLE_CHECKS": str(checks),
        }
        _tick(settings)  # makes tables and indices, so does not count
        for _ in range(TIMES):
            idle.append(_seconds(lambda: _do_nothing(settings)))
            live.append(_seconds(lambda: _tick(settings)))
    return Ticked(assets, checks, min(idle), min(live))


def _size_of_the_live_job() -> tuple[int, int]:
    with warnings.catch_warnings():
        # Two lines per asset, about nothing that the reader of a benchmark can change.
        warnings.simplefilter("ignore")
        from belib_weather.definitions import defs

        job = defs.resolve_job_def("live").asset_layer
    return len(job.selected_asset_keys), len(job.asset_graph.asset_check_keys)


def _do_nothing(settings: Mapping[str, str]) -> None:
    _execute("belib_weather_tests.benchmark.idle", "idle", settings=settings)


def _tick(settings: Mapping[str, str]) -> None:
    tags = json.dumps({"dagster/partition": hour_key(datetime.now(UTC))})
    _execute("belib_weather.definitions", "live", "--tags", tags, settings=settings)


def _execute(module: str, job: str, *more: str, settings: Mapping[str, str]) -> None:
    run("dagster", "job", "execute", "-m", module, "-j", job, *more, settings=settings)


def _seconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
