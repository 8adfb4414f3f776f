"""The Explore API of the simulator keeps to the portal's contract, over a real socket."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import shapely

from belib_weather.formats.outlines import read_outlines
from belib_weather.simulator import outlines, realtime, static
from belib_weather.simulator.truth import POLLED_FIELDS, Truth
from belib_weather_tests.unit.simulator.conftest import NOW, SEED

CATALOG = "/api/explore/v2.1/catalog/datasets"
REALTIME = f"{CATALOG}/{realtime.DATASET}"
STATIC = f"{CATALOG}/{static.DATASET}"
OUTLINES = f"{CATALOG}/{outlines.DATASET}"
POLL = {"select": ",".join(POLLED_FIELDS), "order_by": "id_pdc", "timezone": "UTC"}


def conforms(body: Any, contract: dict[str, Any], path: str) -> None:
    from openapi_schema_validator import OAS30Validator

    OAS30Validator({**contract, "$ref": f"#/{path}"}).validate(body)


@pytest.fixture(scope="module")
def contract(shared_data: Path) -> dict[str, Any]:
    document = orjson.loads((shared_data / "api_samples/openapi_explore_v2.1.json").read_bytes())
    return {"components": document["components"]}


def test_answers_keep_to_the_official_contract(
    client: httpx.Client, contract: dict[str, Any]
) -> None:
    schemas = "components/schemas"
    refused = "components/responses/bad_request/content/application~1json; charset=utf-8/schema"
    for dataset in (REALTIME, STATIC, OUTLINES):
        conforms(client.get(f"{dataset}/records").json(), contract, f"{schemas}/results-v2.1")
        conforms(client.get(dataset).json(), contract, f"{schemas}/dataset-v2.1")
    conforms(client.get(CATALOG).json(), contract, f"{schemas}/results_dataset-v2.1")
    conforms(
        client.get(f"{REALTIME}/records?limit=101").json(), contract, refused.replace(" ", "%20")
    )


def test_an_export_is_the_poll_of_the_truth(client: httpx.Client, small: Truth) -> None:
    for days in (0, 3, 90):
        at = NOW - timedelta(days=days)
        answer = client.get(
            f"{REALTIME}/exports/json", params=POLL, headers={"x-belib-at": at.isoformat()}
        )
        assert answer.content == small.poll(at)


def test_static_rows_have_the_shape_of_the_export_of_2024(
    client: httpx.Client, any_body: Callable[[str], bytes]
) -> None:
    published = orjson.loads(any_body("static/2024.json"))
    served = client.get(f"{STATIC}/exports/json").json()

    def kinds(rows: list[dict[str, Any]], name: str) -> set[str]:
        return {type(row[name]).__name__ for row in rows} - {"NoneType"}

    assert all(list(row) == list(published[0]) for row in served)
    assert {n: kinds(served, n) for n in served[0]} == {
        n: kinds(published, n) for n in published[0]
    }


def test_outlines_have_the_fields_of_the_city_and_hold_the_stations(
    client: httpx.Client, any_body: Callable[[str], bytes]
) -> None:
    published = orjson.loads(any_body("geography/arrondissements.geojson"))
    answer = client.get(f"{OUTLINES}/exports/geojson")
    served = answer.json()

    assert list(served["features"][0]["properties"]) == list(published["features"][0]["properties"])
    read = read_outlines(answer.content)
    assert sorted(read.records["arrondissement"]) == list(range(1, 21))
    assert read.rejected.is_empty()
    city = shapely.union_all([shapely.from_geojson(text) for text in read.records["outline"]])
    assert city.area == pytest.approx(
        sum(shapely.from_geojson(text).area for text in read.records["outline"]), rel=1e-4
    ), "no two overlap"
    places = [row["coordonneesxy"] for row in client.get(f"{STATIC}/exports/json").json()]
    inside = [city.contains(shapely.Point(p["lon"], p["lat"])) for p in places]
    assert sum(inside) >= 0.99 * len(inside)


def test_any_dataset_is_exported_as_geojson(client: httpx.Client) -> None:
    served = client.get(f"{REALTIME}/exports/geojson").json()["features"]

    assert served[0]["geometry"]["type"] == "Point"
    assert served[0]["properties"]["id_pdc"]


def test_real_time_rows_have_the_fields_of_2026_in_their_order(
    client: httpx.Client, any_body: Callable[[str], bytes]
) -> None:
    published = orjson.loads(any_body("realtime/2026.json"))

    assert list(client.get(f"{REALTIME}/exports/json").json()[0]) == list(published[0])


def test_a_page_has_ten_rows_oldest_first_and_the_total(client: httpx.Client) -> None:
    page = client.get(f"{REALTIME}/records").json()
    export = client.get(f"{REALTIME}/exports/json").json()

    assert page["results"] == export[:10]
    assert page["total_count"] == len(export)
    assert [row["last_updated"] for row in export] == sorted(r["last_updated"] for r in export)


def test_pages_follow_each_other(client: httpx.Client) -> None:
    parameters = {"order_by": "id_pdc desc", "select": "id_pdc", "limit": "40", "offset": "40"}
    page = client.get(f"{REALTIME}/records", params=parameters).json()["results"]
    ids = sorted((r["id_pdc"] for r in client.get(f"{REALTIME}/exports/json").json()), reverse=True)

    assert [row["id_pdc"] for row in page] == ids[40:80]
    assert list(page[0]) == ["id_pdc"]


@pytest.mark.parametrize(
    ("query", "code", "part"),
    [
        ("limit=1473", "InvalidRESTParameterError", "1473 was found but -1 <= limit <= 100"),
        ("limit=x", "InvalidRESTParameterError", "limit"),
        ("limit=100&offset=9901", "InvalidRESTParameterError", "10001 was found but <= 10000"),
        ("select=nom_de_l_etablissement", "ODSQLError", "Unknown field: nom_de_l_etablissement"),
        ("order_by=id_pdc sideways", "ODSQLError", "sideways"),
        ("timezone=Mars/Olympus", "InvalidRESTParameterError", "Mars/Olympus"),
        ("where=last_updated>'2026'", "ODSQLError", "where"),
    ],
)
def test_wrong_queries_are_refused_with_the_messages_of_the_portal(
    client: httpx.Client, query: str, code: str, part: str
) -> None:
    answer = client.get(f"{REALTIME}/records?{query}")

    assert answer.status_code == 400
    assert answer.json()["error_code"] == code
    assert part in answer.json()["message"]


def test_an_unknown_dataset_is_not_found(client: httpx.Client) -> None:
    assert client.get(f"{CATALOG}/velib/exports/json").status_code == 404


def test_metadata_shows_a_change_only_when_there_was_one(client: httpx.Client) -> None:
    def modified(dataset: str, hours: float) -> str:
        at = (NOW + timedelta(hours=hours)).isoformat()
        metas = client.get(dataset, headers={"x-belib-at": at}).json()["metas"]["default"]
        return str(metas["modified"])

    assert modified(STATIC, 0) == modified(STATIC, 2)
    assert modified(STATIC, 0) < modified(STATIC, 24)
    assert modified(REALTIME, 0) < modified(REALTIME, 1)


def test_every_response_says_that_it_is_simulated_and_what_quota_is_left(
    client: httpx.Client,
) -> None:
    one, other = client.get(REALTIME), client.get(f"{REALTIME}/records?limit=1000")
    left = [int(answer.headers["x-ratelimit-remaining"]) for answer in (one, other)]

    assert left[1] == left[0] - 1
    assert one.headers["x-ratelimit-reset"] == "2026-11-25 00:00:00+00:00"
    for path in (REALTIME, "/nowhere", "/v1/forecast", "/simulator"):
        assert client.get(path).headers["x-belib-simulated"].startswith(f"seed={SEED}")


def test_csv_exports_hold_the_same_rows(client: httpx.Client) -> None:
    rows = client.get(f"{REALTIME}/exports/json").json()
    text = client.get(f"{REALTIME}/exports/csv").content.decode()
    table = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))

    assert text.startswith("\ufeff")
    assert len(table) == len(rows)
    for cells, row in zip(table, rows, strict=True):
        point = row["coordonneesxy"]
        assert cells["coordonneesxy"] == (f"{point['lat']},{point['lon']}" if point else "")
        assert cells["last_updated"] == row["last_updated"]


def test_csv_exports_have_labels_and_separators_on_request(client: httpx.Client) -> None:
    query = {"use_labels": "true", "with_bom": "false", "list_separator": "|"}
    lines = client.get(f"{STATIC}/exports/csv", params=query).text.splitlines()

    assert lines[0].startswith("ID PDC local;Statut du Point de charge;Arrondissement;")
    assert "Données simulées|Point de charge" in lines[1]


def test_an_instant_without_offset_is_refused(client: httpx.Client) -> None:
    answer = client.get(REALTIME, headers={"x-belib-at": "2026-11-01T00:00:00"})

    assert answer.status_code == 400
    assert "x-belib-at" in answer.json()["message"]
