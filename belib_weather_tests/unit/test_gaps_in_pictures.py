"""Pictures over time have a gap where nothing was observed, never a line."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from belib_weather.panels.dashboard_panels.over_time import AVAILABILITY_OVER_TIME, OCCUPANCY_BY_DAY
from belib_weather.panels.dashboard_panels.polls import TIME_OBSERVED_OVER_TIME
from belib_weather.panels.i18n import Language
from belib_weather.panels.pictures import picture
from belib_weather.panels.rendering import svg_of
from belib_weather.panels.specification import Panel
from belib_weather.window import HOUR

_LINE = re.compile(r'<g class="mark-line[^>]*><path[^>]*? d="([^"]*)"')
_BAR = re.compile(r'<g class="mark-rect[^>]*>(.*?)</g>')
MIDNIGHT = datetime(2026, 11, 10, tzinfo=UTC)
SEEN = [number for number in range(24) if not 2 <= number < 8]


def drawn(panel: Panel, field: str, at: Iterable[object], value: float | None = 0.5) -> str:
    """The picture of a panel with one value everywhere."""
    times = pl.DataFrame({field: list(at)})
    if field == "hour":
        times = times.with_columns(pl.col(field).cast(pl.Datetime("us", "UTC")))
    rows = times.with_columns(pl.lit(value).alias(measure.name) for measure in panel.measures)
    return svg_of(picture(panel, rows), Language.ENGLISH)


@pytest.mark.parametrize(
    ("panel", "field", "at"),
    [
        (AVAILABILITY_OVER_TIME, "hour", [MIDNIGHT + number * HOUR for number in SEEN]),
        (
            OCCUPANCY_BY_DAY,
            "local_date",
            [date(2026, 10, 1) + timedelta(days=number) for number in SEEN],
        ),
    ],
    ids=["hours", "days"],
)
def test_a_line_is_interrupted_at_a_gap(panel: Panel, field: str, at: list[object]) -> None:
    lines = _LINE.findall(drawn(panel, field, at))

    assert len(lines) == len(panel.measures)
    assert [line.count("M") for line in lines] == [2] * len(lines)


def test_an_hour_that_was_not_observed_has_no_bar() -> None:
    hours = [MIDNIGHT + number * HOUR for number in range(24)]
    shares = pl.DataFrame({"hour": hours, "time_observed": [float(n in SEEN) for n in range(24)]})
    rows = shares.with_columns(pl.col("hour").cast(pl.Datetime("us", "UTC")))

    svg = svg_of(picture(TIME_OBSERVED_OVER_TIME, rows), Language.ENGLISH)

    heights = [
        abs(float(height)) for height in re.findall(r"h[\d.]+v(-?[\d.]+)h", _BAR.findall(svg)[0])
    ]
    assert len([height for height in heights if height > 0]) == len(SEEN)
