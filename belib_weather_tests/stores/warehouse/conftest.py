"""Rows to write: whole, valid frames."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from belib_weather.datasets import POINT_SECONDS, AvailabilityFact, Station
from belib_weather.window import Window

WINDOW = Window(datetime(2026, 10, 31, 22, tzinfo=UTC), datetime(2026, 11, 1, 2, tzinfo=UTC))
"""Four hours across a month's end, so that two partitions are written."""

MakeFacts = Callable[..., pl.DataFrame]


@pytest.fixture(scope="session")
def make_facts() -> MakeFacts:
    """Facts of some stations in every hour of a window, all available."""

    def make(window: Window = WINDOW, stations: int = 5, charge_points: int = 4) -> pl.DataFrame:
        ids = pl.DataFrame({"station_id": [f"FR*V75*PPX{i:02}*01" for i in range(stations)]})
        zeros = {name: pl.lit(0) for name in POINT_SECONDS if name != "available_seconds"}
        facts = ids.join(pl.DataFrame({"hour": window.hours}), how="cross").with_columns(
            **zeros,
            source=pl.lit('opendata_paris/realtime, « ; " »'),
            charge_points=charge_points,
            snapshots=12,
            available_seconds=charge_points * 3600,
            any_observed_seconds=3600,
            any_available_seconds=3600,
            full_seconds=0,
            is_provisional=False,
            temperature_c=11.25,
            wind_speed_kmh=None,
            precipitation_mm=0.1,
            weather_code=51,
            weather_class=pl.lit("drizzle"),
            weather_source=None,
            local_date=(pl.col("hour") + timedelta(hours=1)).dt.date(),
            local_hour=pl.col("hour").dt.hour(),
            local_weekday=pl.col("hour").dt.weekday(),
        )
        return AvailabilityFact.validate(
            facts.select(AvailabilityFact.column_names()), cast=True
        ).sort("station_id", "hour")

    return make


@pytest.fixture
def stations() -> pl.DataFrame:
    """Two stations, of one of which little is known."""
    return Station.validate(
        pl.DataFrame(
            {
                "station_id": ["FR*V75*PPX00*01", "FR*V75*PPX01*01"],
                "valid_from": [datetime(2026, 1, 1, tzinfo=UTC)] * 2,
                "valid_to": [None, None],
                "station_name": ["Paris | Rue de l'Été 1", None],
                "address": ["", None],
                "arrondissement": [5, None],
                "latitude": [48.85, None],
                "longitude": [2.35, None],
                "charge_points": [4, 4],
                "power_kw": [7.0, None],
                "has_ef": [True, None],
                "has_type_2": [False, None],
                "has_combo_ccs": [None, None],
                "has_chademo": [None, None],
            }
        ),
        cast=True,
    )
