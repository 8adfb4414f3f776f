"""The Explore API as a script: what it announces, what it exports, and with which faults."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from belib_weather.sources.explore import ExploreApi
from belib_weather.sources.http import HttpClient
from belib_weather_tests.unit.sources.server import ReceivedRequest, Reply, ScriptedServer, as_json

Record = dict[str, Any]
MINIMUM = 10


def records(count: int, *, age: timedelta = timedelta(hours=1)) -> list[Record]:
    """Records as published now; every one of the given age."""
    stamp = (datetime.now(UTC) - age).isoformat(timespec="seconds")
    return [
        {
            "id_pdc": f"FR*V75*EPX01*{i:03}*1",
            "statut_pdc": "Disponible" if i % 3 else "Occupé (en charge)",
            "last_updated": stamp,
            "coordonneesxy": {"lon": 2.35, "lat": 48.85},
            "adresse_station": "1 Rue de Rivoli 75001 Paris",
            "code_insee_commune": "75056",
            "arrondissement": "Paris centre",
        }
        for i in range(count)
    ]


def announces(server: ScriptedServer, *counts: int, example: Record | None = None) -> None:
    """Script the answers of `/records`."""
    results = [example] if example else []
    server.answers("/records", *(as_json({"total_count": n, "results": results}) for n in counts))


def exports(server: ScriptedServer, *replies: Reply | Callable[[ReceivedRequest], Reply]) -> None:
    """Script the answers of `/exports/json`."""
    server.answers("/exports/json", *replies)


def export_of(rows: list[Record]) -> Reply:
    """A whole export, compressed as the API does."""
    return as_json(rows).zipped()


def api(server: ScriptedServer, client: HttpClient, minimum: int = MINIMUM) -> ExploreApi:
    return ExploreApi(client, f"{server.url}/api/explore/v2.1", minimum_charge_points=minimum)


def bytes_of(rows: list[Record]) -> bytes:
    """The same bytes as `export_of` serves."""
    return json.dumps(rows, ensure_ascii=False).encode()
