"""docs/architecture.md shows the rooms, imports and assets of the code."""

import tomllib

import pytest

from belib_weather_tests.project import ROOT
from belib_weather_tests.project.architecture import (
    PAGE,
    dagster_rooms,
    drawn,
    in_order,
    rooms_and_imports,
    without_implied,
)

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]


def test_the_page_equals_what_the_code_draws() -> None:
    page = PAGE.read_text()
    assert drawn(page) == page, "`make architecture` draws it again"


def test_every_room_without_dagster_has_an_import_contract() -> None:
    [contract] = [c for c in CONTRACTS if "dagster" in c.get("forbidden_modules", ())]
    bound = {module.removeprefix("belib_weather.") for module in contract["source_modules"]}

    assert bound == set(rooms_and_imports()) - dagster_rooms()


def test_only_transitive_imports_are_left_out_of_the_diagram() -> None:
    imports = {
        "a": frozenset({"b", "c", "d"}),
        "b": frozenset({"c"}),
        "c": frozenset({"d"}),
        "d": frozenset[str](),
    }

    direct = without_implied(imports)

    assert {room: set(targets) for room, targets in direct.items()} == {
        "a": {"b"},
        "b": {"c"},
        "c": {"d"},
        "d": set(),
    }
    assert in_order(imports) == ["a", "b", "c", "d"]


def test_rooms_that_import_each_other_are_named() -> None:
    with pytest.raises(ValueError, match=r"circle.*b.*a|circle.*a.*b"):
        in_order({"a": frozenset({"b"}), "b": frozenset({"a"})})
