"""A long window is worked off in chunks that neither memory nor the locks of a server limit."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from belib_weather.assets.build_facts import build_hours
from belib_weather.assets.sightings_reader import LONGEST, chunks
from belib_weather.lake import RAW_SNAPSHOTS, Lake
from belib_weather.simulator.truth import Truth
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_FACTS
from belib_weather.window import HOUR, Window, floor_hour
from belib_weather_tests.examples import examples
from belib_weather_tests.stores.lake.sample import Sample

START = datetime(2026, 1, 1, tzinfo=UTC)
POLLS = {0: 5, 1: 5, 2: 11, 3: 4, 30: 1, 24 * 40: 10, 24 * 40 + 1: 1}
"""Hour of the window → records polled in it."""


@examples(30)
@given(first=st.integers(-30, 50), hours=st.integers(1, 24 * 150), most=st.integers(1, 40))
@example(first=0, hours=24 * 365 * 3, most=10)
def test_chunks_are_contiguous_and_within_the_limits_of_length_and_records(
    lake: Lake, first: int, hours: int, most: int
) -> None:
    for hour, records in POLLS.items():
        at = START + hour * HOUR + timedelta(minutes=7)
        lake.append(RAW_SNAPSHOTS, Sample(at, record_count=records))
    window = Window(START + first * HOUR, START + (first + hours) * HOUR)

    found = list(chunks(lake, window, most))

    assert (found[0].start, found[-1].end) == (window.start, window.end)
    assert all(before.end == after.start for before, after in pairwise(found))
    for chunk in found:
        assert chunk.end - chunk.start <= LONGEST
        polls = sum(
            n for hour, n in POLLS.items() if chunk.start <= START + hour * HOUR < chunk.end
        )
        assert polls <= most or chunk.end - chunk.start == HOUR


@pytest.mark.parametrize(("most", "count"), [(41, 1), (39, 2), (10, 2), (9, 4)])
def test_what_one_chunk_could_hold_is_cut_in_two_where_reading_ahead_is_worth_it(
    lake: Lake, most: int, count: int
) -> None:
    for hour in range(4):
        lake.append(RAW_SNAPSHOTS, Sample(START + hour * HOUR, record_count=5))
    found = list(chunks(lake, Window(START, START + 4 * HOUR), most))
    assert len(found) == count


def test_several_runs_can_hold_the_longest_chunks_at_once(warehouse: Warehouse) -> None:
    lanes = [Window(START + i * LONGEST, START + (i + 1) * LONGEST) for i in range(4)]
    with (
        warehouse.locked(AVAILABILITY_FACTS, lanes[0]),
        warehouse.locked(AVAILABILITY_FACTS, lanes[1]),
        warehouse.locked(AVAILABILITY_FACTS, lanes[2]),
        warehouse.locked(AVAILABILITY_FACTS, lanes[3]),
    ):
        pass


def test_an_hour_is_provisional_until_a_snapshot_after_it_that_is_not_in_the_future(
    lake: Lake, warehouse: Warehouse
) -> None:
    hour, minute = floor_hour(datetime.now(UTC)), timedelta(minutes=1)
    truth = Truth(charge_points=400)
    polls = (hour - 2 * HOUR + minute, hour - HOUR + minute, hour, hour + HOUR + 10 * minute)
    for at in polls:
        lake.append(RAW_SNAPSHOTS, Sample(at, truth.poll(at), record_count=400))

    built = build_hours(lake, warehouse, map(Window.hour, (hour - 2 * HOUR, hour - HOUR, hour)))

    facts = pl.concat(one.facts for one in built).select("hour", "is_provisional").unique()
    assert dict(facts.iter_rows()) == {
        hour - 2 * HOUR: False,
        hour - HOUR: False,
        hour: True,  # the snapshot after it is in the future
    }
