"""Ends whatever a test run has started, however the run itself ends.

A run that is killed cannot clean up. So a process beside it waits for its end, which closes the
pipe between them, and ends every process that is marked with the run's temporary folder: on the
command line (servers get folders of their own) or in the environment (all other processes).
"""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

from belib_weather_tests.local_stores import Lease

MARK = "PYTEST_RUN_FOLDER"
_GRACE_SECONDS = 10
_WORKERS_END_SECONDS = 3


class Run:
    """A test run, with the process that cleans up after it.

    Args:
        folder: the run's temporary folder, which no other run has.
    """

    def __init__(self, folder: Path) -> None:
        environment = {k: v for k, v in os.environ.items() if k != MARK}
        self._cleaner = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=Path(__file__).parents[1],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # out of reach of Ctrl-C
            text=True,
        )
        assert self._cleaner.stdin
        self._cleaner.stdin.write(f"{os.getpid()} {folder}\n")
        self._cleaner.stdin.flush()
        # When it answers it has the lease: no other run stops the servers any more.
        assert self._cleaner.stdout
        assert self._cleaner.stdout.readline()
        os.environ[MARK] = str(folder)

    def end(self) -> list[str]:
        """End what was left running; a line for each process that no test ended itself."""
        output, _ = self._cleaner.communicate()
        return [f"left running, ended now: {line}" for line in output.splitlines()]


def marked(folder: str, *, but: int) -> list[psutil.Process]:
    """Living processes of a run, apart from the run itself and this process."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            # With a slash: `…/pytest-1` is the folder of another run than `…/pytest-12`.
            words = [*process.cmdline(), process.environ().get(MARK, "")]
            is_other = process.pid not in {but, os.getpid()}
            if is_other and any(f"{folder}/" in f"{text}/" for text in words):
                found.append(process)
    return found


def ended(processes: list[psutil.Process]) -> list[str]:
    """End processes, by force where they do not end; their command lines."""
    commands = []
    for process in processes:
        with contextlib.suppress(psutil.Error):
            commands.append(" ".join(process.cmdline())[:200])
            process.terminate()
    _, living = psutil.wait_procs(processes, timeout=_GRACE_SECONDS)
    for process in living:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(living, timeout=_GRACE_SECONDS)
    return commands


def main() -> None:
    """Wait for the run's end and clean up after it."""
    pid, _, folder = sys.stdin.readline().strip().partition(" ")
    lease = Lease()
    _report("ready")
    sys.stdin.read()
    _wait_until_gone(folder, int(pid))
    for command in ended(marked(folder, but=int(pid))):
        _report(command)
    lease.end()


def _report(line: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # a killed run reads no more
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def _wait_until_gone(folder: str, pid: int) -> None:
    """Give workers the time to notice that their run is over."""
    patience_ends = time.monotonic() + _WORKERS_END_SECONDS
    while marked(folder, but=pid) and time.monotonic() < patience_ends:
        time.sleep(0.2)


if __name__ == "__main__":
    main()
