"""The bundle is sound, and the same each time."""

import json
from pathlib import Path

import pytest

from belib_weather.kibana.bundle import build_bundle
from belib_weather.kibana.provision import OBJECTS_FILE, RULES_FILE, write_bundle
from belib_weather_tests.unit.kibana import interpreter, structure

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", [OBJECTS_FILE, RULES_FILE])
def test_the_bundle_is_the_committed_one(name: str, tmp_path: Path) -> None:
    """`belib-weather kibana export --to belib_weather_tests/unit/kibana/golden` renews it."""
    write_bundle(build_bundle("belib"), tmp_path)
    assert (tmp_path / name).read_text() == (GOLDEN / name).read_text()


def test_the_bundle_is_sound() -> None:
    assert structure.faults(build_bundle("belib").ndjson, "belib") == []


def test_bundles_of_two_prefixes_share_no_object() -> None:
    ids = [
        {(one["type"], one["id"]) for one in interpreter.objects(build_bundle(prefix).ndjson)}
        for prefix in ("belib", "other")
    ]
    assert not ids[0] & ids[1]


def test_the_bundle_is_well_within_kibanas_limits() -> None:
    bundle = build_bundle("belib")
    assert len(bundle.ndjson) < 1_000_000
    assert all(json.loads(line) for line in bundle.ndjson.splitlines())
