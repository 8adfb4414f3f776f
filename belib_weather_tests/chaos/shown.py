"""What Elasticsearch shows against what PostgreSQL holds, field by field."""

import json
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from belib_weather.assets.publisher import MARTS, Publication
from belib_weather.search import SearchStore
from belib_weather.search.encoding import document_ids, document_lines
from belib_weather.search.projections import (
    AVAILABILITY_INDEX,
    EPISODES_INDEX,
    FEED_INDEX,
    STATIONS_INDEX,
    Projection,
)
from belib_weather.warehouse import Lock, Table, Warehouse
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    CHARGE_POINTS,
    FEED_HOURS,
    STATION_STATES,
    STATIONS,
    STATUS_EPISODES,
)
from belib_weather_tests.chaos.verdict import Rows, Verdict

_PAGE = 10_000
_ATTRIBUTES = ("station_name", "address", "arrondissement", "latitude", "longitude", "power_kw")


def _attributes(versions: list[dict[str, Any]], hour: datetime) -> dict[str, Any]:
    """Of the version valid at the hour; before the first one, the first."""
    valid = [row for row in versions if row["valid_from"] <= hour] or versions[:1]
    return {name: valid[-1][name] if valid else None for name in _ATTRIBUTES}


def _document(row: dict[str, Any]) -> dict[str, Any]:
    place = {name: row.pop(name) for name in ("latitude", "longitude")}
    known = None not in place.values()
    point = {"lat": place["latitude"], "lon": place["longitude"]} if known else None
    return {name: _text(value) for name, value in row.items()} | {"location": point}


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return value.isoformat() if hasattr(value, "isoformat") else value


def compare_documents(verdict: Verdict, warehouse: Warehouse, search: SearchStore) -> None:
    """Compare the indices with their tables."""
    before = verdict.values
    versions, points = _versions(warehouse, STATIONS), _versions(warehouse, CHARGE_POINTS)
    expected = {
        f"{row['station_id']}|{_text(row['hour'])}": _document(
            row | _attributes(versions[row["station_id"]], row["hour"])
        )
        for row in warehouse.read(AVAILABILITY_FACTS).iter_rows(named=True)
    }
    shown = _shown(search, AVAILABILITY_INDEX)
    verdict.compare("belib-availability", expected, shown)
    states = warehouse.read(STATION_STATES).iter_rows(named=True)
    stations = {row["station_id"]: _document(row) for row in states}
    verdict.compare("belib-stations", stations, _shown(search, STATIONS_INDEX))
    hours = warehouse.read(FEED_HOURS).iter_rows(named=True)
    feed = {f"{_text(row['hour'])}": {n: _text(v) for n, v in row.items()} for row in hours}
    verdict.compare("belib-feed", feed, _shown(search, FEED_INDEX))
    segments = {
        f"{row['charge_point_id']}|{_text(row['started_at'])}": _document(
            row
            | _attributes(points[row["charge_point_id"]], row["started_at"])
            | {"is_whole": {row["start_kind"], row["end_kind"]} <= {"exact", "polled"}}
            | {"minutes": round(row["seconds"] / 60, 2)}
        )
        for row in warehouse.read(STATUS_EPISODES).iter_rows(named=True)
    }
    verdict.compare("belib-episodes", segments, _shown(search, EPISODES_INDEX))
    verdict.documents += len(expected) + len(stations) + len(feed) + len(segments)
    for publication in MARTS:
        compare_mart(verdict, warehouse, search, publication)
    verdict.values = before


def compare_mart(
    verdict: Verdict, warehouse: Warehouse, search: SearchStore, publication: Publication
) -> None:
    """Compare an index without partitions with the rows of its table, column by column."""
    projection = publication.projection
    with warehouse.locked(Lock("chaos")) as transaction:
        documents = publication.read(transaction, None)
    ids = document_ids(documents, projection)
    lines = document_lines(documents, ids)
    expected = {
        key: json.loads(line.splitlines()[-1]) for key, line in zip(ids, lines, strict=True)
    }
    verdict.compare(f"belib-{projection.name}", expected, _shown(search, projection))
    verdict.documents += len(expected)


def _versions(warehouse: Warehouse, table: Table) -> dict[str, list[dict[str, Any]]]:
    """Rows of a dimension by its key, in the order of their validity."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in warehouse.read(table).sort("valid_from").iter_rows(named=True):
        found[row[table.dataset.primary_key()[0]]].append(row)
    return found


def _shown(search: SearchStore, projection: Projection) -> Rows:
    found: Rows = {}
    after: list[Any] = []
    order = [{name: "asc"} for name in projection.id_columns]
    while True:
        body = {"size": _PAGE, "sort": order}
        answer = search.search(projection, body | ({"search_after": after} if after else {}))
        hits = answer["hits"]["hits"]
        found |= {hit["_id"]: hit["_source"] for hit in hits}
        if len(hits) < _PAGE:
            return found
        after = hits[-1]["sort"]
