"""`python -m belib_weather.local.daemon run …`: Dagster's daemon, its cursors not in the future.

A clock that was ahead leaves times in Dagster's records: its schedules and sensors wait until the
time has caught up, and then skip the ticks that have a run already. The daemon has them in memory
as well, so they are turned back before it starts.
What belongs here: that, and the start. What does not: when it is restarted (`health`).
"""

import runpy
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import dagster as dg

from belib_weather.clock import utc_now
from belib_weather.dagster_internals import SCHEDULED_FOR

_SLACK = timedelta(minutes=1)


def reset_future_ticks(instance: dg.DagsterInstance, now: datetime) -> Iterator[str]:
    """Turn schedules and sensors back whose times lie in the future; a line about each.

    Ticks of the future go, and with them the older ticks of that schedule or sensor: Dagster
    deletes up to an instant only. Runs stay, and what keeps a run from being requested twice.
    """
    latest = (now + _SLACK).timestamp()
    for state in instance.all_instigator_state():
        names = (state.instigator_origin_id, state.selector_id)
        ticks = instance.get_ticks(*names, after=latest, limit=1)
        data = state.instigator_data
        ahead: dict[str, Any] = {
            field: now.timestamp()
            for field in (data._fields if data else ())
            if field.endswith("_timestamp") and (getattr(data, field) or 0) > latest
        }
        if data and ahead:
            instance.update_instigator_state(state.with_data(data._replace(**ahead)))
        if ticks:
            instance.purge_ticks(*names, before=ticks[0].timestamp + 1)
        if ahead or ticks:
            yield f"{state.instigator_name} waited for a time in the future, and is turned back"


def detach_future_ticks(instance: dg.DagsterInstance, now: datetime) -> str:
    """Take from runs the ticks of the future that they were made for; a line about it, or none.

    Dagster starts no second run for a tick, so one that a wrong clock had ticked already would be
    skipped when its time comes. The runs stay, and what they were made for stays readable.
    """
    latest = now + _SLACK
    found = dict(instance.get_run_tags([SCHEDULED_FOR])).get(SCHEDULED_FOR, set())
    ahead = [value for value in found if (at := _instant(value)) and at > latest]
    if not ahead:
        return ""
    runs = instance.get_runs(dg.RunsFilter(tags={SCHEDULED_FOR: ahead}))
    for run in runs:
        early = f"{run.tags[SCHEDULED_FOR]}, by a clock that was ahead"
        instance.add_run_tags(run.run_id, {SCHEDULED_FOR: early})
    return f"{len(runs)} runs were made for ticks that are yet to come; these tick again"


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def main() -> None:
    """Turn back what is ahead, and become the daemon."""
    with dg.DagsterInstance.get() as instance:
        now = utc_now()
        for line in (*reset_future_ticks(instance, now), detach_future_ticks(instance, now)):
            if line:
                sys.stderr.write(f"{line}\n")
    runpy.run_module("dagster._daemon", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
