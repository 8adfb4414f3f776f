"""The page of speeds: parts are replaced where their marks stand, and nowhere else."""

from pathlib import Path

import pytest
from rich.table import Table

from belib_weather_tests.benchmark.__main__ import PARTS
from belib_weather_tests.benchmark.page import PAGE, as_markdown, write_part

MARKED = (
    "before\n<!-- measured: day -->\nold\n<!-- end -->\nbetween\n<!-- measured: week -->\nold\n"
)


def table() -> Table:
    table = Table("stage", "ratio", title="a day")
    table.add_row("raw | facts", "[bold red]2.1")
    return table


def test_a_table_keeps_its_title_and_its_cells_without_markup() -> None:
    lines = as_markdown(table()).splitlines()
    assert lines == [
        "**a day**",
        "",
        "| stage | ratio |",
        "| --- | --- |",
        "| raw / facts | 2.1 |",
    ]


def test_a_part_is_replaced_between_its_marks_as_often_as_it_is_measured(tmp_path: Path) -> None:
    page = tmp_path / "benchmark.md"
    page.write_text(MARKED, encoding="utf-8")
    for _ in range(2):
        write_part("day", [table()], 1.5, page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n<!-- measured: day -->\n**a day**")
    assert "load average 1.5.\n<!-- end -->\nbetween\n" in text
    assert (text.count("old"), text.count("2.1")) == (1, 1)


def test_a_part_without_marks_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "benchmark.md"
    page.write_text(MARKED, encoding="utf-8")
    with pytest.raises(ValueError, match="measured: tick"):
        write_part("tick", [table()], 1.5, page)


def test_every_part_has_its_place_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(text.count(f"<!-- measured: {name} -->\n") == 1 for name in PARTS)
