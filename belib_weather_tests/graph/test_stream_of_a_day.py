"""A whole day of changes on Kafka, with kills: a consumer's view equals PostgreSQL's."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from belib_weather.assets.status_stream import LOCK, unchanged_stations
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.simulator.truth import Truth
from belib_weather.sources.explore import response_of_export
from belib_weather.stream.errors import StreamUnavailable
from belib_weather.stream.messages import POINT_CHANGES, STATION_CORRECTIONS, STATION_STATES
from belib_weather.stream.producer import Stream
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import STATION_STATES as STATES
from belib_weather.warehouse.tables import STATUS_CHANGES
from belib_weather.window import DAY
from belib_weather_tests.clocks import StoppedClock
from belib_weather_tests.graph.conftest import Platform
from belib_weather_tests.kafka_broker import Broker, consumed
from belib_weather_tests.killed_producer import STEPS, kill_at

BEGIN = datetime(2026, 11, 24, 0, 5, tzinfo=UTC)
TICK = timedelta(minutes=15)
TICKS = 96
BATCH = 7
CITY = Truth(seed=14, charge_points=120)
LATE = {26: (20, 21, 22), 66: (60, 61)}
"""Ticks at which snapshots land that were taken at earlier ticks."""
AWAY = range(70, 74)
"""Ticks at which the broker does not run."""
KILLS = 20


def _landed(platform: Platform, tick: int) -> None:
    at = BEGIN + tick * TICK
    body = CITY.poll(at)
    platform.lake.append(
        RAW_SNAPSHOTS,
        response_of_export(body, captured_at=at, name="poll", minimum_charge_points=1, now=at),
    )


def _send(warehouse_url: str, servers: str, prefix: str, step: str = "", call: int = 0) -> int:
    """Send what waits, as the asset does; with a step, this process is killed at it."""
    store = Warehouse(warehouse_url)
    with store.locked(LOCK) as transaction, Stream(servers, prefix, {}) as stream:
        if step:
            kill_at(stream, step, call)
        sent = stream.publish(
            lambda after, most: transaction.changes(after, most=most),
            BATCH,
            unchanged=lambda: unchanged_stations(transaction),
        )
    store.close()
    return sent.position


def _killed(url: str, servers: str, prefix: str, step: str, call: int) -> None:
    """A process of a producer that is killed at a step."""
    program = (
        f"import os; from {__name__} import _send;"
        f" _send(os.environ['OUTBOX'], *{(servers, prefix, step, call)!r})"
    )
    died = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | {"OUTBOX": url}, check=False, timeout=120
    )
    assert died.returncode == -signal.SIGKILL, (step, call)


def _expected(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the outbox as consumers see it, by the published schema."""
    names = {"id": "subject_id", "from": "from_word", "to": "to_word"}
    same = [
        "change_id",
        "station_id",
        "event",
        "kind",
        "source",
        "rules",
        "is_correction",
        "is_late",
        "retracts",
    ]
    stale = ("from_is_stale", "to_is_stale") if row["subject"] == "point" else ()
    return {
        **{name: row[name] for name in (*same, *stale)},
        **{name: row[column] for name, column in names.items()},
        "instant": f"{row['occurred_at']:%Y-%m-%dT%H:%M:%SZ}",
        "seen_at": f"{row['seen_at']:%Y-%m-%dT%H:%M:%SZ}",
    }


def _by_key(messages: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for message in messages:
        found.setdefault(message["id"], []).append(message)
    return found


@pytest.mark.slow
def test_after_a_day_with_kills_a_consumers_view_equals_postgresqls_event_for_event(
    platform: Platform, kafka: Broker
) -> None:
    random_step = np.random.default_rng(14)
    prefix, url = "day.", platform.settings.postgres_url
    assert url is not None
    platform = platform.changed(settings={}, clock=StoppedClock(at=(BEGIN + DAY).isoformat()))
    address, position, kills = url.get_secret_value(), 0, 0
    killed_at = set(random_step.permutation(range(4, TICKS))[: 2 * KILLS].tolist())
    later = {tick for ticks in LATE.values() for tick in ticks}
    for tick in range(TICKS):
        if tick in later:
            continue
        for landed in (*LATE.get(tick, ()), tick):
            _landed(platform, landed)
        first = () if tick else ("charge_points", "stations")
        assert platform.materialize(*first, "station_states").success
        if tick == AWAY.start:
            kafka.kill()
        if tick == AWAY.stop:
            kafka.start()
        waiting = platform.warehouse.lag_after(position).waiting
        if tick in AWAY:
            if tick == AWAY.start:
                with pytest.raises(StreamUnavailable):
                    _send(address, kafka.servers, prefix)
            continue
        if waiting and tick in killed_at and kills < KILLS:
            step = str(random_step.choice(STEPS))
            call = int(random_step.integers(1, min(waiting, BATCH), endpoint=True))
            call = call if step == "produce" else 1
            _killed(address, kafka.servers, prefix, step, call)
            kills += 1
        position = _send(address, kafka.servers, prefix)

    assert kills == KILLS
    rows = platform.warehouse.read(STATUS_CHANGES).sort("position")
    is_point, is_late = pl.col("subject") == "point", pl.col("is_late")
    assert rows.filter(is_late).height > 20
    assert rows.filter(~is_late).height > 300
    for topic, of_topic in (
        (POINT_CHANGES, is_point),
        (STATION_STATES, ~is_point & ~is_late),
        (STATION_CORRECTIONS, ~is_point & is_late),
    ):
        messages = consumed(kafka.servers, prefix + topic)
        changes = [message for message in messages if message["event"] != "present"]
        outbox = [_expected(row) for row in rows.filter(of_topic).rows(named=True)]
        assert outbox, topic
        assert _by_key(changes) == _by_key(outbox), topic
    newest = {m["id"]: m["to"] for m in consumed(kafka.servers, prefix + STATION_STATES)}
    states = platform.warehouse.read(STATES)
    assert newest == dict(
        states.select("station_id", pl.col("station_status").cast(pl.String)).iter_rows()
    )
