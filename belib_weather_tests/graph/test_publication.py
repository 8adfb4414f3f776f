"""What Elasticsearch missed or lost, or another hand changed, is published unasked, by value."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path

import dagster as dg
import httpx
import polars as pl
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from belib_weather.assets.publication_audit import audit, month_of
from belib_weather.assets.publication_differences import find_differences
from belib_weather.assets.publisher import (
    AVAILABILITY,
    EPISODES,
    FEED,
    MARTS,
    STATES,
    Publisher,
    days_of,
)
from belib_weather.clock import utc_now
from belib_weather.partitions import hour_key
from belib_weather.resources import Clock
from belib_weather.search import SearchError, SearchStore
from belib_weather.search.projections import (
    AVAILABILITY_INDEX,
    EPISODES_INDEX,
    FEED_INDEX,
    STATIONS_INDEX,
    Projection,
)
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    CHARGE_POINTS,
    FEED_HOURS,
    STATION_STATES,
    STATIONS,
    STATUS_EPISODES,
)
from belib_weather.window import HOUR, Window
from belib_weather_tests.faults.search_proxy import Exchange, faulty, refusing
from belib_weather_tests.graph.conftest import Platform, history
from belib_weather_tests.graph.publication import Documents, jobs, look, repair, verdicts
from belib_weather_tests.stores.search.sample import (
    charge_points,
    episodes,
    facts,
    feed,
    states,
    stations,
)

STATIONS_COUNT = 12
INDICES = (AVAILABILITY_INDEX, STATIONS_INDEX, FEED_INDEX, EPISODES_INDEX)
OF_ROWS = {f"{projection.name}_index": True for projection in INDICES}
"""Verdicts of what the fixture fills; of marts, see `test_mart_indices`."""
ALL = OF_ROWS | {f"{mart.projection.name}_index": True for mart in MARTS}
PUBLISH = ["publish", "publish_stations", "publish_feed", "publish_episodes"]
_MATERIALIZE = (
    *("-m", "dagster", "asset", "materialize", "-m", "belib_weather.definitions"),
    *("--select", "availability_index"),
)
Damage = Callable[[Documents, Projection], None]


@pytest.fixture
def documents(platform: Platform, elasticsearch_url: str) -> Documents:
    """What readers see."""
    return Documents(platform, elasticsearch_url)


@pytest.fixture
def published(platform: Platform, now: datetime, documents: Documents) -> Platform:
    """Six hours of facts and of the feed, and the stations, all of them published."""
    warehouse, window = platform.warehouse, history(now)
    with warehouse.locked(AVAILABILITY_FACTS, window) as transaction:
        transaction.replace(AVAILABILITY_FACTS, facts(window, STATIONS_COUNT), window)
    with warehouse.locked(STATIONS) as transaction:
        transaction.replace(STATIONS, stations(STATIONS_COUNT))
    with warehouse.locked(STATION_STATES) as transaction:
        transaction.replace(STATION_STATES, states(STATIONS_COUNT, now.replace(microsecond=0)))
    with warehouse.locked(FEED_HOURS, window) as transaction:
        transaction.replace(FEED_HOURS, feed(window), window)
    with warehouse.locked(CHARGE_POINTS) as transaction:
        transaction.replace(CHARGE_POINTS, charge_points(STATIONS_COUNT))
    with warehouse.locked(STATUS_EPISODES, window) as transaction:
        transaction.replace(STATUS_EPISODES, episodes(window, STATIONS_COUNT), window)
    for day in days_of(window):
        Publisher(AVAILABILITY, warehouse, platform.search, now).publish(day)
    Publisher(STATES, warehouse, platform.search, now).publish(None)
    Publisher(FEED, warehouse, platform.search, now).publish_differing()
    Publisher(EPISODES, warehouse, platform.search, now).publish_differing_days()
    assert documents.agree()
    assert len(documents.all(AVAILABILITY_INDEX)) == 6 * STATIONS_COUNT
    return platform


def change_rows(postgres_url: str, hour: datetime) -> None:
    """Other values in PostgreSQL, as a run would leave them that never published."""
    with sa.create_engine(postgres_url).begin() as connection:
        connection.execute(
            sa.text("UPDATE availability_facts SET temperature_c = -9.5 WHERE hour = :hour"),
            {"hour": hour},
        )
        connection.execute(sa.text("UPDATE station_states SET station_name = 'renamed'"))
        connection.execute(
            sa.text("UPDATE feed_hours SET refused = 9 WHERE hour = :hour"), {"hour": hour}
        )
        connection.execute(
            sa.text("UPDATE status_episodes SET restamps = 9 WHERE started_at = :hour"),
            {"hour": hour},
        )


def test_nothing_is_requested_while_the_indices_equal_postgresql(published: Platform) -> None:
    found = look(published)

    assert jobs(found) == []
    assert verdicts(found) == ALL
    for event in found.asset_events:  # as the daemon does
        published.instance.report_runless_asset_event(event)
    # Reported once: a verdict that stays is no new event.
    assert verdicts(look(published, found.cursor)) == {}


def test_hours_missed_during_an_outage_of_elasticsearch_are_published_afterwards(
    published: Platform, documents: Documents, warehouse_url: str, now: datetime
) -> None:
    change_rows(warehouse_url, history(now).start)
    dead = published.changed(settings={"elasticsearch_url": SecretStr("http://127.0.0.1:1")})
    assert not dead.materialize("availability_index", keys=hour_key(history(now).start)).success

    away = look(dead)
    assert jobs(away) == []  # nothing can be repaired while it is away
    assert verdicts(away) == dict.fromkeys(ALL, False)

    back = look(published)
    assert jobs(back) == PUBLISH
    assert verdicts(back) == ALL | dict.fromkeys(OF_ROWS, False)
    assert repair(published) == PUBLISH
    assert documents.agree()
    assert verdicts(look(published)) == ALL


def delete_documents(documents: Documents, projection: Projection) -> None:
    for document_id in list(documents.all(projection))[:3]:
        (index,) = documents.indices(projection)
        documents.ask("DELETE", f"/{index}/_doc/{document_id}".replace("|", "%7C"), refresh="true")


def edit_one(documents: Documents, projection: Projection) -> None:
    document_id, source = next(iter(documents.all(projection).items()))
    (index,) = documents.indices(projection)
    path = f"/{index}/_doc/{document_id}".replace("|", "%7C")
    field = "charge_points" if "charge_points" in source else "restamps"
    documents.ask("PUT", path, {**source, field: 99})  # and nobody refreshes


def add_one(documents: Documents, projection: Projection) -> None:
    source = next(iter(documents.all(projection).values()))
    (index,) = documents.indices(projection)
    time = {projection.time_column: "2031-01-01T00:00:00Z"} if projection.time_column else {}
    documents.ask("PUT", f"/{index}/_doc/nobody", {**source, **time}, refresh="true")


def drop_the_index(documents: Documents, projection: Projection) -> None:
    (index,) = documents.indices(projection)
    documents.ask("DELETE", f"/{index}")


def restore_an_older_copy(documents: Documents, projection: Projection) -> None:
    """The same name, mapping and aliases, and fewer documents with other values."""
    (index,) = documents.indices(projection)
    unchanged = list(documents.all(projection).items())[2:20]
    shape = documents.ask("GET", f"/{index}")[index]
    documents.ask("DELETE", f"/{index}")
    documents.ask(
        "PUT",
        f"/{index}",
        {
            "mappings": shape["mappings"],
            "aliases": shape["aliases"],
            "settings": {"analysis": shape["settings"]["index"]["analysis"]},
        },
    )
    for document_id, source in unchanged:
        path = f"/{index}/_doc/{document_id}".replace("|", "%7C")
        documents.ask("PUT", path, {**source, "source": "long ago"})
    documents.ask("POST", f"/{index}/_refresh")


def take_it_from_the_alias(documents: Documents, projection: Projection) -> None:
    (index,) = documents.indices(projection)
    documents.ask("DELETE", f"/{index}/_alias/{documents.alias(projection)}")


@pytest.mark.parametrize(
    "damages",
    [
        pytest.param((delete_documents, edit_one, add_one), id="documents"),
        pytest.param((drop_the_index, restore_an_older_copy, take_it_from_the_alias), id="indices"),
    ],
)
@pytest.mark.parametrize("rounds", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_changes_by_other_programs_are_repaired_automatically(
    published: Platform, documents: Documents, damages: tuple[Damage, ...], rounds: int
) -> None:
    """In one round each index has one of the damages; in three rounds all."""
    assert jobs(look(published)) == []
    for first in range(rounds):
        for projection, damage in zip(INDICES, cycle(damages[first:] + damages[:first])):
            damage(documents, projection)

        found = look(published)
        assert verdicts(found) == ALL | dict.fromkeys(OF_ROWS, False), first
        assert jobs(found) == ["audit_index"] * len(INDICES), first
        assert repair(published) == ["audit_index"] * len(INDICES), first

        assert documents.agree(), first
        found = look(published)
        assert (jobs(found), verdicts(found)) == ([], ALL), first


def test_an_index_that_is_behind_its_ledger_is_audited(
    published: Platform, documents: Documents, warehouse_url: str, now: datetime
) -> None:
    """As after a restore of Elasticsearch's own data folder: the same ids, older operations."""
    (index,) = documents.indices(AVAILABILITY_INDEX)
    change_rows(warehouse_url, history(now).start)
    publisher = Publisher(AVAILABILITY, published.warehouse, published.search, utc_now())
    with publisher.locked(month_of(now)) as transaction:  # acknowledged, and then lost
        ledger = publisher.ledger(transaction)
        content = ledger.content(AVAILABILITY.content, history(now))
        ledger.acknowledge(content, history(now), {})
    with sa.create_engine(warehouse_url).begin() as connection:
        connection.execute(
            sa.text("UPDATE published_indices SET max_seq_no = max_seq_no + 49 WHERE name = :name"),
            {"name": index},
        )

    assert "went back" in str(find_differences(publisher, []).doubts)
    repair(published)

    assert documents.agree()


