"""What the commands decide before they act: the runs that fill a history, and the figures shown."""

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.assets.registry import registry
from belib_weather.lake import CURRENT_COLUMNS
from belib_weather.lanes import Lane
from belib_weather.local.backfill import lanes
from belib_weather.local.console import CommandError
from belib_weather.local.materialize import assets_of
from belib_weather.local.ports import Ports
from belib_weather.local.remainder import remaining_runs
from belib_weather.local.run_plan import Part, Run, decoded, encoded
from belib_weather.local.state_file import StateFile
from belib_weather.local.summary import shares
from belib_weather.vocabulary import STATUSES
from belib_weather.window import Window, floor_hour

NOW = datetime(2026, 11, 24, 10, 7, tzinfo=UTC)
KEY = "%Y-%m-%d-%H:%M"


def hours_of(runs: list[Run], part: Part) -> list[datetime]:
    """Hours that the runs bring to a part of the live job, in order."""
    hours: list[datetime] = []
    for run in runs:
        if run.job == "live" and run.parts and part in run.parts:
            first, last = (
                datetime.strptime(key, KEY).replace(tzinfo=UTC) for key in (run.first, run.last)
            )
            hours += Window(first, last + timedelta(hours=1)).hours
    return hours


@given(st.integers(1, 24 * 40))
def test_lanes_bring_every_hour_its_snapshots_once_and_its_facts(count: int) -> None:
    end = floor_hour(NOW) + timedelta(hours=1)
    whole = Window(end - timedelta(hours=count), end)
    runs = [run for lane in lanes(whole, NOW, with_index=True).values() for run in lane]

    assert sorted(hours_of(runs, Part.POLLS)) == whole.hours
    assert sorted(set(hours_of(runs, Part.HOURS))) == whole.hours
    days = {day for run in runs if run.job == "weather" for day in (run.first, run.last)}
    assert min(days) == f"{whole.start:%Y-%m-%d}"
    assert max(days) == "2026-11-24"


@given(st.integers(7, 24 * 40))
def test_the_hour_between_two_lanes_is_made_by_both(count: int) -> None:
    """Its facts rest on snapshots of both, so whichever lane comes last finds all of them."""
    end = floor_hour(NOW) + timedelta(hours=1)
    first, second = lanes(Window(end - timedelta(hours=count), end), NOW, with_index=True).values()
    [shared] = set(hours_of(first, Part.HOURS)) & set(hours_of(second, Part.HOURS))
    assert shared == max(hours_of(first, Part.POLLS))


@given(st.integers(1, 24 * 40))
def test_every_day_of_episodes_is_made_once_its_snapshots_are_there(count: int) -> None:
    """A day in which lanes meet, or within 30 minutes of it, is made by both of them."""
    end = floor_hour(NOW) + timedelta(hours=1)
    whole = Window(end - timedelta(hours=count), end)
    made = []
    for runs in lanes(whole, NOW, with_index=True).values():
        assert (runs[-1].job, runs[-1].with_index) == ("episodes", False)
        first, last = (date.fromisoformat(day) for day in (runs[-1].first, runs[-1].last))
        polls = hours_of(runs, Part.POLLS)
        margin = timedelta(minutes=30)
        assert (
            max(first, whole.start.date())
            == first
            <= max(whole.start.date(), (polls[0] - margin).date())
        )
        assert last >= min((polls[-1] + timedelta(hours=1) + margin).date(), NOW.date())
        made += [first, last]
    assert (min(made), max(made)) == (whole.start.date(), NOW.date())


def test_without_elasticsearch_no_run_asks_for_it() -> None:
    whole = Window(floor_hour(NOW) - timedelta(days=7), floor_hour(NOW) + timedelta(hours=1))
    for with_index in (True, False):
        runs = [run for lane in lanes(whole, NOW, with_index=with_index).values() for run in lane]
        live = {name for run in runs if run.job == "live" for name in names_of(run)}
        expected = {entry.name for entry in registry().values() if entry.lane is Lane.LIVE}
        assert live == {name for name in expected if with_index or not name.endswith("_index")}

    assert set(names_of(Run("feed", with_index=False))) == {"feed_hours"}


