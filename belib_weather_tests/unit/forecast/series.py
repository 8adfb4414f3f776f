"""A small made-up network whose days differ, whose points break, and whose polls have a gap."""

from datetime import UTC, datetime

import numpy as np
import polars as pl

START = datetime(2026, 3, 2, tzinfo=UTC)
STEP_MINUTES = 30


def series(days: int = 21, stations: int = 12, points: int = 3, seed: int = 1) -> pl.DataFrame:
    """Points that are taken for hours by a daily rhythm and now and then broken for a day."""
    rng = np.random.default_rng(seed)
    instants = days * 24 * 60 // STEP_MINUTES
    units = stations * points
    hour = (np.arange(instants) * STEP_MINUTES / 60) % 24
    busy = 0.03 + 0.09 * np.exp(-(((hour - 13) / 3.5) ** 2))
    level = np.exp(rng.normal(0, 0.6, stations)).repeat(points)
    taken, broken = np.zeros((units, instants), bool), np.zeros((units, instants), bool)
    state, out = rng.random(units) < 0.3, np.zeros(units, bool)
    for at in range(instants):
        begins = rng.random(units) < busy[at] * level
        ends = rng.random(units) < 0.16
        state = np.where(state, ~ends, begins)
        out = np.where(out, rng.random(units) > 1 / 48, rng.random(units) < 1 / 1_200)
        taken[:, at], broken[:, at] = state, out
    names = [f"S{n // points:02d}*{n % points}" for n in range(units)]
    time = int(START.timestamp()) + 60 * STEP_MINUTES * np.arange(instants)
    frame = pl.DataFrame(
        {
            "unit_id": np.repeat(names, instants),
            "station_id": np.repeat([name[:3] for name in names], instants),
            "group": np.repeat([str(n // points % 4) for n in range(units)], instants),
            "time": np.tile(time, units),
            "is_available": (~taken & ~broken).ravel(),
            "in_service": ~broken.ravel(),
        }
    )
    return frame.with_columns(
        pl.from_epoch("time", "s").dt.cast_time_unit("us").dt.replace_time_zone("UTC")
    )