def test_an_audit_compares_each_day_with_rows_documents_or_acknowledged_hours(
    published: Platform, documents: Documents, now: datetime
) -> None:
    month = month_of(history(now).start)
    others = [day for day in days_of(month) if day.start not in history(now).days]
    with_rows, with_documents, with_hours = others[:3]
    warehouse = published.warehouse
    publisher = Publisher(AVAILABILITY, warehouse, published.search, now)

    def replace_rows(day: Window, rows: pl.DataFrame) -> None:
        with warehouse.locked(AVAILABILITY_FACTS, day) as transaction:
            transaction.replace(AVAILABILITY_FACTS, rows, day)

    for day in (with_documents, with_hours):
        replace_rows(day, facts(day, STATIONS_COUNT))
        publisher.publish(day)
    with publisher.locked(month) as transaction:
        acknowledged = publisher.ledger(transaction).content(AVAILABILITY.content, with_hours)
    for day in (with_documents, with_hours):
        replace_rows(day, facts(day, STATIONS_COUNT).clear())
    publisher.publish(with_hours)
    with publisher.locked(month) as transaction:
        publisher.ledger(transaction).acknowledge(acknowledged, with_hours, {})
        publisher.ledger(transaction).acknowledge(pl.DataFrame(), with_documents, {})
    replace_rows(with_rows, facts(with_rows, STATIONS_COUNT))
    assert not documents.agree()

    done = audit(publisher, month, anyway=True)

    assert done.compared == len(month.hours)
    assert set(done.repaired) == {*with_rows.hours, *with_documents.hours}
    assert documents.agree()
    assert find_differences(publisher, [month]).agrees


