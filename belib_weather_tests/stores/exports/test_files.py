"""Every exported file against SQL: the rows of a date in Paris, all of them, exactly."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from belib_weather.datasets import AvailabilityHour, StationState
from belib_weather.dates import dates_of, window_of_date
from belib_weather.exports.layout import csv_name, parquet_name
from belib_weather.exports.publication import remove_dates
from belib_weather.exports.tables import AVAILABILITY_FILES
from belib_weather.warehouse.tables import STATION_STATES
from belib_weather.window import Window
from belib_weather_tests.stores.exports.conftest import (
    AUTUMN,
    MADE_UP,
    SPRING,
    STATION_IDS,
    Exporter,
)
from belib_weather_tests.stores.exports.reading import body_of, csv_rows, parquet_rows


@pytest.mark.parametrize(("day", "hours"), [(AUTUMN, 25), (SPRING, 23), (date(2026, 7, 14), 24)])
def test_the_files_of_a_date_hold_the_rows_of_sql(
    exporter: Exporter, day: date, hours: int
) -> None:
    exporter.fill(day)
    [written], _ = exporter.export(day)
    expected = exporter.hours_in_sql(day)

    assert (
        csv_rows(exporter.folder, csv_name(AVAILABILITY_FILES, day), "availability_hours")
        == expected
    )
    assert parquet_rows(exporter.folder, parquet_name(AVAILABILITY_FILES, day)) == expected
    assert written.rows == len(expected) == hours * len(STATION_IDS)
    assert {row["local_date"] for row in expected} == {day}


def test_all_months_are_read_as_one_table(exporter: Exporter, tmp_path: Path) -> None:
    days = [date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 2)]
    exporter.fill(days[1])
    exporter.export(*days)

    files = tmp_path / "exports/availability/parquet"
    read = pl.scan_parquet(f"{files}/**/*.parquet", hive_partitioning=True).collect()

    assert set(read["month"]) == {"2026-10", "2026-11"}
    ordered = read.sort("hour", "station_id").select(AvailabilityHour.column_names())
    expected = exporter.sql(
        "SELECT * FROM availability_hours WHERE local_date BETWEEN :first AND :last"
        ' ORDER BY hour, station_id COLLATE "C"',
        first=days[0],
        last=days[-1],
    )
    assert ordered.to_dicts() == expected


def test_readers_of_four_libraries_find_the_same(exporter: Exporter) -> None:
    import pandas as pd  # type: ignore[import-untyped]

    exporter.export(AUTUMN)
    files = f"{exporter.folder.address}/availability/parquet"
    [expected] = exporter.sql(
        "SELECT count(*) AS rows, sum(available_seconds) AS seconds FROM availability_hours"
        " WHERE local_date = :day",
        day=AUTUMN,
    )
    pandas, arrow = pd.read_parquet(files), pq.read_table(files)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        sums = "SELECT count(*), sum(available_seconds), min(hour) FROM read_parquet($files)"
        *found, first = connection.execute(sums, {"files": f"{files}/*/*.parquet"}).fetchone() or ()

    assert found == list(expected.values())
    assert [len(pandas), pandas["available_seconds"].sum()] == found
    assert [arrow.num_rows, sum(arrow["available_seconds"].to_pylist())] == found
    assert first == pandas["hour"].min() == min(arrow["hour"].to_pylist())
    assert pandas["local_date"].unique().tolist() == [AUTUMN]


def test_current_stations_are_those_of_sql(exporter: Exporter) -> None:
    exporter.export(AUTUMN)
    expected = exporter.sql("SELECT * FROM stations WHERE valid_to IS NULL ORDER BY station_id")
    for row in expected:
        del row["valid_to"]
        row["source"] = row["is_simulated"] = None  # no snapshot was ever seen

    assert csv_rows(exporter.folder, "stations.csv", "stations") == expected
    assert parquet_rows(exporter.folder, "stations.parquet") == expected
    assert len(expected) == 2


def test_exported_stations_carry_their_simulated_source(exporter: Exporter) -> None:
    states = StationState.sample(1, overrides={"source": [MADE_UP["source"]]})
    with exporter.warehouse.locked(STATION_STATES) as transaction:
        transaction.replace(STATION_STATES, states)

    exporter.export(AUTUMN)

    stations = parquet_rows(exporter.folder, "stations.parquet")
    assert {row["source"] for row in stations} == {MADE_UP["source"]}
    assert csv_rows(exporter.folder, "stations.csv", "stations") == stations


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_exporting_again_changes_no_byte_in_any_order(exporter: Exporter, tmp_path: Path) -> None:
    days = [AUTUMN, AUTUMN + timedelta(days=1)]
    exporter.export(*days)
    before = contents(tmp_path)

    exporter.export(days[1])
    exporter.export(days[0])

    assert contents(tmp_path) == before
    assert len(before) == len(days) + 1 + 11


def test_a_date_that_lost_its_rows_loses_its_files(exporter: Exporter) -> None:
    exporter.export(AUTUMN, AUTUMN + timedelta(days=1))
    exporter.empty(window_of_date(AUTUMN))

    [written], package = exporter.export(AUTUMN)

    assert (written.rows, written.files, written.bytes) == (0, 0, 0)
    assert exporter.folder.read(csv_name(AVAILABILITY_FILES, AUTUMN)) is None
    left = parquet_rows(exporter.folder, parquet_name(AVAILABILITY_FILES, AUTUMN))
    assert {row["local_date"] for row in left} == {AUTUMN + timedelta(days=1)}
    assert package.dates == [AUTUMN + timedelta(days=1)]

    exporter.empty(window_of_date(AUTUMN + timedelta(days=1)))
    exporter.export(AUTUMN + timedelta(days=1))

    assert exporter.folder.read(parquet_name(AVAILABILITY_FILES, AUTUMN)) is None


def test_changed_rows_change_the_files_of_their_date_alone(exporter: Exporter) -> None:
    days = [AUTUMN, AUTUMN + timedelta(days=1)]
    exporter.export(*days)
    before = [body_of(exporter.folder, csv_name(AVAILABILITY_FILES, day)) for day in days]
    month = parquet_rows(exporter.folder, parquet_name(AVAILABILITY_FILES, AUTUMN))
    exporter.empty(Window.hour(window_of_date(AUTUMN).start))

    exporter.export(*days)

    assert body_of(exporter.folder, csv_name(AVAILABILITY_FILES, days[0])) != before[0]
    assert body_of(exporter.folder, csv_name(AVAILABILITY_FILES, days[1])) == before[1]
    changed = parquet_rows(exporter.folder, parquet_name(AVAILABILITY_FILES, AUTUMN))
    gone = window_of_date(AUTUMN).start
    assert changed == [row for row in month if row["hour"] != gone]


def test_the_file_of_a_month_replaces_those_of_its_dates_of_an_older_version(
    exporter: Exporter, tmp_path: Path
) -> None:
    old = "availability/parquet/local_date={}/part.parquet"
    for day in ("2026-10-01", "2026-10-25", "2026-09-30"):
        exporter.folder.write(old.format(day), b"PAR1")

    exporter.export(AUTUMN)

    left = {p.name for p in (tmp_path / "exports/availability/parquet").iterdir()}
    assert left == {"month=2026-10", "local_date=2026-09-30"}


def test_dates_beyond_the_retention_are_removed_from_the_file_of_their_month(
    exporter: Exporter,
) -> None:
    following = AUTUMN + timedelta(days=1)
    exporter.export(AUTUMN, following)

    assert remove_dates(exporter.folder, [AVAILABILITY_FILES], following) == [AUTUMN]

    remaining = parquet_rows(exporter.folder, parquet_name(AVAILABILITY_FILES, AUTUMN))
    assert remaining == exporter.hours_in_sql(following)
    assert exporter.folder.names("availability/csv") == [f"{following}.csv"]


@pytest.mark.parametrize("day", [SPRING, AUTUMN, date(2026, 1, 1), date(2026, 7, 1)])
def test_the_dates_of_a_utc_day_are_the_two_that_it_touches(day: date) -> None:
    midnight = window_of_date(day).start.replace(hour=0) + timedelta(days=1)

    dates = dates_of(Window.day(midnight))

    assert dates == [day, day + timedelta(days=1)]
    hours = {hour for each in dates for hour in window_of_date(each).hours}
    assert set(Window.day(midnight).hours) <= hours
