"""Whose data it is: the credit lines, and what a citation needs to know of each source.

What belongs here: names, addresses and licences of the sources. What does not: the texts around
them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from belib_weather.vocabulary import SIMULATED


@dataclass(frozen=True)
class Credit:
    """A source of rows; `license` is an SPDX identifier, None where its own terms apply."""

    title: str
    holder: str
    url: str
    line: str
    license: str | None = None


CREDITS: dict[str, Credit] = {
    "opendata_paris": Credit(
        title="Belib' : points de recharge pour véhicules électriques",
        holder="Ville de Paris",
        url="https://opendata.paris.fr/explore/dataset/"
        "belib-points-de-recharge-pour-vehicules-electriques-disponibilite-temps-reel/",
        line="Source : Ville de Paris – opendata.paris.fr, Belib', licence ODbL",
        license="ODbL-1.0",
    ),
    "open_meteo": Credit(
        title="Open-Meteo weather API",
        holder="Open-Meteo.com",
        url="https://open-meteo.com/",
        line="Weather data by Open-Meteo.com, CC BY 4.0",
        license="CC-BY-4.0",
    ),
    "openweathermap": Credit(
        title="OpenWeather current weather API",
        holder="OpenWeather",
        url="https://openweathermap.org/",
        line="Weather data by OpenWeather (openweathermap.org), under its terms",
    ),
    "infoclimat": Credit(
        title="Infoclimat GFS API",
        holder="Infoclimat",
        url="https://www.infoclimat.fr/",
        line="Weather data by Infoclimat (infoclimat.fr), under its terms",
    ),
}


def credits_of(sources: Iterable[str]) -> list[Credit]:
    """Credits due for raw source names such as `open_meteo/archive`; the Belib data's always."""
    families = {name.removeprefix(SIMULATED).partition("/")[0] for name in sources}
    return [CREDITS[name] for name in CREDITS if name in families | {"opendata_paris"}]


def are_simulated(sources: Iterable[str]) -> bool:
    """Whether any of these raw sources is the simulator."""
    return any(name.startswith(SIMULATED) for name in sources)
