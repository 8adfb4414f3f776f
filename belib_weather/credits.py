"""The credits: the credit line and the licence of each source, written here alone.

External assets, exports, the report, Kibana and the README show these; a test compares them.

What belongs here: names, addresses and licences of the sources. What does not: the texts around
them. A credit line is as its publisher asks for it, in the publisher's language.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from belib_weather.vocabulary import SIMULATED


@dataclass(frozen=True)
class License:
    """A licence: its SPDX identifier, its name, and where its text is."""

    spdx: str
    name: str
    url: str


ODBL = License(
    "ODbL-1.0",
    "Open Database License (ODbL) 1.0",
    "https://opendatacommons.org/licenses/odbl/1-0/",
)
CC_BY = License(
    "CC-BY-4.0",
    "Creative Commons Attribution (CC BY) 4.0",
    "https://creativecommons.org/licenses/by/4.0/",
)


@dataclass(frozen=True)
class Credit:
    """A source of rows.

    Attributes:
        title: what it publishes.
        holder: who publishes it.
        url: its page.
        line: the credit line.
        language: of the credit line.
        license: None where its own terms apply.
        documentation: the page that describes its API, where that is another.
    """

    title: str
    holder: str
    url: str
    line: str
    language: str = "en"
    license: License | None = None
    documentation: str = ""


CREDITS: dict[str, Credit] = {
    "opendata_paris": Credit(
        title="Belib' : points de recharge pour véhicules électriques",
        holder="Ville de Paris",
        url="https://opendata.paris.fr/explore/dataset/"
        "belib-points-de-recharge-pour-vehicules-electriques-disponibilite-temps-reel/",
        line="Source : Ville de Paris – opendata.paris.fr, Belib', licence ODbL",
        language="fr",
        license=ODBL,
    ),
    "open_meteo": Credit(
        title="Open-Meteo weather API",
        holder="Open-Meteo.com",
        url="https://open-meteo.com/",
        documentation="https://open-meteo.com/en/docs",
        line="Weather data by Open-Meteo.com, CC BY 4.0",
        license=CC_BY,
    ),
    "openweathermap": Credit(
        title="OpenWeather current weather API",
        holder="OpenWeather",
        url="https://openweathermap.org/",
        documentation="https://openweathermap.org/current",
        line="Weather data by OpenWeather (openweathermap.org), under its terms",
    ),
    "infoclimat": Credit(
        title="Infoclimat GFS API",
        holder="Infoclimat",
        url="https://www.infoclimat.fr/",
        documentation="https://www.infoclimat.fr/api-previsions-meteo.html",
        line="Weather data by Infoclimat (infoclimat.fr), under its terms",
    ),
}


BELIB = CREDITS["opendata_paris"]
OUTLINES = Credit(
    title="Arrondissements",
    holder="Ville de Paris",
    url="https://opendata.paris.fr/explore/dataset/arrondissements/",
    line="Contours des arrondissements : Ville de Paris – opendata.paris.fr, licence ODbL",
    language="fr",
    license=ODBL,
)
"""Due where the map is drawn, beside those of the rows."""
DATABASE_LICENSE = ODBL
"""Of what we publish: a database derived from the Belib data carries their licence on."""


def credits_of(sources: Iterable[str]) -> list[Credit]:
    """Credits due for raw source names such as `open_meteo/archive`; the Belib data's always."""
    families = {name.removeprefix(SIMULATED).partition("/")[0] for name in sources}
    return [CREDITS[name] for name in CREDITS if CREDITS[name] is BELIB or name in families]


def are_simulated(sources: Iterable[str]) -> bool:
    """Whether any of these raw sources is the simulator; a row of several names them by ` + `."""
    return any(part.startswith(SIMULATED) for name in sources for part in name.split(" + "))
