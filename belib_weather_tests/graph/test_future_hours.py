"""Facts of hours that have not begun, made while a clock was ahead, go with the next run."""

from datetime import datetime

from belib_weather.assets.late_hours import differing_hours
from belib_weather.partitions import hour_key
from belib_weather.search.projections import AVAILABILITY_INDEX
from belib_weather.warehouse.tables import AVAILABILITY_FACTS
from belib_weather.window import HOUR, Window
from belib_weather_tests.clocks import StoppedClock
from belib_weather_tests.graph.conftest import DOWNSTREAM, Platform, history, keys_of


def hours(platform: Platform, window: Window) -> tuple[list[datetime], list[datetime]]:
    """Hours of the window with facts, and with documents that readers see."""
    return (
        platform.warehouse.count(AVAILABILITY_FACTS, window)["hour"].to_list(),
        platform.search.count(AVAILABILITY_INDEX, window)["hour"].to_list(),
    )


def test_future_hours_are_removed_and_rebuilt_when_they_begin(
    platform_with_facts: Platform, now: datetime
) -> None:
    platform, past = platform_with_facts, history(now)
    assert platform.materialize("availability_index", keys=keys_of(past)).success
    assert hours(platform, past) == (past.hours, past.hours)

    # The clock is right again, and by it the last two hours are to come.
    middle = past.end - 2 * HOUR
    right = platform.changed(settings={}, clock=StoppedClock(at=f"{middle - HOUR / 2}"))
    assert right.materialize(*DOWNSTREAM, keys=hour_key(middle - HOUR)).success
    begun = Window(past.start, middle)
    assert hours(platform, past) == (begun.hours, begun.hours)

    # Late data finds them, if it was this clock that was wrong.
    late = differing_hours(platform.lake, platform.warehouse, past)["hour"].to_list()
    assert late == Window(middle, past.end).hours
    assert platform.materialize(*DOWNSTREAM, keys=keys_of(Window(middle, past.end))).success
    assert hours(platform, past) == (past.hours, past.hours)
