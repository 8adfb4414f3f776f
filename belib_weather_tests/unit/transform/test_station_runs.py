"""Since when stations are as they are, compared with a second reading of docs/metrics.md."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.datasets import Station
from belib_weather.formats.realtime import SIGHTINGS
from belib_weather.transform.states import station_states
from belib_weather.transform.station_runs import joined, last_runs, runs_of_states
from belib_weather_tests.examples import examples
from belib_weather_tests.unit.transform.slow_runs import since_of

AT = int(datetime(2026, 11, 24, 10, tzinfo=UTC).timestamp())
MONTH = 30 * 86_400
POINTS = ("FR*V75*EPX01*01*1", "FR*V75*EPX01*01*2", "FR*V75*EPX02*01*1")
"""Two stations."""
STEPS = st.sampled_from((300, 900, 1_799, 1_800, 1_801, 7_200))
SEEN = st.tuples(
    st.sampled_from(("available", "occupied", "out_of_order", "unknown")), st.booleans()
)
SNAPSHOT = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(POINTS, SEEN)
)  # a station may be missing from a snapshot
HISTORY = st.lists(st.tuples(STEPS, SNAPSHOT), min_size=1, max_size=12)


def snapshots_of(history: list[tuple[int, dict[str, tuple[str, bool]]]]) -> list[pl.DataFrame]:
    """Sightings of each snapshot, the oldest first; the last at `AT`."""
    second, snapshots = AT, []
    for step, points in reversed(history):
        rows = [
            (point, second, status, second - (200_000 if is_stale else 60))
            for point, (status, is_stale) in points.items()
        ]
        snapshots.append(pl.DataFrame(rows, schema=SIGHTINGS, orient="row"))
        second -= step
    return snapshots[::-1]


def shown(states: pl.DataFrame) -> dict[str, list[tuple[datetime, str]]]:
    """Of each station: since when by its word, and by its points out of order, if any."""
    return {
        row["station_id"]: [
            (row[name], row[f"{name}_kind"])
            for name in ("since", "out_of_order_since")
            if row[name] is not None
        ]
        for row in states.iter_rows(named=True)
    }


def expected(snapshots: list[pl.DataFrame]) -> dict[str, list[tuple[datetime, str]]]:
    found = since_of(snapshots, datetime.fromtimestamp(AT, UTC))
    return {name: [(one.since, one.kind) for one in runs] for name, runs in found.items()}


def states_of(snapshot: pl.DataFrame, second: int, runs: pl.DataFrame) -> pl.DataFrame:
    at = datetime.fromtimestamp(second, UTC)
    return station_states(snapshot, Station.create_empty(), at, "x", runs)


@examples(30)
@given(HISTORY, st.lists(st.integers(0, 40_000), max_size=4))
def test_runs_are_the_same_read_in_any_pieces(
    history: list[tuple[int, dict[str, tuple[str, bool]]]], lengths: list[int]
) -> None:
    *earlier, newest = snapshots_of(history)
    everything = pl.concat([SIGHTINGS.to_frame(), *earlier])
    runs, end = last_runs(newest, AT), AT
    for length in [*lengths, MONTH]:
        start = end - length - 1
        piece = everything.filter(pl.col("second").is_between(start, end, closed="left"))
        runs, end = joined(last_runs(piece, start), runs, start), start

    assert shown(states_of(newest, AT, runs)) == expected([*earlier, newest])
    assert not runs["is_open"].any()


@examples(30)
@given(HISTORY)
def test_runs_continued_from_stored_states_equal_those_read_from_raw(
    history: list[tuple[int, dict[str, tuple[str, bool]]]],
) -> None:
    """Stations that the states before lack excepted, which are read back."""
    *earlier, newest = snapshots_of(history)
    states = pl.DataFrame()
    for position, snapshot in enumerate([*earlier, newest]):
        if snapshot.is_empty():
            continue
        second = snapshot["second"][0]
        runs = last_runs(snapshot, second)
        if not states.is_empty():
            runs = joined(runs_of_states(states), runs, int(states["captured_at"][0].timestamp()))
        back = last_runs(pl.concat([SIGHTINGS.to_frame(), *earlier[:position]]), second - 2 * MONTH)
        states = states_of(snapshot, second, joined(back, runs, second - 2 * MONTH))

    if not newest.is_empty():
        assert shown(states) == expected([*earlier, newest])


@pytest.mark.long
def test_a_run_longer_than_the_limit_is_reported_as_at_least_the_limit() -> None:
    polls = [(900, {POINTS[2]: ("out_of_order", False)}) for _ in range(0, MONTH + 7_200, 900)]
    snapshots = snapshots_of([(900, {POINTS[2]: ("available", False)}), *polls])
    runs = last_runs(pl.concat(snapshots), AT - 2 * MONTH)

    [(since, kind), out] = shown(states_of(snapshots[-1], AT, runs))["FR*V75*PPX02*01"]

    assert (since.timestamp(), kind) == (AT - MONTH, "at_least")
    assert out == (since, kind)
    assert expected(snapshots)["FR*V75*PPX02*01"] == [(since, kind), out]
