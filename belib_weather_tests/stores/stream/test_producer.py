"""Each change once, in order, for whoever reads committed data: against a real broker."""

import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import jsonschema  # type: ignore[import-untyped]
import polars as pl
import pytest

from belib_weather.datasets.changes import StatusChange
from belib_weather.stream.errors import StreamError, StreamUnavailable
from belib_weather.stream.messages import POINT_CHANGES, STATION_STATES
from belib_weather.stream.producer import Stream
from belib_weather.stream.schemas import POINT_FIELDS, STATION_FIELDS, json_schema
from belib_weather_tests.kafka_broker import Broker, consumed
from belib_weather_tests.killed_producer import STEPS, kill_at

FIRST = datetime(2026, 11, 18, 10, tzinfo=UTC)
WORDS = ("available", "full", "out_of_order")


@pytest.fixture
def prefix(request: pytest.FixtureRequest) -> str:
    """Topics of the test alone."""
    return f"{request.node.name}."


def _changes(count: int, start: int = 0) -> pl.DataFrame:
    """Changes of three stations and their points, in the order of the outbox."""
    rows = []
    for n in range(start, start + count):
        is_point, station = n % 3 != 0, f"FR*V75*PPX12*0{n % 5}"
        words = ("available", "occupied") if is_point else WORDS
        rows.append(
            {
                "change_id": f"{n:032x}",
                "position": n + 1,
                "subject": "point" if is_point else "station",
                "subject_id": f"FR*V75*EPX12*0{n % 5}*1" if is_point else station,
                "station_id": station,
                "event": "status" if is_point else "became_free",
                "from_word": words[n % len(words)],
                "to_word": words[(n + 1) % len(words)],
                "from_is_stale": False if is_point else None,
                "to_is_stale": False if is_point else None,
                "occurred_at": FIRST + timedelta(seconds=n),
                "kind": "polled",
                "seen_at": FIRST + timedelta(seconds=n + 60),
                "source": "simulator:opendata_paris/realtime",
                "rules": 1,
                "is_correction": n % 7 == 0,
                "is_late": False,
                "retracts": None,
            }
        )
    return StatusChange.validate(pl.DataFrame(rows, infer_schema_length=None), cast=True)


def stations_now(*words: tuple[str, str]) -> pl.DataFrame:
    """What is read of `StationState` rows."""
    return pl.DataFrame(
        [
            {
                "station_id": station,
                "station_status": word,
                "since": FIRST,
                "since_kind": "at_least",
                "captured_at": FIRST,
                "source": "simulator:opendata_paris/realtime",
            }
            for station, word in words
        ]
    )


