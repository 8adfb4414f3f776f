"""The watchdog's poll: due when no run has polled, whatever the clock did; kept without a store."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from belib_weather.assets.polling import LastPoll, poll_to_spool
from belib_weather.clock import utc_now
from belib_weather.lake import RAW_SNAPSHOTS, Lake, Spool
from belib_weather.local.finding import State
from belib_weather.local.poll_diagnosis import check_spool
from belib_weather.local.poll_watch import WATCHDOG, PollReport, PollWatch, is_due
from belib_weather.settings import Settings
from belib_weather.sources.errors import InvalidBody
from belib_weather.sources.response import Answer, Response, accepted

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
CADENCE = timedelta(minutes=5)
HOUR = timedelta(hours=1)


def after(**past: float) -> datetime:
    return NOON + timedelta(**past)


@pytest.mark.parametrize(
    ("by", "now", "expected"),
    [
        ("run", after(minutes=6), False),  # a run may still be about to ask
        ("run", after(minutes=7), True),
        ("run", after(minutes=-40), True),  # the clock was ahead when it polled, and is right now
        (WATCHDOG, after(minutes=4), False),
        (WATCHDOG, after(minutes=5, seconds=30), False),  # a run that works again is first
        (WATCHDOG, after(minutes=5, seconds=50), True),  # and every tick from then on
        (WATCHDOG, after(minutes=-40), True),
    ],
)
def test_a_poll_is_due_when_nobody_polled(by: str, now: datetime, expected: bool) -> None:
    last = LastPoll(NOON, by, is_taken=True)
    assert is_due(last, NOON - HOUR, now, CADENCE) is expected


def test_without_any_poll_it_waits_for_the_first_run() -> None:
    assert not is_due(None, NOON, after(minutes=5), CADENCE)
    assert is_due(None, NOON, after(minutes=7), CADENCE)


class Time:
    """A clock that a test sets."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


ANSWER = Answer("opendata_paris/realtime", NOON, "https://x.example", {}, 200, {}, b"[]")


def snapshot_at(clock: Time) -> Callable[[], Response]:
    def fetch() -> Response:
        answer = replace(ANSWER, captured_at=clock.now)
        return accepted(answer, record_count=2000, expected_count=2000, summary={})

    return fetch


def away() -> Lake:
    return Lake("mongodb://127.0.0.1:9", "belib", timeout_seconds=0.1)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool", 16)


def test_a_clock_an_hour_ahead_for_five_minutes_loses_no_poll(spool: Spool) -> None:
    clock = Time(NOON)
    watch = PollWatch(snapshot_at(clock), spool, away, CADENCE, now=clock)
    clock.now = NOON + HOUR  # a run polls by the wrong clock; Dagster's schedule stops for an hour
    poll_to_spool(snapshot_at(clock), spool, away, print, by="run", now=clock)
    assert watch.look() == []

    clock.now = after(minutes=5)
    lines = watch.look()

    assert "the watchdog took a snapshot of 2000 charge points" in lines
    assert any("it waits in" in line for line in lines)
    assert [entry.captured_at for entry in spool.waiting()] == [after(minutes=5), NOON + HOUR]


def test_it_asks_once_a_cadence_also_when_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    clock = Time(NOON)
    watch = PollWatch(snapshot_at(clock), Spool(tmp_path / "file", 16), away, CADENCE, now=clock)
    clock.now = after(minutes=7)
    assert any("BELIB_SPOOL_FOLDER" in line for line in watch.look())
    assert watch.look() == []


def test_a_refused_answer_is_quarantined_and_reported(spool: Spool) -> None:
    def refused() -> Response:
        raise InvalidBody("opendata_paris/realtime: HTML", ANSWER)

    clock = Time(NOON)
    watch = PollWatch(refused, spool, away, CADENCE, now=clock)
    clock.now = after(minutes=7)
    assert "the watchdog got no snapshot: opendata_paris/realtime: HTML" in watch.look()
    assert [entry.collection for entry in spool.waiting()] == ["quarantine"]
    last = LastPoll.read(spool)
    assert last is not None
    assert not last.is_taken


def test_the_console_reports_who_polls_when_that_changes(spool: Spool) -> None:
    clock, report = Time(NOON), PollReport(spool)

    def poll(by: str) -> list[str]:
        poll_to_spool(snapshot_at(clock), spool, away, print, by=by, now=clock)
        return report.look()

    assert poll("run") == []
    [line] = poll(WATCHDOG)
    assert "the watchdog takes the snapshots itself" in line
    assert poll(WATCHDOG) == []
    assert poll("run") == ["runs poll again"]
    assert {entry.collection for entry in spool.waiting()} == {RAW_SNAPSHOTS}


@pytest.mark.parametrize(("hours", "word"), [(1, "3,600 s ahead of"), (-2, "7,200 s behind")])
def test_a_wrong_clock_is_reported_and_loses_no_snapshot(
    spool: Spool, hours: int, word: str
) -> None:
    clock = Time(NOON + hours * HOUR)
    lines: list[str] = []
    dated = replace(ANSWER, headers={"date": "Tue, 24 Nov 2026 12:00:00 GMT"})

    def fetch() -> Response:
        answer = replace(dated, captured_at=clock.now)
        return accepted(answer, record_count=2000, expected_count=2000, summary={})

    poll_to_spool(fetch, spool, away, lines.append, by="run", now=clock)

    assert len(spool.waiting()) == 1
    assert word in lines[0]
    note = spool.folder / "last-poll.json"
    text = note.read_text().replace(clock.now.isoformat(), utc_now().isoformat())
    note.write_text(text)  # doctor looks now
    settings = Settings(_env_file=None, spool_folder=spool.folder)
    findings = {found.name: found for found in check_spool(settings)}
    assert findings["Clock"].state is State.WRONG
    assert word in findings["Clock"].text


def test_doctor_reports_spooled_snapshots_and_who_polls(spool: Spool) -> None:
    settings = Settings(_env_file=None, spool_folder=spool.folder)
    assert [found.state for found in check_spool(settings)] == [State.OK]
    poll_to_spool(snapshot_at(Time(NOON)), spool, away, print, by=WATCHDOG, now=utc_now)
    waits, trigger, clock = check_spool(settings)
    assert (waits.state, trigger.state, clock.state) == (State.WRONG, State.WRONG, State.OK)
    assert "1 documents wait for MongoDB since 2026-11-24 12:00 UTC" in waits.text
    assert "by the watchdog" in trigger.text
