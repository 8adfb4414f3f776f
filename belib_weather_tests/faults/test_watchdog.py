"""The watchdog as a process, while MongoDB and PostgreSQL are away and the clock was ahead."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from belib_weather.assets.polling import LastPoll, _record_poll
from belib_weather.lake import RAW_SNAPSHOTS, Spool
from belib_weather.local.health import heartbeat_file, heartbeat_health
from belib_weather_tests.graph.conftest import api  # noqa: F401 - a fixture

PATIENCE_SECONDS = 120
TASKS = ("polls", "all-runs")


def test_no_store_is_needed_to_take_a_snapshot(api: str, tmp_path: Path) -> None:  # noqa: F811
    spool = Spool(tmp_path / "live" / "spool", 16)
    by_a_wrong_clock = LastPoll(datetime.now(UTC) + timedelta(hours=1), "run", is_taken=True)
    _record_poll(spool, by_a_wrong_clock, print)
    nowhere = "127.0.0.1:9"
    environment = {
        "PATH": os.environ["PATH"],
        "DAGSTER_HOME": str(tmp_path),
        "BELIB_HOME": str(tmp_path),
        "BELIB_MONGO_URL": f"mongodb://{nowhere}",
        "BELIB_POSTGRES_URL": f"postgresql+psycopg://{nowhere}/belib",
        "BELIB_DAGSTER_POSTGRES_URL": f"postgresql+psycopg2://{nowhere}/dagster",
        "BELIB_EXPLORE_API_URL": f"{api}/api/explore/v2.1",
        "BELIB_MINIMUM_CHARGE_POINTS": "100",
    }
    log = tmp_path / "watchdog.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "belib_weather.local.watchdog", *TASKS],
            env=environment,
            stderr=output,
        )
    try:
        end = time.monotonic() + PATIENCE_SECONDS
        # The note follows the file.
        while not spool.waiting() or LastPoll.read(spool) == by_a_wrong_clock:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.2)
        assert [entry.collection for entry in spool.waiting()] == [RAW_SNAPSHOTS]
        assert heartbeat_health(heartbeat_file(tmp_path / "live", TASKS)).is_healthy
    finally:
        process.kill()  # also where whoever runs the tests ignores SIGTERM
        process.wait()
    last = LastPoll.read(spool)
    assert last is not None
    assert (last.by, last.is_taken) == ("watchdog", True)
