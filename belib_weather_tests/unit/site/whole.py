"""A city whose pages show every table: many stations, one of them with all that can be known.

What belongs here: the rows of `city` and `small` together, four weeks of days, forecasts with their
scores. What does not: pages.
"""

from datetime import date, timedelta

import polars as pl

from belib_weather.datasets.forecasts import (
    FORECASTS,
    POPULATIONS,
    SCORED_HORIZONS,
    ForecastOfStation,
    ForecastScore,
)
from belib_weather.datasets.marts import WeatherAssociation
from belib_weather.datasets.outages import Outage
from belib_weather.site.data import SiteData
from belib_weather.window import HOUR, floor_hour
from belib_weather_tests.unit.site import city, small

NOW = city.NOW
SCORED_DAYS = 20
LONG = "Parking Saint-Germain-l’Auxerrois Rivoli Pont-Neuf, 1 Place du Louvre 75001 Paris"
"""The longest address of the real feed, or so."""
BRIERS = {"served": 0.06, "model": 0.06, "persistence": 0.09, "usual": 0.11, "blend": 0.075}


def whole(*, stations_of_a_landmark: int = 5) -> SiteData:
    """The rows behind the pages, seen a minute ago."""
    crowd, few = city.a_city(NOW, stations_of_a_landmark=stations_of_a_landmark), small.small()
    assert crowd.now == few.now
    states = few.states.with_columns(
        station_name=pl.when(pl.col("station_id") == small.GOOD).then(pl.lit(LONG)),
    )
    return SiteData(
        now=NOW,
        states=pl.concat([crowd.states, states]),
        stations=crowd.stations,
        points=few.points,
        facts=_weeks(few.facts),
        profile=pl.concat([crowd.profile, few.profile]),
        reliability=few.reliability,
        outages=_many(few.outages),
        saturation=few.saturation,
        feed=few.feed,
        forecasts=forecasts(),
        scores=scores(),
        weather=small.frame(WeatherAssociation, _associations()),
        weather_hours=crowd.weather_hours,
        outlines=crowd.outlines,
    )


def forecasts(model: str = "boosted") -> pl.DataFrame:
    """The newest forecast of the good station: a chance every hour, 24 hours ahead."""
    origin = floor_hour(NOW)
    return small.frame(
        ForecastOfStation,
        [
            {
                "station_id": small.GOOD,
                "origin": origin,
                "target": origin + hours * HOUR,
                "horizon_minutes": 60 * hours,
                "chance_free": 1 - hours / 30,
                "expected_free_points": 3 - hours / 10,
                "free_points_low": 0 if hours > 6 else 2,
                "free_points_high": 4,
                "model": model,
                "model_version": "2026-11-27T04:00:00Z",
                "source": "opendata_paris/realtime",
            }
            for hours in range(1, 25)
        ],
    )


def brier_sum(forecast: str, rank: int, back: int) -> float:
    """Of a hundred forecasts: worse at far horizons; what was served varies from day to day."""
    varies = 1 + back % 5 / 10 if forecast in {"served", "model"} else 1
    return 100 * BRIERS[forecast] * (1 + rank / 4) * varies


def scores(days: int = SCORED_DAYS, last: date = date(2026, 11, 26)) -> pl.DataFrame:
    """Scores of days up to a last one, with errors by `brier_sum`.

    The chances 0.05, 0.15 … 0.95 are said a hundred times each, and come true three times in a
    hundred more often than that.
    """
    return small.frame(
        ForecastScore,
        [
            {
                "local_date": last - timedelta(days=back),
                "horizon_minutes": horizon,
                "population": population,
                "forecast": forecast,
                "chance_bin": tenth,
                "n": 100,
                "free": min(100, 10 * tenth + 8),
                "chance_sum": 10.0 * tenth + 5,
                "brier_sum": brier_sum(forecast, rank, back),
                "log_loss_sum": 20.0,
                "source": "opendata_paris/realtime",
            }
            for back in range(days)
            for rank, horizon in enumerate(SCORED_HORIZONS)
            for population in POPULATIONS
            for forecast in FORECASTS
            for tenth in range(10)
        ],
    )


def _weeks(facts: pl.DataFrame) -> pl.DataFrame:
    """The facts of a day and a half, and of the days of the four weeks before."""
    day = facts.filter(~pl.col("is_provisional") & (pl.col("local_date") == date(2026, 11, 26)))
    before = [
        day.with_columns(
            pl.col("hour").dt.offset_by(f"-{back}d"), pl.col("local_date").dt.offset_by(f"-{back}d")
        )
        for back in range(1, 28)
    ]
    return pl.concat([facts, *before])


def _many(outages: pl.DataFrame) -> pl.DataFrame:
    """More outages than a page lists."""
    more = [
        outages.with_columns(pl.col("started_at", "down_from", "ended_at").dt.offset_by(f"-{n}d"))
        for n in range(1, 16)
    ]
    return pl.concat([outages, *more]).select(Outage.create_empty().columns)


def _associations() -> list[dict[str, object]]:
    base = {
        "scope": "city",
        "area": "paris",
        "standing": "provisional",
        "difference": 0.012,
        "difference_low": -0.004,
        "difference_high": 0.027,
        "hours": 64,
        "days": 29,
        "first_date": date(2026, 9, 30),
        "last_date": date(2026, 11, 26),
    }
    return [
        base | {"condition": "1", "precipitation": "below 1 mm", "compared_with": "dry"},
        base | {"condition": "2", "precipitation": "1 mm or more", "compared_with": "dry"},
        base | {"condition": "3", "temperature_c": 5, "compared_with": "10 °C"},
    ]
