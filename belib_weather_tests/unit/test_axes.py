"""The drawing rule: which axes a panel has, and that its picture obeys."""

import re
from dataclasses import replace

import polars as pl
import pytest

from belib_weather.panels import figures as f
from belib_weather.panels.axes import axes_of
from belib_weather.panels.dashboard_panels import hours, over_time, places
from belib_weather.panels.i18n import Language
from belib_weather.panels.measures import Measure
from belib_weather.panels.pictures import picture
from belib_weather.panels.rendering import svg_of
from belib_weather.panels.series import HEIGHT
from belib_weather.panels.specification import Panel, Shape
from belib_weather_tests.every_panel import every_panel

_LINE = re.compile(r'<g class="mark-line[^>]*><path[^>]*? d="([^"]*)"')
PANELS = [
    panel
    for panel in every_panel().values()
    if panel.shape in (Shape.LINES, Shape.BARS, Shape.STACKED)
]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.name)
def test_every_measure_is_along_one_axis_with_a_title(panel: Panel) -> None:
    axes = axes_of(panel)

    assert [m for axis in axes for m in axis.measures] == list(panel.measures)
    assert len({axis.side for axis in axes}) == len(axes)
    assert all(axis.title_in(language) for axis in axes for language in Language)
    assert panel.shape is Shape.LINES or all(axis.begins_at_zero for axis in axes)


@pytest.mark.parametrize(
    ("panel", "expected"),
    [
        (hours.CHANCE_BY_HOUR, [("left", ["chance_of_a_free_point"], False)]),
        (hours.PRESSURE_BY_HOUR, [("left", ["occupancy"], False), ("right", ["saturation"], True)]),
        (
            over_time.QUALITY_OVER_TIME,
            [("left", ["coverage"], False), ("right", ["share_stale", "share_unknown"], True)],
        ),
        (
            over_time.WEATHER_OVER_TIME,
            [("left", ["temperature_c"], False), ("right", ["precipitation_mm"], True)],
        ),
        (places.CHANCE_BY_ARRONDISSEMENT, [("left", ["chance_of_a_free_point"], True)]),
    ],
    ids=lambda value: value.name if isinstance(value, Panel) else "",
)
def test_measures_of_different_units_or_ranges_have_separate_axes(
    panel: Panel, expected: list[tuple[str, list[str], bool]]
) -> None:
    found = [(a.side, [m.name for m in a.measures], a.begins_at_zero) for a in axes_of(panel)]

    assert found == expected


@pytest.mark.parametrize(
    ("shape", "measures"),
    [
        (Shape.LINES, (f.COVERAGE, f.SHARE_STALE, f.TEMPERATURE)),
        (Shape.BARS, (f.COVERAGE, f.STATIONS)),
    ],
)
def test_a_panel_that_needs_more_axes_is_refused(
    shape: Shape, measures: tuple[Measure, ...]
) -> None:
    with pytest.raises(ValueError, match=r"chance-by-hour: .* make a panel of each"):
        axes_of(replace(hours.CHANCE_BY_HOUR, shape=shape, measures=measures))


@pytest.mark.long
def test_lines_of_different_ranges_fill_the_height_each() -> None:
    clock = list(range(24))
    rows = pl.DataFrame(
        {
            "local_hour": clock,
            "occupancy": [0.30 + 0.02 * (hour % 2) for hour in clock],
            "saturation": [0.01 * (hour % 2) for hour in clock],
        }
    )

    svg = svg_of(picture(hours.PRESSURE_BY_HOUR, rows), Language.ENGLISH)

    lines = [
        [float(y) for y in re.findall(r"[ML][\d.]+,([\d.]+)", path)] for path in _LINE.findall(svg)
    ]
    assert len(lines) == 2
    assert all(max(line) - min(line) > HEIGHT / 2 for line in lines)
    assert all(title in svg for title in (">occupancy<", ">saturation<", ">Hour in Paris<"))
