"""What `doctor` and the running command say in red, and that they say it of nothing else."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from belib_weather.lake import LakeUnavailable
from belib_weather.local.feed_watch import FeedWatch
from belib_weather.local.finding import State
from belib_weather.local.host_checks import disk_finding
from belib_weather.local.poll_diagnosis import newest_finding, queue_finding
from belib_weather.local.store_diagnosis import check_stores
from belib_weather.local.waiting_runs import Queue
from belib_weather.settings import Settings

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
CADENCE = timedelta(minutes=5)
SECRET = "not-to-be-shown"


@pytest.mark.parametrize(
    ("minutes", "state", "text"),
    [
        (-3, State.OK, "newest snapshot -3 min old"),  # two clocks, which differ by less than 5 min
        (0, State.OK, "newest snapshot 0 min old"),
        (12, State.OK, "newest snapshot 12 min old"),  # two polls, and the time that a run takes
        (13, State.WRONG, "newest snapshot older than two polls: 13 min old"),
        (3 * 24 * 60, State.WRONG, "newest snapshot older than two polls: 4320 min old"),
    ],
)
def test_a_snapshot_older_than_two_polls_is_an_error(minutes: int, state: State, text: str) -> None:
    found = newest_finding(timedelta(minutes=minutes), CADENCE)
    assert (found.state, found.text) == (state, text)


@pytest.mark.parametrize(
    ("waiting", "state", "text"),
    [
        (Queue(), State.OK, "no run is queued"),
        (Queue(3, timedelta(minutes=4)), State.OK, "3 runs queued, the oldest for 4 min"),
        (Queue(2, timedelta(minutes=9)), State.WRONG, "2 runs queued, the oldest for 9 min"),
    ],
)
def test_runs_queued_for_minutes_are_an_error(waiting: Queue, state: State, text: str) -> None:
    found = queue_finding(waiting)
    assert (found.state, found.text) == (state, text)


class Snapshots:
    """The newest snapshot, and the time."""

    def __init__(self) -> None:
        self.newest: datetime | None = None
        self.now = NOON
        self.is_away = False

    def look(self) -> datetime | None:
        if self.is_away:
            raise LakeUnavailable("away")
        return self.newest


@pytest.fixture
def every_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("belib_weather.local.feed_watch._LOOK_SECONDS", 0)


@pytest.mark.usefixtures("every_look")
def test_the_running_command_reports_once_that_snapshots_stopped_and_came_back() -> None:
    feed = Snapshots()
    watch = FeedWatch(feed.look, CADENCE, now=lambda: feed.now)
    lines: dict[int, str] = {}
    for minute in range(60):
        feed.now = NOON + timedelta(minutes=minute)
        if minute % 5 == 0 and not 20 < minute < 45:
            feed.newest = feed.now
        for line in watch.look():
            lines[minute] = line
    assert list(lines) == [33, 45]
    assert "newest snapshot older than two polls: none since 2026-11-24 12:20 UTC" in lines[33]
    assert lines[45] == "snapshots arrive again"


@pytest.mark.usefixtures("every_look")
def test_a_start_after_a_long_pause_has_time_for_its_first_poll() -> None:
    feed = Snapshots()
    feed.newest = NOON - timedelta(days=3)
    watch = FeedWatch(feed.look, CADENCE, now=lambda: feed.now)
    assert watch.look() == []
    feed.now, feed.is_away = NOON + timedelta(minutes=30), True
    assert watch.look() == []  # of MongoDB itself the supervisor speaks
    feed.is_away = False
    assert "older than two polls: none since 2026-11-21 12:00 UTC" in watch.look()[0]


def test_little_space_is_a_warning_and_a_full_disk_an_error(tmp_path: Path) -> None:
    def found(low: int, full: int) -> tuple[State, str]:
        settings = Settings(home=tmp_path, disk_low_mb=low, disk_full_mb=full, _env_file=None)
        finding = disk_finding(settings, None)
        return finding.state, finding.text

    assert found(1, 1)[0] is State.OK
    for limits, word, expected in (
        ((10**9, 1), "that is little", State.WARN),
        ((10**9, 10**9), "full", State.WRONG),
    ):
        state, text = found(*limits)
        assert state is expected
        assert word in text
        assert "delete files or move BELIB_HOME to a larger disk" in text


@contextmanager
def answering(reply: bytes) -> Iterator[int]:
    """A server that lives, accepts every connection and answers the same to everything."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while self.request.recv(65_536):
                self.request.sendall(reply)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.mark.long
@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 5\r\n\r\nsorry",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
    ],
    ids=["error", "nonsense"],
)
def test_a_store_that_answers_wrongly_is_an_error_that_names_it(
    reply: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("belib_weather.local.store_diagnosis._PATIENCE_SECONDS", 0.3)
    with answering(reply) as port:
        login = f"belib:{SECRET}@127.0.0.1:{port}"
        findings = check_stores(
            Settings(
                home=tmp_path,
                mongo_url=f"mongodb://{login}",
                postgres_url=f"postgresql+psycopg://{login}/belib",
                dagster_postgres_url=f"postgresql+psycopg2://{login}/dagster",
                elasticsearch_url=f"http://{login}",
                _env_file=None,
            )
        )
        found = {finding.name: finding for finding in findings}
    assert list(found) == ["MongoDB", "PostgreSQL", "Dagster's PostgreSQL", "Elasticsearch"]
    for finding in found.values():
        assert finding.state is State.WRONG, finding
        assert f"127.0.0.1:{port}" in finding.text, finding
        assert SECRET not in finding.text
