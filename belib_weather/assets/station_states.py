"""The state of every station now, in PostgreSQL: what the index and the report show.

What belongs here: storing the states of the newest snapshot. What does not: the states themselves
(`transform.states`) and single charge points (`current`).
"""

from datetime import datetime
from typing import Any

import dagster as dg
import polars as pl

from belib_weather.assets.changes import record_changes
from belib_weather.assets.dimensions import stations
from belib_weather.assets.parsed_documents import Unreadable, newest_readable, parsed_snapshot
from belib_weather.assets.presentation import CatalogResource
from belib_weather.assets.raw import SINGLE_RUN, raw_belib_snapshots
from belib_weather.assets.raw_checkpoint import RawChanges
from belib_weather.assets.run_metadata import both_clocks
from belib_weather.assets.station_runs import runs_until
from belib_weather.assets.table_metadata import table_metadata
from belib_weather.assets.weather import GROUP
from belib_weather.datasets import StationState
from belib_weather.lake import RawDocument
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.lanes import Lane
from belib_weather.resources import LakeResource, WarehouseResource
from belib_weather.transform.states import station_states as states_of
from belib_weather.warehouse.tables import STATION_STATES, STATIONS


@dg.asset(
    group_name=GROUP,
    kinds={"postgres", "polars"},
    deps=[raw_belib_snapshots, stations],
    tags=Lane.LIVE.tags,
    metadata=table_metadata(StationState, STATION_STATES.name),
    backfill_policy=SINGLE_RUN,
)
def station_states(
    context: dg.AssetExecutionContext,
    lake: LakeResource,
    warehouse: WarehouseResource,
    catalog: CatalogResource,
) -> dg.MaterializeResult[None]:
    """Every station at the newest snapshot: its status and since when, its points, place, power.

    One row per station, replaced whole; a newer state is never replaced by an older one.
    """
    raw, store, unreadable, changed = lake.connect(), warehouse.connect(), Unreadable(), 0
    with store.locked(STATION_STATES) as transaction:
        states = transaction.read(STATION_STATES)
        found = newest_readable(raw, RAW_SNAPSHOTS, parsed_snapshot, unreadable)
        if found is None:
            context.log.warning("no snapshot is stored yet, or none that can be read")
        elif _is_older(found[0], states) and not raw.is_withdrawn(
            RAW_SNAPSHOTS, _captured_at(states)
        ):
            context.log.warning(
                f"the newest snapshot is of {found[0].captured_at}, but the table shows a later one"
                " and stays as it is; if that snapshot is lost for good, empty the table"
            )
        else:
            newest, sightings = found[0], found[1].sightings(found[0].captured_at)
            since = RawChanges.read(raw, transaction, newest)
            if not since.confirms(states):
                states = states.clear()
            runs = runs_until(raw, newest, sightings, states, unreadable)
            states = states_of(
                sightings, store.read(STATIONS), newest.captured_at, newest.source, runs
            )
            transaction.replace(STATION_STATES, states)
            changed = record_changes(raw, transaction, newest, sightings, since, unreadable)
    named = {"changes": changed, **unreadable.report(context)}
    if not states.is_empty():
        catalog.show(context, lambda draw: draw.states_table(states))
        catalog.show(context, lambda draw: draw.states_map(states))
    return dg.MaterializeResult(metadata=_metadata(states) | named)


def _is_older(newest: RawDocument, stored: pl.DataFrame) -> bool:
    return not stored.is_empty() and newest.captured_at < _captured_at(stored)


def _captured_at(states: pl.DataFrame) -> datetime:
    captured_at: datetime = states["captured_at"][0]  # one snapshot, so the same in every row
    return captured_at


def _metadata(states: pl.DataFrame) -> dict[str, Any]:
    stated = dict(states["station_status"].cast(pl.String).value_counts(sort=True).iter_rows())
    metadata: dict[str, Any] = {"dagster/row_count": states.height, "stations by status": stated}
    if not states.is_empty():
        metadata["captured at"] = both_clocks(_captured_at(states))
    return metadata
