"""The code location: the only place where the graph is wired together.

`build_defs(**overrides)` returns the whole platform as Dagster definitions; `defs` is what
`dagster -m belib_weather.definitions` and workspace.yaml load.
Concept: https://docs.dagster.io/api/dagster/definitions
"""

from functools import cache
from typing import Any

import dagster as dg

from belib_weather.assets.external import MODULE as EXTERNAL
from belib_weather.assets.external import external_assets, weather_key
from belib_weather.assets.freshness import with_freshness
from belib_weather.assets.kibana import KibanaResource
from belib_weather.assets.raw import raw_weather
from belib_weather.assets.registry import all_assets, all_checks
from belib_weather.assets.table_metadata import OWNERS
from belib_weather.automation.alerts import alerts_automation
from belib_weather.automation.changed_rules import rules_automation
from belib_weather.automation.daily import daily_automation
from belib_weather.automation.episodes import episodes_automation
from belib_weather.automation.exports import exports_automation
from belib_weather.automation.feed import feed_automation
from belib_weather.automation.forecasts import forecasts_automation
from belib_weather.automation.late_data import late_automation
from belib_weather.automation.late_forecasts import late_forecasts_automation
from belib_weather.automation.late_weather import late_weather_automation
from belib_weather.automation.live import live_automation
from belib_weather.automation.maintenance import maintenance_automation
from belib_weather.automation.marts import marts_automation
from belib_weather.automation.monitor import monitor_automation
from belib_weather.automation.outlines import outlines_automation
from belib_weather.automation.past_weather import past_weather_automation
from belib_weather.automation.publication import publication_automation
from belib_weather.automation.retention import retention_automation
from belib_weather.automation.stream import stream_automation
from belib_weather.automation.views import views_automation
from belib_weather.catalog.resource import PlatformCatalog
from belib_weather.code_references import (
    published_repository,
    with_code_references,
    with_module_reference,
)
from belib_weather.partitions import GRAIN_TAG, Partitions, grain_of
from belib_weather.resources import Clock, platform_resources
from belib_weather.settings import Settings, load_settings


def build_defs(settings: Settings | None = None, **resources: Any) -> dg.Definitions:
    """Wire assets, checks, automation and resources.

    Args:
        settings: read from the environment when left out; nothing below this reads any.
        resources: resources to use in place of the platform's, by name.
    """
    settings = settings or load_settings()
    partitions = Partitions.since(settings.start_at)
    weather = weather_key(settings.weather_source)

    def finish(spec: dg.AssetSpec) -> dg.AssetSpec:
        grain = grain_of(spec.partitions_def)
        complete = spec.replace_attributes(
            partitions_def=partitions.of(grain),
            tags={**spec.tags, **({GRAIN_TAG: grain.value} if grain else {})},
            owners=OWNERS,
            deps=[*spec.deps, dg.AssetDep(weather)] if spec.key == raw_weather.key else spec.deps,
        )
        return with_freshness(complete, settings.cadence)

    clock = resources.get("clock") or Clock()
    repository = settings.source_url or published_repository()
    assets = [asset.map_asset_specs(finish) for asset in _linked_assets(repository)]
    sources = [
        with_module_reference(with_freshness(spec, settings.cadence), EXTERNAL, repository)
        for spec in external_assets(settings.weather_source)
    ]
    platform = dg.Definitions(
        assets=[*sources, *assets],
        asset_checks=all_checks(partitions),
        resources={
            **platform_resources(settings, clock),
            "kibana": KibanaResource.from_settings(settings),
            "catalog": PlatformCatalog(),
            **resources,
        },
        # In process: a step of its own process costs two CPU seconds, a tick has eight steps.
        executor=dg.in_process_executor,
    )
    return dg.Definitions.merge(
        platform,
        live_automation(settings.cadence),
        alerts_automation(settings),
        feed_automation(settings.cadence),
        forecasts_automation(),
        daily_automation(partitions),
        episodes_automation(partitions),
        exports_automation(partitions),
        late_automation(partitions),
        late_forecasts_automation(partitions),
        late_weather_automation(partitions),
        rules_automation(settings.cadence),
        past_weather_automation(partitions),
        maintenance_automation(),
        monitor_automation(settings, partitions),
        outlines_automation(),
        marts_automation(),
        publication_automation(partitions),
        retention_automation(),
        stream_automation(settings),
        views_automation(),
    )


@cache
def _linked_assets(repository: str | None) -> tuple[dg.AssetsDefinition, ...]:
    """Every asset with the links to its code, which is read once in a process."""
    return tuple(with_code_references(all_assets(), repository))


defs = build_defs()
