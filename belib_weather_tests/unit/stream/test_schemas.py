"""The published schemas are those of the code."""

import json
from pathlib import Path

import pytest

from belib_weather.settings import SettingsError, load_settings
from belib_weather.stream.messages import POINT_CHANGES, STATION_STATES
from belib_weather.stream.schemas import POINT_FIELDS, SCHEMA_VERSION, STATION_FIELDS, json_schema

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("topic", "fields"), [(POINT_CHANGES, POINT_FIELDS), (STATION_STATES, STATION_FIELDS)]
)
def test_the_published_schema_is_that_of_the_code(topic: str, fields: dict[str, object]) -> None:
    """Another schema needs another version, and a file of its own."""
    published = ROOT / f"docs/schemas/{topic}-{SCHEMA_VERSION}.schema.json"
    assert json.loads(published.read_text()) == json_schema(topic, fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "options", ["not JSON", "[]", '{"a": 1}', '{"transactional.id": "x"}', '{"sasl": null}']
)
def test_options_of_librdkafka_are_checked_and_never_repeated(options: str) -> None:
    with pytest.raises(SettingsError, match="BELIB_KAFKA_OPTIONS") as wrong:
        load_settings(_env_file=None, kafka_options=options)
    assert "not JSON" not in str(wrong.value)
    good = load_settings(_env_file=None, kafka_options='{"sasl.password": "hunter2"}')
    assert "hunter2" not in repr(good)
