"""What the files of data beside pages share: paths, their credit, and how values are written.

What belongs here: JSON and CSV. What does not: what they say (`station_files`, `area_files`).
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from belib_weather.credits import DATABASE_LICENSE
from belib_weather.datasets.figures import POINT_SECONDS
from belib_weather.datasets.marts import STATION_SECONDS
from belib_weather.site import paths
from belib_weather.site.data import SiteData
from belib_weather.site.folder import File

SUMMED = ("charge_points", *POINT_SECONDS, *STATION_SECONDS)
HOURS = ("hour", *SUMMED, "is_provisional")
"""Columns of the files of hours."""


def credit_of(data: SiteData) -> dict[str, Any]:
    """What every file of data says of itself."""
    return {
        "seen_at": plain(data.seen_at),
        "sources": list(data.sources),
        "is_simulated": data.is_simulated,
        "licence": DATABASE_LICENSE.spdx,
        "credits": [each.line for each in data.credits],
    }


def data_paths(page: str, name: str) -> list[str]:
    """Paths of the files beside a page: its JSON, of this name, and its hours as CSV."""
    return [paths.file_of(f"{page}{each}") for each in (name, "hours.csv")]


def data_files(where: list[str], document: Mapping[str, Any], hours: pl.DataFrame) -> list[File]:
    """The files at `data_paths`: a document without blanks, and hours with instants in UTC."""
    text = json.dumps(document, ensure_ascii=False, default=plain, separators=(",", ":"))
    table = hours.write_csv(datetime_format="%Y-%m-%dT%H:%M:%SZ")
    return [File(*each) for each in zip(where, (text.encode(), table.encode()), strict=True)]


def rounded(value: float | None) -> float | None:
    """A share with four digits."""
    return None if value is None else round(value, 4)


def without(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """A row without some columns."""
    return {name: value for name, value in row.items() if name not in names}


def plain(value: object) -> str | None:
    """An instant or a date as text."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return None
