"""External assets: the public APIs, so that the lineage starts where the data does.

What belongs here: what others publish and we only read. What does not: our copies of it (`raw`).
Concept: https://docs.dagster.io/guides/build/assets/external-assets
"""

from datetime import timedelta

import dagster as dg

from belib_weather.networks import NETWORK
from belib_weather.settings import WeatherSource

GROUP = "outside"

BELIB_REALTIME = dg.AssetKey(NETWORK.realtime.source.split("/"))
BELIB_STATIC = dg.AssetKey(NETWORK.static.source.split("/"))

_PORTAL = "https://opendata.paris.fr/explore/dataset"
_CREDITS = "Source : Ville de Paris - opendata.paris.fr, Belib', licence ODbL."

_WEATHER_PAGES = {
    WeatherSource.OPEN_METEO: ("https://open-meteo.com/en/docs", "Open-Meteo.com, CC BY 4.0."),
    WeatherSource.OPENWEATHERMAP: ("https://openweathermap.org/current", "OpenWeather, ODbL."),
    WeatherSource.INFOCLIMAT: (
        "https://www.infoclimat.fr/api-previsions-meteo.html",
        "Infoclimat.",
    ),
}


def weather_key(source: WeatherSource) -> dg.AssetKey:
    """Key of the external weather asset that the settings choose."""
    return dg.AssetKey([source.value])


def outside_assets(source: WeatherSource) -> list[dg.AssetSpec]:
    """The external assets: both Belib datasets and the chosen weather API."""
    page, weather_credits = _WEATHER_PAGES[source]
    return [
        dg.AssetSpec(
            BELIB_REALTIME,
            group_name=GROUP,
            kinds={"http", "json"},
            description=(
                "Status of every Belib charge point now, published by the City of Paris and"
                " refreshed about every five minutes. It keeps no history: a poll that is missed"
                f" is lost. {_CREDITS}"
            ),
            metadata={"dagster/uri": f"{_PORTAL}/{NETWORK.realtime.id}/", "licence": "ODbL"},
            freshness_policy=dg.FreshnessPolicy.time_window(
                fail_window=timedelta(minutes=30), warn_window=timedelta(minutes=12)
            ),
        ),
        dg.AssetSpec(
            BELIB_STATIC,
            group_name=GROUP,
            kinds={"http", "json"},
            description=(
                "Equipment of the charge points: power, connectors, opening hours, accessibility"
                f" (French national IRVE schema). {_CREDITS}"
            ),
            metadata={"dagster/uri": f"{_PORTAL}/{NETWORK.static.id}/", "licence": "ODbL"},
        ),
        dg.AssetSpec(
            weather_key(source),
            group_name=GROUP,
            kinds={"http", "json"},
            description=f"Weather in Paris by the hour. Credit: {weather_credits}",
            metadata={"dagster/uri": page},
        ),
    ]
