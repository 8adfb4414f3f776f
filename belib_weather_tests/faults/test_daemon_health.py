"""Whether Dagster's daemon works, from the heartbeats that Dagster itself stores."""

from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster._daemon.types import DaemonHeartbeat

from belib_weather.local.health import Verdict, daemon_health

STARTED = datetime.now(UTC) - timedelta(hours=1)


def beat(instance: dg.DagsterInstance, name: str, ago: timedelta) -> None:
    at = (datetime.now(UTC) - ago).timestamp()
    instance.add_daemon_heartbeat(DaemonHeartbeat(at, name, None, None))


def test_threads_with_heartbeats_are_healthy(
    instance: dg.DagsterInstance, dagster_url: str
) -> None:
    beat(instance, "SCHEDULER", timedelta(seconds=30))
    beat(instance, "SENSOR", timedelta(minutes=10))  # busy with a slow sensor
    assert daemon_health(dagster_url, STARTED).is_healthy


def test_a_daemon_without_any_heartbeat_is_silent(
    instance: dg.DagsterInstance, dagster_url: str
) -> None:
    beat(instance, "SCHEDULER", timedelta(seconds=100))
    beat(instance, "SENSOR", timedelta(seconds=110))
    health = daemon_health(dagster_url, STARTED)
    assert health.verdict is Verdict.SILENT
    assert "its last heartbeat is 100 s old" in health.reason


def test_a_thread_that_is_silent_for_long_is_named(
    instance: dg.DagsterInstance, dagster_url: str
) -> None:
    beat(instance, "SCHEDULER", timedelta(minutes=16))
    beat(instance, "SENSOR", timedelta(seconds=1))
    health = daemon_health(dagster_url, STARTED)
    assert health.verdict is Verdict.SILENT
    assert "no heartbeat of SCHEDULER" in health.reason


def test_heartbeats_of_an_earlier_daemon_do_not_count(
    instance: dg.DagsterInstance, dagster_url: str
) -> None:
    beat(instance, "SCHEDULER", timedelta(seconds=10))
    health = daemon_health(dagster_url, datetime.now(UTC) - timedelta(seconds=5))
    assert health.verdict is Verdict.SILENT
    assert "no heartbeat yet" in health.reason


def test_the_health_of_the_daemon_is_unknown_while_the_database_does_not_answer() -> None:
    url = "postgresql+psycopg2://a:secret@127.0.0.1:9/dagster"
    health = daemon_health(url, STARTED)
    assert health.verdict is Verdict.UNKNOWN
    assert "secret" not in health.reason


def test_a_thread_that_polls_has_five_minutes(
    instance: dg.DagsterInstance, dagster_url: str
) -> None:
    beat(instance, "SCHEDULER", timedelta(minutes=6))
    beat(instance, "SENSOR", timedelta(minutes=6))
    beat(instance, "BACKFILL", timedelta(seconds=1))
    health = daemon_health(dagster_url, STARTED)
    assert health.reason == "no heartbeat of SCHEDULER for 6 min"


def test_a_daemon_whose_clock_was_ahead_is_restarted_at_once(
    instance: dg.DagsterInstance, dagster_url: str
) -> None:
    """The one that replaces it is given time for heartbeats of its own."""
    beat(instance, "SCHEDULER", -timedelta(hours=1))
    waiting = daemon_health(dagster_url, STARTED)
    assert waiting.verdict is Verdict.REFUSING
    assert "the clock was ahead" in waiting.reason
    replacing = daemon_health(dagster_url, datetime.now(UTC) - timedelta(seconds=5))
    assert replacing.verdict is Verdict.SILENT