class Outbox:
    """Rows by position, as PostgreSQL gives them."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self.rows = rows

    def __call__(self, after: int, most: int) -> pl.DataFrame:
        return self.rows.filter(pl.col("position") > after).sort("position").head(most)


def _published(kafka: Broker, prefix: str, outbox: Outbox, batch: int = 7) -> int:
    with Stream(kafka.servers, prefix, {}) as stream:
        return stream.publish(outbox, batch).changes


def _ids(kafka: Broker, prefix: str) -> list[str]:
    """Ids of all messages of both topics, in order within each key."""
    both = [consumed(kafka.servers, prefix + topic) for topic in (POINT_CHANGES, STATION_STATES)]
    for messages in both:
        by_key: dict[str, list[str]] = {}
        for message in messages:
            by_key.setdefault(message["id"], []).append(message["instant"])
        assert all(instants == sorted(instants) for instants in by_key.values())
    return sorted(message["change_id"] for messages in both for message in messages)


def test_every_change_comes_once_in_the_order_of_its_key(kafka: Broker, prefix: str) -> None:
    outbox = Outbox(_changes(40))
    assert _published(kafka, prefix, outbox) == 40
    assert _published(kafka, prefix, outbox) == 0
    outbox.rows = _changes(50)
    assert _published(kafka, prefix, outbox) == 10
    assert _ids(kafka, prefix) == sorted(outbox.rows["change_id"])


def test_a_new_consumer_has_every_station_also_those_that_never_changed(
    kafka: Broker, prefix: str
) -> None:
    states = stations_now(("FR*V75*PPX20*01", "full"), ("FR*V75*PPX20*02", "silent"))
    outbox = Outbox(_changes(9))
    with Stream(kafka.servers, prefix, {}) as stream:
        assert stream.publish(outbox, 4, unchanged=lambda: states).changes == 11
        outbox.rows = _changes(12)
        assert stream.publish(outbox, 4, unchanged=lambda: states).changes == 3
    messages = consumed(kafka.servers, prefix + STATION_STATES)
    newest = {message["id"]: message["to"] for message in messages}
    assert newest.items() >= {"FR*V75*PPX20*01": "full", "FR*V75*PPX20*02": "silent"}.items()
    [one] = [message for message in messages if message["id"] == "FR*V75*PPX20*01"]
    jsonschema.validate(one, json_schema(STATION_STATES, STATION_FIELDS))
    assert (one["event"], one["from"], one["instant"]) == ("present", None, "2026-11-18T10:00:00Z")


def test_messages_follow_the_published_schema(kafka: Broker, prefix: str) -> None:
    _published(kafka, prefix, Outbox(_changes(12)))
    for topic, fields in ((POINT_CHANGES, POINT_FIELDS), (STATION_STATES, STATION_FIELDS)):
        schema = json_schema(topic, fields)
        jsonschema.Draft202012Validator.check_schema(schema)
        messages = consumed(kafka.servers, prefix + topic)
        assert messages
        for message in messages:
            jsonschema.validate(message, schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(messages[0] | {"to": "Disponible"}, schema)


def test_a_restored_outbox_sends_missing_changes_and_overwrites_no_newer_state(
    kafka: Broker, prefix: str
) -> None:
    """The database is put back to its first 20 rows, and numbers the rows after them anew."""
    _published(kafka, prefix, Outbox(_changes(40)))
    again = _changes(45).filter(pl.col("position") != 23)
    renumbered = again.with_columns(pl.int_range(1, 45, dtype=pl.Int64).alias("position"))
    assert _published(kafka, prefix, Outbox(renumbered)) == 5
    assert _ids(kafka, prefix) == sorted(_changes(45)["change_id"])


def _publish_and_die(servers: str, prefix: str, step: str) -> None:
    """Publish in another process, which is killed at a step."""
    outbox = Outbox(_changes(30))
    with Stream(servers, prefix, {}) as stream:
        kill_at(stream, step)
        stream.publish(outbox, 10)


@pytest.mark.slow
def test_a_kill_between_any_two_steps_loses_and_duplicates_nothing(
    kafka: Broker, prefix: str
) -> None:
    for number, step in enumerate(STEPS):
        own = f"{prefix}{number}."
        program = f"import {__name__} as t; t._publish_and_die(*{(kafka.servers, own, step)!r})"
        died = subprocess.run([sys.executable, "-c", program], check=False, timeout=120)
        assert died.returncode == -signal.SIGKILL
        outbox = Outbox(_changes(30))
        _published(kafka, own, outbox)
        assert _ids(kafka, own) == sorted(outbox.rows["change_id"])


@pytest.mark.slow
def test_an_unreachable_broker_is_named_and_unsent_changes_are_sent_later(
    kafka: Broker, prefix: str
) -> None:
    outbox = Outbox(_changes(20))
    _published(kafka, prefix, outbox)
    kafka.kill()
    outbox.rows = _changes(60)
    with pytest.raises(StreamUnavailable, match="sent when it answers again"):
        _published(kafka, prefix, outbox)
    kafka.start()
    assert _published(kafka, prefix, outbox) == 40
    assert _ids(kafka, prefix) == sorted(outbox.rows["change_id"])


def test_a_wrong_option_is_named_without_its_value(kafka: Broker) -> None:
    with pytest.raises(StreamError, match="BELIB_KAFKA_OPTIONS") as wrong:
        Stream(kafka.servers, "x.", {"sasl.mechanismus": "hunter2"})
    assert "hunter2" not in str(wrong.value)
