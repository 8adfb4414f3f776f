"""Whether readers of an index see what PostgreSQL holds: a check that says so until they do.

What belongs here: the check's name and its verdict. The sensor `automation.publication` reports it
every minute; when a person runs it, it compares all of time. It is in no job: it would fail on what
other runs are writing.
"""

import dagster as dg

from belib_weather.assets.mart_indices import (
    forecast_scores_index,
    forecasts_index,
    outages_index,
    profiles_index,
    reliability_index,
    repair_index,
    saturation_index,
    weather_index,
)
from belib_weather.assets.publication_differences import Differences, find_differences
from belib_weather.assets.publisher import (
    AVAILABILITY,
    EPISODES,
    FEED,
    OF_FORECASTS,
    OF_OUTAGES,
    OF_PROFILES,
    OF_RELIABILITY,
    OF_REPAIR,
    OF_SATURATION,
    OF_SCORES,
    OF_WEATHER,
    PUBLICATIONS,
    STATES,
    Publication,
    Publisher,
)
from belib_weather.assets.search import (
    availability_index,
    episodes_index,
    feed_index,
    stations_index,
)
from belib_weather.resources import Clock, SearchResource, WarehouseResource

AGREES = "agrees_with_postgresql"
ASSETS = {
    AVAILABILITY.projection.name: availability_index.key,
    EPISODES.projection.name: episodes_index.key,
    STATES.projection.name: stations_index.key,
    FEED.projection.name: feed_index.key,
    OF_OUTAGES.projection.name: outages_index.key,
    OF_RELIABILITY.projection.name: reliability_index.key,
    OF_REPAIR.projection.name: repair_index.key,
    OF_PROFILES.projection.name: profiles_index.key,
    OF_SATURATION.projection.name: saturation_index.key,
    OF_WEATHER.projection.name: weather_index.key,
    OF_FORECASTS.projection.name: forecasts_index.key,
    OF_SCORES.projection.name: forecast_scores_index.key,
}
"""The asset of each publication, by its projection's name."""
CHECK_KEYS = tuple(dg.AssetCheckKey(key, AGREES) for key in ASSETS.values())


def evaluation(publication: Publication, found: Differences) -> dg.AssetCheckEvaluation:
    """The verdict as an event, for a sensor."""
    return dg.AssetCheckEvaluation(
        asset_key=ASSETS[publication.projection.name],
        check_name=AGREES,
        passed=found.agrees,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata=dict(found.metadata),
    )


def _check(publication: Publication) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        name=AGREES,
        asset=ASSETS[publication.projection.name],
        description="Elasticsearch acknowledged what PostgreSQL holds, and was left alone since.",
    )
    def check(
        warehouse: WarehouseResource, search: SearchResource, clock: Clock
    ) -> dg.AssetCheckResult:
        publisher = Publisher(publication, warehouse.connect(), search.connect(), clock.now())
        found = find_differences(publisher, None)
        return dg.AssetCheckResult(passed=found.agrees, metadata=dict(found.metadata))

    return check


agreement_checks = tuple(map(_check, PUBLICATIONS.values()))
