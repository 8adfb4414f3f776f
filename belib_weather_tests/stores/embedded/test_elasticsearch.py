"""The embedded Elasticsearch: what it keeps, whom it lets in, and life without it."""

import os
import shutil
from pathlib import Path

import httpx
import psutil
import pytest

from belib_weather.embedded import ensure, status
from belib_weather.embedded.programs import elasticsearch_program
from belib_weather.embedded.progress import silent
from belib_weather.settings import Settings
from belib_weather_tests.stores.embedded.conftest import MakeHome, pids

ELSEWHERE = {
    "mongo_url": "mongodb://a:b@127.0.0.1:9",
    "postgres_url": "postgresql+psycopg://a:b@127.0.0.1:9/belib",
    "dagster_postgres_url": "postgresql+psycopg2://a:b@127.0.0.1:9/dagster",
}
PATIENCE = 60
"""Seconds for an answer: an index is made within a moment, but not on a busy machine."""


def url_of(settings: Settings) -> str:
    urls = ensure(settings)
    if urls.elasticsearch is None:
        message = str(urls.elasticsearch_problem)
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return urls.elasticsearch


@pytest.fixture(scope="module")
def searching(make_home: MakeHome) -> Settings:
    """A home with Elasticsearch running."""
    home = make_home(**ELSEWHERE)
    url_of(home)
    return home


def test_it_is_version_9_with_a_small_heap_and_found_again(searching: Settings) -> None:
    (server,) = status(searching)
    assert server.problem is None
    assert server.version == "9.2.4"
    options = {"-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"}
    assert options <= set(psutil.Process(server.pid).cmdline())
    before = pids(searching)
    url_of(searching)
    assert pids(searching) == before


def test_unused_memory_in_the_heap_does_not_count_for_the_circuit_breaker(
    searching: Settings,
) -> None:
    with httpx.Client(base_url=url_of(searching), timeout=PATIENCE) as client:
        (node,) = (
            client.get("/_nodes/stats/breaker,jvm").raise_for_status().json()["nodes"].values()
        )
    counted = node["breakers"]["parent"]["estimated_size_in_bytes"]
    assert counted < node["jvm"]["mem"]["heap_used_in_bytes"] / 2


def test_the_reader_reads_and_does_not_write_and_strangers_do_neither(searching: Settings) -> None:
    url = url_of(searching)
    with httpx.Client(base_url=url, timeout=PATIENCE) as writer:
        put = writer.put("/belib-shown/_doc/1?refresh=true", json={"one": 1})
        put.raise_for_status()
    with httpx.Client(
        base_url=ensure(searching).readers["elasticsearch"], timeout=PATIENCE
    ) as reader:
        assert reader.get("/belib-shown/_search").json()["hits"]["total"]["value"] == 1
        assert reader.get("/_cluster/health").status_code == 200
        for method, path in (
            ("PUT", "/belib-shown/_doc/2"),
            ("DELETE", "/belib-shown"),
            ("PUT", "/other"),
        ):
            body = {"two": 2} if "_doc" in path else None
            assert reader.request(method, path, json=body).status_code == 403, (method, path)
    address = url.partition("@")[2]
    for stranger in (address, f"belib:guessed@{address}"):
        health = httpx.get(f"http://{stranger}/_cluster/health", timeout=PATIENCE)
        assert health.status_code == 401


def test_nothing_of_it_is_open_to_others(searching: Settings) -> None:
    folder = searching.data_dir / "elasticsearch"
    secret = [folder / "config" / name for name in ("users", "users_roles", "elasticsearch.yml")]
    assert {path.stat().st_mode & 0o077 for path in (folder, *secret)} == {0}
    (pid,) = pids(searching).values()
    sockets = psutil.Process(pid).net_connections("inet")
    listening = {c.laddr.ip for c in sockets if c.status == psutil.CONN_LISTEN}
    assert {ip.removeprefix("::ffff:") for ip in listening} == {"127.0.0.1"}


def test_a_configured_elasticsearch_home_is_checked(make_home: MakeHome, tmp_path: Path) -> None:
    home = make_home(**ELSEWHERE, elasticsearch_home=tmp_path)
    urls = ensure(home)
    assert urls.elasticsearch is None
    assert "BELIB_ELASTICSEARCH_HOME" in str(urls.elasticsearch_problem)
    assert str(tmp_path) in str(urls.elasticsearch_problem)


def test_without_elasticsearch_the_other_stores_run_and_the_reason_is_given(
    make_home: MakeHome, tmp_path: Path, searching: Settings
) -> None:
    broken = tmp_path / "elasticsearch"
    shutil.copytree(elasticsearch_program(searching.cache, silent) / "config", broken / "config")
    home = make_home(elasticsearch_home=broken)
    urls = ensure(home)
    assert urls.elasticsearch is None
    assert "elasticsearch" not in urls.readers
    problem = str(urls.elasticsearch_problem)
    assert "ended while starting" in problem
    assert "No such file or directory" in problem, "the end of the log says why"
    assert "BELIB_ELASTICSEARCH_URL" in problem
    assert {name for name, pid in pids(home).items() if pid} == {"mongo", "postgres"}
