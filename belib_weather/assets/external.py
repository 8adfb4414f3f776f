"""External assets: the public APIs, so that the lineage starts where the data does.

What belongs here: what others publish and we only read. What does not: our copies of it (`raw`).
Concept: https://docs.dagster.io/guides/build/assets/external-assets
"""

from pathlib import Path
from typing import Any

import dagster as dg

from belib_weather.credits import BELIB, CREDITS, OUTLINES, Credit
from belib_weather.lanes import RHYTHM_TAG, Rhythm
from belib_weather.networks import NETWORK
from belib_weather.settings import WeatherSource

GROUP = "external"
MODULE = Path(__file__)

BELIB_REALTIME = dg.AssetKey(NETWORK.realtime.source.split("/"))
BELIB_STATIC = dg.AssetKey(NETWORK.static.source.split("/"))
ARRONDISSEMENTS = dg.AssetKey(NETWORK.outlines.source.split("/"))

_PORTAL = "https://opendata.paris.fr/explore/dataset"


def weather_key(source: WeatherSource) -> dg.AssetKey:
    """Key of the external weather asset that the settings choose."""
    return dg.AssetKey([source.value])


def external_assets(source: WeatherSource) -> list[dg.AssetSpec]:
    """The external assets: both Belib datasets, the outlines and the chosen weather API."""
    weather = CREDITS[source.value]
    return [
        dg.AssetSpec(
            BELIB_REALTIME,
            group_name=GROUP,
            kinds={"http", "json"},
            description=(
                "Status of every Belib charge point now, published by the City of Paris and"
                " refreshed about every five minutes. It keeps no history: a poll that is missed"
                f" is lost. {BELIB.line}."
            ),
            metadata=_metadata(f"{_PORTAL}/{NETWORK.realtime.id}/", BELIB),
            tags={RHYTHM_TAG: Rhythm.LIVE.value},
        ),
        dg.AssetSpec(
            BELIB_STATIC,
            group_name=GROUP,
            kinds={"http", "json"},
            description=(
                "Equipment of the charge points: power, connectors, opening hours, accessibility"
                f" (French national IRVE schema). {BELIB.line}."
            ),
            metadata=_metadata(f"{_PORTAL}/{NETWORK.static.id}/", BELIB),
            tags={RHYTHM_TAG: Rhythm.DAILY.value},
        ),
        dg.AssetSpec(
            ARRONDISSEMENTS,
            group_name=GROUP,
            kinds={"http", "json"},
            description=(
                "Outlines of the twenty arrondissements, published by the City of Paris."
                f" {OUTLINES.line}."
            ),
            metadata=_metadata(OUTLINES.url, OUTLINES),
            tags={RHYTHM_TAG: Rhythm.WEEKLY.value},
        ),
        dg.AssetSpec(
            weather_key(source),
            group_name=GROUP,
            kinds={"http", "json"},
            description=f"Weather in Paris by the hour. {weather.line}.",
            metadata=_metadata(weather.documentation or weather.url, weather),
            tags={RHYTHM_TAG: Rhythm.HOURLY.value},
        ),
    ]


def _metadata(uri: str, credit: Credit) -> dict[str, Any]:
    metadata = {"dagster/uri": uri, "credit": credit.line}
    if credit.license is None:
        return metadata
    return metadata | {"licence": dg.MetadataValue.url(credit.license.url)}
