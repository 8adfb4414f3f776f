"""Figures are declared once: what the documentation says of them is what is computed."""

import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.datasets import AvailabilityFact, AvailabilityHour, StationState, figures
from belib_weather.datasets.feed import FeedHour
from belib_weather.datasets.figures import POINT_SECONDS, VIEW_FIGURES, Figure
from belib_weather.datasets.forecasts import ForecastScore
from belib_weather.exports.dictionary import data_dictionary
from belib_weather.panels.dashboard_panels.places import WORST_STATIONS
from belib_weather.panels.evaluate import evaluate

ROOT = Path(__file__).parents[2]
DECLARED = {value.name: value for value in vars(figures).values() if isinstance(value, Figure)}
WRITTEN = re.compile(r"sum\((\w+)\)\s*/\s*(?:nullif\()?sum\((\w+)\)[^\n]* AS (\w+)")
"""A share of sums in the SQL of a document."""


def in_words(formula: str) -> str:
    """As docs/metrics.md writes it."""
    words = formula.replace("_seconds", "").replace("_", " ")
    return words.replace(" / ", " ÷ ").replace(" * ", " × ").replace("1 - ", "1 − ")


def test_the_documented_formulas_are_the_declared_ones() -> None:
    text = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^`|]+) \| (.*÷.*) \|$", text, re.MULTILINE)

    declared = [*VIEW_FIGURES, figures.TIME_OBSERVED]
    assert [formula for _, formula in rows] == [in_words(f.formula) for f in declared]


@pytest.mark.parametrize("document", ["README.md", "docs/exports.md"])
def test_the_examples_compute_the_declared_figures(document: str) -> None:
    found = WRITTEN.findall((ROOT / document).read_text(encoding="utf-8"))

    assert found
    for numerator, denominator, name in found:
        assert DECLARED[name].numerator == (numerator,)
        assert DECLARED[name].denominator == (denominator,)


def test_the_data_dictionary_has_the_formula_of_every_figure() -> None:
    formulas = data_dictionary().drop_nulls("formula").select("column", "formula")

    assert dict(formulas.iter_rows()) == {f.name: f.formula for f in VIEW_FIGURES}
    assert list(AvailabilityHour.columns())[-len(VIEW_FIGURES) :] == [f.name for f in VIEW_FIGURES]


@pytest.mark.parametrize("figure", DECLARED.values(), ids=DECLARED.keys())
def test_a_figure_uses_existing_columns(figure: Figure) -> None:
    if figure.counted:
        assert {*figure.numerator, figure.counted} <= {*FeedHour.columns()}
        return
    columns = {
        *AvailabilityFact.columns(),
        *StationState.columns(),
        *ForecastScore.columns(),
    }

    assert columns.issuperset(figure.numerator + figure.denominator)
    assert columns.issuperset(figure.now().numerator) or "any_" in figure.formula


def test_time_observed_counts_every_hour_that_has_a_row() -> None:
    sums = pl.DataFrame({"observed_seconds": [3600 + 300, 0], "count_of_hour": [3, 0]})

    assert sums.select(figures.TIME_OBSERVED.of_sums()).to_series().to_list() == [
        pytest.approx(3900 / 10_800),
        None,
    ]


@given(st.lists(st.integers(0, 3600), min_size=len(POINT_SECONDS), max_size=len(POINT_SECONDS)))
def test_the_complement_is_the_same_share(seconds: list[int]) -> None:
    row = pl.DataFrame([seconds], schema=list(POINT_SECONDS), orient="row")
    share = row.select(figures.COVERAGE.of_sums()).item()

    if sum(seconds) == 0:
        assert share is None
    else:
        rest = sum(row[name].item() for name in figures.COVERAGE.complement)
        assert share == pytest.approx(1 - rest / sum(seconds))


def test_the_list_of_the_worst_begins_with_dead_stations_and_leaves_out_full_ones() -> None:
    hour = {"any_observed_seconds": 3600, "charge_points": 3, "address": "somewhere"}
    stations = {  # seconds with a free point, seconds full
        "dead for all of it": (0, 0),
        "dead and at times full": (0, 1800),
        "often down": (900, 0),
        "busy": (360, 3240),
        "always full": (0, 3600),
    }
    zero = dict.fromkeys(AvailabilityFact.column_names(), 0)
    facts = pl.DataFrame(
        {**zero, **hour, "station_id": name, "any_available_seconds": free, "full_seconds": full}
        for name, (free, full) in stations.items()
    )

    ranked = evaluate(WORST_STATIONS, facts)

    assert set(ranked["station_id"][:2]) == {"dead for all of it", "dead and at times full"}
    assert ranked["free_when_not_full"].to_list() == [0, 0, 0.25, 1, None]
