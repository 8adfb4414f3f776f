"""What Elasticsearch missed, lost or refused is published unasked, by value."""

from datetime import datetime, timedelta

import dagster as dg
import polars as pl
import sqlalchemy as sa
from pydantic import SecretStr

from belib_weather.assets.publication_audit import audit, month_of
from belib_weather.assets.publication_differences import find_differences
from belib_weather.assets.publisher import (
    AVAILABILITY,
    Publisher,
    days_of,
)
from belib_weather.clock import utc_now
from belib_weather.partitions import hour_key
from belib_weather.resources import Clock
from belib_weather.search.projections import (
    AVAILABILITY_INDEX,
)
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
)
from belib_weather.window import HOUR, Window
from belib_weather_tests.graph.conftest import Platform, history
from belib_weather_tests.graph.publication import Documents, jobs, look, repair, verdicts
from belib_weather_tests.graph.published_indices import (
    ALL,
    INDICES,
    OF_ROWS,
    PUBLISH,
    STATIONS_COUNT,
    change_rows,
    edit_one,
)
from belib_weather_tests.stores.search.sample import (
    facts,
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
