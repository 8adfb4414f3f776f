"""What is known at an origin does not change when the future does, whatever was lost before."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.forecast.features import NAMES
from belib_weather.forecast.history import FREE, OUT, UNOBSERVED, History
from belib_weather.forecast.sample import sample_rows
from belib_weather.forecast.states import States
from belib_weather_tests.examples import examples

UNITS, INSTANTS, STEP = 6, 4 * 24 * 9, 900
START = 1_772_402_400  # a Sunday at 22:00 UTC


def history(seed: int, *, gap: int, with_stations: bool) -> History:
    rng = np.random.default_rng(seed)
    runs = rng.integers(UNOBSERVED, OUT + 1, (UNITS, INSTANTS // 9 + 1)).astype(np.int8)
    state = np.repeat(runs, 9, axis=1)[:, :INSTANTS]
    state[:, gap : gap + 4 * 24 * 2] = UNOBSERVED
    numbers = np.arange(UNITS, dtype=np.int64) // 3
    none = np.full(UNITS, -1, dtype=np.int64)
    names = tuple(f"u{n}" for n in range(UNITS))
    station = numbers if with_stations else none
    stations = ("s0", "s1") if with_stations else ()
    return History(names, START, STEP, state, True, numbers, ("g0", "g1"), station, stations)


@given(
    seed=st.integers(0, 2**32 - 1),
    at=st.integers(4 * 24 * 2, INSTANTS - 4 * 24 - 1),
    gap=st.integers(0, INSTANTS),
    with_stations=st.booleans(),
)
@examples(80)
def test_features_use_nothing_after_the_origin(
    seed: int, at: int, gap: int, with_stations: bool
) -> None:
    first = history(seed, gap=gap, with_stations=with_stations)
    other = history(seed + 1, gap=0, with_stations=with_stations)
    changed = np.concatenate([first.state[:, : at + 1], other.state[:, at + 1 :]], axis=1)
    second = History(**{**vars(first), "state": changed})
    ahead = np.array([1, 4, 24, 96], dtype=np.int64)
    unit = np.repeat(np.arange(UNITS, dtype=np.int64), len(ahead))
    rows = unit, np.full(len(unit), at, dtype=np.int64), at + np.tile(ahead, UNITS)

    one, two = (sample_rows(States(h), "Europe/Paris", None, rows) for h in (first, second))

    np.testing.assert_array_equal(one.features, two.features)
    np.testing.assert_array_equal(one.persistence, two.persistence)
    np.testing.assert_array_equal(one.usual, two.usual)


def test_features_match_their_names() -> None:
    state = np.full((1, INSTANTS), FREE, dtype=np.int8)
    at = 4 * 24 * 8
    state[0, at - 8 : at + 1] = 0  # taken for two hours
    own = np.full(1, -1, dtype=np.int64)
    history = History(("u",), START, STEP, state, True, own, (), own, ())
    rows = np.array([0]), np.array([at]), np.array([at + 4])

    found = dict(
        zip(
            NAMES, sample_rows(States(history), "UTC", None, rows).features[0].tolist(), strict=True
        )
    )

    assert found["horizon"] == 1
    assert (found["state"], found["since_change"], found["since_free"]) == (0, 2.0, 2.25)
    assert (found["day_before"], found["week_before"]) == (1, 1)
    assert found["free_3h"] == pytest.approx(3 / 12)
    assert found["free_day"] == pytest.approx(87 / 96)
    assert found["usual"] == pytest.approx(1, abs=0.02)
    assert found["today"] == pytest.approx(-9 / 92, abs=0.02)  # it is 22:00, since midnight
    assert found["hour"] == 23
