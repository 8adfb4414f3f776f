"""Outages and marts of the small city: rows that the tables take, made by formula.

What belongs here: rows, and their documents. What does not: whether marts are right (their own
tests): here only what is shown of them is compared.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from belib_weather.datasets.forecasts import (
    FORECASTS,
    POPULATIONS,
    SCORED_HORIZONS,
    AvailabilityForecast,
    ForecastScore,
)
from belib_weather.datasets.marts import FactOfAMart
from belib_weather.datasets.outages import Outage
from belib_weather.datasets.reliability import StationReliability, TimeToRepair
from belib_weather.datasets.weather_association import WeatherAssociation
from belib_weather.dates import local_calendar
from belib_weather.search import mart_documents as d
from belib_weather.search.forecast_documents import forecast_documents, score_documents
from belib_weather.search.projections import (
    FORECAST_SCORES_INDEX,
    FORECASTS_INDEX,
    OUTAGES_INDEX,
    PROFILES_INDEX,
    RELIABILITY_INDEX,
    REPAIR_INDEX,
    SATURATION_INDEX,
    WEATHER_INDEX,
    Projection,
)
from belib_weather.transform.occupancy_profile import occupancy_profile
from belib_weather.transform.saturation import saturation
from belib_weather.vocabulary import OUTAGE_ENDS
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.table import Table
from belib_weather.warehouse.tables import (
    FORECAST_OF_STATIONS,
    FORECAST_SCORES,
    OCCUPANCY_PROFILE,
    OUTAGES,
    RELIABILITY_OF_STATIONS,
    SATURATION,
    STATION_RELIABILITY,
    STATIONS,
    TIME_TO_REPAIR,
    WEATHER_ASSOCIATION,
)
from belib_weather.window import Window

_OUTAGES = 60
_REASON = "outside the temperatures seen"
_SECONDS = (
    "up_seconds",
    "down_seconds",
    "silent_seconds",
    "unsettled_seconds",
    "planned_seconds",
    "removed_seconds",
    "unobserved_seconds",
)


@dataclass(frozen=True)
class MartRows:
    """The rows of each table."""

    tables: dict[Table, pl.DataFrame]

    def documents(self, warehouse: Warehouse) -> dict[Projection, pl.DataFrame]:
        """The documents of each index."""
        stations, counted = warehouse.read(STATIONS), warehouse.read(STATION_RELIABILITY)
        ranked = warehouse.read(RELIABILITY_OF_STATIONS)
        return {
            OUTAGES_INDEX: d.outage_documents(warehouse.read(OUTAGES), stations),
            RELIABILITY_INDEX: d.reliability_documents(ranked, counted, stations),
            REPAIR_INDEX: d.repair_documents(warehouse.read(TIME_TO_REPAIR), stations),
            PROFILES_INDEX: d.profile_documents(warehouse.read(OCCUPANCY_PROFILE), stations),
            SATURATION_INDEX: d.saturation_documents(warehouse.read(SATURATION), stations),
            WEATHER_INDEX: d.weather_documents(warehouse.read(WEATHER_ASSOCIATION)),
            FORECASTS_INDEX: forecast_documents(warehouse.read(FORECAST_OF_STATIONS), stations),
            FORECAST_SCORES_INDEX: score_documents(warehouse.read(FORECAST_SCORES)),
        }


def mart_rows(period: Window, stations: pl.DataFrame, facts: pl.DataFrame) -> MartRows:
    """Rows of every table; `facts` are `AvailabilityDocument` rows."""
    of_marts = facts.select(FactOfAMart.column_names())
    return MartRows(
        {
            OUTAGES: outages(period, stations),
            STATION_RELIABILITY: reliability(stations),
            TIME_TO_REPAIR: repair(stations),
            OCCUPANCY_PROFILE: occupancy_profile(of_marts, weeks=3),
            SATURATION: saturation(of_marts),
            WEATHER_ASSOCIATION: weather(),
            FORECAST_SCORES: scores(period),
        }
    )


def outages(period: Window, stations: pl.DataFrame) -> pl.DataFrame:
    """Outages of any end, of points and every tenth of a station, and a silence in seven."""
    number = pl.int_range(_OUTAGES)
    is_silence, is_of_station = number % 7 == 3, number % 10 == 0
    started = pl.lit(period.start) + pl.duration(hours=7 * number)
    seconds = (number % 9) * 20_000 + 1_800
    # Of one point only the last can go on.
    kinds = [OUTAGE_ENDS[n % (4 if n >= _OUTAGES - 24 else 3)] for n in range(_OUTAGES)]
    ends = pl.Series(kinds)
    rows = pl.select(number.alias("n")).with_columns(
        pl.Series("station_id", [stations["station_id"][n % 24] for n in range(_OUTAGES)]),
        started.cast(pl.Datetime("us", "UTC")).alias("started_at"),
        pl.lit(ends).alias("end_kind"),
    )
    point = pl.col("station_id").str.replace("PPX", "EPX") + "*1"
    begin = pl.col("started_at")
    return _valid(
        Outage,
        rows.with_columns(
            pl.when(is_of_station).then("station_id").otherwise(point).alias("outage_of"),
            pl.when(~is_of_station).then(point).alias("charge_point_id"),
            (begin + pl.duration(seconds=seconds)).alias("ended_at"),
            pl.when(is_silence).then(pl.lit("silence")).otherwise(pl.lit("outage")).alias("kind"),
            (begin - pl.duration(hours=number % 3)).alias("since"),
            pl.when(~is_silence).then(begin).alias("down_from"),
            pl.when(~is_silence).then(seconds).alias("duration_seconds"),
            pl.when(is_silence).then(0).otherwise(seconds).alias("down_seconds"),
            (number % 5 > 0).alias("is_begun"),
            (number % 2).alias("returns"),
            pl.when(is_of_station).then(3).otherwise(1).alias("charge_points"),
            pl.when(is_of_station).then(3).alias("points_in_service"),
            *local_calendar(begin),
        ),
    )


def reliability(stations: pl.DataFrame) -> pl.DataFrame:
    """Two weeks that are over, one that goes on, and a month; some stations of every standing."""
    random = np.random.default_rng(9)
    periods = pl.DataFrame(
        [
            ("week", date(2026, 10, 12), datetime(2026, 10, 18, 22, tzinfo=UTC)),
            ("week", date(2026, 10, 19), datetime(2026, 10, 25, 23, tzinfo=UTC)),
            ("week", date(2026, 10, 26), datetime(2026, 11, 1, 22, 59, tzinfo=UTC)),
            ("month", date(2026, 10, 1), datetime(2026, 10, 31, 23, tzinfo=UTC)),
        ],
        schema={
            "period": pl.String,
            "starts_on": pl.Date,
            "made_to": pl.Datetime("us", "UTC"),
        },
        orient="row",
    )
    keys = stations.select("station_id", "charge_points").join(periods, how="cross")
    n = keys.height
    parts = random.integers(0, 90_000, (n, len(_SECONDS)))
    parts[:, 0] *= random.integers(1, 8, n)
    parts[::11, 6] += 9_000_000
    available = parts[:, 0] // 2
    available[::5] = 0
    counts: dict[str, Any] = {
        name: random.integers(0, 5, n)
        for name in (
            "outages_begun",
            "outages_ended",
            "outages_carried_in",
            "points_already_out",
            "silences_begun",
        )
    }
    longest = random.integers(1, 400_000, n)
    return _valid(
        StationReliability,
        keys.with_columns(
            *(pl.Series(name, parts[:, i]) for i, name in enumerate(_SECONDS)),
            *(pl.Series(name, values) for name, values in counts.items()),
            pl.Series("available_seconds", available),
            pl.Series(
                "longest_outage_seconds", [None if i % 6 == 0 else v for i, v in _i(longest)]
            ),
            pl.lit(None, pl.Datetime("us", "UTC")).alias("last_begun_at"),
            pl.lit(None, pl.Boolean).alias("last_begun_lasts"),
        ),
    )


def _i(values: Any) -> list[tuple[int, int]]:
    return [(i, int(v)) for i, v in enumerate(values)]


def repair(stations: pl.DataFrame) -> pl.DataFrame:
    """Two quarters of the city, arrondissements and a power class, and the year of a station."""
    random = np.random.default_rng(10)
    areas = [("city", "city"), ("power class", "7.4 kW")]
    areas += [("arrondissement", str(n)) for n in range(1, 13)]
    keys = [
        (scope, area, starts_on, starts_on + timedelta(days=92))
        for starts_on in (date(2026, 7, 1), date(2026, 10, 1))
        for scope, area in areas
    ]
    keys.append(("station", stations["station_id"][0], date(2025, 11, 1), date(2026, 11, 1)))
    n = len(keys)
    rows = pl.DataFrame(keys, schema=["scope", "area", "starts_on", "ends_on"], orient="row")
    median, rate = random.random(n) * 40 + 1, random.random(n)
    is_reached: Callable[[int], bool] = lambda i: i % 4 != 1  # noqa: E731
    hours = {
        "median_hours": median,
        "median_hours_low": median * 0.7,
        "median_hours_high": median * 1.4,
        "p90_hours": median * 3,
    }
    return _valid(
        TimeToRepair,
        rows.with_columns(
            pl.lit(4).alias("stations"),
            pl.Series("outages_begun", random.integers(10, 40, n)),
            pl.Series("outages_ended", random.integers(5, 10, n)),
            pl.lit(500.0).alias("longest_followed_hours"),
            *(
                pl.Series(name, [float(v) if is_reached(i) else None for i, v in enumerate(found)])
                for name, found in hours.items()
            ),
            pl.lit(None, pl.Float64).alias("p90_hours_low"),
            pl.lit(None, pl.Float64).alias("p90_hours_high"),
            pl.lit(10_000_000).alias("up_seconds"),
            pl.Series("outages_per_1000_hours", rate),
            pl.Series("outages_per_1000_hours_low", rate / 2),
            pl.Series("outages_per_1000_hours_high", rate * 2),
        ),
    )


def weather() -> pl.DataFrame:
    """Differences of two areas: said, provisional, withheld."""
    conditions: list[tuple[Any, ...]] = [
        ("0 \N{DEGREE SIGN}C", "15 \N{DEGREE SIGN}C", "reported", None, -0.031, 0.0, None),
        ("25 \N{DEGREE SIGN}C", "15 \N{DEGREE SIGN}C", "provisional", None, 0.024, 25.0, None),
        ("30 \N{DEGREE SIGN}C", "15 \N{DEGREE SIGN}C", "withheld", _REASON, None, 30.0, None),
        ("rain", "dry", "provisional", None, 0.011, None, "1 mm or more"),
    ]
    rows = [
        (scope, area, condition, temperature, rain, other, standing, reason, difference)
        for scope, area in (("city", "Paris"), ("arrondissement", "4"))
        for condition, other, standing, reason, difference, temperature, rain in conditions
    ]
    difference = pl.col("difference")
    names = "scope area condition temperature_c precipitation compared_with standing reason"
    frame = pl.DataFrame(rows, schema=[*names.split(), "difference"], orient="row")
    return _valid(
        WeatherAssociation,
        frame.with_columns(
            (difference - 0.02).alias("difference_low"),
            (difference + 0.03).alias("difference_high"),
            pl.int_range(20, 20 + pl.len()).alias("hours"),
            pl.int_range(8, 8 + pl.len()).alias("days"),
            pl.lit(0.4).alias("occupancy"),
            pl.lit(40).alias("occupied_seconds"),
            pl.lit(100).alias("in_service_seconds"),
            *(pl.lit(60).alias(f"{name}_used") for name in ("hours", "days", "weeks")),
            pl.lit(date(2026, 9, 1)).alias("first_date"),
            pl.lit(date(2026, 10, 31)).alias("last_date"),
        ),
    )


def scores(period: Window) -> pl.DataFrame:
    """Scores of six weeks up to the end of the period, of which four are recent."""
    random = np.random.default_rng(11)
    keys = [
        (period.end.date() - timedelta(days=day), minutes, population, forecast, place)
        for day in range(42)
        for minutes in SCORED_HORIZONS
        for population in POPULATIONS
        for forecast in FORECASTS
        for place in (0, 4, 9)
    ]
    n = random.integers(5, 40, len(keys))
    free = (n * random.random(len(keys))).astype(int)
    return _valid(
        ForecastScore,
        pl.DataFrame(keys, schema=ForecastScore.primary_key(), orient="row").with_columns(
            pl.Series("n", n),
            pl.Series("free", free),
            pl.Series("chance_sum", n * random.random(len(keys))),
            pl.Series("brier_sum", n * random.random(len(keys)) / 4),
            pl.Series("log_loss_sum", n * random.random(len(keys))),
        ),
    )


def forecasts(stations: pl.DataFrame, origin: datetime) -> pl.DataFrame:
    """A forecast of every station for the next hours."""
    random = np.random.default_rng(12)
    hours = pl.DataFrame({"minutes": [15, 60, 180, 1440]})
    rows = stations.select("station_id").join(hours, how="cross")
    return _valid(
        AvailabilityForecast,
        rows.with_columns(
            pl.lit(origin).alias("origin"),
            (pl.lit(origin) + pl.duration(minutes="minutes")).alias("target"),
            pl.Series("chance_free", random.random(rows.height)),
            pl.Series("chance_usual", random.random(rows.height)),
            pl.lit(None, pl.Float32).alias("chance_model"),
            pl.lit(1.5).alias("expected_free_points"),
            pl.lit(0).alias("free_points_low"),
            pl.lit(3).alias("free_points_high"),
            pl.lit("blend").alias("model"),
            pl.lit("1").alias("model_version"),
            pl.lit(True).alias("was_free"),
            pl.lit(True).alias("was_in_service"),
        ),
    )


def _valid(schema: Any, rows: pl.DataFrame) -> pl.DataFrame:
    columns = [
        pl.col(name) if name in rows.columns else pl.lit("opendata_paris/realtime").alias(name)
        for name in schema.column_names()
    ]
    frame: pl.DataFrame = schema.validate(rows.select(columns), cast=True)
    return frame
