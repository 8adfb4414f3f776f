"""Feeds and messages: what they say, to whom, and that nothing is reported that was not so."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from belib_weather.datasets.changes import PointState, StatusChange
from belib_weather.feeds.alerts import AlertsError, Rule, alerts, read_rules
from belib_weather.feeds.entries import entries
from belib_weather.feeds.formats import Feed, atom, json_feed
from belib_weather.formats.realtime import read_realtime
from belib_weather.networks import NETWORK
from belib_weather.panels.i18n import Language
from belib_weather.simulator.truth import Truth
from belib_weather.transform.changes import point_changes
from belib_weather.transform.station_changes import station_changes

AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
STATION, OTHER = "FR*V75*PPX08*11", "FR*V75*PPX12*01"
ATOM = "{http://www.w3.org/2005/Atom}"


def change(event: str, position: int, station: str = STATION, **values: Any) -> dict[str, Any]:
    return {
        "change_id": f"{position:032x}",
        "position": position,
        "subject": "station",
        "subject_id": station,
        "station_id": station,
        "event": event,
        "from_word": "full",
        "to_word": "available",
        "from_is_stale": None,
        "to_is_stale": None,
        "occurred_at": AT + timedelta(minutes=position),
        "kind": "polled",
        "seen_at": AT + timedelta(minutes=position),
        "source": "opendata_paris/realtime",
        "rules": 1,
        "is_correction": False,
        "is_late": False,
        "retracts": None,
        **values,
    }


def changes(*rows: dict[str, Any]) -> pl.DataFrame:
    return StatusChange.validate(
        pl.DataFrame(rows, schema=StatusChange.create_empty().schema), cast=True
    )


def stations() -> pl.DataFrame:
    rows = [
        {"station_id": STATION, "station_name": "Rue La Boétie", "arrondissement": 8},
        {"station_id": OTHER, "station_name": "Bercy", "arrondissement": 12},
    ]
    return pl.DataFrame(rows, schema_overrides={"arrondissement": pl.Int16})


def test_hostile_names_of_stations_stay_text_in_the_feeds() -> None:
    name = '"><script>alert(1)</script>\x0b javascript:alert(2) \u202esiraP'
    feed_entries = entries(changes(change("broke_down", 1)), {STATION: name})
    feed = Feed("feeds/station/X", "station/X/", name, feed_entries, AT)

    root = ET.fromstring(atom(feed, ""))  # noqa: S314 - we wrote it
    item = json.loads(json_feed(feed, ""))["items"][0]

    assert root.findtext(f"{ATOM}title") == name.replace("\x0b", "\ufffd")
    assert item["title"] == f"\u2068{name}\u2069: en panne / out of order"
    links = [link.get("href", "") for link in root.iter(f"{ATOM}link")]
    assert not [link for link in links if "javascript" in link or "<" in link]


def test_both_feeds_have_the_same_entries_with_working_links() -> None:
    reported = entries(
        changes(
            change("became_free", 1),
            change("became_silent", 2),
            change("broke_down", 3, kind="unseen", source="simulator:opendata_paris/realtime"),
        ),
        {STATION: "Rue <La> Boétie"},
    )
    feed = Feed("feeds/station/X", "station/X/", "Belib' & co", reported, AT)
    document = json.loads(json_feed(feed, "https://belib.example.org/"))
    root = ET.fromstring(atom(feed, ""))  # noqa: S314 - we wrote it

    assert [item["tags"] for item in document["items"]] == [["broke_down"], ["became_free"]]
    assert document["items"][0]["title"] == "Rue <La> Boétie: en panne / out of order"
    assert "données simulées / simulated data" in document["items"][0]["content_text"]
    assert "le début n’a pas été vu" in document["items"][0]["content_text"]
    assert document["items"][1]["url"] == "https://belib.example.org/station/FRV75PPX0811/"
    assert [e.findtext(f"{ATOM}id") for e in root.iter(f"{ATOM}entry")] == [
        item["id"] for item in document["items"]
    ]
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links["alternate"] == "../../station/X/"
    assert "odbl" in (links["license"] or "")


def test_a_rule_selects_its_stations_districts_and_events_and_no_old_changes() -> None:
    mine = Rule(name="mine", stations=frozenset({STATION}), language=Language.ENGLISH)
    depot = Rule.model_validate(
        {"name": "depot", "arrondissements": [12], "events": ["broke_down"]}
    )
    rows = changes(
        change("became_free", 1),
        change("broke_down", 2, OTHER),
        change("came_back", 3, OTHER),
        change("became_full", 4, is_correction=True),
        change("became_silent", 5),
    )
    due = alerts([mine, depot], rows, stations(), AT + timedelta(minutes=10))

    assert [(one.rule.name, one.title, one.priority) for one in due] == [
        ("mine", "Rue La Boétie: a point is free", 3),
        ("depot", "Bercy: en panne", 4),
    ]
    assert "2026-11-24 11:01 (Paris)" in due[0].text
    assert alerts([mine, depot], rows, stations(), AT + timedelta(hours=2)) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules: [{name: a, stations: [X], events: [exploded]}]", "events"),
        ("rules: [{name: a}]", "no stations and no arrondissements: a"),
        ("rules: [{name: a, stations: [X]}, {name: a, stations: [Y]}]", "two rules have one name"),
        ("rules: [{name: a, station: X}]", "station"),
        ("rules: [", "expected"),
    ],
)
def test_a_wrong_rule_is_named(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "alerts.yaml"
    file.write_text(text)
    with pytest.raises(AlertsError, match="BELIB_ALERTS_FILE") as error:
        read_rules(file)
    assert said in str(error.value)
    with pytest.raises(AlertsError, match="No such file"):
        read_rules(tmp_path / "none.yaml")


@cache
def station_of(charge_point_id: str) -> str:
    return str(pl.select(NETWORK.station_id(pl.lit(charge_point_id))).item())


def free(body: bytes, at: datetime) -> dict[str, int]:
    """Points freshly available by station, counted from the body itself."""
    counts: dict[str, int] = {}
    for record in json.loads(body):
        identity = station_of(record["id_pdc"])
        stamp = datetime.fromisoformat(record["last_updated"])
        is_free = record["statut_pdc"] == "Disponible" and at - stamp < timedelta(hours=26)
        counts[identity] = counts.get(identity, 0) + is_free
    return counts


@pytest.mark.parametrize(
    "polls",
    [pytest.param(40, marks=pytest.mark.long), pytest.param(2016, marks=pytest.mark.slow)],
)
def test_no_false_alarm_in_a_replay_of_the_simulated_city(polls: int) -> None:
    city = Truth(seed=5, charge_points=100)
    before = PointState.create_empty()
    last: dict[str, int] = {}
    reported = 0
    for poll in range(polls):
        at = AT + poll * timedelta(minutes=5)
        body = city.poll(at)
        sightings = read_realtime(body).sightings(at)
        count = free(body, at)
        if last:
            found = station_changes(before, sightings, "x")
            for row in found.rows(named=True):
                is_free, was_free = count[row["station_id"]] > 0, last[row["station_id"]] > 0
                assert is_free == (row["to_word"] == "available")
                assert was_free == (row["from_word"] == "available")
            turned = {s for s, n in count.items() if s in last and (n > 0) != (last[s] > 0)}
            assert turned <= set(found["station_id"])
            reported += found.height
        before, last = point_changes(before, sightings, "x").states, count
    assert reported > 0
