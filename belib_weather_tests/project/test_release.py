"""Versions, release notes, what the package holds, and what `make help` prints."""

import os
import re
import subprocess
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

from belib_weather_tests.project import ROOT
from belib_weather_tests.project.package import expected_in_wheel, faults
from belib_weather_tests.project.release import ReleaseError, notes_for, sections


def a_project(folder: Path, *, package: str, citation: str, changelog: str) -> Path:
    (folder / "pyproject.toml").write_text(f'[project]\nversion = "{package}"\n')
    (folder / "CITATION.cff").write_text(f'version: "{citation}"\n')
    (folder / "CHANGELOG.md").write_text(changelog)
    return folder


CHANGELOG = """# Changelog

## [Unreleased]

## [0.2.0] - 2026-12-01

### Added
- Episodes.

## [0.1.0] - 2026-11-26

- First.
"""


def test_the_notes_of_a_release_are_its_section_of_the_changelog(tmp_path: Path) -> None:
    root = a_project(tmp_path, package="0.2.0", citation="0.2.0", changelog=CHANGELOG)

    assert notes_for("v0.2.0", root) == "### Added\n- Episodes."


@pytest.mark.parametrize(
    ("package", "citation", "tag", "file"),
    [
        ("0.1.0", "0.2.0", "v0.2.0", "pyproject.toml"),
        ("0.2.0", "0.1.0", "v0.2.0", "CITATION.cff"),
        ("0.3.0", "0.3.0", "v0.3.0", "CHANGELOG.md"),
        ("Unreleased", "Unreleased", "Unreleased", "CHANGELOG.md"),
    ],
)
def test_a_tag_that_a_file_contradicts_is_not_released(
    tmp_path: Path, package: str, citation: str, tag: str, file: str
) -> None:
    root = a_project(tmp_path, package=package, citation=citation, changelog=CHANGELOG)

    with pytest.raises(ReleaseError, match=re.escape(file)):
        notes_for(tag, root)


def test_the_version_is_the_same_everywhere() -> None:
    package = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"] == package


def test_a_file_that_the_package_lacks_is_named(tmp_path: Path) -> None:
    lost = "belib_weather/dagster.yaml"
    wheel, sdist = tmp_path / "a.whl", tmp_path / "a.tar.gz"
    tracked = subprocess.run(
        ["git", "ls-files"], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout.splitlines()
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in {*expected_in_wheel(), "belib_weather_tests/unit/test_window.py"} - {lost}:
            archive.writestr(name, "")
    with tarfile.open(sdist, "w:gz") as packed:
        for name in set(tracked) - {"LICENSE"}:
            packed.addfile(tarfile.TarInfo(f"belib_weather-0/{name}"))

    assert faults(wheel, sdist) == [
        f"missing from the wheel: {lost}",
        "not wanted in the wheel: belib_weather_tests/unit/test_window.py",
        "missing from the sdist: LICENSE",
    ]


def test_the_changelog_begins_with_unreleased_changes() -> None:
    assert next(iter(sections((ROOT / "CHANGELOG.md").read_text()))) == "Unreleased"


def test_make_help_lists_every_command_of_the_makefile() -> None:
    text = (ROOT / "Makefile").read_text()
    commands = re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE)
    assert commands

    printed = subprocess.run(
        ["make", "help"], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout

    listed = re.findall(r"^make ([\w-]+) +\S.+$", printed, re.MULTILINE)
    assert sorted(listed) == sorted(commands[1].split())
    assert re.search(r"^\.DEFAULT_GOAL := demo$", text, re.MULTILINE)


def test_personal_settings_of_pip_do_not_install_outside_the_environment() -> None:
    """PIP_USER=1 makes pip refuse to install into .venv, PIP_TARGET takes it elsewhere."""
    printed = subprocess.run(
        ["make", "-s", "--eval=show: ; @env | grep ^PIP_", "show"],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PIP_USER": "1", "PIP_TARGET": "/nowhere", "PIP_PREFIX": "/nowhere"},
    ).stdout
    set_to = dict(line.split("=", 1) for line in printed.splitlines())
    assert set_to["PIP_USER"] == "0"
    assert set_to.keys().isdisjoint({"PIP_TARGET", "PIP_PREFIX"})
