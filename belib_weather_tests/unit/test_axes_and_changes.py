"""Ticks have the decimals that they need; a change since last week is of two weeks alike."""

import re
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from belib_weather.panels.dashboard_panels.over_time import QUALITY_OVER_TIME
from belib_weather.panels.figures import CHANCE_CHANGE, OCCUPANCY_CHANGE
from belib_weather.panels.i18n import LANGUAGES, Language
from belib_weather.panels.measures import OBSERVED, previous_week
from belib_weather.panels.pictures import picture
from belib_weather.panels.rendering import svg_of


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("lowest", "ticks"), [(0.9, {"90%", "95%", "100%"}), (0.998, {"99.80%", "99.90%", "100.00%"})]
)
def test_ticks_have_as_many_decimals_as_their_step_needs(
    language: Language, lowest: float, ticks: set[str]
) -> None:
    begin = datetime(2026, 11, 24, tzinfo=UTC)
    rows = pl.DataFrame(
        {
            "hour": [begin + timedelta(hours=n) for n in range(3)],
            "coverage": [1.0, lowest, 1.0],
            "share_stale": [0.0, 0.02, 0.04],
            "share_unknown": [0.0, 0.01, 0.02],
        }
    ).with_columns(pl.col("hour").cast(pl.Datetime("us", "UTC")))

    svg = svg_of(picture(QUALITY_OVER_TIME, rows, language), language)

    shown = {re.sub(r"\s", "", text).replace(",", ".") for text in re.findall(r">([^<>]+%)<", svg)}
    assert ticks <= shown
    assert shown & {"0%", "0.0%"}, "the axis on the right"
    assert [text for text in shown if text.startswith("100")] == [max(ticks, key=len)]


@pytest.mark.parametrize(
    ("observed", "is_shown"), [(1.0, True), (0.9, True), (0.89, False), (0.0, False), (1.2, False)]
)
def test_a_change_is_of_weeks_that_were_observed_about_equally_long(
    observed: float, is_shown: bool
) -> None:
    for change in (CHANCE_CHANGE, OCCUPANCY_CHANGE):
        week = dict.fromkeys(change.columns, 1000.0) | {OBSERVED: 6000.0}
        before = {
            previous_week(name): observed * value * (2 if name == change.columns[0] else 1)
            for name, value in week.items()
        }
        sums = pl.DataFrame({**week, **before, previous_week(OBSERVED): observed * 6000.0})

        value = sums.select(change.of_sums()).item()

        assert (value is not None) == is_shown
        assert value is None or value < 0
