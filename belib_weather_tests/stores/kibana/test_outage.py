"""A day without polls from 02:00 to 08:00, in Kibana: three quarters seen, and no line across."""

from datetime import datetime

import pytest

from belib_weather.panels.dashboard_panels import over_time, polls
from belib_weather.panels.dimensions import Hour
from belib_weather.panels.specification import Dataset, Shape
from belib_weather_tests.every_panel import every_panel
from belib_weather_tests.stores.kibana import city, numbers
from belib_weather_tests.stores.kibana.conftest import Loaded
from belib_weather_tests.unit.kibana import interpreter
from belib_weather_tests.unit.kibana.interpreter import Json

OVER_TIME = {
    panel.name: panel
    for panel in every_panel().values()
    if panel.by == (Hour(),) and panel.dataset is Dataset.AVAILABILITY
}
DARK = set(city.OUTAGE.hours)


def panel_of(loaded: Loaded, name: str) -> Json:
    """A panel as the bundle stores it."""
    return next(
        panel
        for dashboard in interpreter.dashboards(loaded.bundle.ndjson)
        for panel in interpreter.panels(dashboard)
        if panel["panelIndex"] == name
    )


def shown(loaded: Loaded, name: str, *, with_empty: bool = False) -> interpreter.Rows:
    """What a panel shows of the day."""
    day = city.OUTAGE_DAY
    panel = panel_of(loaded, name)
    return numbers.lens(panel, loaded, day.start, day.end, with_empty=with_empty)


def test_the_day_was_observed_to_three_quarters(loaded: Loaded) -> None:
    [(share, hours)] = shown(loaded, polls.TIME_OBSERVED.name)

    assert (round(100 * share, 1), hours) == (74.7, 24)
    # The points of the hours that were polled say nothing of the others.
    seen = [coverage for _, coverage, *_ in shown(loaded, over_time.QUALITY_OVER_TIME.name)]
    assert len(seen) == 18
    assert [(snapshots, expected) for snapshots, expected in shown(loaded, polls.POLLS.name)] == [
        (18 * 12, 24 * 12)
    ]


def test_each_hour_of_the_outage_is_there_and_empty(loaded: Loaded) -> None:
    share: dict[datetime, float] = dict(shown(loaded, polls.TIME_OBSERVED_OVER_TIME.name))
    gaps: dict[datetime, float] = dict(shown(loaded, polls.LONGEST_GAP_OVER_TIME.name))

    assert {hour for hour, seen in share.items() if not seen} == DARK
    assert {hour for hour, gap in gaps.items() if gap == 3600} == DARK


@pytest.mark.parametrize("name", OVER_TIME)
def test_nothing_is_drawn_across_the_outage(loaded: Loaded, name: str) -> None:
    rows = {hour: values for hour, *values in shown(loaded, name, with_empty=True)}
    # No point of a line; a stacked bar of height 0.
    nothing = 0 if OVER_TIME[name].shape is Shape.STACKED else None

    assert set(city.OUTAGE_DAY.hours) <= set(rows)
    for hour in DARK:
        assert rows[hour] == [nothing] * len(OVER_TIME[name].measures)
    assert rows[city.OUTAGE.end] != [nothing] * len(OVER_TIME[name].measures)
