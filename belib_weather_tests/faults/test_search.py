"""A busy server is asked again; one that fails is reported clearly, at once, without secrets."""

import logging
import socket
import traceback
from collections.abc import Iterator

import pytest
import stamina

from belib_weather.search import (
    Published,
    SearchBusy,
    SearchError,
    SearchForbidden,
    SearchMismatch,
    SearchStore,
    SearchUnavailable,
)
from belib_weather.search.projections import AVAILABILITY_INDEX
from belib_weather_tests.faults.search_proxy import (
    FaultyServer,
    answering,
    faulty,
    interfering,
    refusing,
    rejecting_second_half,
    something_else,
)
from belib_weather_tests.stores.search.conftest import Reader
from belib_weather_tests.stores.search.sample import DAY, documents


@pytest.fixture
def proxy(elasticsearch_url: str) -> Iterator[FaultyServer]:
    with faulty(elasticsearch_url) as server:
        yield server


@pytest.fixture
def no_waiting() -> Iterator[None]:
    """Six attempts without pauses in place of a minute of them."""
    with stamina.set_testing(True, attempts=6):
        yield


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("where", ["_bulk", "_refresh", "_search", "_alias"])
@pytest.mark.usefixtures("no_waiting")
def test_a_request_to_a_busy_server_is_repeated(
    proxy: FaultyServer, prefix: str, reader: Reader, where: str, status: int
) -> None:
    proxy.where, proxy.faults = where, [refusing(status), refusing(status)]
    store = SearchStore(proxy.url, prefix)
    assert store.publish(AVAILABILITY_INDEX, documents(DAY), DAY) == Published(72, 0, 72)
    assert proxy.faults == []
    assert len(reader.sources("availability")) == 72


@pytest.mark.usefixtures("no_waiting")
def test_only_the_rejected_items_of_a_request_are_sent_again(
    proxy: FaultyServer, prefix: str, reader: Reader
) -> None:
    proxy.where, proxy.faults = "_bulk", [rejecting_second_half(proxy.server)] * 2
    store = SearchStore(proxy.url, prefix)
    assert store.publish(AVAILABILITY_INDEX, documents(DAY), DAY) == Published(72, 0, 72)
    sent = [exchange.body.count(b'{"index":') for exchange in proxy.requests]
    assert sent == [72, 36, 18]
    assert len(reader.sources("availability")) == 72


@pytest.mark.usefixtures("no_waiting")
def test_a_server_that_stays_busy_is_reported_with_the_unsent_documents(
    proxy: FaultyServer, prefix: str
) -> None:
    store = SearchStore(proxy.url, prefix)
    proxy.where, proxy.faults = "_bulk", [refusing(429)] * 6
    with pytest.raises(SearchBusy, match=r"write 72 documents to .*still not able to"):
        store.publish(AVAILABILITY_INDEX, documents(DAY), DAY)
    proxy.faults = [rejecting_second_half(proxy.server)] * 6
    with pytest.raises(SearchBusy, match=r"2 documents, first .* still rejected \(too busy\)"):
        store.publish(AVAILABILITY_INDEX, documents(DAY), DAY)


@pytest.mark.parametrize("status", [400, 500, 502])
def test_other_errors_are_raised_at_once_with_the_servers_reason(
    proxy: FaultyServer, prefix: str, status: int
) -> None:
    proxy.where, proxy.faults = "_bulk", [refusing(status, "some_exception")] * 3
    with pytest.raises(SearchError, match=f"{status}, some_exception: on request"):
        SearchStore(proxy.url, prefix).publish(AVAILABILITY_INDEX, documents(DAY), DAY)
    assert len(proxy.requests) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_the_error_names_a_refused_user_and_what_it_needs(
    proxy: FaultyServer, prefix: str, status: int
) -> None:
    proxy.faults = [refusing(status, "security_exception")]
    url = proxy.url.replace("://", "://mona:s3cr%40t@")
    with pytest.raises(SearchForbidden, match=r"user 'mona'.*BELIB_ELASTICSEARCH_URL"):
        SearchStore(url, prefix).prepare()
    assert proxy.requests[0].headers["authorization"] == "Basic bW9uYTpzM2NyQHQ="


def test_documents_that_another_program_writes_meanwhile_are_removed_or_reported(
    proxy: FaultyServer, prefix: str
) -> None:
    store = SearchStore(proxy.url, prefix)
    foreign = interfering(proxy.server, {"hour": "2026-11-02T05:00:00Z"})
    proxy.where, proxy.faults = "_refresh", [foreign]
    assert store.publish(AVAILABILITY_INDEX, documents(DAY), DAY) == Published(72, 1, 72)
    proxy.faults = [foreign, foreign]
    with pytest.raises(SearchMismatch, match="holds 73 documents where 72 were published"):
        store.publish(AVAILABILITY_INDEX, documents(DAY), DAY)


def test_a_server_that_is_not_elasticsearch_is_recognized(proxy: FaultyServer, prefix: str) -> None:
    proxy.faults = [something_else]
    with pytest.raises(SearchUnavailable, match="not Elasticsearch"):
        SearchStore(proxy.url, prefix).prepare()


def test_a_server_before_version_9_is_refused(proxy: FaultyServer, prefix: str) -> None:
    proxy.faults = [answering({"nodes": {"a": {"version": "9.2.4"}, "b": {"version": "8.19.1"}}})]
    with pytest.raises(SearchError, match=r"is 8\.19\.1; version 9 or newer is needed"):
        SearchStore(proxy.url, prefix).prepare()


def test_an_unreachable_server_is_reported_quickly_and_no_password_is_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with socket.socket() as bound:  # by one who does not listen
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        store = SearchStore(f"http://mona:s3cr%40t@127.0.0.1:{port}")
        with pytest.raises(
            SearchUnavailable, match=f"http://127.0.0.1:{port}.*is it running"
        ) as caught:
            store.publish(AVAILABILITY_INDEX, documents(DAY), DAY)
    shown = "".join(traceback.format_exception(caught.value)) + repr(vars(store)) + caplog.text
    assert "s3cr" not in shown
    assert "bW9uYTpzM2NyQHQ=" not in shown


def test_a_request_without_an_answer_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(SearchUnavailable, match="no answer"):
            SearchStore(url, timeout_seconds=0.2).version()
