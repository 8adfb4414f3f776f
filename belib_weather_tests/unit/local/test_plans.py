"""What the commands decide before they act: the runs that fill a history, and the figures shown."""

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.assets.registry import registry
from belib_weather.lake import CURRENT_COLUMNS
from belib_weather.lanes import Lane
from belib_weather.local.backfill import newest_days, stages
from belib_weather.local.background_fill import background_runs, filling
from belib_weather.local.console import CommandError
from belib_weather.local.first_views import files_run
from belib_weather.local.materialize import assets_of
from belib_weather.local.ports import Ports
from belib_weather.local.run_plan import Part, Run, decoded, encoded
from belib_weather.local.state_file import StateFile
from belib_weather.local.summary import shares
from belib_weather.vocabulary import STATUSES
from belib_weather.window import DAY, Window, floor_hour

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


def days_of(run: Run) -> list[date]:
    return [date.fromisoformat(day) for day in (run.first, run.last)]


@given(st.integers(1, 24 * 40))
def test_stages_fill_every_hour_once_and_documents_of_the_newest_days(count: int) -> None:
    end = floor_hour(NOW) + timedelta(hours=1)
    whole = Window(end - timedelta(hours=count), end)
    plan = stages(whole, NOW, with_index=True)
    runs = [run for stage in plan for lane in stage.values() for run in lane]

    for part in (Part.POLLS, Part.HOURS):
        assert sorted(hours_of(runs, part)) == whole.hours
    newest = [hour for hour in whole.hours if NOW.date() - hour.date() <= timedelta(days=1)]
    assert hours_of(runs, Part.DOCUMENTS) == newest
    for job in ("weather", "episodes"):
        days = [day for run in runs if run.job == job for day in days_of(run)]
        assert (min(days), max(days)) == (whole.start.date(), NOW.date())


@given(st.integers(1, 24 * 40))
def test_nothing_runs_before_its_dependencies(count: int) -> None:
    """Lanes of one stage run side by side, so what another needs is in an earlier one."""
    end = floor_hour(NOW) + timedelta(hours=1)
    hours = Window(end - timedelta(hours=count), end)
    plan = stages(hours, NOW, with_index=True, more=[Run("feed")])
    lanes = [
        (stage, lane, number, run)
        for stage, found in enumerate(plan)
        for lane, runs in found.items()
        for number, run in enumerate(runs)
    ]

    def made(job: str, part: Part | None = None) -> list[tuple[int, str, int]]:
        return [
            (stage, lane, number)
            for stage, lane, number, run in lanes
            if run.job == job and (part is None or part in (run.parts or ()))
        ]

    def follow(later: list[tuple[int, str, int]], *needed: list[tuple[int, str, int]]) -> bool:
        """Whether each begins when all that it needs has ended: a stage later, or in its lane."""
        assert later
        assert all(needed)
        return all(
            before[0] < after[0] or (before[:2] == after[:2] and before[2] < after[2])
            for after in later
            for need in needed
            for before in need
        )

    polls, stations = made("live", Part.POLLS), made("static")
    facts, present = made("live", Part.HOURS), made("live", Part.PRESENT)
    assert follow(facts, polls, made("weather"))
    assert follow(made("episodes"), polls)
    assert follow(made("feed"), polls)
    assert follow(present, polls, stations)
    assert follow(made("live", Part.DOCUMENTS), facts, stations)


def test_without_elasticsearch_no_run_asks_for_it() -> None:
    live = {entry.name for entry in registry().values() if entry.lane is Lane.LIVE}
    for days, with_index in product((0, 7), (True, False)):
        whole = Window(floor_hour(NOW) - days * DAY, floor_hour(NOW) + timedelta(hours=1))
        plan = stages(whole, NOW, with_index=with_index)
        runs = [run for stage in plan for lane in stage.values() for run in lane]
        runs.append(files_run(NOW))
        names = {name for run in runs if run.job == "live" for name in names_of(run)}
        assert names == {name for name in live if with_index or not name.endswith("_index")}

    assert set(names_of(Run("feed", with_index=False))) == {"feed_hours"}


def test_the_background_fill_ends_with_the_longest_run() -> None:
    jobs = {
        with_index: [
            run.job for run in background_runs(NOW.date(), NOW.date(), with_index=with_index)
        ]
        for with_index in (True, False)
    }

    assert jobs == {
        True: [
            *("forecasts", "marts", "pages", "exports"),
            *("publish_outages", "publish_episodes"),
        ],
        False: ["forecasts", "marts", "pages", "exports"],
    }


def test_what_follows_is_said_with_the_days_whose_documents_do() -> None:
    whole = Window(floor_hour(NOW) - 7 * DAY, floor_hour(NOW) + timedelta(hours=1))
    older = Window(whole.start, newest_days(whole).start)

    assert "availability" not in filling(None)
    assert filling(older).startswith(filling(None))
    assert "availability before 23 November" in filling(older)


def names_of(run: Run) -> list[str]:
    return [key.to_user_string() for key in assets_of(run) or []]


def test_each_asset_of_the_live_job_belongs_to_one_part() -> None:
    polls, hours, documents, present, files = (
        names_of(Run("live", parts=(part,))) for part in Part
    )

    assert polls == ["raw_belib_snapshots"]
    assert hours == ["availability_facts"]
    assert documents == ["availability_index"]
    assert {"belib_current", "charge_points", "stations", "stations_index"} < set(present)
    assert {"change_feeds", "open_data_files"} <= set(files)
    assert assets_of(Run("live")) is None


def test_a_lane_survives_the_command_line() -> None:
    runs = [Run("live", "a", "b", (Part.POLLS, Part.HOURS), with_index=False), Run("static")]
    assert decoded(encoded("history-1", runs)) == ("history-1", runs)


def test_a_history_never_begins_later_than_it_did(tmp_path: Path) -> None:
    StateFile().since(date(2026, 11, 17)).write(tmp_path)
    state = StateFile.read(tmp_path)
    assert state.since(date(2026, 11, 20)).start == "2026-11-17"
    assert state.since(date(2026, 11, 1)).start == "2026-11-01"


def test_two_starts_at_once_take_ports_of_their_own(tmp_path: Path) -> None:
    """Neither has opened them yet when the other looks."""

    def chosen(state: StateFile, ports: Ports) -> set[int]:
        found = state.with_free_ports(None, ports)
        return {found.webserver, found.code_server, found.simulator}

    with closing(Ports(tmp_path / "ports")) as first, closing(Ports(tmp_path / "ports")) as second:
        state = StateFile().with_free_ports(None, first)
        before = {state.webserver, state.code_server, state.simulator}

        assert len(before) == 3
        assert not chosen(StateFile(), second) & before
        assert not chosen(state, second) & before
        with pytest.raises(CommandError, match=f"port {state.webserver} is taken"):
            StateFile().with_free_ports(state.webserver, second)


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
