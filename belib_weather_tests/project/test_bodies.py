"""The folder of bodies: described, and written by us."""

import re
from pathlib import Path

from belib_weather_tests.bodies import FOLDER

BODIES = sorted(
    path.relative_to(FOLDER).as_posix()
    for path in FOLDER.glob("*/*")
    if path.suffix in {".json", ".csv", ".txt", ".geojson"}
)


def test_the_readme_describes_every_body_once() -> None:
    described = re.findall(r"\]\(([^)]+)\)", (FOLDER / "README.md").read_text("utf-8"))
    assert sorted(described) == BODIES


def test_no_line_of_a_body_is_copied_from_recorded_data(shared_data: Path) -> None:
    recorded = "\n".join(
        path.read_text("utf-8") for path in shared_data.glob("*/*") if path.is_file()
    )
    # One record stands in each line; shorter lines are messages of the APIs.
    lines = {
        line.strip("[,]\n\r")
        for name in BODIES
        for line in (FOLDER / name).read_text("utf-8-sig").splitlines()[1:]
        if len(line) > 200
    }
    assert lines
    assert [line for line in lines if line in recorded] == []
