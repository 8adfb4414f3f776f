"""What Kibana's charts, number formats and query language make of the bundle."""

import copy
import json
import re
from typing import Any

import polars as pl
import pytest

from belib_weather.kibana.bundle import build_bundle
from belib_weather.panels.axes import axes_of
from belib_weather.panels.filters import Filter
from belib_weather.panels.i18n import Language
from belib_weather.panels.measures import Statistic, is_share
from belib_weather.panels.pictures import picture
from belib_weather.panels.rendering import svg_of
from belib_weather.panels.series import HEIGHT
from belib_weather.panels.specification import Panel, Shape
from belib_weather.panels.texts import value_text
from belib_weather_tests.every_panel import every_panel
from belib_weather_tests.node.conftest import Ask, tools
from belib_weather_tests.node.queries import matches
from belib_weather_tests.unit.kibana import interpreter
from belib_weather_tests.unit.kibana.interpreter import Json

PANELS = every_panel()
USUAL = {
    "brier_score": (0.02, 0.08),
    "chance_of_a_free_point": (0.93, 0.95),
    "coverage": (0.97, 1.0),
    "occupancy": (0.25, 0.40),
    "precipitation_mm": (0.0, 1.5),
    "refused": (0.0, 2.0),
    "saturation": (0.004, 0.03),
    "share_available": (0.55, 0.70),
    "share_out_of_order": (0.02, 0.06),
    "share_stale": (0.01, 0.03),
    "share_unknown": (0.02, 0.035),
    "temperature_c": (3.0, 9.0),
    "time_observed": (0.9, 1.0),
}
"""Least and most of what was seen within a week, hour by hour; of counts see `_rows`."""
FILLED = 0.25
"""A line that covers less of the height of its axis is flat."""
VALUES = (0.0, 0.00041, 0.016, 0.6, 0.93456, 1.0, 12.34, 1234.567, 98765.4)
"""None is half-way between two texts, where languages round differently."""


def _lens() -> dict[str, Json]:
    """The Lens panels of the bundle by name."""
    return {
        panel["panelIndex"]: panel
        for dashboard in interpreter.dashboards(build_bundle("belib").ndjson)
        for panel in interpreter.panels(dashboard)
        if panel["type"] == "lens"
    }


def _charts() -> dict[str, Json]:
    """The state of each chart over an axis that is not stacked, by the panel's name."""
    return {
        name: panel["embeddableConfig"]["attributes"]["state"]["visualization"]
        for name, panel in _lens().items()
        if PANELS[name].shape in (Shape.LINES, Shape.BARS)
    }


def _rows(panel: Panel) -> list[dict[str, float]]:
    """Twelve groups whose values go from least to most and back."""
    rows = []
    for i in range(12):
        row: dict[str, float] = {"by0": i}
        for measure in panel.measures:
            least, most = USUAL.get(measure.name, (10, 12))
            row[measure.name] = least + (most - least) * (1 - abs(i - 6) / 6)
        rows.append(row)
    return rows


@pytest.fixture(scope="module")
def answers(ask: Ask) -> dict[str, dict[Any, Any]]:
    """All answers of one process, by what they are of."""
    charts = _charts()
    plain = copy.deepcopy(charts["chance-by-hour"])
    del plain["yLeftExtent"]
    cases = [*charts.items(), ("without an extent", plain)]
    formats = _formats()
    conditions = sorted(_conditions())
    found = ask(
        {
            "axes": [
                {"visualization": shown, "rows": _rows(PANELS.get(name, PANELS["chance-by-hour"]))}
                for name, shown in cases
            ],
            "texts": [
                {"format": shape, "value": value} for shape in formats.values() for value in VALUES
            ],
            "queries": conditions,
        }
    )
    texts = iter(found["texts"])
    return {
        "axes": dict(zip((name for name, _ in cases), found["axes"], strict=True)),
        "texts": {key: [next(texts) for _ in VALUES] for key in formats},
        "queries": dict(zip(conditions, found["queries"], strict=True)),
    }


def test_no_line_is_flat_in_kibana(answers: dict[str, dict[Any, Any]]) -> None:
    flat = {
        f"{name}/{measure}": round(height, 3)
        for name in _charts()
        if PANELS[name].shape is Shape.LINES
        for measure, height in answers["axes"][name]["heights"].items()
        if height < FILLED
    }

    assert flat == {}
    assert answers["axes"]["without an extent"]["heights"]["chance_of_a_free_point"] < 0.05


def test_the_axes_that_begin_at_zero_do_so_in_kibana(answers: dict[str, dict[Any, Any]]) -> None:
    for name in _charts():
        domains = answers["axes"][name]["domains"]
        for axis in axes_of(PANELS[name]):
            least = min(row[m.name] for row in _rows(PANELS[name]) for m in axis.measures)
            assert (domains[axis.side][0] == 0) == (axis.begins_at_zero or least == 0), name


