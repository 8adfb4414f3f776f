"""Our Python processes in the process table, whoever started them: finding and ending them.

As with the stores the process table is the record: a process is ours when its command line has the
mark of our folder. What it starts inherits a variable that names the folder.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from signal import SIGTERM

import psutil

from belib_weather.embedded.processes import end, launched_under, started_with_any

OWNER = "STARTED_BY_BELIB_WEATHER"
"""Variable of all our processes and of whatever they start: the folder of the mode."""
_END_SECONDS = 15


def mark(data_dir: Path, name: str) -> str:
    """An interpreter option without effect, by which a process of ours is found again."""
    return f"-Xbelib_weather={data_dir}/{name}"


def running(data_dir: Path, names: Iterable[str]) -> dict[str, list[psutil.Process]]:
    """Processes of ours by name, whoever started them."""
    marks = {name: mark(data_dir, name) for name in names}
    found = started_with_any(marks.values())
    return {name: found[marked] for name, marked in marks.items() if marked in found}


def end_in_parallel(
    data_dir: Path, names: Iterable[str], notice: Callable[[str], None] = lambda _: None
) -> None:
    """End processes of ours side by side, and the runs that they started.

    Args:
        data_dir: of the mode.
        names: what to end; what does not run is passed over.
        notice: called with the name of each that runs.
    """
    found = running(data_dir, names)
    children = []
    for name, processes in found.items():
        notice(name)
        children += [child for process in processes for child in process_tree(process.pid)[1:]]
    end([process for processes in found.values() for process in processes], SIGTERM, _END_SECONDS)
    end([child for child in children if child.is_running()], SIGTERM, _END_SECONDS)


def end_orphans(data_dir: Path) -> None:
    """End what processes of ours started and left behind when they were killed."""
    end(launched_under(OWNER, str(data_dir)), SIGTERM, _END_SECONDS)


def process_tree(pid: int) -> list[psutil.Process]:
    """A process and all its descendants that live."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []
