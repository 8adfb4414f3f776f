"""What both publications of DATEX II v3, profile AFIR Energy Infrastructure 01-00-00, share.

Concept: https://docs.datex2.eu (recharging and refuelling). Names of fields are the profile's.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from belib_weather.live_files.current_v1 import INSTANT, Shape
from belib_weather.live_files.present import Present, stamp

Instant = Annotated[str, Field(pattern=INSTANT)]
TABLE, VERSION = "belib", "1"
PROFILE = {
    "modelBaseVersionG": "3",
    "profileNameG": "AFIR Energy Infrastructure",
    "profileVersionG": "01-00-00",
}


class DatexCreator(Shape):
    """Who publishes."""

    country: Literal["FR"]
    nationalIdentifier: str  # noqa: N815 - the profile's name, as all below


class DatexConfidentiality(Shape):
    """A word of the profile."""

    value: Literal["noRestriction"]


class DatexInformationStatus(Shape):
    """`test` is of the simulated city."""

    value: Literal["real", "test"]


class DatexHeader(Shape):
    """What the data are."""

    confidentiality: DatexConfidentiality
    informationStatus: DatexInformationStatus  # noqa: N815


class DatexPublication(Shape):
    """A publication."""

    lang: Literal["fr"]
    publicationTime: Instant  # noqa: N815
    publicationCreator: DatexCreator  # noqa: N815
    headerInformation: DatexHeader  # noqa: N815


class DatexPayload(Shape):
    """A publication and its profile."""

    modelBaseVersionG: Literal["3"]  # noqa: N815
    profileNameG: Literal["AFIR Energy Infrastructure"]  # noqa: N815
    profileVersionG: Literal["01-00-00"]  # noqa: N815


def publication(present: Present) -> dict[str, Any]:
    """The fields of `DatexPublication`."""
    status = "test" if present.about()["is_simulated"] else "real"
    return {
        "lang": "fr",
        "publicationTime": stamp(present.updated_at),
        "publicationCreator": {"country": "FR", "nationalIdentifier": "belib-weather"},
        "headerInformation": {
            "confidentiality": {"value": "noRestriction"},
            "informationStatus": {"value": status},
        },
    }


def site_id(station: str) -> str:
    """Id of the site of a station: here each has one of its own."""
    return f"{station}-site"
