"""By its numbers an index shows whether another hand wrote to it, whatever the order of events."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.assets.publisher import (
    EVERYTHING,
    record_after_inspection,
    record_after_operations,
)
from belib_weather.automation.publication import SLICE, PublicationCursor, windows_to_compare
from belib_weather.search.operations import IndexState, Operations
from belib_weather.warehouse.publication import PublishedIndex
from belib_weather.window import HOUR

KNOWN = PublishedIndex("i", "a", "uuid", "history", 71)
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@given(
    writers=st.lists(
        st.tuples(st.sampled_from(["ours", "killed", "foreign"]), st.integers(1, 5)), max_size=8
    )
)
def test_an_index_is_suspect_exactly_after_writes_unknown_to_the_ledger(
    writers: list[tuple[str, int]],
) -> None:
    record, newest, unknown = PublishedIndex("i", "a", "uuid", "history", -1), -1, []
    for who, count in writers:
        numbers = list(range(newest + 1, newest + 1 + count))
        newest += count
        if who == "ours":
            record = record_after_operations(record, Operations.of(numbers))
        else:
            unknown += numbers

    found = record_after_inspection(record, IndexState("i", "uuid", "history", newest), "a")

    assert (found.suspicion is not None) is bool(unknown)
    if found.suspected_from is not None:
        assert found.suspected_from < min(unknown)  # nothing of theirs is left out
    assert found.max_seq_no == newest


def test_foreign_operations_between_our_own_make_an_index_suspect() -> None:
    assert record_after_operations(KNOWN, Operations.of([72, 73, 75])).suspected_from == 71
    assert record_after_operations(KNOWN, Operations.of([74, 72, 73])).suspicion is None
    assert record_after_operations(KNOWN, Operations.of([])) == KNOWN
    began_again = record_after_operations(KNOWN, Operations.of([0, 1, 2]))
    assert (began_again.suspected_from, began_again.max_seq_no) == (EVERYTHING, 2)


@pytest.mark.parametrize(
    ("state", "since"),
    [
        (IndexState("i", "uuid", "history", 71), None),
        (IndexState("i", "uuid", "history", 72), 71),
        (IndexState("i", "uuid", "history", 70), EVERYTHING),
        (IndexState("i", "other", "history", 71), EVERYTHING),
        (IndexState("i", "uuid", "other", 71), EVERYTHING),
    ],
)
def test_each_change_of_an_index_state_gives_the_operations_to_audit(
    state: IndexState, since: int | None
) -> None:
    assert record_after_inspection(KNOWN, state, "a").suspected_from == since
    assert record_after_inspection(None, state, "a").suspected_from == EVERYTHING


def test_older_hours_are_compared_slice_by_slice_and_those_that_differed_every_time() -> None:
    start, cursor = NOW - timedelta(days=30), PublicationCursor()
    seen: set[datetime] = set()
    rounds = 0
    while not seen or cursor.older > start.isoformat():
        for window in windows_to_compare(start, NOW, cursor):
            seen |= set(window.hours)
        cursor, rounds = PublicationCursor.read(cursor.text()), rounds + 1
    assert seen == {start + number * HOUR for number in range(30 * 24)}
    assert rounds == -(-timedelta(days=28) // SLICE)
    old = start + 5 * HOUR
    cursor.open = [old.isoformat()]
    assert old in {h for w in windows_to_compare(start, NOW, cursor) for h in w.hours}
    assert windows_to_compare(NOW - HOUR, NOW, PublicationCursor())[0].hours == [NOW - HOUR]
