"""Charge points by dense codes: what follows from an id is computed once per point, not per row.

What belongs here: codes, and the station of a point. What does not: what is counted by them
(`facts`, `episodes`).
"""

import numpy as np
import polars as pl

from belib_weather.networks import NETWORK


def points_of(ids: pl.Series) -> pl.DataFrame:
    """Each charge point once: `charge_point_id` (text) and `station_id`; by id.

    Args:
        ids: of sightings, categorical.
    """
    distinct = _distinct(ids).cast(pl.String).alias("charge_point_id").sort()
    return distinct.to_frame().with_columns(
        NETWORK.station_id(pl.col("charge_point_id")).alias("station_id")
    )


def codes_of(ids: pl.Series, points: pl.DataFrame) -> pl.Series:
    """The row in `points`, which holds them all, of every id."""
    known = points["charge_point_id"].cast(ids.dtype).to_physical().to_numpy()
    row_of = np.zeros(int(known.max(initial=0)) + 1, np.int64)
    row_of[known] = np.arange(len(known))
    return pl.Series(row_of[ids.to_physical().to_numpy()])


def _distinct(ids: pl.Series) -> pl.Series:
    """Every category once, by the last row of each code: codes are few, rows many."""
    codes = ids.to_physical().to_numpy()
    row_of = np.full(int(codes.max(initial=0)) + 1, -1)
    row_of[codes] = np.arange(len(codes))
    return ids.gather(row_of[row_of >= 0])
