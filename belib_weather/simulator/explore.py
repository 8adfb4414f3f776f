"""The Explore API v2.1 over the simulated datasets: catalog, records, exports, and its errors."""

import csv
import io
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from belib_weather.simulator.datasets import Dataset, Record
from belib_weather.simulator.explore_query import BadQueryError, Query, parse_query
from belib_weather.simulator.faults import HTML_PAGE, Fault, FaultKind, Faults, damaged
from belib_weather.simulator.paris_time import DAY, instant

BASE = "/api/explore/v2.1"
CALLS_A_DAY = 100_000
_JSON = "application/json; charset=utf-8"


class ExploreApi:
    """Routes of the Explore API.

    Args:
        datasets: what the portal holds.
        faults: what is to go wrong.
        at: gives the second that a request asks about.
    """

    def __init__(
        self, datasets: list[Dataset], faults: Faults, at: Callable[[Request], int]
    ) -> None:
        self._datasets = {dataset.id: dataset for dataset in datasets}
        self._faults = faults
        self._at = at
        self._calls: dict[int, int] = {}

    @property
    def routes(self) -> list[Route]:
        """The routes, to be mounted at the root."""
        one = f"{BASE}/catalog/datasets/{{dataset_id}}"
        return [
            Route(f"{BASE}/catalog/datasets", self.catalog),
            Route(one, self.metadata),
            Route(f"{one}/records", self.records),
            Route(f"{one}/exports", self.formats),
            Route(f"{one}/exports/json", self.export_json),
            Route(f"{one}/exports/csv", self.export_csv),
            Route(f"{one}/exports/geojson", self.export_geojson),
        ]

    def catalog(self, request: Request) -> Response:
        """All datasets."""
        at = self._at(request)
        results = [_metadata(dataset, at) for dataset in self._datasets.values()]
        return self._json({"total_count": len(results), "results": results}, at)

    def metadata(self, request: Request) -> Response:
        """One dataset, with `metas.default.modified`."""
        return self._answer(request, "metadata", _metadata_body)

    def records(self, request: Request) -> Response:
        """A page of records with their total count."""
        return self._answer(request, "records", _page_body)

    def formats(self, request: Request) -> Response:
        """The export formats on offer."""
        links = [
            {"rel": name, "href": f"{request.url.replace(query='')}/{name}"}
            for name in ("csv", "geojson", "json")
        ]
        return self._json({"links": links}, self._at(request))

    def export_json(self, request: Request) -> Response:
        """All records as a plain array."""
        return self._answer(request, "exports", _export_json_body)

    def export_csv(self, request: Request) -> Response:
        """All records as CSV."""
        return self._answer(request, "exports", _export_csv_body, "text/csv; charset=utf-8")

    def export_geojson(self, request: Request) -> Response:
        """All records as GeoJSON."""
        return self._answer(request, "exports", _export_geojson_body, "application/geo+json")

    def _answer(
        self,
        request: Request,
        endpoint: str,
        body_of: "Callable[[Dataset, int, dict[str, str], bool], bytes]",
        media_type: str = _JSON,
    ) -> Response:
        at = self._at(request)
        name = request.path_params["dataset_id"]
        dataset = self._datasets.get(name)
        if dataset is None:
            message = f"The requested dataset {name} does not exist."
            return self._json({"error_code": "NotFoundError", "message": message}, at, status=404)
        fault = self._faults.take(dataset.name, endpoint)
        refusal = self._refusal(fault, at)
        if refusal is not None:
            return refusal
        is_short = fault is not None and fault.kind == FaultKind.SHORT
        try:
            body = body_of(dataset, at, dict(request.query_params), is_short)
        except BadQueryError as error:
            return self._json(error.body, at, status=400)
        if fault is not None and fault.kind in (FaultKind.TRUNCATED, FaultKind.STREAM_ERROR):
            body = damaged(body, fault.kind)
        return Response(body, media_type=media_type, headers=self._quota(at))

    def _refusal(self, fault: Fault | None, at: int) -> Response | None:
        """The answer that a fault puts in place of the data, after its delay."""
        if fault is None:
            return None
        if fault.kind == FaultKind.SLOW:
            time.sleep(fault.seconds)
        if fault.kind == FaultKind.TOO_MANY:
            body = _too_many(fault.seconds)
            return self._json(body, at, status=429, remaining=0, reset=body["reset_time"])
        if fault.kind == FaultKind.SERVER_ERROR:
            return Response(b"Internal Server Error", 500, media_type="text/plain")
        if fault.kind == FaultKind.HTML:
            return Response(HTML_PAGE, media_type="text/html; charset=utf-8")
        return None

    def _json(self, content: Any, at: int, status: int = 200, **quota: Any) -> Response:
        return Response(orjson.dumps(content), status, self._quota(at, **quota), _JSON)

    def _quota(self, at: int, remaining: int | None = None, reset: str = "") -> dict[str, str]:
        """The rate-limit headers, in the forms seen on the real portal."""
        day = at // DAY
        self._calls = {day: self._calls.get(day, 0) + 1}
        left = max(0, CALLS_A_DAY - self._calls[day]) if remaining is None else remaining
        return {
            "x-ratelimit-limit": str(CALLS_A_DAY),
            "x-ratelimit-remaining": str(left),
            "x-ratelimit-reset": reset or f"{instant((day + 1) * DAY):%Y-%m-%d %H:%M:%S+00:00}",
        }


