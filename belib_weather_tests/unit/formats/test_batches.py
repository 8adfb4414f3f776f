"""Snapshots are read together a few at a time, fewer of them where each holds many records."""

from datetime import UTC, datetime, timedelta

import pytest

from belib_weather.formats.batches import Snapshot, batches_of

AT = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("records", "sizes"),
    [(2_000, [48, 48, 4]), (20_000, [25, 25, 25, 25]), (100_000, [12] * 8 + [4])],
)
def test_fewer_snapshots_of_a_large_city_are_read_together(records: int, sizes: list[int]) -> None:
    snapshots = [
        Snapshot(AT + number * timedelta(minutes=5), b"", records=records) for number in range(100)
    ]
    batches = list(batches_of(snapshots))
    assert [len(batch) for batch in batches] == sizes
    assert [one for batch in batches for one in batch] == snapshots
