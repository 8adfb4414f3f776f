"""Thin Dagster resources over the outside world and the stores.

What belongs here: opening what an asset needs. Each resource is handed its settings as fields of
the same names, which the Dagster UI shows; secrets are dependencies, of which it shows the type
alone. What does not: anything that the opened object does itself, and reading settings.
Connections are opened when asked for, not when a run starts: a store that is down fails the
assets that need it and no other.
Concept: https://docs.dagster.io/guides/build/external-resources
"""

import json
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import dagster as dg
from pydantic import Field, SecretStr

from belib_weather.clock import utc_now
from belib_weather.lake import Lake, LakeUnavailable, Spool
from belib_weather.search import SearchStore, SearchUnavailable
from belib_weather.settings import Settings, server_of
from belib_weather.sources.explore import ExploreApi
from belib_weather.sources.http import HttpClient
from belib_weather.sources.weather import WeatherApi, weather_client
from belib_weather.warehouse import Warehouse, WarehouseUnavailable

if TYPE_CHECKING:
    from belib_weather.embedded import StoreUrls
    from belib_weather.exports.folder import ExportFolder
    from belib_weather.stream.producer import Stream

Secret = SecretStr | None


class EmbeddedStores:
    """The servers that stand in for stores without a URL, where they run; none is started."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._urls: StoreUrls | None = None

    @property
    def urls(self) -> "StoreUrls":
        """Where they answer.

        Raises:
            NotRunning: MongoDB or PostgreSQL does not run; the message says how to start them.
        """
        from belib_weather.embedded import (  # noqa: PLC0415 - an extra, needed where a URL is unset
            find,
        )

        if self._urls is None:
            self._urls = find(self._settings)
        return self._urls

    def urls_or(self, unavailable: type[Exception]) -> "StoreUrls":
        """Where they answer, or the error of a store that is away: the others go on without it."""
        from belib_weather.embedded import (  # noqa: PLC0415 - an extra, needed where a URL is unset
            EmbeddedError,
        )

        try:
            return self.urls
        except EmbeddedError as error:
            raise unavailable(str(error)) from None


class PlatformResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """A resource whose fields are named like settings."""

    @classmethod
    def of(cls, settings: Settings, **others: Any) -> Self:
        """The resource with these settings; `others` are fields that are no settings."""
        shared = cls.model_fields.keys() & type(settings).model_fields.keys()
        return cls(**{name: getattr(settings, name) for name in shared}, **others)


class Clock(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The present, by this machine's clock."""

    def now(self) -> datetime:
        """The present in UTC."""
        return utc_now()


class FirstPartition(PlatformResource):
    """Where the partitions begin."""

    first_day: str = Field(description="First UTC day of the partitions (`start`).")

    @property
    def start(self) -> datetime:
        """Its first instant."""
        return datetime.fromisoformat(self.first_day).replace(tzinfo=UTC)


class Retention(PlatformResource):
    """What is kept for some days only; None is without limit."""

    quarantine_days: int | None
    exports_days: int | None

    def oldest_exported(self, today: date) -> date:
        """The first date of which the exports hold files."""
        return date.min if self.exports_days is None else today - timedelta(self.exports_days)


class Marts(PlatformResource):
    """What the marts are made from."""

    profile_weeks: int
    weather_weeks: int


class Forecasts(PlatformResource):
    """What the forecast model is trained on."""

    forecast_training_weeks: int
    forecast_training_rows: int


class LakeResource(PlatformResource):
    """MongoDB: raw responses and the live state."""

    server: str = Field(description="Host of `mongo_url`, or `embedded`.")
    mongo_database: str
    mongo_url: dg.ResourceDependency[Secret]
    embedded: dg.ResourceDependency[EmbeddedStores]

    @property
    def is_embedded(self) -> bool:
        """Whether it is the server of this machine that `stores up` starts."""
        return self.mongo_url is None

    def connect(self) -> Lake:
        """The lake, prepared; cached for the process.

        Raises:
            LakeUnavailable: no embedded MongoDB runs; says what starts it.
        """
        url = _secret_or_none(self.mongo_url) or self.embedded.urls_or(LakeUnavailable).mongo
        return _lake(url, self.mongo_database)


