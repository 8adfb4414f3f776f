"""Rows of an older version of the rules are rebuilt in the background, the newest first."""

from datetime import datetime

import dagster as dg
import polars as pl
import pytest
import sqlalchemy as sa

from belib_weather.lanes import Lane
from belib_weather.partitions import LIVE_TAG, hour_key
from belib_weather.warehouse.tables import AVAILABILITY_FACTS
from belib_weather.window import HOUR, Window
from belib_weather_tests.clocks import StoppedClock
from belib_weather_tests.graph.conftest import Platform, history, keys_of
from belib_weather_tests.graph.test_late_data import requested


@pytest.fixture
def outdated(platform_with_facts: Platform, now: datetime) -> Platform:
    """A platform whose facts an older version of the rules made, but those of the second hour."""
    platform, hours = platform_with_facts, history(now)
    assert platform.settings.postgres_url
    older = {"first": hours.start, "second": hours.start + HOUR}
    with sa.create_engine(platform.settings.postgres_url.get_secret_value()).begin() as connection:
        connection.execute(sa.text("UPDATE availability_facts SET source = 'all of the range'"))
        connection.execute(
            sa.text(
                "UPDATE input_ledger SET rules = 1, input_hash = 'made by rules 1'"
                " WHERE table_name = 'availability_facts' AND start <> :second"
            ),
            older,
        )
    return platform


def sources(platform: Platform, window: Window) -> list[str]:
    rows = platform.warehouse.read(AVAILABILITY_FACTS, window)
    return sorted(rows["source"].unique().to_list())


def test_the_newest_range_is_rebuilt_first_then_older_ones(
    outdated: Platform, now: datetime
) -> None:
    hours = history(now)
    newest = Window(hours.start + 2 * HOUR, hours.end)
    assert requested(outdated.evaluate("late_data")) == []

    result = outdated.evaluate("changed_rules")
    assert requested(result) == [keys_of(newest)]
    (request,) = result.run_requests or []
    assert request.job_name == "apply_rules"
    assert outdated.materialize("availability_facts", keys=keys_of(newest)).success
    assert sources(outdated, newest) == ["simulator:opendata_paris/realtime"]

    assert requested(outdated.evaluate("changed_rules")) == [keys_of(Window.hour(hours.start))]
    first = hour_key(hours.start)
    assert outdated.materialize("availability_facts", keys=first).success
    skipped = outdated.evaluate("changed_rules")
    assert isinstance(skipped, dg.SkipReason)
    assert "every row follows the present rules" in (skipped.skip_message or "")
    assert requested(outdated.evaluate("late_data")) == []
    ledger = outdated.warehouse.ledger(AVAILABILITY_FACTS, hours)
    assert ledger.select(pl.col("rules").unique()).to_series().to_list() == [
        AVAILABILITY_FACTS.rules
    ]


def test_nothing_is_rebuilt_while_a_tick_is_late(outdated: Platform, now: datetime) -> None:
    outdated.instance.create_run_for_job(
        outdated.defs.resolve_job_def(Lane.LIVE.value),
        status=dg.DagsterRunStatus.NOT_STARTED,
        tags={LIVE_TAG: "true"},
    )
    # A tick that goes on holds up nothing, until the next one is due.
    assert len(outdated.evaluate("changed_rules").run_requests or []) == 1
    at = now + 2 * outdated.settings.cadence
    later = outdated.changed(settings={}, clock=StoppedClock(at=at.isoformat()))
    skipped = later.evaluate("changed_rules")
    assert isinstance(skipped, dg.SkipReason)
    assert "live tick that is late" in (skipped.skip_message or "")


def test_rules_are_applied_by_one_run_at_a_time(outdated: Platform) -> None:
    outdated.instance.create_run_for_job(
        outdated.defs.resolve_job_def("apply_rules"), status=dg.DagsterRunStatus.STARTED
    )
    skipped = outdated.evaluate("changed_rules")
    assert isinstance(skipped, dg.SkipReason)
    assert "a run rebuilds rows" in (skipped.skip_message or "")
