"""`python -m belib_weather.local.daemon run …`: Dagster's daemon, its cursors not in the future.

A clock that was ahead leaves times in Dagster's records, and its schedules and sensors wait until
the time has caught up. The daemon has them in memory as well, so they are turned back before it
starts. What belongs here: that, and the start. What does not: when it is restarted (`health`).
"""

import runpy
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import dagster as dg

from belib_weather.clock import utc_now

_SLACK = timedelta(minutes=1)


def turn_back(instance: dg.DagsterInstance, now: datetime) -> Iterator[str]:
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


def main() -> None:
    """Turn back what is ahead, and become the daemon."""
    with dg.DagsterInstance.get() as instance:
        for line in turn_back(instance, utc_now()):
            sys.stderr.write(f"{line}\n")
    runpy.run_module("dagster._daemon", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
