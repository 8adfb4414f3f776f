"""MongoDB away while the feed is polled: no snapshot is lost, whichever way the store fails."""

import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import httpx
import pytest
from pydantic import SecretStr

from belib_weather.assets.polling import LastPoll
from belib_weather.definitions import build_defs
from belib_weather.lake import RAW_SNAPSHOTS, Lake, Spool
from belib_weather.lake.schema import QUARANTINE
from belib_weather.partitions import hour_key
from belib_weather.settings import Settings, load_settings
from belib_weather.window import Window, floor_hour
from belib_weather_tests.clocks import ClockOfTheTest
from belib_weather_tests.faults.mongo_server import MongoServer
from belib_weather_tests.graph.conftest import api, now  # noqa: F401 - fixtures


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MongoServer]:
    server = MongoServer(tmp_path / "mongo")
    server.start()
    yield server
    server.process.send_signal(signal.SIGCONT)
    server.kill()


@pytest.fixture
def settings(api: str, server: MongoServer, tmp_path: Path) -> Settings:  # noqa: F811
    return load_settings(
        _env_file=None,
        home=tmp_path / "home",
        mongo_url=SecretStr(server.url),
        explore_api_url=f"{api}/api/explore/v2.1",
        minimum_charge_points=100,
        http_attempts=1,
        start=datetime.now(UTC).date(),
    )


def poll(settings: Settings, now: datetime) -> dg.ExecuteInProcessResult:  # noqa: F811
    defs = build_defs(settings, clock=ClockOfTheTest())
    return dg.materialize(
        [*(defs.assets or [])],  # type: ignore[list-item]
        selection=dg.AssetSelection.assets("raw_belib_snapshots"),
        resources=dict(defs.resources or {}),
        partition_key=hour_key(now),
        raise_on_error=False,
    )


def test_polls_during_an_outage_of_mongodb_are_appended_by_the_next_tick(
    server: MongoServer,
    settings: Settings,
    api: str,  # noqa: F811
    now: datetime,  # noqa: F811
) -> None:
    spool = Spool(settings.spool_dir, settings.spool_max_mb)
    assert poll(settings, now).success
    assert spool.waiting() == []
    server.kill()

    failed = poll(settings, now)

    assert not failed.success
    [step] = [event for event in failed.all_events if event.is_step_failure]
    assert "it waits in" in str(step.step_failure_data.error)
    assert [entry.collection for entry in spool.waiting()] == [RAW_SNAPSHOTS]
    last = LastPoll.read(spool)
    assert last is not None
    assert (last.by, last.is_taken) == ("run", True)

    # A refused answer waits beside it.
    fault = {"kind": "truncated", "dataset": "realtime", "count": 1}
    httpx.post(f"{api}/simulator/faults", json=fault).raise_for_status()
    poll(settings, now)
    httpx.delete(f"{api}/simulator/faults").raise_for_status()
    assert [entry.collection for entry in spool.waiting()] == [RAW_SNAPSHOTS, QUARANTINE]

    server.start()
    assert poll(settings, now).success
    assert spool.waiting() == []
    with Lake(server.url, settings.mongo_database) as lake:
        hour = Window.hour(floor_hour(now))
        assert lake.verify(RAW_SNAPSHOTS, hour).documents == 3
        counts = dict(lake.stats().select("collection", "documents").iter_rows())
        assert counts[QUARANTINE] == 1