class DiesAfterwards(SearchStore):
    """A publisher that is killed when Elasticsearch has acknowledged and the ledger has not."""

    def publish(self, *args: object, **named: object) -> object:  # type: ignore[override]
        super().publish(*args, **named)  # type: ignore[arg-type]
        raise KeyboardInterrupt


def run_repairs(publishers: list[Publisher]) -> None:
    """What the sensor's runs do, without runs."""
    for publisher in publishers:
        found = find_differences(publisher, None)
        for name in found.doubts:
            audit(publisher, publisher.search.month_of(publisher.publication.projection, name))
        for at in find_differences(publisher, None).differing:
            publisher.publish(Window.hour(at) if publisher.publication is AVAILABILITY else None)
        assert find_differences(publisher, None).agrees


def test_a_publication_that_dies_at_any_step_is_repaired_by_value(
    published: Platform,
    documents: Documents,
    elasticsearch_url: str,
    warehouse_url: str,
    now: datetime,
) -> None:
    hour = Window.hour(history(now).start)
    ours = [
        Publisher(p, published.warehouse, published.search, now) for p in (AVAILABILITY, STATES)
    ]

    def first_then(error: int) -> Callable[[Exchange], object]:
        def fault(exchange: Exchange) -> object:
            exchange.forward(elasticsearch_url)
            return refusing(error, "some_exception")(exchange)

        return fault

    def dies(search: SearchStore) -> None:
        for publication, window in ((AVAILABILITY, hour), (STATES, None)):
            with pytest.raises((SearchError, KeyboardInterrupt)):
                Publisher(publication, published.warehouse, search, now).publish(window)

    with faulty(elasticsearch_url) as proxy:
        through = SearchStore(proxy.url, published.search.prefix)
        for step in ("_bulk", "_refresh"):
            for fault in (refusing(500, "some_exception"), first_then(500)):
                _shift(warehouse_url, hour)
                proxy.where, proxy.faults = step, [fault, fault]  # type: ignore[list-item]
                dies(through)
                assert not all(find_differences(publisher, None).agrees for publisher in ours)
                run_repairs(ours)
                assert documents.agree(), step
    _shift(warehouse_url, hour)
    dies(DiesAfterwards(elasticsearch_url, published.search.prefix))
    # And back to what it was before: the ledger alone would not show it.
    _shift(warehouse_url, hour, by=-1)
    assert not all(find_differences(publisher, None).agrees for publisher in ours)
    run_repairs(ours)
    assert documents.agree()


