"""When a process that failed is started again."""

from hypothesis import given
from hypothesis import strategies as st

from belib_weather.local.restart_policy import (
    LIMIT,
    LIMIT_SECONDS,
    RestartPolicy,
)


def starts(lives: list[float]) -> list[tuple[float, float]]:
    """Failure and next start of a process that runs well for so many seconds each time."""
    policy, now, found = RestartPolicy(), 0.0, []
    for seconds in lives:
        now += seconds
        start = policy.next_start(now, seconds)
        found.append((now, start))
        now = start
    return found


def test_pauses_double_from_a_second_to_a_minute() -> None:
    pauses = [start - failed for failed, start in starts([0.0] * LIMIT)]
    assert pauses == [1, 2, 4, 8, 16, 32]


def test_a_process_that_ran_well_is_restarted_at_once() -> None:
    pauses = [start - failed for failed, start in starts([0, 0, 0, 3_600, 0])]
    assert pauses == [1, 2, 4, 1, 2]


@given(st.lists(st.floats(0, 2_000), max_size=40))
def test_starts_within_ten_minutes_stay_below_the_limit(lives: list[float]) -> None:
    found = [start for _, start in starts(lives)]
    for first, later in zip(found, found[LIMIT:], strict=False):
        assert later - first > LIMIT_SECONDS - 0.1


@given(st.lists(st.floats(0, 2_000), max_size=40))
def test_every_failure_is_followed_by_a_start(lives: list[float]) -> None:
    for failed, start in starts(lives):
        assert 0.9 < start - failed < LIMIT_SECONDS + 0.1
