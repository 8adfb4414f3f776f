"""Search layer: projections of core in Elasticsearch, for Kibana and apps.

What belongs here: publishing what PostgreSQL holds, PostgreSQL being the truth. What does not:
mappings and bulk requests (`search`).
"""

from collections.abc import Iterator

import dagster as dg
import polars as pl

from belib_weather.assets.dimensions import stations
from belib_weather.assets.facts import availability_facts
from belib_weather.assets.raw import SINGLE_RUN
from belib_weather.assets.run_metadata import both_clocks
from belib_weather.assets.station_states import station_states
from belib_weather.assets.table_metadata import table_metadata
from belib_weather.datasets import StationState
from belib_weather.lanes import Lane
from belib_weather.partitions import HOURLY, hour_key, window_of
from belib_weather.resources import SearchResource, WarehouseResource
from belib_weather.search.documents import AvailabilityDocument, availability_documents
from belib_weather.search.errors import told
from belib_weather.search.projections import AVAILABILITY_INDEX, STATIONS_INDEX
from belib_weather.warehouse import Lock, Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_FACTS, STATION_STATES, STATIONS
from belib_weather.window import DAY, Grain, Window

GROUP = "search"
INDEXED_HOURS, INDEXED_STATIONS = Lock("availability_index", Grain.HOUR), Lock("stations_index")


@dg.asset(
    group_name=GROUP,
    kinds={"elasticsearch"},
    deps=[availability_facts, stations],
    partitions_def=HOURLY,
    tags=Lane.LIVE.tags,
    metadata=table_metadata(AvailabilityDocument, "belib-availability"),
    backfill_policy=SINGLE_RUN,
)
def availability_index(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, search: SearchResource
) -> dg.MaterializeResult[None]:
    """`belib-availability`: the facts with their station's place and name, one document a row.

    Document ids are station and hour, so indexing twice changes nothing; readers use the alias.
    """
    window, store, index = window_of(context), warehouse.connect(), search.connect()
    for month in index.outdated(AVAILABILITY_INDEX):
        context.log.info(f"the mapping changed: reindexing {month}")
        index.rebuild(AVAILABILITY_INDEX, month, _documents(store, month))
    for day, documents in _documents(store, window):
        published = index.publish(AVAILABILITY_INDEX, documents, day)
        counts = dict(documents.group_by("hour").len().iter_rows())
        for hour in day.hours:
            context.add_asset_metadata(
                {"dagster/partition_row_count": counts.get(hour, 0)}, partition_key=hour_key(hour)
            )
        context.log.info(f"{day}: indexed {published.indexed}, deleted {published.deleted}")
        if published.refusals:
            context.log.warning(f"{day}: Elasticsearch refused {told(published.refusals)}")
    return dg.MaterializeResult()


def _documents(store: Warehouse, window: Window) -> Iterator[tuple[Window, pl.DataFrame]]:
    """The documents of the window, day by day, so that a long range stays in bounded memory.

    The lock of a day is held until its documents are published: stale data cannot overwrite newer
    data.
    """
    for midnight in window.days:
        day = Window(max(window.start, midnight), min(window.end, midnight + DAY))
        with store.locked(INDEXED_HOURS, day):
            facts = store.read(AVAILABILITY_FACTS, day)
            yield day, availability_documents(facts, store.read(STATIONS))


@dg.asset(
    group_name=GROUP,
    kinds={"elasticsearch"},
    deps=[station_states],
    tags=Lane.LIVE.tags,
    metadata=table_metadata(StationState, "belib-stations"),
    backfill_policy=SINGLE_RUN,
)
def stations_index(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, search: SearchResource
) -> dg.MaterializeResult[None]:
    """`belib-stations`: every station now: its status, its points by status, place and power."""
    store = warehouse.connect()
    # Locked from reading to publishing: stale data cannot overwrite newer data.
    with store.locked(INDEXED_STATIONS):
        states = store.read(STATION_STATES)
        if states.is_empty():
            context.log.warning("station_states is empty: nothing is published")
            return dg.MaterializeResult(metadata={"dagster/row_count": 0})
        published = search.connect().publish(STATIONS_INDEX, states)
    if published.refusals:
        context.log.warning(f"Elasticsearch refused {told(published.refusals)}")
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": states.height,
            "documents deleted": published.deleted,
            "captured at": both_clocks(states["captured_at"][0]),
        }
    )
