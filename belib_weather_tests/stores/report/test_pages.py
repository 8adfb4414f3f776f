"""The pages as files: languages, the mark, little data, days on which the clock changes."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
import sqlalchemy as sa

from belib_weather.panels.i18n import LANGUAGES, Language
from belib_weather.report import Period
from belib_weather.report.advice_text import AdviceText
from belib_weather.report.files import ReportFolderError
from belib_weather.report.images import CALENDAR, HOURS, MAP, STATUSES, TREND, WEATHER
from belib_weather.warehouse import Warehouse
from belib_weather_tests.stores.report import sample
from belib_weather_tests.stores.report.conftest import WrittenReport
from belib_weather_tests.stores.report.reading import PageReader

FIGURES = (MAP, CALENDAR, HOURS, WEATHER, TREND, STATUSES)
CREDITS = (
    "Source : Ville de Paris – opendata.paris.fr, Belib', licence ODbL",
    "Weather data by Open-Meteo.com, CC BY 4.0",
)


def spaced(text: str) -> str:
    """With every kind of space made plain."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_well_formed_and_needs_no_network(
    week: WrittenReport, language: Language
) -> None:
    page = week.page(language)

    assert page.unbalanced == []
    assert [name for name, count in page.ids.items() if count > 1] == []
    assert page.language == language
    assert page.figures == [f"figure-{name}" for name in FIGURES]
    assert page.headings[0] == 1
    assert all(b - a <= 1 for a, b in zip(page.headings, page.headings[1:], strict=False))
    for tag, attribute, value in page.references:
        assert tag == "a" or value.startswith("data:"), (tag, attribute, value)
    other = {tag for tag, _, value in page.references if value.endswith(".html")}
    assert other == {"a"}
    assert all(credit in spaced(page.text) for credit in CREDITS)
    assert week.written.pages[language].stat().st_size < 2_000_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_has_a_table_and_every_table_a_caption_and_scopes(
    week: WrittenReport, language: Language
) -> None:
    page = week.page(language)

    assert len(page.tables) == 11
    for name, table in page.tables.items():
        assert table.caption, name
        assert table.scopes == {"col", "row"}, name
        assert table.rows, name
        assert {len(row) for row in table.rows} == {len(table.columns)}, name


def test_addresses_are_text_and_never_markup(week: WrittenReport) -> None:
    page = week.page()

    assert page.tables["table-stations"].rows[0][0].endswith(f"{sample.STREET} 75001 Paris")


def test_french_pages_write_numbers_as_in_french(week: WrittenReport) -> None:
    french, english = week.page(Language.FRENCH), week.page(Language.ENGLISH)

    shown = french.tables["table-by-hour"].rows[0][1]
    assert shown == english.tables["table-by-hour"].rows[0][1].replace(".", ",").replace(
        "%", "\u202f%"
    )
    assert french.tables["table-by-hour"].rows[0][0] == "0\u00a0h"
    assert "libre\u202f?" in french.text


def test_each_page_links_to_the_others(week: WrittenReport) -> None:
    for language, other in permutations(LANGUAGES, 2):
        assert ("a", "href", week.written.pages[other].name) in week.page(language).references


def test_real_data_has_no_watermark(week: WrittenReport) -> None:
    for language in LANGUAGES:
        assert "simul" not in week.page(language).text.lower()


