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


def test_a_weekday_has_its_name_and_an_address_leads_to_a_map() -> None:
    formats = {
        one["id"]: json.loads(one["attributes"]["fieldFormatMap"])
        for one in interpreter.objects(build_bundle("belib").ndjson)
        if one["type"] == "index-pattern"
    }

    weekdays = formats["belib-availability"]["local_weekday"]["params"]["lookupEntries"]
    assert [entry["key"] for entry in weekdays] == list("1234567")
    assert (weekdays[0]["value"], weekdays[6]["value"]) == ("Monday", "Sunday")
    for view in ("belib-availability", "belib-stations"):
        link = formats[view]["address"]["params"]
        assert link["urlTemplate"].endswith("?query={{value}}%20Paris")
        assert link["labelTemplate"] == "{{value}}"
