"""The server holds the mappings as they are declared."""

from belib_weather.search import SearchStore
from belib_weather.search.connection import Connection
from belib_weather.search.documents import episode_documents
from belib_weather.search.indices import Indices, months_of
from belib_weather.search.projections import (
    AVAILABILITY_INDEX,
    EPISODES_INDEX,
    FEED_INDEX,
    OUTAGES_INDEX,
    PROJECTIONS,
    STATIONS_INDEX,
)
from belib_weather.window import Window
from belib_weather_tests.stores.search.conftest import Reader
from belib_weather_tests.stores.search.sample import START, charge_points, documents, episodes, feed


def test_the_server_holds_the_mapping_of_every_projection(
    elasticsearch_url: str, search: SearchStore, reader: Reader, prefix: str
) -> None:
    window = Window.hour(START)
    search.publish(AVAILABILITY_INDEX, documents(window), window)
    search.publish(FEED_INDEX, feed(window), window)
    segments = episode_documents(episodes(window), charge_points())
    search.publish(EPISODES_INDEX, segments, window)
    indices = Indices(Connection(elasticsearch_url, timeout_seconds=60), prefix)
    indices.ensure(OUTAGES_INDEX, months_of(window)[0])
    for name, projection in PROJECTIONS.items():
        ((_, found),) = reader.server.get(f"/{prefix}-{name}/_mapping").json().items()
        assert found["mappings"] == projection.mapping


def test_preparing_brings_descriptions_up_to_date_without_a_new_index(
    search: SearchStore, reader: Reader, prefix: str
) -> None:
    before = reader.indices()
    reader.server.put(f"/{prefix}-stations/_mapping", json={"_meta": {"fields": {}}})
    search.prepare()
    ((_, found),) = reader.server.get(f"/{prefix}-stations/_mapping").json().items()
    assert found["mappings"] == STATIONS_INDEX.mapping
    assert reader.indices() == before