def test_what_is_filled_when_the_demonstration_is_ready_ends_with_what_takes_longest() -> None:
    jobs = {
        with_index: [
            run.job for run in remaining_runs(NOW.date(), NOW.date(), with_index=with_index)
        ]
        for with_index in (True, False)
    }

    assert jobs == {
        True: ["forecasts", "marts", "pages", "exports", "publish_episodes"],
        False: ["forecasts", "marts", "pages", "exports"],
    }


def names_of(run: Run) -> list[str]:
    return [key.to_user_string() for key in assets_of(run) or []]


def test_each_asset_of_the_live_job_is_in_one_part() -> None:
    polls, hours, present = (names_of(Run("live", parts=(part,))) for part in Part)

    assert polls == ["raw_belib_snapshots"]
    assert hours == ["availability_facts", "availability_index"]
    assert {"belib_current", "charge_points", "stations", "stations_index"} < set(present)
    assert assets_of(Run("live")) is None


def test_a_lane_survives_the_command_line() -> None:
    runs = [Run("live", "a", "b", (Part.POLLS, Part.HOURS), with_index=False), Run("static")]
    assert decoded(encoded("history-1", runs)) == ("history-1", runs)


def test_a_history_never_begins_later_than_it_did(tmp_path: Path) -> None:
    StateFile().since(date(2026, 11, 17)).write(tmp_path)
    kept = StateFile.read(tmp_path)
    assert kept.since(date(2026, 11, 20)).start == "2026-11-17"
    assert kept.since(date(2026, 11, 1)).start == "2026-11-01"


def test_two_starts_at_once_take_ports_of_their_own(tmp_path: Path) -> None:
    """Neither has opened them yet when the other looks."""

    def chosen(kept: StateFile, ports: Ports) -> set[int]:
        found = kept.with_free_ports(None, ports)
        return {found.webserver, found.code_server, found.simulator}

    with closing(Ports(tmp_path / "ports")) as first, closing(Ports(tmp_path / "ports")) as second:
        kept = StateFile().with_free_ports(None, first)
        before = {kept.webserver, kept.code_server, kept.simulator}

        assert len(before) == 3
        assert not chosen(StateFile(), second) & before
        assert not chosen(kept, second) & before
        with pytest.raises(CommandError, match=f"port {kept.webserver} is taken"):
            StateFile().with_free_ports(kept.webserver, second)


def test_a_port_that_was_given_back_can_be_taken(tmp_path: Path) -> None:
    with closing(Ports(tmp_path / "ports")) as first, closing(Ports(tmp_path / "ports")) as second:
        port = first.take_any()
        assert not second.take(port)

        first.close()

        assert second.take(port)


def test_shares_count_fresh_points_in_service_only() -> None:
    rows = [
        ("available", False, 8),
        ("available", True, 8),
        ("planned", False, 8),
        ("occupied", False, 8),
        ("unknown", False, 8),
        ("available", False, 19),
        ("available", False, None),
    ] * 10
    current = pl.DataFrame(
        [
            {"charge_point_id": f"{n}", "status": s, "is_stale": stale, "arrondissement": a}
            for n, (s, stale, a) in enumerate(rows)
        ],
        schema={
            **{n: CURRENT_COLUMNS[n] for n in ("charge_point_id", "is_stale", "arrondissement")},
            "status": pl.Enum(STATUSES),
        },
    )
    city, ranked = shares(current)
    assert city
    assert (city.available, city.known) == (30, 50)
    assert [(s.place, s.available, s.known) for s in ranked] == [("19th", 10, 10), ("8th", 10, 30)]
