"""The bundle is sound, and the same each time."""

import json
from pathlib import Path

import pytest

from belib_weather.kibana.bundle import build_bundle
from belib_weather.kibana.provision import OBJECTS_FILE, RULES_FILE, write_bundle
from belib_weather.networks import NETWORK
from belib_weather_tests.unit.kibana import interpreter, structure

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", [OBJECTS_FILE, RULES_FILE])
def test_the_bundle_is_the_committed_one(name: str, tmp_path: Path) -> None:
    """`belib-weather kibana export --to belib_weather_tests/unit/kibana/golden` renews it."""
    write_bundle(build_bundle("belib"), tmp_path)
    assert (tmp_path / name).read_text() == (GOLDEN / name).read_text()


def test_the_bundle_has_no_faults() -> None:
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


def test_stations_and_arrondissements_lead_to_their_history_and_to_discover() -> None:
    pages = {one["id"]: one for one in interpreter.dashboards(build_bundle("belib").ndjson)}
    led: dict[tuple[str, str], list[str]] = {}
    for page, dashboard in pages.items():
        targets = {r["name"]: r["id"] for r in dashboard["references"] if r["type"] == "dashboard"}
        for panel in interpreter.panels(dashboard):
            actions = panel["embeddableConfig"]["enhancements"].get("dynamicActions", {})
            for event in actions.get("events", []):
                kind, config = event["action"]["factoryId"], event["action"]["config"]
                name = f"{panel['panelIndex']}:drilldown:{kind}:{event['eventId']}:dashboardId"
                assert (kind == "OPEN_IN_DISCOVER_DRILLDOWN") is (name not in targets)
                assert targets.get(name, "belib-history") == "belib-history"
                assert all(value is (key != "openInNewTab") for key, value in config.items())
                led.setdefault((page, panel["panelIndex"]), []).append(kind)
        for panel in (p for p in interpreter.panels(dashboard) if p["type"] == "lens"):
            fields = {
                c.get("sourceField")
                for c in interpreter.layer(panel)["columns"].values()
                if c["isBucketed"]
            }
            ways = led.get((page, panel["panelIndex"]), [])
            is_leading = bool(fields & {"station_id", "arrondissement"})
            assert len(ways) == is_leading * (1 if page == "belib-history" else 2)


def test_simulated_data_is_marked_on_every_dashboard() -> None:
    bundle = build_bundle("belib").ndjson
    for dashboard in interpreter.dashboards(bundle):
        marked = set()
        for panel in (p for p in interpreter.panels(dashboard) if p["type"] == "lens"):
            state = panel["embeddableConfig"]["attributes"]["state"]
            by = interpreter.layer(panel)["columns"].get("by0", {}).get("sourceField")
            if by == "source" and not state["query"]["query"]:
                [reference] = panel["embeddableConfig"]["attributes"]["references"]
                marked.add((reference["id"], "by0" in interpreter.accessors(panel)))
        assert marked, dashboard["id"]
        for view, is_shown in marked:
            [written] = [one for one in interpreter.objects(bundle) if one["id"] == view]
            lookup = json.loads(written["attributes"]["fieldFormatMap"])["source"]["params"]
            [entry] = lookup["lookupEntries"]
            assert is_shown
            assert entry["key"] == f"simulator:{NETWORK.realtime.source}"
            assert entry["value"] == f"SIMULATED DATA ({entry['key']})"


def test_panels_show_the_limits_of_the_alerts() -> None:
    """The numbers stand in the rules, which are read here as Kibana gets them."""
    rules = {rule.name: rule.body["params"] for rule in build_bundle("belib").rules}
    thresholds = {
        criterion["equation"].count("+"): criterion["threshold"]
        for params in rules.values()
        for criterion in params.get("criteria", ())
    }
    [operators] = [
        one
        for one in interpreter.dashboards(build_bundle("belib").ndjson)
        if one["id"].endswith("operators")
    ]
    states = {
        p["panelIndex"]: p["embeddableConfig"]["attributes"]["state"]
        for p in interpreter.panels(operators)
        if p["type"] == "lens"
    }
    within, beyond = states["silent-now"]["visualization"]["palette"]["params"]["colorStops"]
    layers = states["free-by-arrondissement"]["datasourceStates"]["formBased"]["layers"]
    line = float(layers["limits"]["columns"]["limit"]["params"]["value"])
    assert [within["stop"], beyond["stop"], line] == [0, 0.10, 0.15]
    assert sorted(value for [value] in thresholds.values()) == [beyond["stop"], line]


def test_every_page_and_panel_has_a_reading_note() -> None:
    for dashboard in interpreter.dashboards(build_bundle("belib").ndjson):
        assert dashboard["attributes"]["description"]
        for panel in interpreter.panels(dashboard):
            attributes = panel["embeddableConfig"].get("attributes", {})
            if panel["type"] in ("lens", "map"):
                assert attributes["description"], panel["panelIndex"]


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
        for field in ("station_id", "arrondissement"):
            assert formats[view][field]["params"]["urlTemplate"] == (
                "../app/dashboards#/view/belib-history?_a=(query:(language:kuery,"
                f"query:'{field}%20:%20%22{{{{value}}}}%22'))"
            )
        link = formats[view]["address"]["params"]
        assert link["urlTemplate"].endswith("?query={{value}}%20Paris")
        assert link["labelTemplate"] == "{{value}}"


def test_fields_have_their_units_in_the_data_views() -> None:
    labels: dict[str, str] = {}
    for one in interpreter.objects(build_bundle("belib").ndjson):
        if one["type"] == "index-pattern":
            notes = json.loads(one["attributes"]["fieldAttrs"])
            written = json.loads(one["attributes"]["fieldFormatMap"])
            named = {field: n["customLabel"] for field, n in notes.items() if "customLabel" in n}
            assert all(written[field]["id"] == "number" for field in named)
            labels |= named
    assert labels == {
        "power_kw": "power (kW)",
        "precipitation_mm": "precipitation (mm)",
        "temperature_c": "temperature (°C)",
        "wind_speed_kmh": "wind speed (km/h)",
    }
