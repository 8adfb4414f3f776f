"""A day without polls from 02:00 to 08:00 UTC, in the report: while it lasts, and afterwards."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from belib_weather.panels.i18n import Language
from belib_weather.report import Period, report_of
from belib_weather.report.files import Written, write
from belib_weather.report.images import TREND
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_HOURS, STATION_STATES
from belib_weather.window import HOUR, Window
from belib_weather_tests.outage_day import feed_of_polls, polls_without
from belib_weather_tests.stores.report import sample
from belib_weather_tests.stores.report.reading import PageReader

DAY = datetime(2026, 11, 10, tzinfo=UTC)
OUTAGE = Window(DAY + 2 * HOUR, DAY + 8 * HOUR)
_LINE = re.compile(r'<g class="mark-line[^>]*><path[^>]*? d="([^"]*)"')


def report_written(warehouse: Warehouse, folder: Path, now: datetime) -> Written:
    """The report of the day before and of the day up to now."""
    period = Period.of(1, now)
    whole = Window(period.window.start, period.window.end)
    facts = sample.some_facts(whole).filter(
        ~pl.col("hour").is_between(OUTAGE.start, OUTAGE.end, closed="left")
    )
    sample.put(warehouse, facts, whole)
    feed = feed_of_polls(polls_without(OUTAGE, whole), whole, now=now)
    rows, states = warehouse.read(AVAILABILITY_HOURS, whole), warehouse.read(STATION_STATES)
    return write(folder, report_of(rows, states, feed, period))


@pytest.fixture
def afterwards(warehouse: Warehouse, tmp_path: Path) -> Written:
    return report_written(warehouse, tmp_path, DAY + 35 * HOUR)


def test_the_day_was_observed_to_three_quarters(afterwards: Written) -> None:
    page = PageReader.of(afterwards.pages[Language.ENGLISH])

    days = {row[0]: row for row in page.tables["table-quality"].rows}
    assert days["Tuesday 10 November 2026"][4] == "74.7%"
    assert (
        "6\u00a0hours without a snapshot: Tuesday 10 November 2026 at 03:00 to 09:00." in page.text
    )
    french = PageReader.of(afterwards.pages[Language.FRENCH]).text
    assert re.search(r"6.heures sans relevé.: mardi 10 novembre 2026 à .* jusqu’à ", french)


def test_no_line_crosses_the_outage(afterwards: Written) -> None:
    lines = _LINE.findall(afterwards.drawings[Language.ENGLISH][TREND].svg)

    assert lines
    assert [line.count("M") for line in lines] == [2] * len(lines)


def test_an_ongoing_outage_is_stated_with_its_start(warehouse: Warehouse, tmp_path: Path) -> None:
    now = DAY + 7 * HOUR + timedelta(minutes=40)
    page = PageReader.of(report_written(warehouse, tmp_path, now).pages[Language.ENGLISH])

    assert "5\u00a0hours without a snapshot: since Tuesday 10 November 2026 at 03:00." in page.text
    # Of 31 hours the last is not settled: nothing is said of its rest.
    [today] = [row for row in page.tables["table-quality"].rows if "10 November" in row[0]]
    assert today[4] == f"{100 * (3 * 3600 - 300) / (8 * 3600):.1f}%"