class SpoolResource(PlatformResource):
    """What was fetched and is not in MongoDB yet, on disk."""

    folder: str
    spool_max_mb: int

    def connect(self) -> Spool:
        """The spool."""
        return Spool(Path(self.folder), self.spool_max_mb)


class WarehouseResource(PlatformResource):
    """PostgreSQL: facts and dimensions."""

    server: str = Field(description="Host and database of `postgres_url`, or `embedded`.")
    postgres_url: dg.ResourceDependency[Secret]
    embedded: dg.ResourceDependency[EmbeddedStores]

    def connect(self) -> Warehouse:
        """The warehouse, its schema up to date; cached for the process.

        Raises:
            WarehouseUnavailable: no embedded PostgreSQL runs; says what starts it.
        """
        url = (
            _secret_or_none(self.postgres_url)
            or self.embedded.urls_or(WarehouseUnavailable).postgres
        )
        return _warehouse(url)


class SearchResource(PlatformResource):
    """Elasticsearch: projections for Kibana and apps."""

    server: str = Field(description="Host of `elasticsearch_url`, or `embedded`.")
    index_prefix: str
    elasticsearch_url: dg.ResourceDependency[Secret]
    embedded: dg.ResourceDependency[EmbeddedStores]

    def connect(self) -> SearchStore:
        """The search store, its indices ready; cached for the process.

        Raises:
            SearchUnavailable: there is no Elasticsearch on this machine; says what to do.
        """
        return _search(
            _secret_or_none(self.elasticsearch_url) or self._embedded_url(), self.index_prefix
        )

    def _embedded_url(self) -> str:
        urls = self.embedded.urls_or(SearchUnavailable)
        if urls.elasticsearch is None:
            raise SearchUnavailable(urls.elasticsearch_problem or "there is no Elasticsearch here")
        return urls.elasticsearch


class ExportsResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The folder or object store that researchers and app developers take the facts from."""

    url: str

    def connect(self) -> "ExportFolder":
        """The folder; cached for the process.

        Raises:
            ExportDriverMissing: the driver of such a URL is not installed; names it.
        """
        return _exports(self.url)


class ReportResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Where the report is written."""

    path: str

    @property
    def folder(self) -> Path:
        """The folder."""
        return Path(self.path)


class SiteResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Where the site is written, and where browsers reach it."""

    path: str
    url: str = Field("", description="Public address; empty where it is not known.")

    @property
    def folder(self) -> Path:
        """The folder."""
        return Path(self.path)


class KafkaResource(PlatformResource):
    """Kafka: every change of status as a message; there where its servers are set."""

    kafka_bootstrap_servers: str
    kafka_topic_prefix: str
    kafka_options: dg.ResourceDependency[Secret]

    def connect(self) -> "Stream":
        """The topics, created where they are missing; a context manager.

        Raises:
            StreamUnavailable: no broker answers.
            StreamError: an option is wrong, or the broker refuses.
        """
        from belib_weather.stream.producer import (  # noqa: PLC0415 - no client is loaded without servers
            Stream,
        )

        options = json.loads(_secret_or_none(self.kafka_options) or "{}")
        return Stream(self.kafka_bootstrap_servers, self.kafka_topic_prefix, options)


class MonitorResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Where the numbers for a monitor are written, and the folders that they cover."""

    path: str
    home: str
    folders: dict[str, str] = Field(description="Folders whose size is reported, by name.")
    cadence_seconds: int
    lake: dg.ResourceDependency[LakeResource]
    spool: dg.ResourceDependency[SpoolResource]
    warehouse: dg.ResourceDependency[WarehouseResource]
    search: dg.ResourceDependency[SearchResource]


