"""Logs of processes that write on while they are rotated."""

import signal
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from belib_weather.embedded.logs import last_line, last_lines, rotate, size
from belib_weather.embedded.processes import launch

LARGEST = 20_000
WRITER = """
import itertools, sys, time
for number in itertools.count():
    print(f"line {number} {'x' * 80}", flush=True)
    time.sleep(0.0005)
"""


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The log of a process that writes all the time."""
    log = tmp_path / "server.log"
    writer = launch([sys.executable, "-c", WRITER], folder=tmp_path, log=log, environment={})
    yield log
    writer.send_signal(signal.SIGKILL)
    writer.wait()


def wait_for_more(log: Path, least: int) -> None:
    end = time.monotonic() + 60
    while size(log) <= least:
        assert time.monotonic() < end, "the process does not write any more"
        time.sleep(0.01)


def numbers_in(log: Path) -> list[int]:
    return [int(line.split()[1]) for line in log.read_text().splitlines()]


def test_a_log_stays_small_while_its_process_writes(log: Path) -> None:
    for _ in range(5):
        wait_for_more(log, LARGEST)
        assert rotate(log, LARGEST)
        assert size(log) < LARGEST
    wait_for_more(log, 1_000)

    parts = [log.with_name("server.log.2"), log.with_name("server.log.1"), log]
    assert sorted(log.parent.iterdir()) == sorted(parts)
    numbers = [number for part in parts for number in numbers_in(part)[:-1]]
    assert numbers == sorted(set(numbers)), "no line is doubled, none is torn"
    lost = numbers[-1] - numbers[0] + 1 - len(numbers)
    assert lost <= 2 * len(parts), f"{lost} lines lost"
    assert {stat.S_IMODE(part.stat().st_mode) for part in parts} == {0o600}


def test_a_small_log_is_left_alone(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    assert not rotate(log)
    log.write_text("small")
    assert not rotate(log)
    assert list(tmp_path.iterdir()) == [log]


def test_the_end_of_a_log_is_shown_without_colours_and_empty_lines(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    assert last_line(log) == "nothing yet"
    log.write_bytes(b"one\n\x1b[32mtwo\x1b[0m\n\nthr\xffee\n\n")
    assert last_line(log) == "thr�ee"
    assert last_lines(log, 2) == "two\nthr�ee"
    assert last_lines(log, 9, since=4) == "two\nthr�ee"


def test_output_since_a_size_is_found_after_a_rotation(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_text("new\n")
    assert last_lines(log, 9, since=1_000_000) == "new"
