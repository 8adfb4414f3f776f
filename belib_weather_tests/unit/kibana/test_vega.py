"""What a Vega panel computes in the browser is what `panels.intervals` computes in Python."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from belib_weather.kibana.vega import interval_specification
from belib_weather.panels.dashboard_panels.weather import CHANCE_INTERVALS_BY_WEATHER as PANEL
from belib_weather.panels.es_requests import intervals
from belib_weather_tests.unit.kibana import results

FIRST = datetime(2026, 10, 5, tzinfo=ZoneInfo("Europe/Paris"))


def buckets(days: int, without: int, seed: int = 1) -> list[dict[str, Any]]:
    """Correlated days over the night of the change of clocks; one day of rain is missing."""
    rng = np.random.default_rng(seed)
    found: list[dict[str, Any]] = []
    for number, name in enumerate(("clear", "rain", "snow")):
        level = 0.0
        cells = []
        for n in range(days if name != "snow" else 5):
            level = 0.6 * level + 0.03 * rng.standard_normal()
            if (name, n) == ("rain", without):
                continue
            at = (FIRST + timedelta(days=n)).astimezone(UTC).timestamp() * 1000
            observed = 3600.0 * int(rng.integers(20, 60))
            sums = {
                "any_observed_seconds": {"value": observed},
                "any_available_seconds": {"value": observed * (0.8 - 0.05 * number + level)},
            }
            cells.append({"key": at, "doc_count": 1, **sums})
        found.append({"key": name, "doc_count": 1, "by1": {"buckets": cells}})
    return found


@pytest.mark.parametrize(("days", "without"), [(13, 4), (15, 7), (40, 20)])
def test_the_vega_specification_computes_the_same_as_python(days: int, without: int) -> None:
    by0 = buckets(days, without)
    answer = {"aggregations": {"by0": {"buckets": by0}}}

    spec = interval_specification(PANEL, "belib-availability")
    shown = results.vega_rows_of(spec, by0)

    in_python = intervals(PANEL, answer).drop("days")
    assert results.differs(shown, in_python.rows()) == ""
    has_interval = in_python.filter(pl.col("low").is_not_null())["weather_class"].to_list()
    assert has_interval == ([] if days < 14 else ["clear", "rain"])
