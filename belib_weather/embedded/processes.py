"""Processes that outlive us: starting, finding again and ending them; and loopback ports.

The process table itself is the record of what runs: a server is the process of this user that
was started on our folder, which its command line tells. There is no pid file that could name
somebody else's process.
"""

import os
import random
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from signal import SIGKILL, Signals

import psutil

# A shell that starts us with `&` leaves SIGINT ignored, which servers would inherit.
_WITH_DEFAULT_SIGNALS = (
    "import os, signal, sys\n"
    "for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):\n"
    "    signal.signal(s, signal.SIG_DFL)\n"
    "os.execvp(sys.argv[1], sys.argv[1:])\n"
)
_INHERITED = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
_LARGEST_LOG_BYTES = 10_000_000
# Below the ports that Linux and macOS hand out to outgoing connections.
_PORTS = range(20_000, 30_000)


def clean_environment(more: Mapping[str, str]) -> dict[str, str]:
    """What a server needs of our environment, without settings and secrets."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ} | dict(more)


def launch(
    command: Sequence[str], *, folder: Path, log: Path, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that it outlives us and our terminal.

    Args:
        command: program and arguments; no secrets, since everybody can read them.
        folder: where it runs.
        log: file its output is added to; an overlong one becomes `….1` first.
        environment: what to add to the few variables it inherits.
    """
    if log.exists() and log.stat().st_size > _LARGEST_LOG_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))
    with log.open("ab") as output:
        log.chmod(0o600)
        return subprocess.Popen(  # noqa: S603 - our own programs and arguments
            [sys.executable, "-ISc", _WITH_DEFAULT_SIGNALS, *command],
            cwd=folder,
            env=clean_environment(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            umask=0o077,
            start_new_session=True,
        )


def started_with(argument: str) -> list[psutil.Process]:
    """This user's living processes that have `argument` on their command line."""
    found = []
    for process in psutil.process_iter(["cmdline", "uids", "status"]):
        known = process.info
        if (
            argument in (known["cmdline"] or ())
            and known["uids"].real == os.getuid()
            and known["status"] != psutil.STATUS_ZOMBIE
        ):
            found.append(process)
    return found


def end(processes: Sequence[psutil.Process], signal: Signals, patience_seconds: float) -> None:
    """Ask processes to end, kill those that do not, and wait until they are gone.

    psutil compares start times first, so that a pid used anew is left alone.
    """
    living = list(processes)
    for step in (signal, SIGKILL):
        for process in living:
            try:
                process.send_signal(step)
            except psutil.NoSuchProcess:
                continue
        _, living = psutil.wait_procs(living, timeout=patience_seconds)
        living = [p for p in living if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
        if not living:
            return


def is_free(port: int) -> bool:
    """Whether nobody listens on the loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def listens(port: int) -> bool:
    """Whether somebody accepts connections on the loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A loopback port that nobody uses now."""
    return next(port for port in random.sample(_PORTS, len(_PORTS)) if is_free(port))
