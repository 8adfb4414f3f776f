"""Stations as they were: what the points say that are listed on a UTC day.

What belongs here: from versions of charge points to versions of stations. What does not: the
points themselves (`charge_points`). Rules: docs/metrics.md.
"""

import dataframely as dy
import polars as pl

from belib_weather.datasets import Station
from belib_weather.transform.versions import as_instants, day_numbers, merged

PLUGS = ("has_ef", "has_type_2", "has_combo_ccs", "has_chademo")
_STATION = "station_id"
_KEY = (_STATION, "day")
_PAIR = ("address", "latitude", "longitude")
ATTRIBUTES = tuple(
    name for name in Station.column_names() if name not in (_STATION, "valid_from", "valid_to")
)
"""What a version of a station says."""


def stations(charge_points: pl.DataFrame) -> dy.DataFrame[Station]:
    """All versions of the stations of charge points.

    Args:
        charge_points: all versions (`ChargePoint`).

    Returns:
        Validated Station rows, by station and time.
    """
    points = day_numbers(charge_points, "valid_from", "valid_to")
    days = (
        pl.concat(
            points.select(_STATION, pl.col(name).alias("day"))
            for name in ("valid_from", "valid_to")
        )
        .drop_nulls()
        .unique()
        .sort(_KEY)
        .with_columns(pl.col("day").shift(-1).over(_STATION).alias("valid_to"))
    )
    is_over = (pl.col("day") >= pl.col("valid_to")).fill_null(False)
    listed = (
        days.select(_KEY)
        .join(points, on=_STATION)
        .filter((pl.col("valid_from") <= pl.col("day")) & ~is_over)
    )
    place = _place(listed)
    common = listed.group_by(_KEY).agg(
        pl.col("station_name").drop_nulls().mode().min(),
        pl.len().alias("charge_points"),
        pl.col("power_kw", *PLUGS).max(),
    )
    rows = (
        days.join(common, on=_KEY)
        .join(place, on=_KEY)
        .join(_arrondissement(listed, place), on=_KEY)
        .rename({"day": "valid_from"})
    )
    return Station.validate(
        as_instants(merged(rows, _STATION, ATTRIBUTES)).select(Station.column_names()), cast=True
    )


def _place(listed: pl.DataFrame) -> pl.DataFrame:
    """Address and coordinates as one pair: that of most points, of equally many the smaller one.

    A pair that lacks a part counts only where no point has both.
    """
    lacking = pl.sum_horizontal(pl.col(name).is_null() for name in ("address", "latitude"))
    return (
        listed.group_by(*_KEY, *_PAIR)
        .agg(pl.len().alias("points"))
        .sort(lacking, -pl.col("points").cast(pl.Int64), *_PAIR)
        .unique(_KEY, keep="first", maintain_order=True)
        .select(*_KEY, *_PAIR)
    )


def _arrondissement(listed: pl.DataFrame, place: pl.DataFrame) -> pl.DataFrame:
    """The commonest arrondissement of the points at the station's place, or else of all."""
    here = listed.join(place, on=[*_KEY, *_PAIR], how="semi", nulls_equal=True)

    def commonest(points: pl.DataFrame) -> pl.DataFrame:
        number = pl.col("arrondissement").drop_nulls().mode().min()
        return points.group_by(_KEY).agg(number)

    return (
        commonest(listed)
        .join(commonest(here), on=_KEY, how="left", suffix="_here")
        .select(*_KEY, pl.coalesce("arrondissement_here", "arrondissement").alias("arrondissement"))
    )
