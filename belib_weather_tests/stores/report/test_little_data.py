"""What a page says when there is little to say: less, and nothing that is not so."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from belib_weather.datasets import POINT_SECONDS
from belib_weather.panels.dashboard_panels import over_time
from belib_weather.panels.evaluate import evaluate
from belib_weather.panels.i18n import LANGUAGES, Language
from belib_weather.panels.series import stacked_chart
from belib_weather.report import Period
from belib_weather.report.files import Written
from belib_weather.report.images import CALENDAR, HOURS, MAP, STATUSES, TREND, WEATHER
from belib_weather.warehouse import Warehouse
from belib_weather_tests.stores.report import sample
from belib_weather_tests.stores.report.reading import PageReader

WINDOW = Period.of(7, sample.NOW).window
MONDAY = date(2026, 11, 23)
NO_VALUE = re.compile(r"\b(null|NaN|None|undefined|Infinity)\b")


@pytest.fixture(scope="module")
def facts() -> pl.DataFrame:
    return sample.some_facts(WINDOW)


def unobserved(facts: pl.DataFrame) -> pl.DataFrame:
    seen = (*POINT_SECONDS, "any_observed_seconds", "any_available_seconds", "full_seconds")
    return facts.with_columns(pl.col(*seen) * 0).with_columns(
        unobserved_seconds=pl.col("charge_points") * 3600
    )


def without_weather(facts: pl.DataFrame) -> pl.DataFrame:
    columns = ("weather_class", "weather_code", "weather_source")
    numbers = ("temperature_c", "precipitation_mm", "wind_speed_kmh")
    return facts.with_columns(
        pl.lit(None).cast(facts.schema[name]).alias(name)
        for name in (*columns, *numbers)
        if name in facts.columns
    )


def of_hours(facts: pl.DataFrame, *local_hours: int) -> pl.DataFrame:
    chosen = pl.col("local_hour").is_in(local_hours)
    return facts.filter((pl.col("local_date") == MONDAY) & chosen)


def best_at(facts: pl.DataFrame, *local_hours: int) -> pl.DataFrame:
    """A free point all the time in these hours, in a fifth of it in all others."""
    is_best = pl.col("local_hour").is_in(local_hours)
    free = pl.when(is_best).then(3600).otherwise(700 + pl.col("local_weekday").cast(pl.Int32))
    return facts.with_columns(
        any_observed_seconds=pl.lit(3600, pl.Int32),
        any_available_seconds=free.cast(pl.Int32),
        full_seconds=pl.lit(0, pl.Int32),
    )


def report_of_facts(warehouse: Warehouse, folder: Path, facts: pl.DataFrame) -> Written:
    sample.put(warehouse, facts, WINDOW)
    return sample.written(warehouse, folder)


def english(written: Written) -> PageReader:
    return PageReader.of(written.pages[Language.ENGLISH])


def test_unobserved_hours_are_neither_drawn_nor_shown_as_null(
    warehouse: Warehouse, tmp_path: Path, facts: pl.DataFrame
) -> None:
    written = report_of_facts(warehouse, tmp_path, unobserved(facts))

    for language in LANGUAGES:
        page = PageReader.of(written.pages[language])
        assert NO_VALUE.findall(page.text) == []
        assert page.unbalanced == []
        assert set(written.drawings[language]) == {STATUSES}
    assert "It is too early to say" in english(written).text
    assert "100.0% were not observed" in english(written).text


def test_one_hour_is_drawn_and_compared_with_nothing(
    warehouse: Warehouse, tmp_path: Path, facts: pl.DataFrame
) -> None:
    written = report_of_facts(warehouse, tmp_path, of_hours(facts, 13))
    page = english(written)

    assert "1\u00a0hour on 1\u00a0date, 12\u00a0stations" in page.text
    assert "It is too early to say when to charge" in page.text
    assert "Only one hour was observed" in page.text
    assert NO_VALUE.findall(page.text) == []
    assert set(written.drawings[Language.ENGLISH]) == {CALENDAR, HOURS, WEATHER, TREND, STATUSES}
    trend = written.drawings[Language.ENGLISH][TREND].svg
    assert ">Mon 23, 13:00<" in trend
    assert ">1e+1<" not in trend
    assert "table-least-available" not in page.tables, "an hour is no reason to avoid a station"


def test_hours_of_one_day_are_not_recommended(
    warehouse: Warehouse, tmp_path: Path, facts: pl.DataFrame
) -> None:
    written = report_of_facts(warehouse, tmp_path, of_hours(facts, *range(24)))

    assert written.answer.startswith("It is too early to advise hours.")
    assert "Each cell is one day only" in written.drawings[Language.ENGLISH][CALENDAR].svg.replace(
        "</tspan><tspan", " "
    )
    assert "Each cell covers 1\u00a0day" in english(written).text


def test_the_best_hours_of_a_few_days_are_stated_for_these_days_only(
    warehouse: Warehouse, tmp_path: Path, facts: pl.DataFrame
) -> None:
    written = report_of_facts(warehouse, tmp_path, best_at(facts, 12, 13, 14))

    assert written.answer == (
        "It is too early to advise hours. On the observed days, the best were on weekdays from"
        " 12:00 to 15:00, at the weekend from 12:00 to 15:00."
    )


@pytest.mark.parametrize(("observed", "is_enough"), [(range(7, 12), False), (range(7, 13), True)])
def test_the_best_span_needs_another_span_to_compare_with(
    warehouse: Warehouse, tmp_path: Path, facts: pl.DataFrame, observed: range, is_enough: bool
) -> None:
    written = report_of_facts(warehouse, tmp_path, best_at(of_hours(facts, *observed), 7, 8, 9))

    assert written.answer.startswith(f"It is too early to {'advise' if is_enough else 'say'}")
    sentence = "On weekdays only 6 of the 15 hours between 07:00 and 22:00 have been observed."
    assert (sentence in english(written).text) is is_enough


def test_without_weather_none_is_drawn_and_the_page_says_so(
    warehouse: Warehouse, tmp_path: Path, facts: pl.DataFrame
) -> None:
    written = report_of_facts(warehouse, tmp_path, without_weather(facts))
    trend = written.drawings[Language.ENGLISH][TREND].svg

    assert WEATHER not in written.drawings[Language.ENGLISH]
    assert "occupancy" in trend
    assert "temperature" not in trend
    assert ">Tue 24<" in trend, "the axis of time moves up to the last part"
    assert "The weather is not known." in english(written).text


def test_a_day_without_polls_is_blank_in_the_picture_of_statuses(facts: pl.DataFrame) -> None:
    gap = MONDAY - timedelta(days=2)
    rows = evaluate(over_time.STATUS_OVER_TIME, facts.filter(pl.col("local_date") != gap))

    drawn = stacked_chart(over_time.STATUS_OVER_TIME, rows, Language.ENGLISH, 300).data

    assert isinstance(drawn, pl.DataFrame)
    shares = drawn.group_by("hour").agg(pl.col("value").sum().round(6)).sort("hour")
    assert shares.filter(pl.col("value") == 0).height == 24
    assert set(shares["value"]) == {0, 1}
    assert shares["hour"][-1] - shares["hour"][-2] == 3_600_000, "the last hour has its width"


def test_months_are_drawn_as_well(warehouse: Warehouse, tmp_path: Path) -> None:
    window = Period.of(30, sample.NOW).window
    sample.put(warehouse, sample.some_facts(window), window)

    written = sample.written(warehouse, tmp_path, days=30)

    assert STATUSES in written.drawings[Language.FRENCH]
    assert ">16/11<" in written.drawings[Language.FRENCH][TREND].svg


def test_a_mix_of_real_and_simulated_data_is_marked_as_partly_simulated(
    warehouse: Warehouse, tmp_path: Path, facts: pl.DataFrame
) -> None:
    sample.put_stations(warehouse, sample.SIMULATED)
    text = english(report_of_facts(warehouse, tmp_path, facts)).text

    assert "Simulated data. A program made a part of these figures" in " ".join(text.split())


def test_without_any_fresh_station_no_share_is_shown(warehouse: Warehouse, tmp_path: Path) -> None:
    kinds = ("available", "occupied", "reserved", "out_of_order", "planned", "unknown")
    silent: dict[str, Any] = dict.fromkeys(kinds, 0)
    silent |= {"stale": 3, "charge_points": 3, "station_status": "silent"}
    sample.put_stations(warehouse, **silent)
    text = english(sample.written(warehouse, tmp_path)).text

    assert "No point in service has reported its state lately." in text
    assert "points free\n" not in text


def test_stations_without_a_place_are_no_empty_map(warehouse: Warehouse, tmp_path: Path) -> None:
    sample.put_stations(warehouse, latitude=None, longitude=None)
    written = sample.written(warehouse, tmp_path)

    assert MAP not in written.drawings[Language.ENGLISH]
    assert len(english(written).tables["table-stations"].rows) == len(sample.STATION_IDS)


def test_pictures_hold_french_punctuation_as_well(
    warehouse: Warehouse, tmp_path: Path, facts: pl.DataFrame
) -> None:
    calendar = report_of_facts(warehouse, tmp_path, facts).drawings[Language.FRENCH][CALENDAR].svg

    assert "libre\u202f?" in calendar
