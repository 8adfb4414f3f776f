"""Changes of points and stations: what they add up to, and their agreement with the episodes."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.datasets import Station
from belib_weather.datasets.changes import PointState, StatusChange
from belib_weather.transform.changes import point_changes
from belib_weather.transform.corrections import corrections, in_force
from belib_weather.transform.episodes import status_episodes
from belib_weather.transform.states import station_states
from belib_weather.transform.station_changes import station_changes
from belib_weather.window import DAY, Window, floor_day
from belib_weather_tests.examples import examples
from belib_weather_tests.unit.transform.polls import (
    HOUR_START,
    POINT,
    POINTS,
    SIBLING,
    T0,
    frame,
    sightings,
)
from belib_weather_tests.unit.transform.reference import Sighting

NOTHING = PointState.create_empty()
HOUR = timedelta(hours=1)


def at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def present(states: pl.DataFrame) -> dict[str, tuple[str, bool]]:
    return {
        row["charge_point_id"]: (row["status"], row["is_stale"]) for row in states.rows(named=True)
    }


@pytest.mark.long
@examples(8)
@given(sightings(), st.integers(0, 50))
def test_changes_lead_from_any_state_to_any_later_one_in_any_batches(
    drawn: tuple[datetime, list[Sighting]], cut: int
) -> None:
    seen = sorted(drawn[1], key=lambda one: one.second)
    seconds = sorted({one.second for one in seen})
    earlier = set(seconds[: cut % (len(seconds) + 1) or 1])
    first = point_changes(NOTHING, frame([s for s in seen if s.second in earlier]), "test")
    then = point_changes(first.states, frame([s for s in seen if s.second not in earlier]), "test")

    whole = point_changes(NOTHING, frame(seen), "test")
    assert then.states.equals(whole.states)
    both = pl.concat([first.changes, then.changes])
    assert both.equals(whole.changes), "one by one, or in two parts"
    known = present(first.states)
    for change in then.changes.rows(named=True):
        if change["from_word"] is not None:
            assert known[change["subject_id"]] == (change["from_word"], change["from_is_stale"])
        known[change["subject_id"]] = (change["to_word"], change["to_is_stale"])
    assert known == present(then.states)


@examples(8)
@given(sightings())
def test_every_boundary_of_an_episode_is_a_change_at_its_instant(
    drawn: tuple[datetime, list[Sighting]],
) -> None:
    start, seen = drawn
    window = Window(floor_day(start) - DAY, floor_day(start) + 2 * DAY)
    sources = pl.DataFrame(
        {"day": window.days, "source": "test"}, schema_overrides={"day": pl.Datetime("us", "UTC")}
    )
    boundaries = status_episodes(frame(seen), window=window, sources=sources).filter(
        pl.col("start_kind").is_in(["exact", "polled", "stale"])
    )
    changes = point_changes(NOTHING, frame(seen), "test").changes
    found = {
        (c["subject_id"], c["occurred_at"], c["to_word"], c["to_is_stale"])
        for c in changes.rows(named=True)
    }
    first = min((one.second for one in seen), default=0)
    expected = {
        (e["charge_point_id"], e["started_at"], e["status"], e["is_stale"])
        for e in boundaries.rows(named=True)
        if e["started_at"] > at(first)  # at the first snapshot of all there is no state before
    }
    assert expected <= found


@pytest.mark.long
@examples(12)
@given(sightings())
def test_polls_processed_one_by_one_and_together_give_the_same_changes(
    drawn: tuple[datetime, list[Sighting]],
) -> None:
    seen = drawn[1]
    states, one_by_one = NOTHING, list[pl.DataFrame]()
    words: dict[str, str] = {}
    for second in sorted({one.second for one in seen}):
        snapshot = frame([one for one in seen if one.second == second])
        words |= shown(snapshot, second)
        one_by_one.append(station_changes(states, snapshot, "test"))
        states = point_changes(states, snapshot, "test").states

    at_once = station_changes(NOTHING, frame(seen, shuffled_by=7), "test")
    assert at_once.equals(pl.concat([at_once.clear(), *one_by_one]))
    assert StatusChange.is_valid(
        at_once.with_columns(pl.int_range(1, at_once.height + 1).alias("position")), cast=True
    )
    last = {row["station_id"]: row["to_word"] for row in at_once.rows(named=True)}
    assert last == {station: words[station] for station in last}, "they lead to the states"


def shown(snapshot: pl.DataFrame, second: int) -> dict[str, str]:
    """The word of each station of a snapshot, as `station_states` says it."""
    states = station_states(snapshot, Station.create_empty(), at(second), "test")
    return dict(states.select("station_id", pl.col("station_status").cast(pl.String)).iter_rows())


def test_each_station_status_between_two_states_is_a_change_at_its_snapshot() -> None:
    words = ["available", "occupied", "occupied", "out_of_order", "available"]
    polls = [Sighting(POINT, T0 + 300 * n, word, T0 - 60) for n, word in enumerate(words)]
    stored = point_changes(NOTHING, frame(polls[:1]), "test").states

    found = station_changes(stored, frame(polls[1:]), "test")
    assert found.select("event", "occurred_at", "kind").rows() == [
        ("became_full", at(T0 + 300), "polled"),
        ("broke_down", at(T0 + 900), "polled"),
        ("came_back", at(T0 + 1200), "polled"),
    ]
    far = station_changes(stored, frame([Sighting(POINT, T0 + 1801, "occupied", T0)]), "test")
    assert far["kind"].to_list() == ["unseen"]


def test_a_station_missing_from_a_snapshot_keeps_the_status_of_its_last_sighting() -> None:
    other = "JE*TQA*E0001"
    polls = [Sighting(POINT, T0, "available", T0 - 60), Sighting(other, T0, "available", T0 - 60)]
    without = Sighting(other, T0 + 300, "available", T0 - 60)
    back = Sighting(POINT, T0 + 600, "available", T0 - 60)
    states = point_changes(NOTHING, frame(polls), "test").states
    states = point_changes(states, frame([without]), "test").states

    assert station_changes(states, frame([back]), "test").is_empty(), "nothing became free"


def stored(words: dict[str, str], second: int) -> pl.DataFrame:
    return point_changes(NOTHING, snapshot_of(words, second), "test").states


def snapshot_of(words: dict[str, str], second: int) -> pl.DataFrame:
    return frame([Sighting(point, second, word, second - 60) for point, word in words.items()])


CONTENT = ["subject", "subject_id", "occurred_at", "from_word", "to_word", "to_is_stale"]


def landed(seen: list[Sighting], *more: pl.DataFrame) -> pl.DataFrame:
    """The outbox after snapshots that came in their order, with rows that were appended."""
    rows = [
        point_changes(NOTHING, frame(seen), "x").changes,
        station_changes(NOTHING, frame(seen), "x"),
    ]
    both = pl.concat([*rows, *more], how="vertical_relaxed")
    return both.with_columns(pl.int_range(1, both.height + 1).alias("position"))


@pytest.mark.slow
@examples(12)
@given(sightings(), st.data())
def test_late_snapshots_correct_the_outbox_as_if_they_had_arrived_in_time(
    drawn: tuple[datetime, list[Sighting]], data: st.DataObject
) -> None:
    seconds = sorted({one.second for one in drawn[1]})
    if len(seconds) < 3:
        return
    # All points are in the first and the last snapshot: what lies before and after is not known.
    ends = [
        Sighting(p, s, "available", s - 60)
        for p in POINTS
        for s in (seconds[0] - 9, seconds[-1] + 9)
    ]
    seen = sorted([*ends, *drawn[1]], key=lambda one: one.second)
    late = data.draw(st.sets(st.sampled_from(seconds), min_size=1))
    in_time = [one for one in seen if one.second not in late]

    def content(rows: pl.DataFrame) -> pl.DataFrame:
        return in_force(rows).select(CONTENT).sort(CONTENT, nulls_last=True)

    before, whole = landed(in_time), landed(seen)
    first = corrections(before, frame(seen, shuffled_by=3), "x")
    assert first["is_late"].all()
    assert first["is_correction"].all()
    after = landed(in_time, first)
    assert content(after).equals(content(whole))
    assert corrections(after, frame(seen), "x").is_empty(), "and nothing twice"
    # The same snapshots are set aside, and taken back: each row has an id of its own.
    aside = landed(in_time, first, corrections(after, frame(in_time), "x"))
    assert content(aside).equals(content(before))
    back = landed(in_time, *_parts(aside, before), corrections(aside, frame(seen), "x"))
    assert content(back).equals(content(whole))
    assert back["change_id"].is_unique().all()
    assert StatusChange.is_valid(back, cast=True)


def _parts(rows: pl.DataFrame, before: pl.DataFrame) -> list[pl.DataFrame]:
    return [rows.slice(before.height).drop("position")]


@pytest.mark.parametrize(
    ("before", "after", "event"),
    [
        ("occupied", "available", "became_free"),
        ("available", "occupied", "became_full"),
        ("unknown", "available", "became_free"),
        ("available", "out_of_order", "broke_down"),
        ("out_of_order", "available", "came_back"),
        ("out_of_order", "occupied", "came_back"),
        ("available", "unknown", "became_silent"),
    ],
)
def test_each_change_of_a_station_status_has_its_event(before: str, after: str, event: str) -> None:
    changes = station_changes(
        stored({POINT: before}, T0), snapshot_of({POINT: after}, T0 + 300), "test"
    )

    assert changes["event"].to_list() == [event]
    assert StatusChange.is_valid(
        changes.with_columns(pl.lit(1, pl.Int64).alias("position")), cast=True
    )


def test_there_is_no_change_where_the_status_stays_or_nothing_was_stored() -> None:
    one = stored({POINT: "available", SIBLING: "occupied"}, T0)
    other = snapshot_of({POINT: "occupied", SIBLING: "available"}, T0 + 300)

    assert station_changes(one, other, "test").is_empty()
    assert station_changes(one.clear(), other, "test").is_empty()


def test_a_change_in_an_hour_that_had_passed_is_a_correction() -> None:
    set_aside = stored({POINT: "available"}, T0 + 4000)
    older = snapshot_of({POINT: "occupied"}, T0 + 300)  # the newest, since the other is set aside
    newer = snapshot_of({POINT: "occupied"}, T0 + 4300)

    assert station_changes(set_aside, older, "test")["is_correction"].to_list() == [True]
    assert station_changes(set_aside, newer, "test")["is_correction"].to_list() == [False]


def test_an_id_is_reproducible_and_differs_for_another_instant() -> None:
    def changed(second: int) -> str:
        before, after = stored({POINT: "available"}, T0), snapshot_of({POINT: "occupied"}, second)
        return str(station_changes(before, after, "test")["change_id"].item())

    assert changed(T0 + 300) == changed(T0 + 300) != changed(T0 + 600)


def test_the_kind_of_a_change_tells_how_exact_its_instant_is() -> None:
    def kind(second: int, updated: int) -> tuple[str, datetime]:
        stored = point_changes(NOTHING, frame([Sighting(POINT, T0, "available", T0 - 900)]), "test")
        later = frame([Sighting(POINT, second, "occupied", updated)])
        (row,) = point_changes(stored.states, later, "test").changes.rows(named=True)
        return row["kind"], row["occurred_at"]

    assert kind(T0 + 300, T0 + 120) == ("exact", HOUR_START + timedelta(seconds=120))
    assert kind(T0 + 300, T0 - 900) == ("polled", HOUR_START + timedelta(seconds=300))
    assert kind(T0 + 300, T0 - 100) == ("polled", HOUR_START)
    assert kind(T0 + 3000, T0 + 120) == ("unseen", HOUR_START + timedelta(seconds=3000))