def test_a_line_is_about_as_high_in_the_preview(answers: dict[str, dict[Any, Any]]) -> None:
    panel = PANELS["pressure-by-hour"]
    rows = pl.DataFrame(_rows(panel)).rename({"by0": "local_hour"})

    svg = svg_of(picture(panel, rows), Language.ENGLISH)

    paths = re.findall(r'<g class="mark-line[^>]*><path[^>]*? d="([^"]*)"', svg)
    ours = [[float(y) for y in re.findall(r"[ML][\d.]+,([\d.]+)", path)] for path in paths]
    theirs = answers["axes"][panel.name]["heights"]
    for measure, line in zip(panel.measures, ours, strict=True):
        assert (max(line) - min(line)) / HEIGHT == pytest.approx(theirs[measure.name], abs=0.2)


def test_kibana_writes_numbers_as_the_preview_does(answers: dict[str, dict[Any, Any]]) -> None:
    for (name, measure), texts in answers["texts"].items():
        if PANELS[name].shape in (Shape.LINES, Shape.BARS, Shape.STACKED):
            continue
        shown = [value_text(PANELS[name].measure(measure), value) for value in VALUES]
        assert texts == [text.replace("\u00a0", " ") for text in shown], f"{name}/{measure}"


def test_ticks_of_an_axis_have_the_decimals_that_they_need(
    answers: dict[str, dict[Any, Any]],
) -> None:
    for (name, name_of_measure), texts in answers["texts"].items():
        if PANELS[name].shape not in (Shape.LINES, Shape.BARS, Shape.STACKED):
            continue
        measure = PANELS[name].measure(name_of_measure)
        unit, factor = ("%", 100) if is_share(measure) else ("", 1)
        for text, value in zip(texts, VALUES, strict=True):
            whole = f"{factor * value:,.{measure.decimals + 2}f}".rstrip("0").rstrip(".")
            assert text.startswith(f"{whole}{unit}"), f"{name}/{name_of_measure}"
    assert answers["texts"]["quality-over-time", "coverage"][VALUES.index(1.0)] == "100%"


def test_the_requests_of_kibana_select_the_rows_of_the_filters(
    answers: dict[str, dict[Any, Any]],
) -> None:
    cases = _conditions()
    assert cases
    for kql, filters in cases.items():
        rows = _documents(filters)
        frame = pl.DataFrame(rows)
        expected = frame.select(
            pl.all_horizontal(condition.expression() for condition in filters)
        ).to_series()
        assert [matches(answers["queries"][kql], row) for row in rows] == expected.to_list(), kql
        assert 0 < expected.sum() < len(rows)


@pytest.mark.parametrize(
    ("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)]
)
def test_without_node_the_tests_are_skipped_but_fail_in_ci(
    ci: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PATH", "")

    with pytest.raises(outcome, match=r"node and npm not found: install Node.js"):
        tools()


def _formats() -> dict[tuple[str, str], Json]:
    """The format of every measure that a panel shows."""
    return {
        (name, measure): column["params"]["format"]
        for name, panel in _lens().items()
        for measure, column in interpreter.layer(panel)["columns"].items()
        if measure in interpreter.accessors(panel) and "format" in column["params"]
    }


def _conditions() -> dict[str, tuple[Filter, ...]]:
    """Each condition of a panel or a measure, and the filters that it is written for."""
    found: dict[str, tuple[Filter, ...]] = {}
    for name, panel in _lens().items():
        attributes = panel["embeddableConfig"]["attributes"]
        if kql := attributes["state"]["query"]["query"]:
            found[kql] = PANELS[name].filters
        for measure, column in interpreter.layer(panel)["columns"].items():
            shown = {m.name: m for m in PANELS[name].measures}.get(measure)
            if isinstance(shown, Statistic) and shown.filter is not None:
                found[column["filter"]["query"]] = (shown.filter,)
    return found


def _documents(filters: tuple[Filter, ...]) -> list[dict[str, Any]]:
    """Rows with every value of each field that a filter names, and with one that it does not."""
    rows: list[dict[str, Any]] = [{}]
    for condition in filters:
        values = list(condition.values)
        rows = [
            row | {condition.field: value} for row in rows for value in (*values, _other(values))
        ]
    return json.loads(json.dumps(rows))  # type: ignore[no-any-return]


def _other(values: list[Any]) -> Any:
    """A value of the same type that is none of these."""
    if isinstance(values[0], bool):
        return not values[0]
    return max(values) + 1 if isinstance(values[0], int) else f"not {values[0]}"
