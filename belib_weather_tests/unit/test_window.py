"""Windows of UTC time, cut into hours and days."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.partitions import contiguous
from belib_weather.window import HOUR, Window

instants = st.datetimes(
    min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC)
)


@given(instants, st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=5)))
def test_hours_and_days_cover_exactly_the_window(start: datetime, length: timedelta) -> None:
    window = Window(start, start + length)

    for steps, step in ((window.hours, HOUR), (window.days, timedelta(days=1))):
        assert steps[0] <= window.start < steps[0] + step
        assert steps[-1] < window.end <= steps[-1] + step
        assert all(b - a == step for a, b in pairwise(steps))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 1), datetime(2026, 1, 2)),
        (
            datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1))),
            datetime(2026, 1, 2, tzinfo=UTC),
        ),
    ],
)
def test_a_window_is_in_utc_and_ends_after_it_starts(start: datetime, end: datetime) -> None:
    with pytest.raises(ValueError, match="window"):
        Window(start, end)


@given(st.sets(st.integers(0, 400), min_size=1), st.integers(1, 30))
def test_contiguous_windows_hold_exactly_the_hours(offsets: set[int], most: int) -> None:
    hours = [datetime(2026, 3, 1, tzinfo=UTC) + offset * HOUR for offset in offsets]

    windows = contiguous(hours, most=most)

    assert sorted(hour for window in windows for hour in window.hours) == sorted(hours)
    assert all(len(window.hours) <= most for window in windows)
