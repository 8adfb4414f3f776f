"""Search layer: projections of core in Elasticsearch, for Kibana and apps.

What belongs here: publishing what PostgreSQL holds, PostgreSQL being the truth. What does not:
mappings and bulk requests (`search`).
"""

import dagster as dg

from belib_weather.assets.dimensions import charge_points, stations
from belib_weather.assets.episodes import status_episodes
from belib_weather.assets.facts import availability_facts
from belib_weather.assets.feed import feed_hours
from belib_weather.assets.future_hours import unpublish_future_hours
from belib_weather.assets.publisher import AVAILABILITY, EPISODES, FEED, STATES, Publisher, days_of
from belib_weather.assets.raw import SINGLE_RUN
from belib_weather.assets.run_metadata import both_clocks
from belib_weather.assets.station_states import station_states
from belib_weather.assets.table_metadata import table_metadata
from belib_weather.datasets import StationState
from belib_weather.datasets.feed import FeedHour
from belib_weather.lanes import Lane
from belib_weather.partitions import HOURLY, hour_key, window_of
from belib_weather.resources import Clock, SearchResource, WarehouseResource
from belib_weather.search.documents import AvailabilityDocument, EpisodeDocument
from belib_weather.search.errors import describe_refusals
from belib_weather.search.replace import Published
from belib_weather.warehouse.tables import STATION_STATES

GROUP = "search"


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
    context: dg.AssetExecutionContext,
    warehouse: WarehouseResource,
    search: SearchResource,
    clock: Clock,
) -> dg.MaterializeResult[None]:
    """`belib-availability`: the facts with their station's place and name, one document a row.

    Document ids are station and hour, so indexing twice changes nothing; readers use the alias. The
    newest day comes first.
    """
    publisher = Publisher(AVAILABILITY, warehouse.connect(), search.connect(), clock.now())
    warn_of_an_older_mapping(context, publisher)
    if removed := unpublish_future_hours(publisher, clock.now()):
        context.log.warning(f"published {removed} hours again that have not begun")
    for day in reversed(list(days_of(window_of(context)))):
        outcome = publisher.publish(day)
        for hour in day.hours:
            context.add_asset_metadata(
                {"dagster/partition_row_count": outcome.rows.get(hour, 0)},
                partition_key=hour_key(hour),
            )
        _log(context, str(day), outcome.published)
    return dg.MaterializeResult()


@dg.asset(
    group_name=GROUP,
    kinds={"elasticsearch"},
    deps=[station_states],
    tags=Lane.LIVE.tags,
    metadata=table_metadata(StationState, "belib-stations"),
    backfill_policy=SINGLE_RUN,
)
def stations_index(
    context: dg.AssetExecutionContext,
    warehouse: WarehouseResource,
    search: SearchResource,
    clock: Clock,
) -> dg.MaterializeResult[None]:
    """`belib-stations`: every station now: its status, its points by status, place and power."""
    store = warehouse.connect()
    states = store.read(STATION_STATES)
    if states.is_empty():
        context.log.warning("station_states is empty: nothing is published")
        return dg.MaterializeResult(metadata={"dagster/row_count": 0})
    published = Publisher(STATES, store, search.connect(), clock.now()).publish(None).published
    _log(context, "all stations", published)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": published.count,
            "documents deleted": published.deleted,
            "captured at": both_clocks(states["captured_at"][0]),
        }
    )


@dg.asset(
    group_name=GROUP,
    kinds={"elasticsearch"},
    deps=[feed_hours],
    tags=Lane.FEED.tags,
    metadata=table_metadata(FeedHour, "belib-feed"),
    backfill_policy=SINGLE_RUN,
)
def feed_index(
    context: dg.AssetExecutionContext,
    warehouse: WarehouseResource,
    search: SearchResource,
    clock: Clock,
) -> dg.MaterializeResult[None]:
    """`belib-feed`: what was polled in every UTC hour, also where nothing was, a document an hour.

    Each run publishes the hours whose rows are not those that Elasticsearch acknowledged.
    """
    publisher = Publisher(FEED, warehouse.connect(), search.connect(), clock.now())
    warn_of_an_older_mapping(context, publisher)
    published = publisher.publish_differing()
    return differences_published(context, publisher, published)


@dg.asset(
    group_name=GROUP,
    kinds={"elasticsearch"},
    deps=[status_episodes, charge_points],
    tags=Lane.EPISODES.tags,
    metadata=table_metadata(EpisodeDocument, "belib-episodes"),
    backfill_policy=SINGLE_RUN,
)
def episodes_index(
    context: dg.AssetExecutionContext,
    warehouse: WarehouseResource,
    search: SearchResource,
    clock: Clock,
) -> dg.MaterializeResult[None]:
    """`belib-episodes`: the segments with their charge point's place and power, one document each.

    Each run publishes the days whose rows are not those that Elasticsearch acknowledged. For how
    long a status lasts, take `is_whole` ones; the sum of `seconds` is exact over all of them.
    """
    publisher = Publisher(EPISODES, warehouse.connect(), search.connect(), clock.now())
    warn_of_an_older_mapping(context, publisher)
    published = publisher.publish_differing_days()
    return differences_published(context, publisher, published)


def warn_of_an_older_mapping(context: dg.AssetExecutionContext, publisher: Publisher) -> None:
    """Warn of indices of an alias that have an older mapping, and say what renews them."""
    if indices := publisher.search.outdated(publisher.publication.projection):
        context.log.warning(
            f"the mapping changed: {len(indices)} indices wait for the job rebuild_index, which"
            " the sensor publication starts; until then readers see the old index"
        )


def differences_published(
    context: dg.AssetExecutionContext, publisher: Publisher, published: Published
) -> dg.MaterializeResult[None]:
    """The result of an index of which only what differs was written; logged as well."""
    _log(context, publisher.alias, published)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": publisher.search.total(publisher.publication.projection),
            "documents written": published.indexed,
            "documents deleted": published.deleted,
        }
    )


def _log(context: dg.AssetExecutionContext, what: str, published: Published) -> None:
    context.log.info(f"{what}: indexed {published.indexed}, deleted {published.deleted}")
    if published.refusals:
        context.log.warning(
            f"{what}: Elasticsearch refused {describe_refusals(published.refusals)}"
        )
