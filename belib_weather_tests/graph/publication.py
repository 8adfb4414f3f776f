"""Evaluating sensors, running what they request, and comparing what is published by value."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

import dagster as dg
import httpx

from belib_weather.assets.publication_checks import AGREES
from belib_weather.datasets.episodes import POINT_ATTRIBUTES
from belib_weather.search.documents import AvailabilityDocument
from belib_weather.search.projections import (
    AVAILABILITY_INDEX,
    EPISODES_INDEX,
    FEED_INDEX,
    STATIONS_INDEX,
    Projection,
)
from belib_weather.warehouse.tables import (
    AVAILABILITY_HOURS,
    CHARGE_POINTS,
    FEED_HOURS,
    STATION_STATES,
    STATUS_EPISODES,
)
from belib_weather_tests.graph.platforms import Platform

SENSORS = {
    "late_forecasts": "remake_weather_forecasts",
    "late_weather": "remake_weather",
    "changed_rules": "",
    "late_data": "remake",
    "publication": "",
}
"""With the job of those that have one only."""
MOST_ROUNDS = 20
_PAGE = 10_000


def look(platform: Platform, cursor: str | None = None) -> dg.SensorResult:
    """Evaluate the sensor as the daemon does."""
    return platform.evaluate("publication", cursor)


def verdicts(result: dg.SensorResult) -> dict[str, bool]:
    """What the check of each index says, by asset."""
    return {
        event.asset_key.to_user_string(): event.passed
        for event in result.asset_events
        if isinstance(event, dg.AssetCheckEvaluation) and event.check_name == AGREES
    }


def jobs(result: dg.SensorResult) -> list[str | None]:
    """The jobs that were requested."""
    return [request.job_name for request in result.run_requests or []]


def run(platform: Platform, request: dg.RunRequest) -> dg.ExecuteInProcessResult:
    """Run what was requested."""
    job = platform.defs.resolve_job_def(request.job_name or "")
    return job.execute_in_process(
        instance=platform.instance,
        partition_key=request.partition_key,
        tags=request.tags,
        run_config=request.run_config,
        raise_on_error=False,
    )


def settle(
    platform: Platform, sensors: Mapping[str, str] = SENSORS, most: int = MOST_ROUNDS
) -> list[str]:
    """Evaluate sensors and run until nothing is requested; the jobs that ran."""
    ran: list[str] = []
    for _ in range(most):
        requests = [
            request._replace(job_name=request.job_name or job)
            for sensor, job in sensors.items()
            if isinstance(result := platform.evaluate(sensor), dg.SensorResult)
            for request in result.run_requests or []
        ]
        if not requests:
            return ran
        for request in requests:
            assert run(platform, request).success, request
            ran.append(request.job_name or "")
    raise AssertionError(f"the sensors still request runs after {ran}")


def repair(platform: Platform) -> list[str]:
    """What `settle` runs for the sensor `publication` alone."""
    return settle(platform, {"publication": ""}, most=6)


@cache
def _client(url: str) -> httpx.Client:
    """One for all requests: each client reads all certificates."""
    return httpx.Client(base_url=url, timeout=60)


class Documents:
    """Elasticsearch as a reader sees it, and as another hand changes it."""

    def __init__(self, platform: Platform, url: str) -> None:
        self._platform, self._url = platform, url

    def ask(self, method: str, path: str, body: Any = None, **params: str) -> dict[str, Any]:
        """One request, without our client."""
        answer = _client(self._url).request(method, path, json=body, params=params)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def alias(self, projection: Projection) -> str:
        """The name that readers know."""
        return self._platform.search.alias(projection)

    def indices(self, projection: Projection) -> list[str]:
        """The physical indices that readers see."""
        return sorted(self.ask("GET", f"/_alias/{self.alias(projection)}"))

    def all(self, projection: Projection) -> dict[str, dict[str, Any]]:
        """Every document that readers see, by id."""
        found: dict[str, dict[str, Any]] = {}
        body: dict[str, Any] = {
            "size": _PAGE,
            "sort": [
                {name: {"order": "asc", "unmapped_type": "long"}} for name in projection.id_columns
            ],
        }
        while True:
            path = f"/{self.alias(projection)}/_search"
            hits = self.ask("POST", path, body, ignore_unavailable="true")["hits"]["hits"]
            found |= {hit["_id"]: hit["_source"] for hit in hits}
            if len(hits) < _PAGE:
                return found
            body["search_after"] = hits[-1]["sort"]

    def agree(self) -> bool:
        """Whether readers see exactly the rows of PostgreSQL, joined there in SQL, by value."""
        warehouse = self._platform.warehouse
        hours = warehouse.read(AVAILABILITY_HOURS).select(AvailabilityDocument.column_names())
        facts = {
            f"{row['station_id']}|{_text(row['hour'])}": _document(row)
            for row in hours.iter_rows(named=True)
        }
        stations = {
            row["station_id"]: _document(row)
            for row in warehouse.read(STATION_STATES).iter_rows(named=True)
        }
        feed = {
            f"{_text(row['hour'])}": {name: _text(value) for name, value in row.items()}
            for row in warehouse.read(FEED_HOURS).iter_rows(named=True)
        }
        expected = {
            AVAILABILITY_INDEX: facts,
            STATIONS_INDEX: stations,
            FEED_INDEX: feed,
            EPISODES_INDEX: self._episodes(),
        }
        return all(self.all(index) == documents for index, documents in expected.items())

    def _episodes(self) -> dict[str, dict[str, Any]]:
        """What the index of episodes has to hold, joined row by row."""
        warehouse = self._platform.warehouse
        points: dict[str, list[dict[str, Any]]] = {}
        for point in warehouse.read(CHARGE_POINTS).sort("valid_from").iter_rows(named=True):
            points.setdefault(point["charge_point_id"], []).append(point)
        found = {}
        for row in warehouse.read(STATUS_EPISODES).iter_rows(named=True):
            versions = points.get(row["charge_point_id"], [])
            valid = [v for v in versions if v["valid_from"] <= row["started_at"]] or versions[:1]
            place = {name: valid[-1][name] if valid else None for name in POINT_ATTRIBUTES}
            kinds = {row["start_kind"], row["end_kind"]}
            whole = {
                "is_whole": kinds <= {"exact", "polled"},
                "minutes": round(row["seconds"] / 60, 2),
            }
            key = f"{row['charge_point_id']}|{_text(row['started_at'])}"
            found[key] = _document({**row, **place, **whole})
        return found


def _document(row: dict[str, Any]) -> dict[str, Any]:
    place = {"lat": row["latitude"], "lon": row["longitude"]}
    return {
        **{n: _text(v) for n, v in row.items() if n not in ("latitude", "longitude")},
        "location": None if None in place.values() else place,
    }


def _text(value: object) -> object:
    """A time as a document holds it; any other value as it is."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    return value.isoformat() if isinstance(value, date) else value
