"""Forecasts of the weather as they were issued, as arrays.

What belongs here: reading their frame. What does not: the weather that came, which no forecast can
know.
"""

import numpy as np
import polars as pl

from belib_weather.forecast.errors import ForecastError
from belib_weather.forecast.features import Weather
from belib_weather.forecast.history import HOUR

COLUMNS = ("issued_at", "hour", "temperature_c", "precipitation_mm")


def weather_of(frame: pl.DataFrame) -> Weather:
    """Forecasts by issue and hour, from columns `COLUMNS`: instants with a zone, °C, mm.

    Raises:
        ForecastError: a column is missing.
    """
    if missing := [name for name in COLUMNS if name not in frame.columns]:
        raise ForecastError(f"the weather has no column {', '.join(missing)}")
    frame = frame.select(COLUMNS).unique(["issued_at", "hour"], keep="any")
    issued = frame["issued_at"].dt.epoch("s")
    hour = frame["hour"].dt.epoch("s") // HOUR
    if frame.is_empty():
        empty = np.zeros((0, 1), dtype=np.float32)
        return Weather(np.zeros(0, dtype=np.int64), 0, empty, empty)
    issues = np.unique(issued.to_numpy())
    first, last = int(hour.min()), int(hour.max())  # type: ignore[arg-type]
    place = np.searchsorted(issues, issued.to_numpy()), hour.to_numpy() - first
    grids = []
    for name in ("temperature_c", "precipitation_mm"):
        grid = np.full((len(issues), last - first + 1), np.nan, dtype=np.float32)
        grid[place] = frame[name].cast(pl.Float32).fill_null(float("nan")).to_numpy()
        grids.append(grid)
    return Weather(issues.astype(np.int64), first, *grids)
