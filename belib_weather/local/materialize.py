"""`python -m belib_weather.local.materialize`: many runs of the graph in one process.

It reads a line with the variables of its environment, then a lane a line, and answers each with a
line of the reasons of the runs that failed. What belongs here: executing jobs of the code location,
one after another, on the instance of `DAGSTER_HOME`. What does not: which runs (`backfill`). It is
faster than a command for each run: it imports the definitions once, before the stores are there,
and keeps its connections to Dagster's database.
"""

import gc
import json
import os
import signal
import sys
from typing import TextIO

import dagster as dg

from belib_weather.assets.open_data import GROUP as FILES_GROUP
from belib_weather.assets.registry import AssetEntry, registry
from belib_weather.automation.late_data import ACTIVE
from belib_weather.automation.live import RANGE_END, RANGE_START
from belib_weather.formats.snapshots import REMEMBERED
from belib_weather.local.run_plan import Part, Run, decoded
from belib_weather.partitions import NO_CHARTS_TAG

PROCESS_TAG = "belib/process"
_STATEMENT_TIMEOUT_MS = 60_000
_POOL_RECYCLE_SECONDS = 3_600
_MOST_CONNECTIONS = 5
_OBJECTS_BETWEEN_COLLECTIONS = 50_000
_MOST_REMEMBERED = 2_000_000
"""Records of snapshots, 40 MB: a week of the demonstration, from which four tables are made."""


def main() -> None:
    """Execute the lanes that are given, all runs of each, also after a failure.

    Raises:
        SystemExit: a run was interrupted; later ones are not executed.
    """
    answers = _answers_output()
    # So that Dagster stores the end of the run before the process ends.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ.update(json.loads(sys.stdin.readline() or sys.exit()))
    from belib_weather.definitions import defs  # noqa: PLC0415 - it reads the environment

    REMEMBERED.most = _MOST_REMEMBERED
    # What is imported stays; a run makes many objects and few cycles.
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)

    with dg.DagsterInstance.get() as instance:
        # By default Dagster opens a connection for every event.
        instance.optimize_for_webserver(
            _STATEMENT_TIMEOUT_MS, _POOL_RECYCLE_SECONDS, _MOST_CONNECTIONS
        )
        for line in sys.stdin:
            lane, runs = decoded(line)
            _end_interrupted(instance, lane)
            failed = [reason for run in runs if (reason := _execute(defs, instance, lane, run))]
            sys.stderr.write("".join(f"\n{reason}" for reason in failed))
            try:
                answers.write(f"{json.dumps(failed)}\n")
            except BrokenPipeError:
                return  # the command was killed


def _answers_output() -> TextIO:
    """Our output for answers alone; whatever else is printed goes to the log."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _execute(defs: dg.Definitions, instance: dg.DagsterInstance, lane: str, run: Run) -> str | None:
    """Execute a run; the reason when it failed."""
    tags = {PROCESS_TAG: lane} if run.with_charts else {PROCESS_TAG: lane, NO_CHARTS_TAG: "true"}
    hours = {RANGE_START: run.first, RANGE_END: run.last} if run.first else {}
    result = defs.resolve_job_def(run.job).execute_in_process(
        instance=instance,
        tags={**hours, **tags},
        asset_selection=assets_of(run),
        raise_on_error=False,
    )
    if result.success:
        return None
    for event in result.all_events:
        if event.is_step_failure and (error := event.step_failure_data.error):
            cause = error
            while cause.cause is not None:
                cause = cause.cause
            if cause.cls_name == dg.DagsterExecutionInterruptedError.__name__:
                raise SystemExit(f"{run.job} was interrupted")
            return f"{event.step_key}: {' '.join(cause.message.split())}"
    return f"the run {result.run_id} of {run.job} failed"


def assets_of(run: Run) -> list[dg.AssetKey] | None:
    """The assets of a run; None for all of its job."""
    if run.parts is None and run.with_index:
        return None
    return [
        dg.AssetKey(entry.name)
        for entry in registry().values()
        if entry.lane == run.job
        and (run.parts is None or _part_of(entry) in run.parts)
        and (run.with_index or not entry.is_index)
    ]


def _part_of(entry: AssetEntry) -> Part:
    if entry.grain is None:
        return Part.FILES if entry.group == FILES_GROUP else Part.PRESENT
    if entry.is_raw:
        return Part.POLLS
    return Part.DOCUMENTS if entry.is_index else Part.HOURS


def _end_interrupted(instance: dg.DagsterInstance, lane: str) -> None:
    """Mark runs of this lane as failed whose process was killed: nobody else watches them."""
    filters = dg.RunsFilter(statuses=ACTIVE, tags={PROCESS_TAG: lane})
    for run in instance.get_runs(filters=filters):
        instance.report_run_failed(run, "The process that ran this was killed.")


if __name__ == "__main__":
    main()
