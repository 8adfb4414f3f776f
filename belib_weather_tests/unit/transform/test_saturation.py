"""How full areas were: every value again by SQL over the facts, in another engine."""

import sqlite3
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from belib_weather.datasets.marts import FactOfAMart
from belib_weather.transform.occupancy_profile import occupancy_profile
from belib_weather.transform.saturation import saturation
from belib_weather.window import Window
from belib_weather_tests.unit.transform.mart_facts import any_facts, facts_of_hours

THREE_WEEKS = Window(datetime(2026, 10, 11, 22, tzinfo=UTC), datetime(2026, 11, 1, 23, tzinfo=UTC))
"""Mondays in Paris, across the end of summer time."""
MONDAY = datetime(2026, 10, 12, 8, tzinfo=UTC)

SQL = """
WITH hours AS (
    SELECT 'station' AS scope, station_id AS area, * FROM facts WHERE NOT is_provisional
    UNION ALL
    SELECT 'arrondissement', CAST(arrondissement AS TEXT), * FROM facts
    WHERE NOT is_provisional AND arrondissement IS NOT NULL
), dated AS (
    SELECT *, date(local_date, 'weekday 0', '-6 days') AS week,
        available_seconds + occupied_seconds + reserved_seconds AS in_service
    FROM hours
), at_stations AS (
    SELECT scope, area, week, station_id, max(charge_points) AS points,
        1.0 * sum(in_service) / nullif(sum(any_observed_seconds), 0) AS serving
    FROM dated GROUP BY 1, 2, 3, 4
), in_areas AS (
    SELECT scope, area, week, count(*) AS stations, sum(points) AS points, sum(serving) AS serving
    FROM at_stations GROUP BY 1, 2, 3
), by_hour AS (
    SELECT scope, area, week, local_weekday AS day, local_hour AS hour, sum(full_seconds) AS seconds
    FROM dated GROUP BY 1, 2, 3, 4, 5 HAVING sum(full_seconds) > 0
), ranked AS (
    SELECT *, row_number() OVER (
        PARTITION BY scope, area, week ORDER BY seconds DESC, day, hour) AS n
    FROM by_hour
), sums AS (
    SELECT scope, area, week,
        count(DISTINCT CASE WHEN any_observed_seconds > 0 THEN local_date END) AS days,
        sum(full_seconds) AS full, sum(any_observed_seconds) AS seen,
        sum(any_available_seconds) AS free, sum(occupied_seconds) AS occupied,
        sum(in_service) AS in_service
    FROM dated GROUP BY 1, 2, 3
)
SELECT scope, area, week, days, stations, points, full, seen - free,
    1.0 * full / nullif(free + full, 0), serving,
    occupied / 3600.0 / nullif(in_service / 86400.0, 0), day, hour
FROM sums JOIN in_areas USING (scope, area, week) LEFT JOIN ranked USING (scope, area, week)
WHERE coalesce(n, 1) = 1
ORDER BY CASE scope WHEN 'station' THEN 0 ELSE 1 END, area, week
"""
COLUMNS = (
    *("scope", "area", "week", "days_observed", "stations", "charge_points", "full_seconds"),
    *("without_available_seconds", "saturation", "points_in_service"),
    *("occupied_hours_per_point_day", "fullest_weekday", "fullest_hour"),
)


def in_sqlite(facts: pl.DataFrame) -> list[tuple[Any, ...]]:
    rows = facts.with_columns(pl.col("local_date", "hour").cast(pl.String))
    with sqlite3.connect(":memory:") as database:
        database.execute(f"CREATE TABLE facts ({', '.join(rows.columns)})")
        marks = ", ".join("?" * rows.width)
        database.executemany(f"INSERT INTO facts VALUES ({marks})", rows.rows())  # noqa: S608 - marks
        return database.execute(SQL).fetchall()


def test_every_value_is_that_of_sql_over_the_facts() -> None:
    facts = any_facts(4, {"a": (5,), "b": (5, 6), "c": (None,)}, THREE_WEEKS)

    found = saturation(facts).select(COLUMNS).with_columns(pl.col("week").cast(pl.String)).rows()

    expected = in_sqlite(facts)
    assert len(expected) > 12
    assert [row[:3] for row in found] == [row[:3] for row in expected]
    for row, again in zip(found, expected, strict=True):
        assert row[3:] == pytest.approx(again[3:], rel=1e-12)


def test_the_fullest_hours_come_in_order_and_a_station_that_was_never_full_has_none() -> None:
    full = {8: 600, 9: 3600, 10: 1200, 11: 600}
    rows = [("a", 5, MONDAY.replace(hour=h), 3600, 3600 - seconds) for h, seconds in full.items()]

    never, station = (
        saturation(facts_of_hours([("b", 5, MONDAY, 3600, 3600), *rows]))
        .filter(scope="station")
        .sort("area", descending=True)
        .to_dicts()
    )

    assert station["week"] == date(2026, 10, 12)
    assert station["fullest_hours"] == "Mon 11:00, Mon 12:00, Mon 10:00"
    assert (station["full_seconds"], station["occupied_hours_per_point_day"]) == (6000, 10.0)
    assert (never["fullest_hours"], never["fullest_hour"], never["saturation"]) == (None, None, 0)


def test_weeks_can_be_computed_one_by_one_and_need_facts() -> None:
    facts = any_facts(9, {"a": (5,), "b": (6,)}, THREE_WEEKS)
    weeks = [own for _, own in facts.group_by(pl.col("local_date").dt.truncate("1w"))]

    one_by_one = pl.concat(map(saturation, weeks)).sort("scope", "area", "week")

    assert len(weeks) == 3
    assert one_by_one.equals(saturation(facts))
    assert saturation(FactOfAMart.create_empty()).is_empty()


@pytest.mark.long
def test_the_order_of_the_facts_changes_no_digit() -> None:
    facts = any_facts(6, {f"s{n}": (n % 2 + 5,) for n in range(9)}, THREE_WEEKS)

    for seed in range(3):
        shuffled = facts.sample(fraction=1, shuffle=True, seed=seed)
        assert saturation(shuffled).equals(saturation(facts))
        assert occupancy_profile(shuffled, weeks=3).equals(occupancy_profile(facts, weeks=3))