def test_simulated_data_is_marked_on_the_page_and_on_every_picture(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    window = Period.of(7, sample.NOW).window
    sample.put(warehouse, sample.some_facts(window, sample.SIMULATED), window)
    sample.put_stations(warehouse)

    written = sample.written(warehouse, tmp_path)

    for language, words in ((Language.ENGLISH, "Simulated data"), (Language.FRENCH, "Données sim")):
        text = PageReader.of(written.pages[language]).text
        assert words in text.split("Paris", 1)[0] + text[:400]
        assert [
            name for name, d in written.drawings[language].items() if "SIMUL" not in d.svg
        ] == []


def test_a_simulated_state_alone_is_marked_as_well(warehouse: Warehouse, tmp_path: Path) -> None:
    sample.put_stations(warehouse, sample.SIMULATED)

    assert (
        "Simulated data"
        in PageReader.of(sample.written(warehouse, tmp_path).pages[Language.ENGLISH]).text
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_any_data_the_page_says_what_is_missing(
    warehouse: Warehouse, tmp_path: Path, language: Language
) -> None:
    page = PageReader.of(sample.written(warehouse, tmp_path).pages[language])

    assert page.unbalanced == []
    assert page.figures == []
    assert AdviceText([], language).answer() in page.text


def test_few_days_have_figures_but_no_interval_and_the_page_says_so(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    day = Period.of(0, sample.NOW).window
    sample.put(warehouse, sample.some_facts(day), day)

    page = PageReader.of(sample.written(warehouse, tmp_path).pages[Language.ENGLISH])

    assert {row[3] for row in page.tables["table-by-hour"].rows} == {"–"}
    assert "With fewer than 14 days a difference has no interval" in page.text
    assert "No weekend day has been observed long enough yet" in page.text
    assert "The data begins on Tuesday 24 November 2026 at 00:00" in page.text


def test_a_state_of_long_ago_is_not_called_recent(warehouse: Warehouse, tmp_path: Path) -> None:
    sample.put_stations(warehouse, at=sample.NOW - timedelta(hours=2))

    page = PageReader.of(sample.written(warehouse, tmp_path).pages[Language.ENGLISH])

    assert "13:16, Paris time. This is not recent." in page.text


@pytest.mark.parametrize(
    ("now", "hours", "second_hour_of_two"),
    [
        # Summer time ends: the hour of 2 comes twice. It begins: there is none.
        (
            datetime(2026, 10, 25, 22, 30, tzinfo=UTC),
            25,
            ["Sun 25, 02:00 (UTC+2)", "Sun 25, 02:00 (UTC+1)"],
        ),
        (datetime(2026, 3, 29, 21, 30, tzinfo=UTC), 23, []),
    ],
)
def test_a_day_on_which_the_clock_changes_is_shown_hour_by_hour(
    warehouse: Warehouse,
    engine: sa.Engine,
    tmp_path: Path,
    now: datetime,
    hours: int,
    second_hour_of_two: list[str],
) -> None:
    window = Period.of(0, now).window
    sample.put(warehouse, sample.some_facts(window), window)

    page = PageReader.of(
        sample.written(warehouse, tmp_path, days=0, now=now).pages[Language.ENGLISH]
    )

    times = [row[0] for row in page.tables["table-trend"].rows]
    assert len(times) == len(set(times)) == hours
    assert [time for time in times if "02:00" in time] == second_hour_of_two
    by_hour = {row[0]: row for row in page.tables["table-by-hour"].rows}
    with engine.connect() as connection:
        seen = connection.execute(
            sa.text(
                "SELECT sum(any_observed_seconds) / 3600.0 FROM availability_facts"
                " WHERE local_hour = 2"
            )
        ).scalar()
    assert (by_hour["02:00"][5] if seen else None) == (f"{seen:,.0f}" if seen else None)
    assert ("02:00" in by_hour) is bool(second_hour_of_two)


def test_days_begin_at_midnight_in_paris() -> None:
    assert Period.of(7, datetime(2026, 10, 28, 23, 30, tzinfo=UTC)).start == datetime(
        2026, 10, 21, 22, tzinfo=UTC
    )


def test_pictures_lie_beside_the_pages_and_nothing_half_written(week: WrittenReport) -> None:
    names = {path.name for path in week.folder.iterdir()}

    assert names - {"site"} == {
        *(f"{name}.{language}.png" for name in FIGURES for language in LANGUAGES),
        *(f"availability-report.{language}.html" for language in LANGUAGES),
    }
    assert all((week.folder / f"{MAP}.{x}.png").read_bytes()[:4] == b"\x89PNG" for x in LANGUAGES)


def test_a_folder_that_cannot_be_written_is_named(warehouse: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(ReportFolderError, match="BELIB_REPORT_FOLDER"):
        sample.written(warehouse, tmp_path / "file")