def _too_many(seconds: float) -> dict[str, Any]:
    """Body of a 429; its reset is in real time, since it is the client that waits."""
    reset = datetime.now(UTC) + timedelta(seconds=seconds)
    return {
        "errorcode": 10002,
        "reset_time": f"{reset:%Y-%m-%dT%H:%M:%SZ}",
        "limit_time_unit": "day",
        "call_limit": CALLS_A_DAY,
        "error": "Too many requests on the domain. Please contact the domain administrator.",
    }


def _rows(dataset: Dataset, at: int, query: Query, is_short: bool) -> list[Record]:
    most = None if is_short else query.most
    rows = dataset.feed.records(at, fields=query.needed, zone=query.zone, most=most)
    return query.page(rows[: len(rows) * 9 // 10] if is_short else rows)


def _metadata(dataset: Dataset, at: int) -> Record:
    modified = instant(dataset.feed.modified(at)).isoformat()
    return dataset.metadata(at, modified)


def _metadata_body(dataset: Dataset, at: int, _: dict[str, str], _is_short: bool) -> bytes:
    return orjson.dumps(_metadata(dataset, at))


def _page_body(dataset: Dataset, at: int, parameters: dict[str, str], is_short: bool) -> bytes:
    query = parse_query(parameters, dataset.fields)
    results = _rows(dataset, at, query, is_short)
    return orjson.dumps({"total_count": dataset.feed.count(at), "results": results})


def _export_json_body(
    dataset: Dataset, at: int, parameters: dict[str, str], is_short: bool
) -> bytes:
    query = parse_query(parameters, dataset.fields, is_export=True)
    return orjson.dumps(_rows(dataset, at, query, is_short))


def _export_csv_body(
    dataset: Dataset, at: int, parameters: dict[str, str], is_short: bool
) -> bytes:
    query = parse_query(parameters, dataset.fields, is_export=True)
    separator = parameters.get("list_separator", ",")
    text = io.StringIO()
    writer = csv.writer(text, delimiter=parameters.get("delimiter", ";"), lineterminator="\r\n")
    use_labels = parameters.get("use_labels", "false") == "true"
    writer.writerow(dataset.fields[name][0] if use_labels else name for name in query.fields)
    for row in _rows(dataset, at, query, is_short):
        writer.writerow(_cell(value, separator) for value in row.values())
    bom = "\ufeff" if parameters.get("with_bom", "true") == "true" else ""
    return (bom + text.getvalue()).encode()


def _export_geojson_body(
    dataset: Dataset, at: int, parameters: dict[str, str], is_short: bool
) -> bytes:
    query = parse_query(parameters, dataset.fields, is_export=True)
    features = [_feature(dataset, row) for row in _rows(dataset, at, query, is_short)]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def _feature(dataset: Dataset, row: Record) -> Record:
    """A record as a feature: its shape, or its place where it has none, and the other fields."""
    kinds = {name: kind for name, (_, kind) in dataset.fields.items() if name in row}
    shape = next((name for name, kind in kinds.items() if kind == "geo_shape"), None)
    place = next((name for name, kind in kinds.items() if kind == "geo_point_2d"), None)
    geometry = None
    if shape is not None and row[shape]:
        geometry = row[shape]["geometry"]
    elif place is not None and row[place]:
        geometry = {"type": "Point", "coordinates": [row[place]["lon"], row[place]["lat"]]}
    properties = {name: value for name, value in row.items() if name != shape}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _cell(value: Any, separator: str) -> str:
    if isinstance(value, dict):
        return f"{value['lat']},{value['lon']}"
    return separator.join(value) if isinstance(value, list) else value or ""
