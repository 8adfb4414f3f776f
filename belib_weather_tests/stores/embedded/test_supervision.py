"""Embedded stores that are watched: killed, stopped, robbed of their port, ended on purpose."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing

import psutil
import psycopg
import pytest

from belib_weather.embedded import Step, ensure, status, stop
from belib_weather.embedded.addresses import Servers
from belib_weather.embedded.postgres import DAGSTER_DATABASE, DATABASE, PostgresServer
from belib_weather.local.disk_space import Disk
from belib_weather.local.health import Health, Verdict, store_health
from belib_weather.local.supervised import StoreProcess
from belib_weather.local.supervisor import Supervisor
from belib_weather.local.watch import Rules
from belib_weather.settings import Settings
from belib_weather_tests.stores.embedded.conftest import kill_nine, mongo_client, pids, ports

PATIENCE_SECONDS = 120
SOON = Rules(silent_seconds=7, notice_seconds=3)
"""In place of two minutes."""


class FullDisk(Disk):
    """A disk that is full while the test sets it so."""

    is_full = False

    def trouble(self) -> str | None:
        return "0 MB free" if self.is_full else None


class Reports:
    """What the supervisor reported, and the disk that its stores are on."""

    def __init__(self, settings: Settings) -> None:
        self.lines: list[str] = []
        self.disk = FullDisk(settings)

    def wait_for(self, text: str) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not any(text in line for line in self.lines):
            assert time.monotonic() < end, f"{text!r} is not among {self.lines}"
            time.sleep(0.1)


@pytest.fixture
def reports(local: Settings) -> Iterator[Reports]:
    """Of a supervisor of MongoDB and PostgreSQL, both well at the beginning."""
    ensure(local)
    reports = Reports(local)
    with closing(Supervisor(reports.lines.append, SOON)) as supervisor:
        for server in Servers(local).needed:
            process = StoreProcess(server, reports.disk)
            process.check_seconds = 1.0
            supervisor.watch(process)
        yield reports


def answers_mongo(settings: Settings) -> bool:
    with mongo_client(ensure(settings).mongo) as client:
        return bool(client.admin.command("ping")["ok"])


def answers_postgres(settings: Settings) -> bool:
    with psycopg.connect(ensure(settings).postgres.replace("+psycopg", "")) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


STORES = {"mongo": ("MongoDB", answers_mongo), "postgres": ("PostgreSQL", answers_postgres)}


@pytest.mark.parametrize("name", STORES)
def test_a_killed_store_is_restarted_on_its_port(
    name: str, local: Settings, reports: Reports
) -> None:
    before, known = pids(local), ports(local)
    kill_nine(local, name)
    title, answers = STORES[name]
    reports.wait_for(f"{title} runs again")
    assert f"{title} ended" in reports.lines[0]
    assert ports(local) == known
    after = pids(local)
    assert after[name] not in {None, before[name]}
    assert {n: pid for n, pid in after.items() if n != name} == {
        n: pid for n, pid in before.items() if n != name
    }
    assert answers(local)


@pytest.mark.parametrize("name", STORES)
def test_a_store_that_does_not_answer_is_restarted(
    name: str, local: Settings, reports: Reports
) -> None:
    before, known = pids(local), ports(local)
    psutil.Process(before[name]).suspend()
    title, answers = STORES[name]
    reports.wait_for(f"{title} runs again")
    assert [line for line in reports.lines if f"{title} does not answer" in line]
    assert [line for line in reports.lines if f"{title} has not answered for" in line]
    assert ports(local) == known
    assert pids(local)[name] not in {None, before[name]}
    assert answers(local)


def test_a_store_whose_port_is_taken_reports_it_and_restarts_when_it_is_free(
    local: Settings, reports: Reports
) -> None:
    port = ports(local)["postgres"]
    kill_nine(local, "postgres")
    with bound_socket(int(port or 0)):
        reports.wait_for(f"another program has taken its port {port}; end that program")
    reports.wait_for("PostgreSQL runs again")
    assert ports(local)["postgres"] == port
    assert answers_postgres(local)


def bound_socket(port: int) -> socket.socket:
    """A server of somebody else on the port, opened before the supervisor looks."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return socket.create_server(("127.0.0.1", port))
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.01)


def test_stores_that_another_command_stopped_stay_down(local: Settings, reports: Reports) -> None:
    stop(local)
    reports.wait_for("MongoDB was stopped by another command")
    reports.wait_for("PostgreSQL was stopped by another command")
    time.sleep(3)
    assert {server.pid for server in status(local)} == {None}
    assert len(reports.lines) == 2


def test_a_full_disk_is_reported_and_stores_restart_once_when_it_is_freed(
    local: Settings, reports: Reports
) -> None:
    """No restart cures it: a store that does not work meanwhile is left alone."""
    reports.disk.is_full = True
    before = pids(local)["mongo"]
    assert before
    psutil.Process(before).suspend()
    kill_nine(local, "postgres")
    reports.wait_for("MongoDB cannot work (0 MB free)")
    reports.wait_for("PostgreSQL is not started: 0 MB free")
    assert pids(local)["mongo"] == before

    reports.disk.is_full = False
    reports.wait_for("MongoDB runs again")
    reports.wait_for("PostgreSQL runs again")
    assert any("(the disk was full" in line for line in reports.lines if "MongoDB" in line)
    assert answers_mongo(local)
    assert answers_postgres(local)


def test_a_store_that_answers_but_cannot_write_is_unhealthy(local: Settings) -> None:
    """Its port listens and it answers with its version; the question is a write and a read."""
    urls = ensure(local)
    mongo, postgres, _ = Servers(local).all
    assert [server.check_writes(server.port() or 0) for server in (mongo, postgres)] == [None, None]
    with mongo_client(urls.mongo) as client:
        client["belib_health"].command(
            {"collMod": "questions", "validator": {"never": {"$exists": True}}}
        )
    assert mongo.answer(mongo.port() or 0)
    assert "WriteError" in (mongo.check_writes(mongo.port() or 0) or "")


def test_a_dropped_database_is_created_by_the_next_start(local: Settings) -> None:
    """Seen before: "PostgreSQL does not answer" after three minutes, at every start."""
    ensure(local)
    postgres = PostgresServer(Servers(local).home)
    port, steps = postgres.port() or 0, list[Step]()
    for name in (DATABASE, DAGSTER_DATABASE):
        url = postgres.url(port, database="postgres").replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        assert store_health(postgres, port) == Health(
            Verdict.UNKNOWN, f"PostgreSQL has no database {name} any more"
        )
        ensure(local, steps.append)
        assert f"PostgreSQL has no database {name} any more: it is made again, empty" in {
            step.notice for step in steps
        }
    assert answers_postgres(local)
    assert postgres.check_writes(port) is None
    reader = f"{postgres.reader_url(port).rpartition('/')[0]}/{DAGSTER_DATABASE}"
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(reader)
