"""`python -m belib_weather.local.materialize LANE`: several runs of the graph in one process.

What belongs here: executing jobs of the code location, one after another, on the instance of
`DAGSTER_HOME`. What does not: which runs (`backfill`). It is faster than a command for each run: it
imports the definitions once and keeps its connections to Dagster's database.
"""

import signal
import sys

import dagster as dg

from belib_weather.assets.registry import AssetEntry, registry
from belib_weather.automation.late_data import ACTIVE
from belib_weather.automation.live import RANGE_END, RANGE_START
from belib_weather.local.run_plan import Part, Run, decoded

PROCESS_TAG = "belib/process"
_STATEMENT_TIMEOUT_MS = 60_000
_POOL_RECYCLE_SECONDS = 3_600
_MOST_CONNECTIONS = 5


def main(argument: str) -> int:
    """Execute all runs, also after a failure; the last lines of output say which failed.

    Raises:
        SystemExit: a run was interrupted; later ones are not executed.
    """
    lane, runs = decoded(argument)
    # So that Dagster stores the end of the run before the process ends.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    from belib_weather.definitions import defs  # noqa: PLC0415 - after the signal is set

    with dg.DagsterInstance.get() as instance:
        # By default Dagster opens a connection for every event.
        instance.optimize_for_webserver(
            _STATEMENT_TIMEOUT_MS, _POOL_RECYCLE_SECONDS, _MOST_CONNECTIONS
        )
        _end_interrupted(instance, lane)
        failed = [reason for run in runs if (reason := _executed(defs, instance, lane, run))]
    sys.stderr.write("".join(f"\n{reason}" for reason in failed))
    return 1 if failed else 0


def _executed(
    defs: dg.Definitions, instance: dg.DagsterInstance, lane: str, run: Run
) -> str | None:
    """Execute a run; the reason when it failed."""
    hours = {RANGE_START: run.first, RANGE_END: run.last} if run.first else {}
    result = defs.resolve_job_def(run.job).execute_in_process(
        instance=instance,
        tags={**hours, PROCESS_TAG: lane},
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
        return Part.PRESENT
    return Part.POLLS if entry.is_raw else Part.HOURS


def _end_interrupted(instance: dg.DagsterInstance, lane: str) -> None:
    """Mark runs of this lane as failed whose process was killed: nobody else watches them."""
    filters = dg.RunsFilter(statuses=ACTIVE, tags={PROCESS_TAG: lane})
    for run in instance.get_runs(filters=filters):
        instance.report_run_failed(run, "The process that ran this was killed.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
