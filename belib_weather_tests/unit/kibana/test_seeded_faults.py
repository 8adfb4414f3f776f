"""The bundle's check finds every seeded fault, and nothing in a sound bundle."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from belib_weather.cli.kibana import check_bundle
from belib_weather.kibana.bundle import build_bundle
from belib_weather.kibana.check import faults, faults_of_line, faults_of_rules
from belib_weather.kibana.provision import OBJECTS_FILE, write_bundle
from belib_weather.local.console import CommandError
from belib_weather.settings import Settings
from belib_weather_tests.unit.kibana.named_faults import NAMED, RATIO
from belib_weather_tests.unit.kibana.seeded import changed, generated, line_of, opened, with_change

EVERY = 50
"""Of the generated changes this many are left out between two in `make test`."""


@cache
def sound_lines() -> list[bytes]:
    """The bundle, an object a line."""
    return build_bundle("belib").ndjson.splitlines()


@cache
def sound_bundle() -> dict[str, Any]:
    """Each object by its id, with what is JSON within it opened."""
    return {saved["id"]: saved for saved in (opened(json.loads(line)) for line in sound_lines())}


def test_an_unchanged_bundle_has_no_fault() -> None:
    assert faults(b"\n".join(sound_lines()), "belib") == []


@pytest.mark.parametrize(("name", "where", "path", "value"), NAMED, ids=[n for n, *_ in NAMED])
def test_a_named_fault_is_found(name: str, where: str, path: str, value: Any) -> None:
    sound = sound_bundle()[f"belib-{where}"]
    faulty = changed(sound, path, value) if path else value(sound)
    assert faulty != sound

    assert faults_of_line(line_of(faulty), "belib")


@pytest.mark.parametrize(
    "every",
    [
        pytest.param(EVERY, id="some"),
        pytest.param(1, id="all", marks=pytest.mark.slow),
    ],
)
def test_no_key_and_no_value_can_be_changed_unnoticed(every: int) -> None:
    objects = list(sound_bundle().values())

    unnoticed = [
        (objects[number]["id"], path, kind)
        for number, path, kind, change in list(generated(objects))[::every]
        if not faults_of_line(line_of(with_change(objects[number], path, change)), "belib")
    ]

    assert unnoticed == []


def test_an_object_that_is_missing_or_twice_is_found() -> None:
    for lines in (
        sound_lines()[:-1],
        sound_lines()[::-1],
        [*sound_lines(), sound_lines()[0]],
        [*sound_lines(), b'{"type": "search"}'],
    ):
        assert faults(b"\n".join(lines), "belib")
    assert faults(b"\n".join(sound_lines()), "other")


def test_no_key_and_no_value_of_a_rule_can_be_changed_unnoticed() -> None:
    sound = {rule.rule_id: rule.body for rule in build_bundle("belib").rules}
    assert faults_of_rules(json.dumps(sound).encode(), "belib") == []

    changes = list(generated([sound]))
    unnoticed = [
        (path, kind)
        for _, path, kind, change in changes
        if not faults_of_rules(json.dumps(with_change(sound, path, change)).encode(), "belib")
    ]

    assert len(changes) > 100
    assert unnoticed == []


def test_a_fault_names_its_place_and_what_is_declared() -> None:
    faulty = changed(sound_bundle()["belib-drivers"], f"{RATIO}/params/format/params/decimals", 2)

    assert faults_of_line(line_of(faulty), "belib") == [
        "belib-drivers/chance-by-hour: measure chance_of_a_free_point: 2, where 1 is declared"
    ]


def test_the_command_checks_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings()
    with pytest.raises(CommandError, match=r"No such file or directory; .* writes it"):
        check_bundle(settings, tmp_path)
    check_bundle(settings, None)
    write_bundle(build_bundle("belib"), tmp_path)
    check_bundle(settings, tmp_path)
    assert "every key and value is as declared" in capsys.readouterr().err
    faulty = changed(sound_bundle()["belib-tag"], "attributes/color", "#FF0000")
    lines = [
        line_of(faulty) if json.loads(line)["id"] == "belib-tag" else line for line in sound_lines()
    ]
    (tmp_path / OBJECTS_FILE).write_bytes(b"\n".join(lines))
    with pytest.raises(CommandError, match=r"1 faults.*\n- belib-tag: tag: '#FF0000'"):
        check_bundle(settings, tmp_path)
