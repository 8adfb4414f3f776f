"""Live files, feeds and the outbox, as a tick of the whole graph writes them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree as ET

import dagster as dg
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from belib_weather.assets.open_data import live_files_keep_their_formats
from belib_weather.datasets.changes import PointState
from belib_weather.formats.realtime import read_realtime
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.live_files.catalog import (
    CURRENT,
    DATEX2_STATUS,
    FORECAST,
    GEOJSON,
    IRVE_DYNAMIQUE,
    IRVE_STATIQUE,
    LIVE_FILES,
    OCPI_LOCATIONS,
)
from belib_weather.live_files.writing import MAKERS, LiveFiles
from belib_weather.resources import SiteResource
from belib_weather.simulator.truth import Truth
from belib_weather.sources.explore import response_of_export
from belib_weather.transform.changes import point_changes
from belib_weather.transform.corrections import in_force
from belib_weather.transform.station_changes import station_changes
from belib_weather.warehouse.tables import POINT_STATES, STATION_STATES, STATUS_CHANGES
from belib_weather.window import HOUR
from belib_weather_tests.clocks import StoppedClock
from belib_weather_tests.graph.conftest import Platform

BEGIN = datetime(2026, 11, 24, 14, tzinfo=UTC)
CITY = Truth(seed=5, charge_points=200)
STEPS = ("charge_points", "stations", "station_states", "open_data_files", "change_feeds")


def ticked(platform: Platform, at: datetime, *more: str) -> dg.ExecuteInProcessResult:
    body = response_of_export(
        CITY.poll(at), captured_at=at, name="poll", minimum_charge_points=1, now=at
    )
    platform.lake.append(RAW_SNAPSHOTS, body)
    return platform.materialize(*STEPS, *more)


def checked(folder: Path) -> bool:
    result = live_files_keep_their_formats(site_folder=SiteResource(path=str(folder), url=""))
    assert isinstance(result, dg.AssetCheckResult)
    return result.passed


def test_a_tick_writes_every_file_and_feed_and_the_changes_lead_to_the_state(
    platform: Platform, now: datetime
) -> None:
    from openapi_spec_validator import validate

    site = platform.settings.site_dir
    assert platform.materialize("raw_belib_static", keys=f"{now:%Y-%m-%d}").success
    then = platform.changed(settings={}, clock=StoppedClock(at=(BEGIN + 4 * HOUR).isoformat()))
    for minutes in (0, 25, 180):
        assert ticked(then, BEGIN + timedelta(minutes=minutes)).success

    bodies = {
        file.name: (site / "data" / file.name).read_bytes()
        for file in LIVE_FILES
        if file is not FORECAST
    }
    assert all(bodies.values())
    questions = json.loads(bodies["questions.openapi.json"])
    validate(questions)
    assert "/questions/stations_near" in questions["paths"]
    assert checked(site)
    states = platform.warehouse.read(STATION_STATES)
    current = json.loads(bodies["current.json"])
    assert current["updated_at"] == f"{states['captured_at'][0]:%Y-%m-%dT%H:%M:%SZ}"
    assert sum(s["free"] for s in current["stations"]) == states["available"].sum() > 0

    changes = platform.warehouse.read(STATUS_CHANGES).sort("position")
    assert changes.height > 5
    of_stations = changes.filter(pl.col("subject") == "station")
    last = dict(of_stations.select("subject_id", "to_word").iter_rows())
    words = dict(states.select("station_id", pl.col("station_status").cast(pl.String)).iter_rows())
    assert last
    assert {name: words[name] for name in last} == last
    of_points = changes.filter(pl.col("subject") == "point")
    points = {
        row["charge_point_id"]: (row["status"], row["is_stale"])
        for row in platform.warehouse.read(POINT_STATES).rows(named=True)
    }
    reported = {
        r["subject_id"]: (r["to_word"], r["to_is_stale"]) for r in of_points.rows(named=True)
    }
    assert {name: points[name] for name in reported} == reported

    heard = of_stations.filter(pl.col("event") != "became_silent").row(-1, named=True)
    name = heard["station_id"].replace("*", "")
    feed = json.loads((site / f"feeds/station/{name}.json").read_bytes())
    assert heard["change_id"] == feed["items"][0]["id"].removeprefix("urn:uuid:").replace("-", "")
    atom = ET.parse(site / f"feeds/station/{name}.atom")  # noqa: S314 - we wrote it
    entries = atom.findall("{http://www.w3.org/2005/Atom}entry")
    assert len(entries) == len(feed["items"]) > 0
    assert len(list((site / "feeds/station").glob("*.json"))) == states.height

    file = site / "data/stations.geojson"
    file.write_bytes(file.read_bytes().replace(b'"state":"available"', b'"state":"libre"', 1))
    assert not checked(site)


def test_a_failing_format_loses_only_its_own_file_and_is_named(
    platform: Platform, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = platform.settings.site_dir / "data"
    then = platform.changed(settings={}, clock=StoppedClock(at=(BEGIN + HOUR).isoformat()))
    assert ticked(then, BEGIN).success
    before = {path.name: path.read_bytes() for path in data.iterdir()}

    def broken(_: object) -> LiveFiles:
        raise KeyError("power_kw")

    monkeypatch.setitem(MAKERS, GEOJSON.name, broken)
    (data / OCPI_LOCATIONS.name).unlink()
    (data / OCPI_LOCATIONS.name).mkdir()  # a file that cannot be written
    assert platform.materialize("raw_belib_static", keys=f"{now:%Y-%m-%d}").success
    (data / IRVE_STATIQUE.name).mkdir()
    tick = ticked(then, BEGIN + timedelta(minutes=25), "belib_current", "stations_index")

    assert [event.step_key for event in tick.get_step_failure_events()] == ["open_data_files"]
    error = str(tick.failure_data_for_node("open_data_files"))
    assert "stations.geojson: KeyError: 'power_kw' (test_open_data.py, line " in error
    assert "ocpi-locations.json: IsADirectoryError" in error
    assert "stay as they were" in error
    fresh = json.loads((data / CURRENT.name).read_bytes())["updated_at"]
    assert fresh == f"{BEGIN + timedelta(minutes=25):%Y-%m-%dT%H:%M:%SZ}"
    changed = {
        name
        for name, body in before.items()
        if (data / name).is_file() and (data / name).read_bytes() != body
    }
    assert changed == {CURRENT.name, IRVE_DYNAMIQUE.name, DATEX2_STATUS.name}
    at = platform.warehouse.read(STATION_STATES)["captured_at"].unique().to_list()
    assert at == [BEGIN + timedelta(minutes=25)]
    assert len(list((platform.settings.site_dir / "feeds/station").glob("*.json"))) > 0

    monkeypatch.undo()
    (data / OCPI_LOCATIONS.name).rmdir()
    (data / IRVE_STATIQUE.name).rmdir()
    (data / IRVE_STATIQUE.name).write_bytes(b"of an older vintage")
    assert ticked(then, BEGIN + timedelta(minutes=30)).success
    assert (data / GEOJSON.name).read_bytes() != before[GEOJSON.name]
    assert (data / OCPI_LOCATIONS.name).is_file()
    assert (data / IRVE_STATIQUE.name).read_bytes().startswith(b"nom_amenageur,")


def test_a_late_snapshot_corrects_the_changes_and_sends_no_alert(platform: Platform) -> None:
    minutes, late = (0, 40, 80, 120, 160, 200), (60, 100)
    then = platform.changed(settings={}, clock=StoppedClock(at=(BEGIN + 4 * HOUR).isoformat()))
    for minute in minutes[:-1]:
        assert ticked(then, BEGIN + timedelta(minutes=minute)).success
    for minute in late:
        at = BEGIN + timedelta(minutes=minute)
        body = CITY.poll(at)
        then.lake.append(
            RAW_SNAPSHOTS,
            response_of_export(body, captured_at=at, name="poll", minimum_charge_points=1, now=at),
        )
    before = then.warehouse.read(STATUS_CHANGES)
    assert ticked(then, BEGIN + timedelta(minutes=minutes[-1])).success

    rows = then.warehouse.read(STATUS_CHANGES)
    written = rows.join(before, on="change_id", how="anti")
    corrected = written.filter("is_late")
    assert corrected.height > 10
    assert corrected["retracts"].drop_nulls().len() > 5
    assert corrected["is_correction"].all()
    sightings = pl.concat(
        read_realtime(CITY.poll(at))
        .sightings(at)
        .with_columns(pl.col("charge_point_id").cast(pl.String))
        for at in (BEGIN + timedelta(minutes=m) for m in sorted((*minutes, *late)))
    )
    nothing = PointState.create_empty()
    whole = pl.concat(
        [
            point_changes(nothing, sightings, "x").changes,
            station_changes(nothing, sightings, "x"),
        ]
    )
    content = ["subject_id", "occurred_at", "from_word", "to_word", "to_is_stale"]
    assert_frame_equal(in_force(rows).select(content), whole.select(content), check_row_order=False)
    ids = set(corrected["change_id"]) | set(corrected["retracts"].drop_nulls())
    feeds = (platform.settings.site_dir / "feeds/station").glob("*.json")
    reported = {item["id"] for feed in feeds for item in json.loads(feed.read_bytes())["items"]}
    assert reported
    assert not reported & {f"urn:uuid:{UUID(one)}" for one in ids}
    assert ticked(then, BEGIN + timedelta(minutes=205)).success
    again = then.warehouse.read(STATUS_CHANGES).join(rows, on="change_id", how="anti")
    assert not again["is_late"].any()
