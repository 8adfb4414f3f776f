"""Rows and the documents of the indices made of them: fixtures, and what changes one side alone."""

from datetime import datetime

import pytest
import sqlalchemy as sa

from belib_weather.assets.publisher import (
    AVAILABILITY,
    EPISODES,
    FEED,
    MARTS,
    STATES,
    Publisher,
    days_of,
)
from belib_weather.search.projections import (
    AVAILABILITY_INDEX,
    EPISODES_INDEX,
    FEED_INDEX,
    STATIONS_INDEX,
    Projection,
)
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    CHARGE_POINTS,
    FEED_HOURS,
    STATION_STATES,
    STATIONS,
    STATUS_EPISODES,
)
from belib_weather_tests.graph.platforms import Platform, history
from belib_weather_tests.graph.publication import Documents
from belib_weather_tests.stores.search.sample import (
    charge_points,
    episodes,
    facts,
    feed,
    states,
    stations,
)

STATIONS_COUNT = 12
INDICES = (AVAILABILITY_INDEX, STATIONS_INDEX, FEED_INDEX, EPISODES_INDEX)
OF_ROWS = {f"{projection.name}_index": True for projection in INDICES}
"""Verdicts of what the fixture fills; of marts, see `test_mart_indices`."""
ALL = OF_ROWS | {f"{mart.projection.name}_index": True for mart in MARTS}
PUBLISH = ["publish", "publish_stations", "publish_feed", "publish_episodes"]


@pytest.fixture
def documents(platform: Platform, elasticsearch_url: str) -> Documents:
    """What readers see."""
    return Documents(platform, elasticsearch_url)


@pytest.fixture
def published(platform: Platform, now: datetime, documents: Documents) -> Platform:
    """Six hours of facts and of the feed, and the stations, all of them published."""
    warehouse, window = platform.warehouse, history(now)
    with warehouse.locked(AVAILABILITY_FACTS, window) as transaction:
        transaction.replace(AVAILABILITY_FACTS, facts(window, STATIONS_COUNT), window)
    with warehouse.locked(STATIONS) as transaction:
        transaction.replace(STATIONS, stations(STATIONS_COUNT))
    with warehouse.locked(STATION_STATES) as transaction:
        transaction.replace(STATION_STATES, states(STATIONS_COUNT, now.replace(microsecond=0)))
    with warehouse.locked(FEED_HOURS, window) as transaction:
        transaction.replace(FEED_HOURS, feed(window), window)
    with warehouse.locked(CHARGE_POINTS) as transaction:
        transaction.replace(CHARGE_POINTS, charge_points(STATIONS_COUNT))
    with warehouse.locked(STATUS_EPISODES, window) as transaction:
        transaction.replace(STATUS_EPISODES, episodes(window, STATIONS_COUNT), window)
    for day in days_of(window):
        Publisher(AVAILABILITY, warehouse, platform.search, now).publish(day)
    Publisher(STATES, warehouse, platform.search, now).publish(None)
    Publisher(FEED, warehouse, platform.search, now).publish_differing()
    Publisher(EPISODES, warehouse, platform.search, now).publish_differing_days()
    assert documents.agree()
    assert len(documents.all(AVAILABILITY_INDEX)) == 6 * STATIONS_COUNT
    return platform


def change_rows(postgres_url: str, hour: datetime) -> None:
    """Other values in PostgreSQL, as a run would leave them that never published."""
    with sa.create_engine(postgres_url).begin() as connection:
        connection.execute(
            sa.text("UPDATE availability_facts SET temperature_c = -9.5 WHERE hour = :hour"),
            {"hour": hour},
        )
        connection.execute(sa.text("UPDATE station_states SET station_name = 'renamed'"))
        connection.execute(
            sa.text("UPDATE feed_hours SET refused = 9 WHERE hour = :hour"), {"hour": hour}
        )
        connection.execute(
            sa.text("UPDATE status_episodes SET restamps = 9 WHERE started_at = :hour"),
            {"hour": hour},
        )


def edit_one(documents: Documents, projection: Projection) -> None:
    document_id, source = next(iter(documents.all(projection).items()))
    (index,) = documents.indices(projection)
    path = f"/{index}/_doc/{document_id}".replace("|", "%7C")
    field = "charge_points" if "charge_points" in source else "restamps"
    documents.ask("PUT", path, {**source, field: 99})  # and nobody refreshes
