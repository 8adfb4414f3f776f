"""The code location: the only place where the graph is wired together.

`build_defs(**overrides)` returns the whole platform as Dagster definitions; `defs` is what
`dagster -m belib_weather.definitions` and workspace.yaml load.
Concept: https://docs.dagster.io/api/dagster/definitions
"""

from typing import Any

import dagster as dg

from belib_weather.assets.checks import asset_checks
from belib_weather.assets.current import belib_current
from belib_weather.assets.dimensions import charge_points, stations
from belib_weather.assets.exports import open_exports
from belib_weather.assets.external import MODULE as EXTERNAL
from belib_weather.assets.external import outside_assets, weather_key
from belib_weather.assets.facts import availability_facts
from belib_weather.assets.freshness import with_freshness
from belib_weather.assets.kibana import KibanaResource, kibana_dashboards
from belib_weather.assets.raw import raw_belib_snapshots, raw_belib_static, raw_weather
from belib_weather.assets.report import availability_report
from belib_weather.assets.search import availability_index, stations_index
from belib_weather.assets.station_states import station_states
from belib_weather.assets.table_metadata import OWNERS
from belib_weather.assets.weather import weather_hours
from belib_weather.automation.daily import daily_automation
from belib_weather.automation.exports import exports_automation
from belib_weather.automation.late_data import late_automation
from belib_weather.automation.live import live_automation
from belib_weather.automation.maintenance import maintenance_automation
from belib_weather.automation.views import views_automation
from belib_weather.catalog.resource import PlatformCatalog
from belib_weather.code_references import (
    published_repository,
    with_code_references,
    with_module_reference,
)
from belib_weather.partitions import GRAIN_TAG, Partitions
from belib_weather.resources import platform_resources
from belib_weather.settings import Settings, load_settings


def build_defs(settings: Settings | None = None, **resources: Any) -> dg.Definitions:
    """Wire assets, checks, automation and resources.

    Args:
        settings: where the partitions begin and which weather source the lineage shows;
            read from the environment when left out.
        resources: resources to use in place of the platform's, by name.
    """
    settings = settings or load_settings()
    partitions = Partitions.since(settings.start_at)
    weather = weather_key(settings.weather_source)

    def finish(spec: dg.AssetSpec) -> dg.AssetSpec:
        deps = [*spec.deps, dg.AssetDep(weather)] if spec.key == raw_weather.key else spec.deps
        partitioned = spec.replace_attributes(
            partitions_def=partitions.of(spec.tags.get(GRAIN_TAG)), owners=OWNERS, deps=deps
        )
        return with_freshness(partitioned, settings.cadence)

    assets = [
        asset.map_asset_specs(finish)
        for asset in (
            raw_belib_snapshots,
            raw_belib_static,
            raw_weather,
            belib_current,
            charge_points,
            stations,
            station_states,
            weather_hours,
            availability_facts,
            availability_index,
            stations_index,
            kibana_dashboards,
            open_exports,
            availability_report,
        )
    ]
    repository = settings.source_url or published_repository()
    sources = [
        with_module_reference(with_freshness(spec, settings.cadence), EXTERNAL, repository)
        for spec in outside_assets(settings.weather_source)
    ]
    platform = dg.Definitions(
        assets=[*sources, *with_code_references(assets, repository)],
        asset_checks=asset_checks(partitions),
        resources={
            **platform_resources(),
            "kibana": KibanaResource(),
            "catalog": PlatformCatalog(),
            **resources,
        },
        # In process: a step of its own process costs two CPU seconds, a tick has eight steps.
        executor=dg.in_process_executor,
    )
    return dg.Definitions.merge(
        platform,
        live_automation(),
        daily_automation(partitions),
        exports_automation(partitions),
        late_automation(partitions),
        maintenance_automation(),
        views_automation(),
    )


defs = build_defs()
