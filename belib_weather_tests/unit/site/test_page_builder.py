"""A page that cannot be made costs itself alone: all others are written, and its old file stays."""

from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from belib_weather.assets.problems import MOST_LINES, Problems
from belib_weather.datasets import AvailabilityHour, StationState
from belib_weather.datasets.feed import FeedHour
from belib_weather.report import Period, report_of
from belib_weather.report.files import write as write_report
from belib_weather.site.data import SiteData
from belib_weather.site.folder import write
from belib_weather.site.pages import build_site
from belib_weather_tests.unit.site import small

ENDLESS = 10**16
"""Seconds: longer than a duration can be."""
BROKEN = "station/FRV75PPX1101/"
LANGUAGES = ("", "en/")


def build_into(folder: Path, data: SiteData) -> dict[str, str]:
    """Build the site in a folder; the problems by name."""
    problems = Problems()
    built = build_site(data, "", problems.of)
    write(folder, built.files, built.failed_paths, problems.of)
    return found(problems)


def found(problems: Problems) -> dict[str, str]:
    try:
        problems.raise_if_any("They stay.")
    except dg.Failure as failure:
        lines = (failure.description or "").splitlines()[:-1]
        return dict(line.split(": ", 1) for line in lines)
    return {}


def files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def with_endless_outage() -> SiteData:
    """The broken station's outage has a length that no page can write; the others are newer."""
    data = small.small()
    is_broken = pl.col("station_id") == small.BROKEN
    return small.small(
        outages=data.outages.with_columns(
            duration_seconds=pl.when(is_broken).then(ENDLESS).otherwise("duration_seconds")
        ),
        states=data.states.with_columns(available=pl.col("available") + 1),
    )


@pytest.mark.long
def test_an_unexpected_value_fails_only_its_page(tmp_path: Path) -> None:
    assert build_into(tmp_path, small.small()) == {}
    before = files(tmp_path)

    problems = build_into(tmp_path, with_endless_outage())

    after = files(tmp_path)
    pages = [f"{language}{BROKEN}index.html" for language in LANGUAGES]
    assert list(problems) == pages
    assert problems[pages[0]].startswith("OverflowError")
    assert "(station.py, line" in problems[pages[0]]
    assert all(after[page] == before[page] for page in pages)
    assert set(after) == set(before)
    for language in LANGUAGES:
        for other in ("", "arrondissement/", "arrondissement/11/", "station/FRV75PPX0704/"):
            page = f"{language}{other}index.html"
            assert after[page] != before[page], page
    assert after["data/chances.json"] != before["data/chances.json"]
    assert after[f"{BROKEN}station.json"] != before[f"{BROKEN}station.json"]

    assert build_into(tmp_path, small.small()) == {}
    assert files(tmp_path) == before


def test_a_failing_part_fails_the_pages_that_need_it_and_is_named_once(tmp_path: Path) -> None:
    build_into(tmp_path, small.small())
    before = files(tmp_path)
    data = small.small()
    nowhere = pl.when(pl.col("station_id") == small.GOOD).then(float("nan")).otherwise("latitude")
    later = data.states.with_columns(available=pl.col("available") + 1, latitude=nowhere)

    problems = build_into(tmp_path, small.small(states=later))

    after = files(tmp_path)
    assert list(problems) == ["map of the city", "data/chances.json", "data/places.json"]
    assert set(after) == set(before)
    assert after["index.html"] == before["index.html"], "the home page shows the map"
    assert after["arrondissement/index.html"] != before["arrondissement/index.html"]
    assert after[f"{BROKEN}station.json"] != before[f"{BROKEN}station.json"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("table", "column", "value", "page"),
    [
        ("saturation", "fullest_weekday", 9, "arrondissement/7/"),
        ("feed", "local_date", None, "data-and-method/"),
    ],
)
def test_a_failing_page_of_any_kind_fails_alone(
    tmp_path: Path, table: str, column: str, value: object, page: str
) -> None:
    build_into(tmp_path, small.small())
    before = files(tmp_path)
    data = small.small()
    frame = getattr(data, table)
    changed = {
        table: frame.with_columns(pl.lit(value, frame.schema[column]).alias(column)),
        "states": data.states.with_columns(available=pl.col("available") + 1),
    }

    problems = build_into(tmp_path, small.small(**changed))

    after = files(tmp_path)
    assert set(after) == set(before)
    assert f"{page}index.html" in problems
    assert after[f"{page}index.html"] == before[f"{page}index.html"]
    assert after["index.html"] != before["index.html"]


@pytest.mark.long
def test_a_file_that_cannot_be_written_fails_alone(tmp_path: Path) -> None:
    build_into(tmp_path, small.small())
    page = tmp_path / BROKEN / "index.html"
    page.unlink()
    page.mkdir()  # something else stands in its place
    data = small.small()

    problems = build_into(
        tmp_path, small.small(states=data.states.with_columns(available=pl.col("available") + 1))
    )

    assert list(problems) == [f"{BROKEN}index.html"]
    assert "IsADirectoryError" in problems[f"{BROKEN}index.html"]
    assert not list(tmp_path.rglob(".*unfinished"))


def test_many_failures_are_summarized_in_few_lines() -> None:
    problems = Problems()
    for number in range(MOST_LINES + 5):
        with problems.of(f"page {number}"):
            raise OSError(28, "No space left on device")

    with pytest.raises(dg.Failure) as failure:
        problems.raise_if_any("They stay.")

    lines = (failure.value.description or "").splitlines()
    assert len(lines) == MOST_LINES + 2
    assert lines[-2] == "and 5 more"
    assert len(failure.value.metadata["failed"].value) == MOST_LINES + 5  # type: ignore[arg-type]


def test_a_page_of_the_report_that_cannot_be_written_fails_alone(tmp_path: Path) -> None:
    report = report_of(
        AvailabilityHour.create_empty(),
        StationState.create_empty(),
        FeedHour.create_empty(),
        Period.of(7, small.NOW),
    )
    in_the_way = tmp_path / "report" / "availability-report.en.html"
    in_the_way.mkdir(parents=True)
    problems = Problems()

    written = write_report(tmp_path / "report", report, tmp_path / "site", trial=problems.of)

    assert "IsADirectoryError" in found(problems)["availability-report.en.html"]
    assert len(problems) == 1
    assert {path.name for path in (tmp_path / "report").iterdir() if path.is_file()} == {
        "availability-report.fr.html"
    }
    assert "It is too early to say" in written.answer
    for language in LANGUAGES:
        assert (tmp_path / "site" / language / "report" / "index.html").is_file()
