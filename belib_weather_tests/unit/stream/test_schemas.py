"""The published schemas are those of the code."""

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import polars as pl
import pytest

from belib_weather.datasets.changes import StatusChange
from belib_weather.settings import SettingsError, load_settings
from belib_weather.stream.messages import (
    POINT_CHANGES,
    STATION_CORRECTIONS,
    STATION_STATES,
    messages,
)
from belib_weather.stream.schemas import POINT_FIELDS, SCHEMA_VERSION, STATION_FIELDS, json_schema

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("topic", "fields"), [(POINT_CHANGES, POINT_FIELDS), (STATION_STATES, STATION_FIELDS)]
)
def test_the_published_schema_is_that_of_the_code(topic: str, fields: dict[str, object]) -> None:
    """Another schema needs another version, and a file of its own."""
    published = ROOT / f"docs/schemas/{topic}-{SCHEMA_VERSION}.schema.json"
    assert json.loads(published.read_text()) == json_schema(topic, fields)  # type: ignore[arg-type]


def test_late_changes_do_not_overwrite_states_in_the_compacted_topic() -> None:
    base = {
        "change_id": "a" * 32,
        "station_id": "FR*V75*PPX08*11",
        "event": "became_full",
        "from_word": "available",
        "to_word": "full",
        "from_is_stale": None,
        "to_is_stale": None,
        "occurred_at": datetime(2026, 11, 24, 10, tzinfo=UTC),
        "kind": "polled",
        "seen_at": datetime(2026, 11, 24, 10, tzinfo=UTC),
        "source": "opendata_paris/realtime",
        "rules": 1,
    }
    rows = [
        base
        | {"position": n, "subject": subject, "subject_id": subject, "retracts": retracts}
        | {"is_late": late, "is_correction": late}
        for n, (subject, late, retracts) in enumerate(
            [("station", False, None), ("station", True, "b" * 32), ("point", True, None)], 1
        )
    ]
    frame = pl.DataFrame(rows, schema=StatusChange.create_empty().schema)

    sent = [(one.topic, json.loads(one.value)) for one in messages(frame)]
    assert [topic for topic, _ in sent] == [STATION_STATES, STATION_CORRECTIONS, POINT_CHANGES]
    assert [(v["is_late"], v["retracts"]) for _, v in sent][1] == (True, "b" * 32)
    for _, value in sent[:2]:
        jsonschema.validate(value, json_schema(STATION_STATES, STATION_FIELDS))


@pytest.mark.parametrize(
    "options", ["not JSON", "[]", '{"a": 1}', '{"transactional.id": "x"}', '{"sasl": null}']
)
def test_options_of_librdkafka_are_checked_and_never_repeated(options: str) -> None:
    with pytest.raises(SettingsError, match="BELIB_KAFKA_OPTIONS") as wrong:
        load_settings(_env_file=None, kafka_options=options)
    assert "not JSON" not in str(wrong.value)
    good = load_settings(_env_file=None, kafka_options='{"sasl.password": "hunter2"}')
    assert "hunter2" not in repr(good)
