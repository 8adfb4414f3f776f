"""The guides in docs/how-to can be followed to the letter, and what they make passes its tests."""

from pathlib import Path

import pytest

from belib_weather_tests.project import ROOT
from belib_weather_tests.project.guides import (
    GuideError,
    blocks_of,
    copy_of_the_project,
    edit,
    follow,
    run,
)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["add-a-source", "add-an-asset", "add-a-panel"])
def test_a_guide_works_when_followed_literally(name: str, tmp_path: Path) -> None:
    copy = copy_of_the_project(tmp_path)

    follow((ROOT / "docs/how-to" / f"{name}.md").read_text(encoding="utf-8"), copy)

    run(".venv/bin/python -m ruff format --quiet .", copy)
    run(".venv/bin/python -m ruff check --quiet .", copy)


def test_a_code_block_belongs_to_the_path_named_before_it() -> None:
    guide = (
        "1. In a new module `new.py` in\n   `folder/`:\n\n   ```python\n   x = 1\n   ```\n\n"
        "   and in `folder/old.py`:\n\n   ```diff\n    a\n   +b\n   ```\n\n"
        "   ```diff\n   -c\n   ```\n"
    )
    assert [(block.path, block.text) for block in blocks_of(guide)] == [
        ("folder/new.py", "x = 1\n"),
        ("folder/old.py", " a\n+b\n"),
        ("folder/old.py", "-c\n"),
    ]


def test_a_quoted_place_must_occur_exactly_once_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("a\nb\na\nc\n")

    with pytest.raises(GuideError, match="0 times"):
        edit(file, " d\n+e\n")
    with pytest.raises(GuideError, match="2 times"):
        edit(file, " a\n+e\n")
    edit(file, " a\n-c\n+d\n")

    assert file.read_text() == "a\nb\na\nd\n"
