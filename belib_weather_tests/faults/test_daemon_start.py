"""Cursors in the future, on a real instance: a clock that was ahead holds up nothing."""

from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    ScheduleInstigatorData,
    SensorInstigatorData,
    TickData,
    TickStatus,
)

from belib_weather.dagster_internals import SCHEDULED_FOR
from belib_weather.local.daemon import detach_future_ticks, reset_future_ticks

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
AHEAD, BEFORE = NOW + timedelta(hours=1), NOW - timedelta(minutes=5)


def added(instance: dg.DagsterInstance, name: str, at: datetime) -> InstigatorState:
    """A schedule, or a sensor, that looked last at an instant."""
    repository = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("location"), "repository")
    is_schedule = name.startswith("live")
    kind = InstigatorType.SCHEDULE if is_schedule else InstigatorType.SENSOR
    stamp, before = at.timestamp(), BEFORE.timestamp()
    data = (
        ScheduleInstigatorData("*/5 * * * *", before, last_iteration_timestamp=stamp)
        if is_schedule
        else SensorInstigatorData(last_tick_start_timestamp=stamp, cursor="kept")
    )
    state = instance.add_instigator_state(
        InstigatorState(
            RemoteInstigatorOrigin(repository, name), kind, InstigatorStatus.RUNNING, data
        )
    )
    for tick in (BEFORE, at):
        instance.create_tick(
            TickData(
                state.instigator_origin_id,
                name,
                kind,
                TickStatus.SUCCESS,
                tick.timestamp(),
                selector_id=state.selector_id,
                run_ids=[],
            )
        )
    return state


def newest_tick(instance: dg.DagsterInstance, state: InstigatorState) -> float:
    ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1)
    return ticks[0].timestamp if ticks else 0


def test_schedules_and_sensors_in_the_future_are_reset_and_no_others(
    instance: dg.DagsterInstance,
) -> None:
    schedule, sensor = added(instance, "live_tick", AHEAD), added(instance, "late_data", AHEAD)
    right = added(instance, "live_right", BEFORE)

    lines = list(reset_future_ticks(instance, NOW))

    assert [line.split()[0] for line in sorted(lines)] == ["late_data", "live_tick"]
    states = {state.instigator_name: state for state in instance.all_instigator_state()}
    schedule_data = states["live_tick"].instigator_data
    assert isinstance(schedule_data, ScheduleInstigatorData)
    assert schedule_data.start_timestamp == BEFORE.timestamp()
    assert schedule_data.last_iteration_timestamp == NOW.timestamp()
    sensor_data = states["late_data"].instigator_data
    assert isinstance(sensor_data, SensorInstigatorData)
    assert (sensor_data.last_tick_start_timestamp, sensor_data.cursor) == (NOW.timestamp(), "kept")
    assert newest_tick(instance, schedule) <= NOW.timestamp()
    assert newest_tick(instance, sensor) <= NOW.timestamp()
    assert states["live_right"].instigator_data == right.instigator_data
    assert newest_tick(instance, right) == BEFORE.timestamp()
    assert list(reset_future_ticks(instance, NOW)) == []


def test_a_tick_that_a_wrong_clock_evaluated_early_is_evaluated_again(
    instance: dg.DagsterInstance,
) -> None:
    """By the question that Dagster asks before it starts the run of a tick."""

    def run_for(at: datetime) -> str:
        tags = {"dagster/schedule_name": "live_tick", SCHEDULED_FOR: at.isoformat()}
        status = dg.DagsterRunStatus.SUCCESS
        return instance.add_run(dg.DagsterRun("live", tags=tags, status=status)).run_id

    def runs_of(at: datetime) -> list[str]:
        runs_filter = dg.RunsFilter(tags={SCHEDULED_FOR: at.isoformat()})
        return [run.run_id for run in instance.get_runs(runs_filter)]

    early, right = run_for(AHEAD), run_for(BEFORE)
    assert runs_of(AHEAD) == [early]

    assert detach_future_ticks(instance, NOW).startswith(
        "1 runs were made for ticks that are yet to come"
    )

    assert runs_of(AHEAD) == []
    assert runs_of(BEFORE) == [right]
    early_run = instance.get_run_by_id(early)
    assert early_run is not None
    assert early_run.status is dg.DagsterRunStatus.SUCCESS
    assert detach_future_ticks(instance, NOW) == ""
