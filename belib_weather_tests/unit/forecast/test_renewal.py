"""A unit's own rates: counted by hand, and followed step by step as by brute force."""

import numpy as np
import pytest

from belib_weather.forecast.calendar import WEEK_HOURS, local_hours
from belib_weather.forecast.history import FREE, HOUR, OUT, TAKEN, UNOBSERVED, History
from belib_weather.forecast.pace import paces
from belib_weather.forecast.renewal import Origins, renewal_chances
from belib_weather.forecast.states import States
from belib_weather.forecast.turnover import AGES, CLOCK, OUT_AGES, Changes, Rates, rates_of

STEP, QUARTERS = 900, 4
START = 1_772_406_000  # a Monday's midnight in Paris
HOURS = local_hours(START, START + 5 * 24 * HOUR, "Europe/Paris")


def history(*states: list[int], station: bool = False) -> History:
    units = len(states)
    none, all_of_one = np.full(units, -1, dtype=np.int64), np.zeros(units, dtype=np.int64)
    return History(
        *(tuple(f"u{n}" for n in range(units)), START, STEP, np.array(states, dtype=np.int8), True),
        *(none, (), all_of_one if station else none, ("s",) if station else ()),
    )


def rates(leave: list[float], *, arrive: float, back: float = 0.0, broke: float = 0.0) -> Rates:
    return Rates(
        np.full((1, WEEK_HOURS), arrive, dtype=np.float32),
        np.ones(1, dtype=np.float32),
        np.array([leave], dtype=np.float32),
        np.ones(CLOCK, dtype=np.float32),
        np.full(len(OUT_AGES), back, dtype=np.float32),
        broke,
    )


def chance(own: Rates, known: History, ahead: list[int]) -> list[float]:
    states = States(known)
    unit = np.zeros(len(ahead), dtype=np.int64)
    at = np.full(len(ahead), known.instants - 1, dtype=np.int64)
    steps = np.array(ahead, dtype=np.int64)
    busy = paces(states, own, HOURS, unit, at)
    usual = np.full((1, WEEK_HOURS), 0.7, dtype=np.float32)
    found = renewal_chances(own, usual, HOURS, known, Origins.of(states, unit, at, steps, busy))
    return [float(value) for value in found]


def test_without_ages_the_chance_is_that_of_a_two_state_markov_chain() -> None:
    own = rates([0.8] * len(AGES), arrive=0.0)
    made = chance(own, history([TAKEN] * 9), [1, 4, 30])

    assert made == pytest.approx([1 - 0.8**n for n in (1, 4, 30)], abs=1e-5)


def test_the_chance_equals_brute_force() -> None:
    leave = np.where(AGES < 1, 0.2, np.where(AGES < 3, 0.6, 0.3))
    own = rates(leave.tolist(), arrive=0.0)
    own.arrive[:] = 0.2 + 0.1 * (np.arange(WEEK_HOURS) % 24 > 2)
    rng, runs = np.random.default_rng(2), 40_000
    free, age = np.zeros(runs, dtype=bool), np.full(runs, 2)
    pace = (8 + 1) / (8 + 6 * 0.2 / QUARTERS)  # one came today, where 0.3 were to be expected
    wanted = {}
    for step in range(41):
        wanted[step] = free.mean()
        hour = (8 + step) // QUARTERS % 24
        kind = np.searchsorted(AGES, age / QUARTERS, side="right") - 1
        left = ~free & (rng.random(runs) < leave[kind] / QUARTERS)
        came = free & (rng.random(runs) < pace * (0.2 + 0.1 * (hour > 2)) / QUARTERS)
        age = np.where(came, 0, age + 1)
        free = (free | left) & ~came

    made = chance(own, history([FREE] * 6 + [TAKEN] * 3), [4, 12, 40])

    assert made == pytest.approx([wanted[n] for n in (4, 12, 40)], abs=0.012)


def test_an_unobserved_unit_continues_from_its_last_observation() -> None:
    own = rates(np.linspace(0.1, 0.9, len(AGES)).tolist(), arrive=0.3)
    seen = [FREE] * 5 + [TAKEN] * 4

    lost = chance(own, history(seen + [UNOBSERVED] * 12), [4])

    assert lost == pytest.approx(chance(own, history(seen), [16]), abs=1e-6)
    assert np.isnan(chance(own, history(seen + [UNOBSERVED] * 120), [4]))


def test_a_unit_out_of_service_returns_to_the_usual_chance() -> None:
    own = rates([0.0] * len(AGES), arrive=0.0, back=0.4)

    made = chance(own, history([OUT] * 9), [1, 10])

    assert made == pytest.approx([0.7 * (1 - 0.9**n) for n in (1, 10)], abs=1e-5)


def test_changes_are_counted_where_both_instants_are_observed() -> None:
    known = history([FREE, TAKEN, TAKEN, FREE, UNOBSERVED, TAKEN, OUT, OUT, FREE])
    changes = Changes.none(1)
    cell = HOURS.week_hour[HOURS.row(START + STEP * np.arange(8))]
    changes.add(known.state, States(known).age["change"][:, :-1], cell, STEP)

    assert (changes.begun.sum(), changes.ended.sum()) == (1, 1)
    assert (changes.free.sum(), changes.taken.sum()) == (0.25, 0.5)
    assert changes.taken[0, :2].tolist() == [0.25, 0.25]
    assert changes.served.tolist() == [[1.0, 1]]
    assert changes.out_at.sum(axis=1).tolist() == [0.5, 1]


def test_rates_of_little_data_shrink_towards_the_mean_of_all() -> None:
    rng = np.random.default_rng(1)
    changes = Changes.none(40)
    changes.free[:] = 20
    changes.free[0] = 0.01
    pace = np.exp(rng.normal(0, 0.8, 40))
    days = np.repeat(
        [5, 2], CLOCK // 2
    )  # an hour of the clock is one of five days, or of a weekend
    changes.begun[:] = rng.poisson(0.1 * pace[:, None] * 20 * days)
    changes.begun[0] = 0
    changes.begun_all[:] = changes.begun.sum() / WEEK_HOURS

    found = rates_of(changes)

    busy = found.arrive.mean(axis=1)
    assert busy[1:] == pytest.approx(0.1 * pace[1:], rel=0.2, abs=0.01)
    assert 0.02 < busy[0] < 0.3
    assert found.arrive[1].std() < 0.1 * busy[1]  # hours do not differ but by chance


def test_a_busier_station_has_a_higher_pace() -> None:
    own = rates([2.0] * len(AGES), arrive=0.2)
    both = Rates(**{**vars(own), "arrive": own.arrive.repeat(2, axis=0)})
    both = Rates(**{**vars(both), "leave": own.leave.repeat(2, axis=0)})
    quiet = history([FREE] * 80, [FREE] * 80, station=True)
    busy = history([FREE, TAKEN] * 40, [FREE] * 80, station=True)
    at = np.array([79])

    first, second = (
        paces(States(known), both, HOURS, np.array([1]), at) for known in (quiet, busy)
    )

    assert first.today[0] == pytest.approx(8 / (8 + 2 * 79 / 4 * 0.2))
    assert second.today[0] > 2
    assert 1 < second.tomorrow[0] < second.today[0]
    assert second.still[0] == 0  # the other point changed just now
