"""The catalog's tables of outages and repairs."""

from datetime import UTC, date, datetime

import polars as pl

from belib_weather.catalog.outage_tables import outages_table, reliability_table, repair_table

SINCE = datetime(2026, 11, 1, 9, tzinfo=UTC)


def rows_of(text: str | None) -> list[str]:
    """The lines of a Markdown table below its head."""
    return (text or "").splitlines()[2:]


def test_the_longest_outages_that_last_come_first() -> None:
    outages = pl.DataFrame(
        [
            ("new", "outage", "lasts", SINCE.replace(day=3), 3600),
            ("old", "outage", "lasts", SINCE, 90_000),
            ("over", "outage", "returned", SINCE, 90_000),
            ("quiet", "silence", "lasts", SINCE, None),
        ],
        ("outage_of", "kind", "end_kind", "since", "duration_seconds"),
        orient="row",
    )
    old, new = rows_of(outages_table(outages).md_str)
    assert old.startswith("|old|")
    assert old.endswith("|25.0|")
    assert new.startswith("|new|")


def test_the_worst_stations_of_the_newest_week() -> None:
    week = {"period": "week", "starts_on": date(2026, 11, 9), "outages_begun": 2}
    stations = pl.DataFrame(
        [
            week | {"place": 2, "address": "1 rue A", "technical_availability": 0.5,
                    "standing": "ranked", "hours_down": 12.0},
            week | {"place": 1, "address": None, "technical_availability": 0.0,
                    "standing": "never available", "hours_down": 336.0},
            week | {"place": None, "address": "1 rue C", "technical_availability": None,
                    "standing": "not observed", "hours_down": 0.0},
            week | {"place": 1, "address": "1 rue D", "technical_availability": 0.1,
                    "standing": "ranked", "hours_down": 9.0, "starts_on": date(2026, 11, 2)},
        ]
    ).with_columns(station_id=pl.lit("S"))  # fmt: skip
    assert rows_of(reliability_table(stations).md_str) == [
        "|1|S|never available|2|336.0|",
        "|2|1 rue A|50.0%|2|12.0|",
    ]


def test_a_quantile_beyond_the_curve_is_a_dash() -> None:
    quarter = {"starts_on": date(2026, 10, 1), "ends_on": date(2027, 1, 1), "outages_begun": 3}
    repairs = pl.DataFrame(
        [
            quarter | {"scope": "city", "area": "city", "median_hours": 6.0},
            quarter | {"scope": "arrondissement", "area": "4", "median_hours": 2.0},
        ]
    ).with_columns(
        median_hours_low=pl.lit(4.25),
        median_hours_high=pl.lit(None, pl.Float64),
        outages_per_1000_hours=pl.lit(0.5),
    )
    assert rows_of(repair_table(repairs).md_str) == ["|city, from 2026-10-01|3|6.0|4.2 to –|0.5|"]