class HttpResource(PlatformResource):
    """How patiently a public API is asked."""

    http_timeout_seconds: float
    http_attempts: int
    http_max_wait_seconds: float
    http_max_body_mb: int
    clock: dg.ResourceDependency[Clock]

    def now(self) -> datetime:
        """The present, as capture times are read."""
        return self.clock.now()


class BelibFeed(HttpResource):
    """The public API of the Belib data."""

    explore_api_url: str
    minimum_charge_points: int
    poll_interval_seconds: int = Field(description="Time between two polls.")
    feed_history_minutes: int | None = Field(
        description="Step of a feed that also answers for the past; none for the public API."
    )

    def connect(self) -> ExploreApi:
        """A client of the Explore API."""
        return ExploreApi(
            HttpClient(self, self.now),
            self.explore_api_url,
            minimum_charge_points=self.minimum_charge_points,
        )

    @property
    def cadence(self) -> timedelta:
        """Time between two polls."""
        return timedelta(seconds=self.poll_interval_seconds)


class WeatherFeed(HttpResource):
    """The chosen weather API."""

    weather_source: str
    open_meteo_forecast_url: str
    open_meteo_archive_url: str
    openweathermap_url: str
    infoclimat_url: str
    latitude: float
    longitude: float
    openweathermap_api_key: dg.ResourceDependency[Secret]
    infoclimat_auth: dg.ResourceDependency[Secret]
    infoclimat_check: dg.ResourceDependency[Secret]

    def connect(self) -> WeatherApi:
        """A client of the API."""
        return weather_client(self, self.now)


def platform_resources(settings: Settings, clock: Clock) -> dict[str, dg.ConfigurableResource]:  # type: ignore[type-arg]
    """The resources of the graph by the names that asset functions ask for."""
    stores = EmbeddedStores(settings)
    lake = LakeResource.of(settings, server=server_of(settings.mongo_url), embedded=stores)
    spool = SpoolResource.of(settings, folder=str(settings.spool_dir))
    warehouse = WarehouseResource.of(
        settings, server=server_of(settings.postgres_url), embedded=stores
    )
    search = SearchResource.of(
        settings, server=server_of(settings.elasticsearch_url), embedded=stores
    )
    return {
        "clock": clock,
        "first_partition": FirstPartition.of(settings, first_day=f"{settings.start}"),
        "lake": lake,
        "spool": spool,
        "warehouse": warehouse,
        "search": search,
        "exports": ExportsResource(url=settings.export_url or str(settings.data_dir / "exports")),
        "retention": Retention.of(settings),
        "marts": Marts.of(settings),
        "forecasts": Forecasts.of(settings),
        "report": ReportResource(path=str(settings.report_dir)),
        "site_folder": SiteResource(path=str(settings.site_dir), url=settings.site_url or ""),
        "monitor": MonitorResource(
            path=str(settings.metrics_dir),
            home=str(settings.data_dir),
            folders={name: str(path) for name, path in settings.measured_folders.items()},
            cadence_seconds=int(settings.cadence.total_seconds()),
            lake=lake,
            spool=spool,
            warehouse=warehouse,
            search=search,
        ),
        "belib": BelibFeed.of(
            settings,
            clock=clock,
            poll_interval_seconds=int(settings.cadence.total_seconds()),
        ),
        "weather": WeatherFeed.of(settings, clock=clock),
    }


def _secret_or_none(url: Secret) -> str | None:
    return url.get_secret_value() if url else None


@lru_cache(maxsize=4)
def _lake(url: str, database: str) -> Lake:
    lake = Lake(url, database)
    lake.prepare()
    return lake


@lru_cache(maxsize=4)
def _warehouse(url: str) -> Warehouse:
    warehouse = Warehouse(url)
    warehouse.migrate()
    return warehouse


@lru_cache(maxsize=4)
def _search(url: str, prefix: str) -> SearchStore:
    search = SearchStore(url, prefix)
    search.prepare()
    return search


@lru_cache(maxsize=4)
def _exports(url: str) -> "ExportFolder":
    from belib_weather.exports.folder import ExportFolder  # noqa: PLC0415 - no tick needs fsspec

    return ExportFolder(url)
