"""Since when stations are as they are: carried on from the stored states, or read back from raw.

What belongs here: which snapshots have to be read. What does not: the runs
(`transform.station_runs`), and whether raw changed (`raw_checkpoint`).
Why: docs/decisions/since-when.md
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

import polars as pl

from belib_weather.assets.parsed_documents import Unreadable, snapshot_of
from belib_weather.formats.batches import Snapshot
from belib_weather.formats.snapshots import read_sightings
from belib_weather.lake import Lake, RawDocument
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.networks import NETWORK
from belib_weather.transform.station_runs import (
    LONGEST_RUN,
    joined,
    last_runs,
    runs_of_states,
    without_begin,
)
from belib_weather.vocabulary import GAP_LIMIT_SECONDS
from belib_weather.window import DAY, HOUR, Window, second_of

_FURTHER_BACK = (HOUR / 2, 3 * HOUR, 12 * HOUR)
"""First steps back: most runs have begun by then; later ones are of a day."""
_SECOND = timedelta(seconds=1)


def runs_until(
    lake: Lake,
    newest: RawDocument,
    sightings: pl.DataFrame,
    stored: pl.DataFrame,
    unreadable: Unreadable,
) -> pl.DataFrame:
    """The present runs of the stations of the newest snapshot, by `RUNS`.

    Args:
        lake: raw snapshots.
        newest: the newest of them.
        sightings: of the newest.
        stored: states (`StationState`) of an older or the same snapshot, where raw gives the same
            (`raw_checkpoint`); else none.
        unreadable: takes the snapshots that are left out.
    """
    end = start = newest.captured_at.replace(microsecond=0)
    runs = last_runs(sightings, second_of(end))
    if not stored.is_empty():
        start = stored["captured_at"][0]
        if end - start > _SECOND:
            between = Window(start + _SECOND, end)
            runs = joined(_read(lake, between, unreadable), runs, second_of(between.start))
        runs = joined(runs_of_states(stored), runs, second_of(start))
    for window in _windows_backwards(
        start, end - LONGEST_RUN - timedelta(seconds=GAP_LIMIT_SECONDS)
    ):
        if without_begin(runs).is_empty():
            break
        runs = joined(
            _read(lake, window, unreadable, without_begin(runs)), runs, second_of(window.start)
        )
    return runs


def sightings_in(lake: Lake, window: Window, unreadable: Unreadable) -> pl.DataFrame:
    """`SIGHTINGS` of the snapshots of a window; `unreadable` takes those left out."""
    frames = read_sightings(_snapshots(lake, window, unreadable))
    unreadable.add_snapshots(frames)
    return frames.good


def _windows_backwards(end: datetime, earliest: datetime) -> Iterator[Window]:
    """Windows from `end` back to `earliest`, the nearest first."""
    steps = iter(_FURTHER_BACK)
    while end > earliest:
        start = max(end - next(steps, DAY), earliest)
        yield Window(start, end)
        end = start


def _read(
    lake: Lake, window: Window, unreadable: Unreadable, of: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The last runs in the snapshots of a window, of the stations of `of` or of all."""
    good = sightings_in(lake, window, unreadable)
    if of is not None:
        station = NETWORK.station_id(pl.col("charge_point_id").cast(pl.String))
        points = good.select(pl.col("charge_point_id").unique())
        known = points.filter(station.is_in(of["station_id"].implode()))
        good = good.join(known, on="charge_point_id", how="semi")
    return last_runs(good, second_of(window.start))


def _snapshots(lake: Lake, window: Window, unreadable: Unreadable) -> Iterator[Snapshot]:
    """The snapshots of a window, of each second the last: as the newest one is chosen."""
    documents = lake.documents(RAW_SNAPSHOTS, window, on_damaged=unreadable.add)
    for _, of_second in groupby(documents, key=lambda one: second_of(one.captured_at)):
        *_, last = of_second
        yield snapshot_of(last)
