"""Thin Dagster resources over the outside world and the stores.

What belongs here: opening what an asset needs from the settings. What does not: anything the
opened object does itself. Connections are opened when asked for, not when a run starts: a store
that is down fails the assets that need it and no other.
Concept: https://docs.dagster.io/guides/build/external-resources
"""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from belib_weather.lake import Lake
from belib_weather.search import SearchStore, SearchUnavailable
from belib_weather.settings import Settings, WeatherSource, load_settings
from belib_weather.sources.explore import ExploreApi
from belib_weather.sources.http import HttpClient
from belib_weather.sources.weather import WeatherApi, weather_client
from belib_weather.warehouse import Warehouse

if TYPE_CHECKING:
    from belib_weather.embedded import StoreUrls
    from belib_weather.exports.folder import ExportFolder


@lru_cache(maxsize=4)
def _embedded(settings: Settings) -> "StoreUrls":
    """Addresses of the embedded servers, found running or started."""
    from belib_weather.embedded import ensure  # noqa: PLC0415 - an extra, needed where a URL is unset

    return ensure(settings)


def _mongo_url(settings: Settings) -> str:
    url = settings.mongo_url
    return url.get_secret_value() if url else _embedded(settings).mongo


def _postgres_url(settings: Settings) -> str:
    url = settings.postgres_url
    return url.get_secret_value() if url else _embedded(settings).postgres


def _elasticsearch_url(settings: Settings) -> str:
    url = settings.elasticsearch_url
    if url:
        return url.get_secret_value()
    urls = _embedded(settings)
    if urls.elasticsearch is None:
        raise SearchUnavailable(urls.elasticsearch_problem or "there is no Elasticsearch here")
    return urls.elasticsearch


class LakeResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """MongoDB: raw responses and the live state."""

    def connect(self) -> Lake:
        """The lake, prepared; cached for the process."""
        return _lake(load_settings())


class WarehouseResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """PostgreSQL: facts and dimensions."""

    def connect(self) -> Warehouse:
        """The warehouse, its schema up to date; cached for the process."""
        return _warehouse(load_settings())


class SearchResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Elasticsearch: projections for Kibana and apps."""

    def connect(self) -> SearchStore:
        """The search store, its indices ready; cached for the process.

        Raises:
            SearchUnavailable: there is no Elasticsearch on this machine; says what to set.
        """
        return _search(load_settings())


class ExportsResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The folder or object store that researchers and app developers take the facts from."""

    def connect(self) -> "ExportFolder":
        """The folder that the settings name; cached for the process.

        Raises:
            ExportDriverMissing: the driver of such a URL is not installed; names it.
        """
        return _exports(load_settings())


class ReportResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Where the report is written."""

    @property
    def folder(self) -> Path:
        """The folder that the settings name, or one beside the stores."""
        return load_settings().report_dir


class BelibFeed(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The public API of the Belib data."""

    def connect(self) -> ExploreApi:
        """A client of the Explore API."""
        settings = load_settings()
        return ExploreApi(
            HttpClient(settings),
            settings.explore_api_url,
            minimum_charge_points=settings.minimum_charge_points,
        )

    @property
    def history_minutes(self) -> int | None:
        """Step of a feed that also answers for the past; None for the public API."""
        return load_settings().feed_history_minutes


class WeatherFeed(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The weather API that the settings choose."""

    def connect(self) -> WeatherApi:
        """A client of the chosen weather API."""
        return weather_client(load_settings())

    @property
    def source(self) -> WeatherSource:
        """Which of them."""
        return load_settings().weather_source


@lru_cache(maxsize=4)
def _lake(settings: Settings) -> Lake:
    lake = Lake(_mongo_url(settings), settings.mongo_database)
    lake.prepare()
    return lake


@lru_cache(maxsize=4)
def _warehouse(settings: Settings) -> Warehouse:
    warehouse = Warehouse(_postgres_url(settings))
    warehouse.migrate()
    return warehouse


@lru_cache(maxsize=4)
def _search(settings: Settings) -> SearchStore:
    search = SearchStore(_elasticsearch_url(settings), settings.index_prefix)
    search.prepare()
    return search


@lru_cache(maxsize=4)
def _exports(settings: Settings) -> "ExportFolder":
    from belib_weather.exports.folder import ExportFolder  # noqa: PLC0415 - no tick needs fsspec

    return ExportFolder(settings.export_url or str(settings.data_dir / "exports"))


def platform_resources() -> dict[str, dg.ConfigurableResource]:  # type: ignore[type-arg]
    """The resources of the graph by the names that asset functions ask for."""
    return {
        "lake": LakeResource(),
        "warehouse": WarehouseResource(),
        "search": SearchResource(),
        "exports": ExportsResource(),
        "report": ReportResource(),
        "belib": BelibFeed(),
        "weather": WeatherFeed(),
    }
