"""What the files of data beside pages share: their credit, and how values are written.

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
from belib_weather.site.data import SiteData

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


def csv_bytes(rows: pl.DataFrame) -> bytes:
    """Rows as CSV, instants in UTC."""
    return rows.write_csv(datetime_format="%Y-%m-%dT%H:%M:%SZ").encode()


def json_bytes(value: Mapping[str, Any]) -> bytes:
    """A document as JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, default=plain, separators=(",", ":")).encode()


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
