"""Snapshots of an hour against those that its polls would have made."""

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.transform.poll_counts import poll_counts
from belib_weather.window import HOUR, Window

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LATER = NOON + 100 * HOUR
SCHEMA = pl.Schema({"captured_at": pl.Datetime("us", "UTC"), "cadence_seconds": pl.Int64()})


def inventory(*polls: tuple[float, int | None]) -> pl.DataFrame:
    """Documents by minutes after noon, and their cadence in seconds."""
    rows = [(NOON + minutes * MINUTE, cadence) for minutes, cadence in polls]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def counts(
    stored: pl.DataFrame, hours: int = 1, now: datetime = LATER, before: int | None = None
) -> list[tuple[int, int | None]]:
    """Snapshots and expected of the hours from noon on."""
    window = Window(NOON, NOON + hours * HOUR)
    return poll_counts(stored, window, now, before).select("snapshots", "expected").rows()


def test_an_hour_is_expected_to_hold_what_its_cadence_makes() -> None:
    assert counts(inventory(*((m, 300) for m in range(0, 60, 5)))) == [(12, 12)]
    assert counts(inventory(*((m, 900) for m in range(0, 60, 15)))) == [(4, 4)]
    assert counts(inventory((7, 420))) == [(1, 9)]  # a part of a poll is one more poll


def test_an_hour_without_a_poll_misses_what_the_last_one_promised() -> None:
    stored = inventory((0, 900), (130, 300))

    assert counts(stored, hours=4) == [(1, 4), (0, 4), (1, 12), (0, 12)]
    assert counts(inventory(), before=300) == [(0, 12)]


def test_before_the_first_poll_nothing_is_expected() -> None:
    assert counts(inventory((20, None), (80, 300)), hours=2) == [(1, None), (1, 12)]


def test_an_import_counts_and_sets_no_cadence() -> None:
    assert counts(inventory((0, 900), (59, None))) == [(2, 4)]


def test_a_cadence_beyond_fifteen_minutes_expects_no_less() -> None:
    assert counts(inventory((0, 3600))) == [(1, 4)]


def test_two_documents_of_one_second_are_one_snapshot() -> None:
    assert counts(inventory((0, 300), (0.005, 300), (0.02, 300))) == [(2, 12)]


def test_the_hour_that_goes_on_is_expected_up_to_now() -> None:
    stored = inventory((0, 300), (5, 300))

    assert counts(stored, hours=2, now=NOON + 7 * MINUTE) == [(2, 2), (0, 0)]
    assert counts(stored, now=NOON + 59 * MINUTE) == [(2, 12)]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 6 * 3600 - 1).map(lambda second: second / 60),
            st.sampled_from([None, 60, 300, 900, 1800]),
        ),
        max_size=40,
    ),
    st.sampled_from([None, 300]),
)
def test_every_hour_has_a_row_and_every_second_counts_once(
    polls: list[tuple[float, int | None]], before: int | None
) -> None:
    whole = counts(inventory(*polls), hours=6, before=before)

    assert len(whole) == 6
    assert sum(snapshots for snapshots, _ in whole) == len({minutes for minutes, _ in polls})
    known = [expected is not None for _, expected in whole]
    assert known == sorted(known)  # once polled, always expected
