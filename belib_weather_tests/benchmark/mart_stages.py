"""The stage of outages and marts: all of them once, by their assets, on facts and episodes."""

import dagster as dg
import polars as pl

from belib_weather.assets.build_episodes import build_days
from belib_weather.assets.sightings_reader import chunks
from belib_weather.datasets import WeatherHour
from belib_weather.definitions import build_defs
from belib_weather.lanes import Lane
from belib_weather.settings import Settings
from belib_weather.simulator.truth import Truth
from belib_weather.warehouse.tables import WEATHER_HOURS
from belib_weather.window import HOUR, Grain
from belib_weather_tests.benchmark.cases import SEED, Case
from belib_weather_tests.benchmark.clock import Figures, timed
from belib_weather_tests.benchmark.opened import lake_and_warehouse
from belib_weather_tests.clocks import StoppedClock
from belib_weather_tests.lanes import tables_in


def weather(case: Case) -> Figures:
    """Store the weather of the window: before the facts, which join it."""
    _, warehouse, _ = lake_and_warehouse()
    true = Truth(seed=SEED, charge_points=case.charge_points).weather(
        case.window.start, case.window.end + HOUR
    )
    hours = pl.from_epoch(pl.Series(true.stamps) * 3600).cast(pl.Datetime("us"))
    known = pl.DataFrame(
        {
            "hour": hours.dt.replace_time_zone("UTC"),
            "temperature_c": true.values["temperature_2m"],
            "precipitation_mm": true.values["precipitation"],
            "source": "simulator:open_meteo/archive",
            "captured_at": case.window.end,
        }
    ).filter(pl.col("hour") < case.window.end)
    rows = pl.concat([WeatherHour.create_empty(), known], how="diagonal")
    with warehouse.locked(WEATHER_HOURS, case.window) as transaction:
        transaction.replace(WEATHER_HOURS, WeatherHour.validate(rows, cast=True), case.window)
    return {"hours": rows.height}


def marts(case: Case) -> Figures:
    """Seconds of the episodes, of the outages, and of all marts together."""
    lake, warehouse, settings = lake_and_warehouse()
    now = StoppedClock(at=f"{case.window.end + HOUR}")
    figures: Figures = {}
    with timed(figures, "episodes"):
        for _ in build_days(lake, warehouse, chunks(lake, case.window, grain=Grain.DAY)):
            pass
    _materialize(settings, now, "charge_points", "stations")
    with timed(figures, "outages"):
        _materialize(settings, now, "outages")
    with timed(figures, "marts"):
        _materialize(settings, now, *tables_in(Lane.MARTS))
    return figures


def _materialize(settings: Settings, clock: StoppedClock, *names: str) -> None:
    defs = build_defs(settings, clock=clock)
    done = dg.materialize(
        list(defs.assets or []),  # type: ignore[arg-type]
        selection=dg.AssetSelection.assets(*names),
        resources=dict(defs.resources or {}),
    )
    assert done.success
