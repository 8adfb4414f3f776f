"""A city in PostgreSQL and Elasticsearch, loaded once for all tests that look at it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa
from elasticsearch import Elasticsearch

from belib_weather.kibana.bundle import Bundle, build_bundle
from belib_weather.search import SearchStore
from belib_weather.warehouse import Warehouse
from belib_weather_tests.stores.kibana import city

Ask = Callable[[str, dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Loaded:
    """Both stores with one city, and what asks them."""

    prefix: str
    sql: sa.Connection
    ask: Ask
    captured_at: datetime
    marts: dict[str, pl.DataFrame]

    @cached_property
    def bundle(self) -> Bundle:
        """The bundle over this city's aliases."""
        return build_bundle(self.prefix)

    def period(self, _: str) -> tuple[datetime, datetime]:
        """A dashboard's period that cuts the facts; the present, which is not in it, ignores it."""
        return city.PERIOD.start + timedelta(days=2), city.PERIOD.end


@pytest.fixture(scope="session")
def loaded(
    shared_warehouse_url: str, shared_search: tuple[SearchStore, str], elasticsearch_url: str
) -> Iterator[Loaded]:
    search, prefix = shared_search
    warehouse = Warehouse(shared_warehouse_url)
    captured_at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=3)
    marts = city.load(warehouse, search, captured_at)
    warehouse.close()
    engine = sa.create_engine(shared_warehouse_url)
    client = Elasticsearch(elasticsearch_url, request_timeout=120)

    def ask(alias: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = client.perform_request(
            "POST",
            f"/{alias}/_search",
            body=body,
            headers={"accept": "application/json", "content-type": "application/json"},
        )
        return dict(answer.body)

    with engine.connect() as connection:
        yield Loaded(prefix, connection, ask, captured_at, marts)
    client.close()
    engine.dispose()
