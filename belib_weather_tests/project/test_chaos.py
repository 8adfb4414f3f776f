"""What the chaos rests on: its slow reading, its plan, and what it calls a missed poll."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from belib_weather_tests.chaos import plan, slow_reading
from belib_weather_tests.chaos.faults import FAULTS
from belib_weather_tests.chaos.polls import missed, unexplained
from belib_weather_tests.unit.transform import reference
from belib_weather_tests.unit.transform.reference import STATUSES, Sighting

HOUR = 1_790_000_000 // 3600 * 3600
START = datetime(2026, 11, 26, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("seed", range(4))
def test_counting_by_intervals_equals_counting_each_second(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - no secret
    points = ["FR*V75*EPX08*11*6", "FR*V75*EPX08*11*7", "FR*V75*EPX08*12*1"]
    seen = []
    for second in sorted(rng.sample(range(HOUR - 1800, HOUR + 5400), 9)):
        for point in rng.sample(points, rng.randint(1, 3)):
            age = rng.choice([0, 30, 400, 26 * 3600 - 200, 26 * 3600 + 9])
            seen.append(Sighting(point, second, rng.choice(STATUSES), second - age))
    station_of = {point: reference.station_of(point) for point in points}
    assert slow_reading.facts_of_hour(seen, HOUR) == reference.facts_of_hour(seen, station_of, HOUR)


def test_the_plan_of_a_full_run_has_sixty_faults_of_every_kind_and_repeats_by_its_seed() -> None:
    drawn = plan.drawn(7, plan.full_run())
    assert len(drawn) >= 60
    assert set(drawn) == set(FAULTS)
    assert drawn == plan.drawn(7, plan.full_run())
    assert drawn != plan.drawn(8, plan.full_run())


def test_a_missed_poll_is_explained_by_a_fault_and_one_cadence_alone() -> None:
    polls = [START + n * MINUTE + timedelta(seconds=3) for n in range(10) if n not in {3, 6}]
    gone = missed(polls, START, START + 10 * MINUTE, MINUTE)
    assert gone == [START + 3 * MINUTE, START + 6 * MINUTE]
    fault = START + 2.5 * MINUTE
    assert unexplained(gone, [(fault, fault)], MINUTE) == [START + 6 * MINUTE]
    assert unexplained(gone, [(fault, START + 5 * MINUTE)], MINUTE) == []
