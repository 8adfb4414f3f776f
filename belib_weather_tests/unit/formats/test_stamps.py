"""Which stamps count, and when a snapshot can have been captured."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.formats import stamps
from belib_weather.formats.batches import Snapshot
from belib_weather.formats.realtime import read_realtime
from belib_weather.formats.snapshots import read_sightings
from belib_weather.sources.capture_times import capture_time_problem
from belib_weather.sources.errors import InvalidBody
from belib_weather.sources.explore import response_of_export
from belib_weather_tests.examples import examples
from belib_weather_tests.unit.sources.feed import MINIMUM, bytes_of, records
from belib_weather_tests.unit.transform.reference import is_sign_of_life, newest_plausible

AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
YEAR_12345 = "+12345-01-01T00:00:00+00:00"


def stamped(*after: timedelta | str, count: int = 12) -> list[dict[str, Any]]:
    """Records of which the first are stamped so long after the capture, the rest before it."""
    rows = records(count)
    for i, row in enumerate(rows):
        row["last_updated"] = (AT - (i + 1) * MINUTE).isoformat()
    for row, offset in zip(rows, after, strict=False):
        row["last_updated"] = offset if isinstance(offset, str) else (AT + offset).isoformat()
    return rows


@examples(100)
@given(st.lists(st.integers(0, 40_000).map(lambda s: 1_700_000_000 + s), min_size=1, max_size=25))
def test_the_newest_plausible_stamp_follows_the_rule(drawn: list[int]) -> None:
    rows = pl.DataFrame({"s": drawn})
    got = rows.select(stamps.newest_plausible(pl.col("s"))).item()
    assert got == newest_plausible([float(s) for s in drawn])


@examples(100)
@given(
    st.lists(st.integers(-4_000, 8_000) | st.sampled_from([-9, 299, 300, 301]), min_size=1),
    st.integers(0, 30),
)
def test_signs_of_life_follow_the_rule(offsets: list[int], others: int) -> None:
    captured = int(AT.timestamp())
    body = [captured + offset for offset in [*offsets, *range(-others * 30, 0, 30)]]
    records = pl.DataFrame({"updated": body, "second": captured, "body": 0})
    alive = stamps.with_signs_of_life(records)["updated"].is_not_null().to_list()
    assert alive == [is_sign_of_life(stamp, captured, [float(s) for s in body]) for stamp in body]


@pytest.mark.parametrize(
    ("after", "is_sign"),
    [
        (5 * MINUTE, True),
        (5 * MINUTE + timedelta(seconds=1), False),
        (timedelta(days=365), False),
        (YEAR_12345, False),
        ("1999-12-31T23:59:59+00:00", False),
        (-timedelta(days=400), True),
    ],
)
def test_a_stamp_ahead_of_capture_and_body_is_no_sign_of_life(
    after: timedelta | str, is_sign: bool
) -> None:
    body = bytes_of(stamped(after))
    for sightings in (
        read_realtime(body).sightings(AT),
        read_sightings([Snapshot(AT, body), Snapshot(AT + MINUTE, bytes_of(stamped()))]).good,
    ):
        first = sightings.row(0, named=True)
        assert (first["updated"] is not None) is is_sign
        assert first["status"] == "occupied"
        assert sightings["updated"].null_count() == (not is_sign)


def test_stamps_of_a_portal_whose_clock_is_ahead_are_signs_of_life() -> None:
    """Its own clock is what is wrong: its points are as fresh as ever."""
    rows = stamped(*(n * MINUTE for n in range(20, 32)))
    assert read_realtime(bytes_of(rows)).sightings(AT)["updated"].null_count() == 0


def test_each_body_of_a_batch_is_compared_with_its_own_stamps() -> None:
    ahead = bytes_of(stamped(*(n * MINUTE for n in range(20, 32))))
    one_ahead = bytes_of(stamped(20 * MINUTE))
    read = read_sightings([Snapshot(AT, ahead), Snapshot(AT, one_ahead)]).good
    assert read["updated"].is_null().to_list() == [False] * 12 + [True] + [False] * 11


def imported(rows: list[dict[str, Any]], captured_at: datetime | None, now: datetime) -> datetime:
    return response_of_export(
        bytes_of(rows), captured_at=captured_at, name="f", minimum_charge_points=MINIMUM, now=now
    ).captured_at


def test_one_stamp_two_hours_ahead_does_not_change_the_capture_time() -> None:
    rows = stamped(timedelta(hours=2))
    assert imported(rows, None, AT + timedelta(days=9)) == AT - 2 * MINUTE
    assert imported(stamped(YEAR_12345), None, AT + timedelta(days=9)) == AT - 2 * MINUTE


@pytest.mark.parametrize(
    ("rows", "captured_at", "reason"),
    [
        (stamped(), AT + timedelta(days=365), "in the future.*correct --captured-at"),
        (stamped(), AT - timedelta(days=9), r"FR\*V75\*EPX01\*000\*1; correct --captured-at"),
        (stamped(*[timedelta(days=365)] * 12), None, "in the future.*say when with --captured-at"),
    ],
)
def test_an_impossible_capture_time_is_refused_with_record_and_option(
    rows: list[dict[str, Any]], captured_at: datetime | None, reason: str
) -> None:
    with pytest.raises(InvalidBody, match=reason) as caught:
        imported(rows, captured_at, AT + MINUTE)
    assert caught.value.response is not None
    assert caught.value.response.captured_at == AT + MINUTE


def test_five_minutes_between_clocks_are_accepted() -> None:
    body = read_realtime(bytes_of(stamped()))
    assert capture_time_problem(AT - 6 * MINUTE, body, AT - 11 * MINUTE) is None
    assert capture_time_problem(AT - 6.1 * MINUTE, body, AT) is not None
    assert capture_time_problem(AT + 5.1 * MINUTE, body, AT) is not None
