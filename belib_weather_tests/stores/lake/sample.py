"""Responses and snapshots as the lake gets them."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from belib_weather.lake import CURRENT_COLUMNS

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Sample:
    """An accepted response; `body` defaults to something that names the instant."""

    captured_at: datetime = NOON
    body: bytes = b'[{"id_pdc":"FR*V75*EPX08*11*6"}]'
    source: str = "opendata_paris/realtime"
    request_url: str = "https://opendata.example/exports/json"
    request_params: dict[str, str] = field(default_factory=lambda: {"timezone": "UTC"})
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    record_count: int = 1
    expected_count: int | None = 1
    summary: dict[str, Any] = field(default_factory=lambda: {"statuses": {"Disponible": 1}})
    cadence_seconds: int | None = 300


@dataclass(frozen=True)
class Refused:
    """A refused response."""

    body: bytes
    reason: str = "HTML instead of JSON"
    captured_at: datetime = NOON
    source: str = "opendata_paris/realtime"
    request_url: str = "https://opendata.example/exports/json"
    request_params: dict[str, str] = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def polls(count: int, *, every: timedelta = 5 * MINUTE, start: datetime = NOON) -> list[Sample]:
    """Samples with distinct bodies."""
    return [Sample(start + i * every, body=f'[{{"poll":{i}}}]'.encode()) for i in range(count)]


def forecast(first: datetime, last: datetime, captured_at: datetime) -> Sample:
    """A weather response that covers the stamps from `first` to `last`."""
    return replace(
        Sample(captured_at),
        source="open_meteo/forecast",
        summary={"first": first, "last": last},
    )


def snapshot(captured_at: datetime, statuses: dict[str, str], **columns: Any) -> pl.DataFrame:
    """A snapshot for `replace_current`: charge point id → status; columns override defaults."""
    size = len(statuses)
    frame = pl.DataFrame({"charge_point_id": list(statuses), "status": list(statuses.values())})
    defaults: dict[str, Any] = {
        "station_id": "FR*V75*PPX08*11",
        "is_stale": False,
        "last_updated": captured_at - timedelta(hours=1),
        "captured_at": captured_at,
        "address": "16 rue Treilhard 75008 Paris",
        "arrondissement": 8,
        "latitude": 48.8776,
        "longitude": 2.3139,
        "station_name": "Paris | Rue Treilhard 16",
        "power_kw": 7.0,
        "has_ef": True,
        "has_type_2": True,
        "has_combo_ccs": False,
        "has_chademo": None,
        "opening_hours": "24/7",
        "source": "opendata_paris/realtime",
    }
    values = {k: v if isinstance(v, list) else [v] * size for k, v in (defaults | columns).items()}
    return frame.with_columns(
        pl.Series(name, values, dtype=CURRENT_COLUMNS[name]) for name, values in values.items()
    ).cast({"status": CURRENT_COLUMNS["status"]})
