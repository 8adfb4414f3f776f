"""A small `make coverage-forecasts`: futures drawn from the simulator's state show what comes."""

import numpy as np
import pytest

from belib_weather.forecast.history import FREE, UNOBSERVED
from belib_weather_tests.coverage.forecasts import existing_section, simulated, with_section
from belib_weather_tests.coverage.futures import futures

HOURS = (1.0, 6.0)


@pytest.mark.long
def test_futures_are_calibrated_and_better_than_persistence() -> None:
    history, timeline, weather = simulated(120, 26, 20)
    order = np.argsort(np.array(timeline.fleet.ids))
    said, came, now = [], [], []
    for day in range(4, 19, 2):
        origin = history.start + day * 86_400 + (day * 5 % 24) * 3_600
        drawn = futures(timeline, weather, origin, HOURS, 60).free[:, order]
        for number, hours in enumerate(HOURS):
            then = history.state[:, history.at(origin + int(hours * 3_600))]
            seen = then != UNOBSERVED
            said.append(drawn[number].mean(axis=1)[seen])
            came.append((then == FREE)[seen])
            now.append((history.state[:, history.at(origin)] == FREE)[seen])
    chance, outcome, before = (np.concatenate(parts) for parts in (said, came, now))

    assert abs(chance.mean() - outcome.mean()) < 0.03
    assert ((chance - outcome) ** 2).mean() < 0.7 * (before != outcome).mean()


def test_the_section_is_replaced_and_kept() -> None:
    own = "<!-- forecasts: begin -->\nold\n<!-- forecasts: end -->\n"
    page = with_section("# Page\n\nRest\n", own)

    assert existing_section(page) == own
    assert existing_section("# Page\n") == ""
    assert with_section(page, own.replace("old", "new")) == page.replace("old", "new")
