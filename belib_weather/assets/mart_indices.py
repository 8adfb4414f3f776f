"""Outages and marts in Elasticsearch, for Kibana and apps: one way for all of them.

What belongs here: which table becomes which index, and in which job. What does not: documents
(`search.mart_documents`), and publishing (`publisher`).
"""

import dagster as dg

from belib_weather.assets.availability_forecasts import availability_forecasts
from belib_weather.assets.dimensions import stations
from belib_weather.assets.forecast_scores import forecast_scores
from belib_weather.assets.occupancy_profile import occupancy_profile
from belib_weather.assets.outages import outages
from belib_weather.assets.publisher import (
    OF_FORECASTS,
    OF_OUTAGES,
    OF_PROFILES,
    OF_RELIABILITY,
    OF_REPAIR,
    OF_SATURATION,
    OF_SCORES,
    OF_WEATHER,
    Publication,
    Publisher,
)
from belib_weather.assets.raw import SINGLE_RUN
from belib_weather.assets.saturation import saturation
from belib_weather.assets.search import (
    GROUP,
    differences_published,
    warn_of_an_older_mapping,
)
from belib_weather.assets.station_reliability import station_reliability
from belib_weather.assets.table_metadata import table_metadata
from belib_weather.assets.time_to_repair import time_to_repair
from belib_weather.assets.weather_association import weather_association
from belib_weather.lanes import Lane
from belib_weather.resources import Clock, SearchResource, WarehouseResource


def _index(publication: Publication, lane: Lane, *deps: dg.AssetsDefinition) -> dg.AssetsDefinition:
    """The asset that publishes a table without partitions; only rows that changed are written."""
    projection = publication.projection
    alias = f"belib-{projection.name}"

    @dg.asset(
        name=f"{projection.name}_index",
        description=f"`{alias}`: {(projection.dataset.__doc__ or '').partition(':')[0]}.",
        group_name=GROUP,
        kinds={"elasticsearch"},
        deps=deps,
        tags=lane.tags,
        metadata=table_metadata(projection.dataset, alias),
        backfill_policy=SINGLE_RUN,
    )
    def index(
        context: dg.AssetExecutionContext,
        warehouse: WarehouseResource,
        search: SearchResource,
        clock: Clock,
    ) -> dg.MaterializeResult[None]:
        publisher = Publisher(publication, warehouse.connect(), search.connect(), clock.now())
        warn_of_an_older_mapping(context, publisher)
        return differences_published(context, publisher, publisher.publish_differences())

    return index


outages_index = _index(OF_OUTAGES, Lane.EPISODES, outages, stations)
reliability_index = _index(OF_RELIABILITY, Lane.MARTS, station_reliability, stations)
repair_index = _index(OF_REPAIR, Lane.MARTS, time_to_repair, stations)
profiles_index = _index(OF_PROFILES, Lane.MARTS, occupancy_profile, stations)
saturation_index = _index(OF_SATURATION, Lane.MARTS, saturation, stations)
weather_index = _index(OF_WEATHER, Lane.MARTS, weather_association)
forecasts_index = _index(OF_FORECASTS, Lane.FORECASTS, availability_forecasts, stations)
forecast_scores_index = _index(OF_SCORES, Lane.FORECAST_SCORES, forecast_scores)
