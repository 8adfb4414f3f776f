"""The states of the points up to an origin, as forecasts take them.

What belongs here: reading segments of days that are stored, and the newest hours from snapshots.
What does not: which segment covers which instant (`transform.instants`), the model (`forecast`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from belib_weather.assets.sightings_reader import SightingsReader
from belib_weather.datasets.episodes import KnownSegment
from belib_weather.forecast.history import FREE, OUT, TAKEN, UNOBSERVED, History
from belib_weather.lake import Lake
from belib_weather.transform.instants import (
    QUARTER,
    SEGMENTS,
    covered_instants,
    instants_in,
    segments_until,
)
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import KNOWN_SEGMENTS
from belib_weather.window import DAY, Window, floor_day, second_of

FRESH = timedelta(hours=3)
"""So long before an origin states are read from snapshots: episodes may lag behind."""


@dataclass(frozen=True)
class OriginStates:
    """Segments of status up to an origin.

    Attributes:
        segments: `instants.SEGMENTS`.
        source: raw source of the newest snapshot; None where there is none in the last hours.
    """

    segments: pl.DataFrame
    source: str | None


def segments_of(store: Warehouse, window: Window) -> pl.DataFrame:
    """The stored segments that begin in a window, cut at its end."""
    days = [
        store.read(KNOWN_SEGMENTS, Window(max(day, window.start), min(day + DAY, window.end)))
        for day in window.days
    ]
    segments = pl.concat([KnownSegment.create_empty(), *days]).select(SEGMENTS)
    return segments.with_columns(pl.col("ended_at").clip(upper_bound=window.end))


def states_at_origin(lake: Lake, store: Warehouse, origin: datetime, days: int) -> OriginStates:
    """The states of the days before an origin, from what was stored by then and nothing later."""
    since = origin - FRESH
    read = SightingsReader(lake).read(Window(since, origin))
    before = segments_of(store, Window(floor_day(origin) - timedelta(days=days), since))
    fresh = segments_until(read.good, since, origin).select(SEGMENTS)
    documents = read.documents.filter(pl.col("captured_at") <= origin).sort("captured_at")
    sources: list[str] = documents["source"].tail(1).to_list()
    segments = pl.concat([before, fresh], how="vertical_relaxed")
    return OriginStates(segments, sources[0] if sources else None)


def point_history(
    segments: pl.DataFrame, stations: pl.DataFrame, window: Window, every: timedelta = QUARTER
) -> History:
    """The states of points as arrays, up to the last instant of a window, observed or not.

    Args:
        segments: `instants.SEGMENTS`, of each point without overlap.
        stations: current Station rows: their arrondissements are the groups.
        window: the instants are its start, and what follows it by multiples of `every`.
        every: step between two instants.
    """
    points = segments.select("charge_point_id", "station_id").sort("charge_point_id")
    points = points.unique("charge_point_id", keep="first", maintain_order=True)
    units = points["charge_point_id"]
    code = pl.col("charge_point_id").cast(pl.Enum(units)).to_physical().alias("unit")
    cells = covered_instants(segments.with_columns(code), window, every, "unit")
    kind = pl.when("is_available").then(FREE).when("in_service").then(TAKEN).otherwise(OUT)
    state = np.full((len(units), instants_in(window, every)), UNOBSERVED, dtype=np.int8)
    row, column, value = (
        cells.select(part).to_series().to_numpy() for part in ("unit", "number", kind.cast(pl.Int8))
    )
    state[row, column] = value
    named = points.join(
        stations.select("station_id", pl.col("arrondissement").cast(pl.String)),
        on="station_id",
        how="left",
        maintain_order="left",
    )
    group, groups = _numbered(named["arrondissement"])
    station, names = _numbered(named["station_id"])
    return History(
        units=tuple(units.to_list()),
        start=second_of(window.start),
        step=int(every.total_seconds()),
        state=state,
        knows_service=True,
        group=group,
        groups=groups,
        station=station,
        stations=names,
    )


def _numbered(labels: pl.Series) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """The number of each label, -1 for null, and the labels in order."""
    names = labels.drop_nulls().unique().sort()
    codes = labels.cast(pl.Enum(names)).to_physical().cast(pl.Int64).fill_null(-1)
    return codes.to_numpy(), tuple(names.to_list())
