"""Which live files there are, where they lie on the site, and how a server hands them out.

What belongs here: names, media types, titles, response headers. What does not: their content (a
module per format). Imports no format, so that a server reads it in a moment.
"""

from dataclasses import dataclass
from datetime import timedelta

from belib_weather.credits import DATABASE_LICENSE

FOLDER = "data"
"""Below the site."""
FEEDS = "feeds"
"""Below the site."""
OPENAPI = "openapi.json"
_DAILY = timedelta(hours=1)
"""How long a file may be kept that changes at most once a day."""
_SHARE_OF_CADENCE = 10
"""A file of the present may be kept for this part of the time between two polls."""


@dataclass(frozen=True)
class LiveFile:
    """A file below `FOLDER`.

    Attributes:
        name: of the file.
        media_type: of its content.
        title: what it holds, one line.
        standard: page of the format; empty: a format of our own, described in the OpenAPI document.
        is_live: whether it changes with every poll; else about once a day.
    """

    name: str
    media_type: str
    title: str
    standard: str = ""
    is_live: bool = True

    @property
    def path(self) -> str:
        """Below the site's address."""
        return f"/{FOLDER}/{self.name}"

    def headers(self, cadence: timedelta) -> dict[str, str]:
        """Response headers by the time between two polls."""
        max_age = max(cadence / _SHARE_OF_CADENCE, timedelta(seconds=1)) if self.is_live else _DAILY
        seconds = int(max_age.total_seconds())
        return {
            "Content-Type": self.media_type,
            "Cache-Control": f"public, max-age={seconds}, must-revalidate",
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": (
                "Content-Length, Content-Range, ETag, Last-Modified, Link"
            ),
            "Link": f'<{DATABASE_LICENSE.url}>; rel="license"',
        }


_CSV = "text/csv; charset=utf-8; header=present"
_JSON = "application/json"
_IRVE = "https://schema.data.gouv.fr/etalab/schema-irve"

CURRENT = LiveFile("current.json", _JSON, "The stations now, small")
GEOJSON = LiveFile(
    "stations.geojson",
    "application/geo+json",
    "The stations now, on a map",
    "https://www.rfc-editor.org/rfc/rfc7946",
)
IRVE_DYNAMIQUE = LiveFile(
    "irve-dynamique.csv",
    _CSV,
    "The charge points now: IRVE dynamique 2.3.1",
    f"{_IRVE}-dynamique/2.3.1/",
)
IRVE_STATIQUE = LiveFile(
    "irve-statique.csv",
    _CSV,
    "The charge points' equipment: IRVE statique 2.3.1",
    f"{_IRVE}-statique/2.3.1/",
    is_live=False,
)
_DATEX = "https://docs.datex2.eu/"
DATEX2_STATUS = LiveFile(
    "datex2-status.json",
    _JSON,
    "The charge points now: DATEX II v3, AFIR profile 01-00-00, status publication",
    _DATEX,
)
DATEX2_TABLE = LiveFile(
    "datex2-table.json",
    _JSON,
    "Stations, points and plugs: DATEX II v3, AFIR profile 01-00-00, table publication",
    _DATEX,
    is_live=False,
)
OCPI_LOCATIONS = LiveFile(
    "ocpi-locations.json",
    _JSON,
    "The stations now: OCPI 2.2.1 Locations",
    "https://github.com/ocpi/ocpi/tree/2.2.1",
)
FORECAST = LiveFile(
    "forecast.json", _JSON, "The chance of a free point at every station in the next 24 hours"
)
DESCRIPTION = LiveFile(
    OPENAPI,
    _JSON,
    "This API: an OpenAPI 3.1 document",
    "https://spec.openapis.org/oas/v3.1.1",
    False,
)
QUESTIONS = LiveFile(
    "questions.openapi.json",
    _JSON,
    "Questions that `belib-weather mcp --http` answers: an OpenAPI 3.1 document",
    "https://spec.openapis.org/oas/v3.1.1",
    False,
)

LIVE_FILES: tuple[LiveFile, ...] = (
    CURRENT,
    GEOJSON,
    IRVE_DYNAMIQUE,
    IRVE_STATIQUE,
    DATEX2_STATUS,
    DATEX2_TABLE,
    OCPI_LOCATIONS,
    FORECAST,
    DESCRIPTION,
    QUESTIONS,
)


def response_headers(cadence: timedelta) -> dict[str, dict[str, str]]:
    """For a server: the headers of every live file, by its path below the site's address.

    ETag, Last-Modified, ranges and compression are the server's own.
    """
    return {file.path: file.headers(cadence) for file in LIVE_FILES}
