"""Results change only with the version of their rules."""

import pytest

from belib_weather.assets.registry import all_assets
from belib_weather_tests.golden import GOLDEN, Golden

_COMMAND = "python -m belib_weather_tests.golden"


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.table.name)
def test_rows_equal_the_golden_ones_of_the_version(golden: Golden) -> None:
    stored = golden.read()
    for name, case in stored["cases"].items():
        assert golden.rows(case["input"]) == case["rows"], (
            f"{name}: results change, so raise the rules of {golden.table.name} above"
            f" {stored['rules']} in its dataset, then run {_COMMAND}"
        )
    assert stored["rules"] == golden.table.rules, f"run {_COMMAND}"


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.table.name)
def test_dagster_shows_the_version(golden: Golden) -> None:
    versions = {
        spec.key.to_user_string(): spec.code_version for a in all_assets() for spec in a.specs
    }
    assert versions[golden.table.name] == str(golden.table.rules)