@pytest.mark.slow
@pytest.mark.usefixtures("environment")
def test_a_run_killed_while_it_publishes_is_repaired_automatically(
    published: Platform,
    documents: Documents,
    elasticsearch_url: str,
    warehouse_url: str,
    now: datetime,
    tmp_path: Path,
) -> None:
    hour, written, go_on = history(now).start, threading.Event(), threading.Event()

    def acknowledged_too_late(exchange: Exchange) -> httpx.Response:
        answer = exchange.forward(elasticsearch_url)
        written.set()
        go_on.wait(60)
        return answer

    change_rows(warehouse_url, hour)
    with faulty(elasticsearch_url) as proxy:
        proxy.where, proxy.faults = "_bulk", [acknowledged_too_late]
        run = subprocess.Popen(
            [sys.executable, *_MATERIALIZE, "--partition", hour_key(hour)],
            env=os.environ | {"DAGSTER_HOME": str(tmp_path), "BELIB_ELASTICSEARCH_URL": proxy.url},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert written.wait(120)
        finally:
            run.send_signal(signal.SIGKILL)
            run.wait()
            go_on.set()

    found = look(published)
    assert verdicts(found) == ALL | dict.fromkeys(OF_ROWS, False)
    assert jobs(found) == ["audit_index", *PUBLISH[1:]]
    repair(published)
    assert documents.agree()


def _shift(postgres_url: str, hour: Window, by: int = 1) -> None:
    with sa.create_engine(postgres_url).begin() as connection:
        connection.execute(
            sa.text(
                "UPDATE availability_facts SET wind_speed_kmh = wind_speed_kmh + :by"
                " WHERE hour = :hour"
            ),
            {"hour": hour.start, "by": by},
        )
        connection.execute(
            sa.text("UPDATE station_states SET power_kw = power_kw + :by"), {"by": by}
        )


class InAWeek(Clock):
    """Eight days later."""

    def now(self) -> datetime:
        return super().now() + timedelta(days=8)


def test_every_index_is_compared_by_value_once_a_week_whatever_its_sequence_numbers(
    published: Platform, documents: Documents, warehouse_url: str
) -> None:
    for projection in INDICES:
        edit_one(documents, projection)
    with sa.create_engine(warehouse_url).begin() as connection:
        connection.execute(sa.text("UPDATE published_indices SET max_seq_no = max_seq_no + 1"))
    assert jobs(look(published)) == []
    later = published.changed(settings={}, clock=InAWeek())

    assert repair(later) == ["audit_index"] * len(INDICES)

    assert documents.agree()


def test_a_folder_of_an_earlier_version_is_audited_and_nothing_that_is_right_is_rewritten(
    published: Platform, documents: Documents, warehouse_url: str
) -> None:
    with sa.create_engine(warehouse_url).begin() as connection:
        connection.execute(sa.text("TRUNCATE publication_ledger, published_indices"))
    before = published.search.states(AVAILABILITY_INDEX)

    repair(published)

    assert documents.agree()
    assert published.search.states(AVAILABILITY_INDEX) == before
    assert verdicts(look(published)) == ALL


def test_a_refused_document_is_named_and_not_requested_again(
    published: Platform, documents: Documents, warehouse_url: str, now: datetime
) -> None:
    hour, long = history(now).start, "FR*V75*" + "P" * 600
    with sa.create_engine(warehouse_url).begin() as connection:
        connection.execute(
            sa.text(
                "UPDATE availability_facts SET station_id = :long, source = 'x' WHERE hour = :hour"
                " AND station_id = (SELECT min(station_id) FROM availability_facts)"
            ),
            {"long": long, "hour": hour},
        )
    rows = len(documents.all(AVAILABILITY_INDEX))

    assert repair(published) == ["publish"]
    result = published.materialize("availability_index", keys=hour_key(hour))

    checks = {e.check_name: e for e in result.get_asset_check_evaluations()}
    assert result.success
    assert not checks["every_document_taken"].passed
    assert long in str(checks["every_document_taken"].metadata)
    assert checks["counts_agree"].passed
    assert len(documents.all(AVAILABILITY_INDEX)) == rows - 1  # all others landed
    found = look(published)
    assert jobs(found) == []
    assert verdicts(found)["availability_index"] is False
    publisher = Publisher(AVAILABILITY, published.warehouse, published.search, now)
    assert audit(publisher, month_of(hour), anyway=True).repaired == []
    assert len(find_differences(publisher, []).refused) == 1  # named, whichever hours are compared


def test_a_changed_mapping_is_rebuilt_by_a_job_of_its_own_behind_the_alias(
    published: Platform, documents: Documents, warehouse_url: str, now: datetime
) -> None:
    (index,) = documents.indices(AVAILABILITY_INDEX)
    with sa.create_engine(warehouse_url).begin() as connection:
        connection.execute(
            sa.text("DELETE FROM published_indices WHERE name = :name"), {"name": index}
        )
    shown = documents.all(AVAILABILITY_INDEX)
    old = f"{index.rpartition('-')[0]}-00000000"
    documents.ask("PUT", f"/{old}", {"aliases": {documents.alias(AVAILABILITY_INDEX): {}}})
    hour = history(now).start
    lacking = next(i for i, source in shown.items() if source["hour"].startswith(f"{hour:%FT%H}"))
    for document_id, source in shown.items():
        path = f"/{old}/_doc/{document_id}".replace("|", "%7C")
        if document_id != lacking:
            documents.ask("PUT", path, source)
    documents.ask("POST", f"/{old}/_refresh")
    documents.ask("DELETE", f"/{index}")

    # It publishes to the new index and only notices, also where the old one lacks a document.
    assert published.materialize("availability_index", keys=hour_key(hour)).success
    assert documents.indices(AVAILABILITY_INDEX) == [old]
    found = look(published)
    assert jobs(found) == ["rebuild_index"]
    assert verdicts(found)["availability_index"] is False
    assert repair(published) == ["rebuild_index"]
    assert documents.indices(AVAILABILITY_INDEX) == [index]
    assert documents.agree()
    assert published.search.outdated(AVAILABILITY_INDEX) == []


def test_hours_that_an_active_run_writes_are_not_requested(
    published: Platform, warehouse_url: str, now: datetime
) -> None:
    change_rows(warehouse_url, history(now).start)
    job = published.defs.resolve_job_def("live")
    published.instance.create_run_for_job(
        job_def=job,
        status=dg.DagsterRunStatus.STARTED,
        tags={"dagster/partition": hour_key(history(now).start)},
    )

    found = look(published)

    assert jobs(found) == ["publish_feed", "publish_episodes"]
    assert verdicts(found) == ALL | {"feed_index": False, "episodes_index": False}
    for lane in ("feed", "episodes"):
        published.instance.create_run_for_job(
            job_def=published.defs.resolve_job_def(lane), status=dg.DagsterRunStatus.STARTED
        )
    assert verdicts(look(published)) == ALL
    change_rows(warehouse_url, history(now).start + HOUR)
    assert jobs(look(published)) == ["publish"]
