"""A small city in PostgreSQL: facts of any shape in every hour of some days, and states now."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from belib_weather.datasets import AvailabilityFact, Station, StationState
from belib_weather.datasets.feed import FeedHour
from belib_weather.dates import local_calendar
from belib_weather.report import Period, report_of
from belib_weather.report.files import Written, write
from belib_weather.vocabulary import STATION_STATUSES, WEATHER_CLASSES
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    AVAILABILITY_HOURS,
    STATION_STATES,
    STATIONS,
)
from belib_weather.window import HOUR, Window
from belib_weather_tests.stores.warehouse.sample import facts_of

NOW = datetime(2026, 11, 24, 14, 20, tzinfo=UTC)
STATION_IDS = [f"FR*V75*PPX{number:02}*01" for number in range(12)]
REAL, SIMULATED = "opendata_paris/realtime", "simulator:opendata_paris/realtime"
STREET = "Rue <b>des Tests</b> & Cie"
"""Would break a page that does not escape."""


def some_facts(window: Window, source: str = REAL) -> pl.DataFrame:
    """Facts of all stations in the window; the weather changes every five hours."""
    local = ZoneInfo("Europe/Paris")
    facts = facts_of(window.start.toordinal(), STATION_IDS, window)
    paris = [hour.astimezone(local) for hour in facts["hour"]]
    turn = facts["hour"].dt.epoch("s") // (5 * 3600) % 4
    weather = turn.replace_strict(dict(enumerate(WEATHER_CLASSES[:4])), return_dtype=pl.String)
    return AvailabilityFact.validate(
        facts.with_columns(
            pl.lit(source).alias("source"),
            pl.lit("open_meteo/archive").alias("weather_source"),
            weather.alias("weather_class"),
            (turn * 3.25).alias("temperature_c"),
            (turn * 0.75).alias("precipitation_mm"),
            (pl.col("hour") + HOUR > NOW).alias("is_provisional"),
            # Poll after poll was missed in the hours of one night.
            pl.when(pl.col("hour").dt.hour() == 3).then(7).otherwise(12).alias("snapshots"),
            local_date=pl.Series([at.date() for at in paris]),
            local_hour=pl.Series([at.hour for at in paris]),
            local_weekday=pl.Series([at.isoweekday() for at in paris]),
        ),
        cast=True,
    )


def put(warehouse: Warehouse, facts: pl.DataFrame, window: Window) -> None:
    """Store facts."""
    with warehouse.locked(AVAILABILITY_FACTS, window) as transaction:
        transaction.replace(AVAILABILITY_FACTS, facts, window)


def put_stations(warehouse: Warehouse, source: str = REAL, at: datetime = NOW, **same: Any) -> None:
    """Store the stations and their states at a snapshot; `same` are columns of every state."""
    dice = random.Random(5)  # noqa: S311 - no secret
    rows = []
    for number, station in enumerate(STATION_IDS):
        counts = {name: dice.randint(0, 4) for name in _COUNTED}
        rows.append(
            {
                "station_id": station,
                "captured_at": at - timedelta(minutes=4),
                "source": source,
                "station_status": STATION_STATUSES[number % len(STATION_STATUSES)],
                "charge_points": max(1, sum(counts.values())),
                **counts,
                "newest_update": at - timedelta(hours=1),
                **_place(number),
                **same,
            }
        )
    stations = [
        {"station_id": row["station_id"], "valid_to": None, "charge_points": 3, **_place(number)}
        for number, row in enumerate(rows)
    ]
    with warehouse.locked(STATIONS) as transaction:
        transaction.replace(STATIONS, Station.sample(overrides=stations))
    with warehouse.locked(STATION_STATES) as transaction:
        transaction.replace(STATION_STATES, StationState.sample(overrides=rows))


_COUNTED = ("available", "occupied", "reserved", "out_of_order", "planned", "unknown", "stale")


def _place(number: int) -> dict[str, str | int | float]:
    return {
        "address": f"{number} {STREET} 750{number + 1:02} Paris",
        "arrondissement": number % 6 + 1,
        "latitude": 48.83 + number * 0.005,
        "longitude": 2.29 + number * 0.008,
    }


def written(warehouse: Warehouse, folder: Path, days: int = 7, now: datetime = NOW) -> Written:
    """The report of what the warehouse holds, as the asset makes it."""
    period = Period.of(days, now)
    facts = warehouse.read(AVAILABILITY_HOURS, period.window)
    states = warehouse.read(STATION_STATES)
    report = report_of(facts, states, feed_of(facts, period), period)
    return write(folder, report, folder / "site")


def feed_of(facts: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Hours of the feed that hold the snapshots of the facts, by polls of five minutes."""
    hours = pl.DataFrame({"hour": period.window.hours}, schema={"hour": facts.schema["hour"]})
    if not facts.is_empty():
        hours = hours.filter(pl.col("hour") >= facts["hour"].min())
    counted = facts.group_by("hour").agg(pl.col("snapshots").max())
    snapshots = pl.col("snapshots").fill_null(0)
    return FeedHour.validate(
        hours.join(counted, on="hour", how="left", maintain_order="left")
        .select(
            "hour",
            snapshots,
            (pl.col("hour") + HOUR > period.now - HOUR / 2).alias("is_provisional"),
            *local_calendar(pl.col("hour")),
            expected_snapshots=12,
            observed_seconds=300 * snapshots,
            longest_gap_seconds=300,
            refused=0,
            charge_points=30,
            source=pl.lit(REAL),
        )
        .select(FeedHour.column_names()),
        cast=True,
    )
