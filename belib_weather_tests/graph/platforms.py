"""A platform in a test: definitions, a Dagster instance in memory, and the stores they write."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import dagster as dg
import pymongo
from pymongo.database import Database

from belib_weather.assets.presentation import CatalogResource, Drawers, Entries
from belib_weather.assets.registry import registry
from belib_weather.automation.live import RANGE_END, RANGE_START
from belib_weather.catalog.drawers import CatalogDrawers
from belib_weather.definitions import build_defs
from belib_weather.lake import Lake
from belib_weather.lanes import Lane
from belib_weather.partitions import hour_key
from belib_weather.search import SearchStore
from belib_weather.settings import Settings, load_settings
from belib_weather.warehouse import Warehouse
from belib_weather.window import Grain, Window, floor_hour
from belib_weather_tests.clocks import ClockOfTheTest
from belib_weather_tests.lanes import assets_in, tables_in


class _Tables(CatalogDrawers):
    def snapshots_chart(self, *_: object) -> Entries:
        return {}

    def facts_chart(self, *_: object) -> Entries:
        return {}

    def weather_chart(self, *_: object) -> Entries:
        return {}

    def stations_map(self, *_: object) -> Entries:
        return {}

    def states_map(self, *_: object) -> Entries:
        return {}


class CatalogWithoutPictures(CatalogResource):
    """The platform's tables alone: `test_pictures` looks at pictures, which take a second each."""

    def drawers(self) -> Drawers:
        """Return what draws tables."""
        return _Tables()


def defs_of(settings: Settings, **resources: object) -> dg.Definitions:
    """Return the definitions of a platform whose catalog has no pictures."""
    return build_defs(settings, **{"catalog": CatalogWithoutPictures(), **resources})


@dataclass(frozen=True)
class Platform:
    """The definitions, a Dagster instance, and direct access to the stores that they write."""

    settings: Settings
    defs: dg.Definitions
    instance: dg.DagsterInstance
    lake: Lake
    warehouse: Warehouse
    search: SearchStore
    database: Database[dict[str, Any]]

    def changed(self, *, settings: Mapping[str, Any], **resources: object) -> "Platform":
        """The same platform with other settings, or other resources by name."""
        changed = self.settings.model_copy(update=dict(settings))
        return replace(
            self,
            settings=changed,
            defs=defs_of(changed, **{"clock": ClockOfTheTest(), **resources}),
        )

    def materialize(
        self,
        *names: str,
        keys: tuple[str, str] | str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> dg.ExecuteInProcessResult:
        """Materialize assets with their checks: one partition, a range, or no partition."""
        hours = {RANGE_START: keys[0], RANGE_END: keys[1]} if isinstance(keys, tuple) else {}
        selected = dg.AssetSelection.assets(*names)
        return dg.materialize(
            [*(self.defs.assets or []), *(self.defs.asset_checks or [])],  # type: ignore[list-item]
            selection=selected | dg.AssetSelection.checks_for_assets(*self._assets(names)),
            resources=dict(self.defs.resources or {}),
            instance=self.instance,
            partition_key=keys if isinstance(keys, str) else None,
            tags={**hours, **(tags or {})},
            raise_on_error=False,
        )

    def evaluate(self, sensor: str, cursor: str | None = None) -> dg.SensorResult:
        """Evaluate a sensor as the daemon does."""
        with dg.build_sensor_context(
            instance=self.instance,
            definitions=self.defs,
            resources=dict(self.defs.resources or {}),
            cursor=cursor,
        ) as context:
            return cast("dg.SensorResult", self.defs.get_sensor_def(sensor)(context))

    def _assets(self, names: tuple[str, ...]) -> list[dg.AssetsDefinition]:
        keys = {dg.AssetKey(name) for name in names}
        return [
            asset
            for asset in self.defs.assets or []
            if isinstance(asset, dg.AssetsDefinition) and asset.keys & keys
        ]


LIVE = assets_in(Lane.LIVE)
"""Names of the assets of a tick."""
EPISODES = tables_in(Lane.EPISODES)
"""Those of the job `episodes` that need no Elasticsearch: of days, and without partitions."""
MARTS = tables_in(Lane.MARTS)
"""Names of the marts."""
DOWNSTREAM = tuple(
    entry.name for entry in registry().values() if entry.grain is Grain.HOUR and not entry.is_raw
)
"""Names of the assets that hours of raw snapshots are made into."""


@dataclass(frozen=True)
class Addresses:
    """Of the servers that every test asks."""

    api: str
    mongo: str
    elasticsearch: str

    def settings(
        self, now: datetime, home: Path, database: str, postgres: str, prefix: str
    ) -> Settings:
        """Settings for databases and a prefix of one's own; the environment has no say."""
        return load_settings(
            _env_file=None,
            home=home,
            mongo_url=self.mongo,
            mongo_database=database,
            postgres_url=postgres,
            elasticsearch_url=self.elasticsearch,
            index_prefix=prefix,
            explore_api_url=f"{self.api}/api/explore/v2.1",
            open_meteo_forecast_url=f"{self.api}/v1/forecast",
            open_meteo_archive_url=f"{self.api}/v1/archive",
            minimum_charge_points=100,
            http_attempts=1,
            start=(now - timedelta(days=2)).date(),
        )


@contextmanager
def platform_on(settings: Settings, **resources: object) -> Iterator[Platform]:
    """A platform on the stores of these settings; its MongoDB database is dropped afterwards."""
    with platform_without_indices(settings, **resources) as platform:
        platform.search.prepare()
        yield platform


@contextmanager
def platform_without_indices(settings: Settings, **resources: object) -> Iterator[Platform]:
    """The same; what publishes creates the indices that it needs."""
    urls = (settings.mongo_url, settings.postgres_url, settings.elasticsearch_url)
    mongo, postgres, elasticsearch = (url.get_secret_value() for url in urls if url is not None)
    search, warehouse = SearchStore(elasticsearch, settings.index_prefix), Warehouse(postgres)
    with (
        pymongo.MongoClient[dict[str, Any]](mongo, tz_aware=True) as client,
        dg.DagsterInstance.ephemeral() as instance,
        Lake(mongo, settings.mongo_database) as lake,
    ):
        yield Platform(
            settings,
            defs_of(settings, **resources),
            instance,
            lake,
            warehouse,
            search,
            client[settings.mongo_database],
        )
        warehouse.close()
        client.drop_database(settings.mongo_database)


def history(now: datetime) -> Window:
    """Six whole hours that end three hours before the current one."""
    end = floor_hour(now) - timedelta(hours=3)
    return Window(end - timedelta(hours=6), end)


def keys_of(window: Window) -> tuple[str, str]:
    """First and last partition key of a window."""
    return hour_key(window.start), hour_key(window.end - timedelta(hours=1))
