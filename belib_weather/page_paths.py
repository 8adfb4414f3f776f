"""Paths of the pages that others link to: what the site and the report write below one folder.

A path begins and ends with a slash and is the same in all languages.
"""

import re
from hashlib import sha256

HOME = "/"
ARRONDISSEMENTS = "/arrondissement/"
DATA_AND_METHOD = "/data-and-method/"
REPORT = "/report/"
LONGEST_NAME = 200
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


def station(station_id: str) -> str:
    """The path of a station's page."""
    return f"/station/{slug(station_id)}/"


def arrondissement(number: int) -> str:
    """The path of an arrondissement's page."""
    return f"{ARRONDISSEMENTS}{number}/"


def feed(page: str) -> str:
    """The files of a page's feed without their ending, relative to the folder of the site."""
    return f"feeds/{page.strip('/')}"


def slug(station_id: str) -> str:
    """A station id as the name of a folder on every file system: without `*`, odd signs as `~` hex.

    A name that file systems would refuse for its length ends with a hash of the id instead.
    """
    name = _UNSAFE.sub(_escaped, station_id.replace("*", "") or station_id)
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - 17]}~{sha256(station_id.encode()).hexdigest()[:16]}"


def _escaped(sign: re.Match[str]) -> str:
    return f"~{ord(sign[0]):x}"
