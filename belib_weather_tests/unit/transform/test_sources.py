"""Which raw sources rows say that they rest on."""

from datetime import UTC, datetime, timedelta

import polars as pl

from belib_weather.credits import are_simulated
from belib_weather.transform.occupancy_profile import occupancy_profile
from belib_weather.transform.outages import outages
from belib_weather.transform.saturation import saturation
from belib_weather.transform.sources import union_of_sources
from belib_weather.transform.weather_association import area_hours
from belib_weather.window import DAY
from belib_weather_tests.unit.transform.mart_facts import facts_of_hours
from belib_weather_tests.unit.transform.outage_reference import (
    BROKEN,
    DAY_TICKS,
    FREE,
    START,
    segments_of,
)

REAL, SIMULATED, IMPORTED = "opendata_paris/realtime", "simulator:opendata_paris/realtime", "import"
MONDAY = datetime(2026, 10, 12, 8, tzinfo=UTC)


def test_each_source_is_named_once_and_in_order() -> None:
    rows = pl.DataFrame(
        {"of": [1, 1, 1, 2, 2], "source": [f"{IMPORTED} + {REAL}", SIMULATED, REAL, None, None]}
    )

    by_group = (
        rows.group_by("of").agg(union_of_sources(pl.col("source")).alias("source")).sort("of")
    )

    assert by_group["source"].to_list() == [f"{IMPORTED} + {REAL} + {SIMULATED}", None]
    assert rows.clear().select(union_of_sources(pl.col("source"))).item() is None


def test_an_outage_names_the_sources_of_all_its_days_and_of_no_other() -> None:
    point = [FREE] * 5 + [BROKEN] * DAY_TICKS + [FREE] * (2 * DAY_TICKS)
    again = [FREE] * (2 * DAY_TICKS) + [BROKEN] * 5
    day = pl.col("started_at").dt.date()
    of_day = pl.when(day == START.date()).then(pl.lit(REAL)).otherwise(pl.lit(SIMULATED))
    segments = segments_of({"a": list(point), "b": list(again)}).with_columns(source=of_day)

    found = outages(segments, START + 4 * DAY)

    sources = dict(found.select("outage_of", "source").iter_rows())
    assert sources == {"a": f"{REAL} + {SIMULATED}", "b": SIMULATED}
    assert are_simulated([sources["a"]])


def test_marts_name_the_sources_of_their_period() -> None:
    hours = [("a", 5, MONDAY + timedelta(days=7 * week), 3600, 1800) for week in range(2)]
    facts = facts_of_hours(hours).with_columns(
        source=pl.when(pl.col("hour") == MONDAY).then(pl.lit(REAL)).otherwise(pl.lit(SIMULATED)),
        weather_source=pl.lit("open_meteo/archive"),
        temperature_c=pl.lit(9.0),
        precipitation_mm=pl.lit(0.0),
    )

    weeks = saturation(facts).filter(scope="station").sort("week")

    assert weeks["source"].to_list() == [REAL, SIMULATED]
    assert occupancy_profile(facts, 2)["source"].unique().to_list() == [f"{REAL} + {SIMULATED}"]
    assert area_hours(facts)["source"].unique().to_list() == [
        f"open_meteo/archive + {REAL} + {SIMULATED}"
    ]
