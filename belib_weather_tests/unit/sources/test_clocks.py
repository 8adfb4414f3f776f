"""This machine's clock against the server's `Date`."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from belib_weather.sources.clocks import clock_ahead

STARTED = datetime(2026, 11, 24, 12, tzinfo=UTC)
ENDED = STARTED + timedelta(seconds=20)


@pytest.mark.parametrize(
    ("offset", "age", "ahead"),
    [
        (0, 0, 0),
        (20, 0, 0),
        (-3600, 0, 3600),
        (3620, 0, -3600),
        (-300, 300, 0),  # a cache had it for five minutes
    ],
)
def test_the_clock_difference_excludes_the_duration_of_the_request(
    offset: int, age: int, ahead: int
) -> None:
    date = format_datetime(STARTED + timedelta(seconds=offset), usegmt=True)
    headers = {"date": date, "age": str(age)}
    assert clock_ahead(headers, STARTED, ENDED) == timedelta(seconds=ahead)


@pytest.mark.parametrize("headers", [{}, {"date": "soon"}, {"date": "", "age": "x"}])
def test_a_server_without_a_clock_gives_no_difference(headers: dict[str, str]) -> None:
    assert clock_ahead(headers, STARTED, ENDED) == timedelta(0)
