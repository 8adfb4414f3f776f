"""A publication that is killed at any step is completed by value."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from belib_weather.assets.publication_audit import audit
from belib_weather.assets.publication_differences import find_differences
from belib_weather.assets.publisher import (
    AVAILABILITY,
    STATES,
    Publisher,
)
from belib_weather.partitions import hour_key
from belib_weather.search import SearchError, SearchStore
from belib_weather.window import Window
from belib_weather_tests.faults.search_proxy import Exchange, faulty, refusing
from belib_weather_tests.graph.conftest import Platform, history
from belib_weather_tests.graph.publication import Documents, jobs, look, repair, verdicts
from belib_weather_tests.graph.published_indices import (
    ALL,
    OF_ROWS,
    PUBLISH,
    change_rows,
)

_MATERIALIZE = (
    *("-m", "dagster", "asset", "materialize", "-m", "belib_weather.definitions"),
    *("--select", "availability_index"),
)


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
