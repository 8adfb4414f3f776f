"""Processes that outlive the command that starts them: starting, finding and ending them.

The process table is the record of what runs: a server is the process of this user that was started
on our folder, which its command line shows. There is no pid file that could name another process.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from signal import SIGKILL, Signals

import psutil

from belib_weather.embedded.logs import rotate

# A shell ignores SIGINT for what it starts with `&`, and servers would inherit that.
_WITH_DEFAULT_SIGNALS = (
    "import os, signal, sys\n"
    "for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):\n"
    "    signal.signal(s, signal.SIG_DFL)\n"
    "os.execvp(sys.argv[1], sys.argv[1:])\n"
)
PRIVATE_UMASK, OWN_UMASK = 0o077, -1
"""What a program writes is for its owner alone, or for whom the umask of its starter lets in."""
_INHERITED = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "LD_LIBRARY_PATH")


def clean_environment(more: Mapping[str, str]) -> dict[str, str]:
    """What a server needs of our environment, without settings and secrets, and more variables."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ} | dict(more)


def launch(
    command: Sequence[str],
    *,
    folder: Path,
    log: Path,
    environment: Mapping[str, str],
    umask: int = PRIVATE_UMASK,
    has_pipes: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that it outlives this process and its terminal.

    Args:
        command: program and arguments; no secrets, since all users can read them.
        folder: where it runs.
        log: file its output is added to.
        environment: what to add to the few variables it inherits.
        umask: of what it writes.
        has_pipes: whether its input and output are pipes to us; its errors go to the log.
    """
    rotate(log)
    with log.open("ab") as output:
        log.chmod(0o600)
        return subprocess.Popen(  # noqa: S603 - our own programs and arguments
            [sys.executable, "-ISc", _WITH_DEFAULT_SIGNALS, *command],
            cwd=folder,
            env=clean_environment(environment),
            stdin=subprocess.PIPE if has_pipes else subprocess.DEVNULL,
            stdout=subprocess.PIPE if has_pipes else output,
            stderr=output,
            bufsize=0,
            umask=umask,
            start_new_session=True,
        )


def started_with(argument: str) -> list[psutil.Process]:
    """This user's living processes that have `argument` on their command line."""
    return started_with_any([argument]).get(argument, [])


def started_with_any(arguments: Iterable[str]) -> dict[str, list[psutil.Process]]:
    """The same for several arguments, by those that are found, in one look at the process table."""
    distinct = set(arguments)
    found: dict[str, list[psutil.Process]] = {}
    for process in psutil.process_iter(["cmdline", "uids", "status"]):
        known = process.info
        if known["uids"].real != os.getuid() or known["status"] == psutil.STATUS_ZOMBIE:
            continue
        for argument in distinct.intersection(known["cmdline"] or ()):
            found.setdefault(argument, []).append(process)
    return found


def end(processes: Sequence[psutil.Process], signal: Signals, patience_seconds: float) -> None:
    """Ask processes to end, kill those that do not, and wait until they are gone.

    psutil compares start times first, so that a reused pid is left alone.
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


def launched_under(variable: str, value: str) -> list[psutil.Process]:
    """This user's living processes that inherited an environment variable with this value."""
    found = []
    for process in psutil.process_iter(["uids", "status"]):
        known = process.info
        if known["uids"].real != os.getuid() or known["status"] == psutil.STATUS_ZOMBIE:
            continue
        try:
            if process.environ().get(variable) == value:
                found.append(process)
        except (psutil.Error, OSError):
            continue  # ended meanwhile, or it hides its environment
    return found
