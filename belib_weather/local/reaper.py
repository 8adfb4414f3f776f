"""Ends runs whose process is gone: otherwise killed ones stay "started".

What belongs here: which runs have no living process on this machine. What does not: slots
(dagster.yaml), and when to look (`watchdog`).

Dagster's own run monitoring cannot ask the default launcher for the health of a run.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg
import psutil

_GRPC_TAG = ".dagster/grpc_info"
"""Dagster writes it into the tags of a run that a code server executes."""
_WITHOUT_PID = timedelta(minutes=5)
"""A run that has not said for so long in which process it is executed has none."""
_SLACK = timedelta(minutes=1)
"""Between the start of a process and its first event, and between clocks."""
_ACTIVE = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
MESSAGE = "The process that executed this run is gone: it was killed, or the machine restarted."

Pids = Sequence[tuple[int, datetime]]
"""Processes that a run named, and when."""


def reap(instance: dg.DagsterInstance, home: str, *, launched_only: bool) -> Iterator[str]:
    """Report runs as failed whose process is gone; a line about each.

    Args:
        instance: whose runs.
        home: `DAGSTER_HOME` of the processes that execute them.
        launched_only: leave alone the runs of a command line, which may be on another machine.
    """
    for record in instance.get_run_records(dg.RunsFilter(statuses=_ACTIVE)):
        run = record.dagster_run
        if launched_only and _GRPC_TAG not in run.tags:
            continue
        pids = pids_of(instance, run.run_id)
        silent = datetime.now(UTC) - record.update_timestamp.replace(tzinfo=UTC)
        if any(is_alive(pid, since, home) for pid, since in pids):
            continue
        if not pids and (run.status is not dg.DagsterRunStatus.STARTED or silent < _WITHOUT_PID):
            continue  # it is starting; `start_timeout_seconds` bounds that
        yield from _ended(instance, run.run_id)


def pids_of(instance: dg.DagsterInstance, run_id: str) -> Pids:
    """The processes that a run has named in its events."""
    found = []
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT):
        if entry.dagster_event is None:
            continue
        pid = entry.dagster_event.engine_event_data.metadata.get("pid")
        if pid is not None and str(pid.value).isdigit():
            found.append((int(str(pid.value)), datetime.fromtimestamp(entry.timestamp, UTC)))
    return found


def is_alive(pid: int, since: datetime, home: str) -> bool:
    """Whether a process of this Dagster lives that was there at an instant."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        started = datetime.fromtimestamp(process.create_time(), UTC)
        return started <= since + _SLACK and process.environ().get("DAGSTER_HOME") == home
    except psutil.NoSuchProcess:
        return False
    except (psutil.AccessDenied, OSError):
        return True  # another user's; it cannot be known


def _ended(instance: dg.DagsterInstance, run_id: str) -> Iterator[str]:
    # Read again: a run stores its end before its process ends.
    run = instance.get_run_by_id(run_id)
    if run is None or run.status not in _ACTIVE:
        return
    if run.status is dg.DagsterRunStatus.CANCELING:
        instance.report_run_canceled(run, MESSAGE)
    else:
        instance.report_run_failed(run, MESSAGE)
    yield f"the run {run_id} of {run.job_name} has no process any more, and is marked as ended"


class Reaper:
    """Looks at the runs of an instance again and again.

    Args:
        open_instance: opens it, also after an error.
        home: `DAGSTER_HOME` of the processes.
        launched_only: see `reap`.
    """

    def __init__(
        self,
        open_instance: Callable[[], dg.DagsterInstance],
        home: str,
        *,
        launched_only: bool,
    ) -> None:
        self._open, self._home, self._launched_only = open_instance, home, launched_only
        self._instance: dg.DagsterInstance | None = None

    def look(self) -> list[str]:
        """Lines about the runs that were ended.

        Raises:
            Exception: Dagster's database does not answer; the next look opens it again.
        """
        try:
            if self._instance is None:
                self._instance = self._open()
            return list(reap(self._instance, self._home, launched_only=self._launched_only))
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        """Close the instance."""
        instance, self._instance = self._instance, None
        if instance is not None:
            instance.dispose()
