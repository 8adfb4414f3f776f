"""Both Belib datasets by the Explore API: whole or refused, by requests that its contract knows."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from belib_weather.networks import NETWORK
from belib_weather.sources.errors import (
    IncompleteBody,
    InvalidBody,
    RateLimited,
    RequestRefused,
    SourceError,
)
from belib_weather.sources.http import HttpClient
from belib_weather_tests.bodies import body as stored
from belib_weather_tests.unit.sources.conftest import DEEP
from belib_weather_tests.unit.sources.feed import (
    announces,
    api,
    bytes_of,
    export_of,
    exports,
    records,
)
from belib_weather_tests.unit.sources.server import (
    Fault,
    ReceivedRequest,
    Reply,
    ScriptedServer,
    as_json,
)


def refused(
    error: type[SourceError], server: ScriptedServer, client: HttpClient, match: str
) -> SourceError:
    """The error of a real-time export that has to be refused, its body kept with the reason."""
    with pytest.raises(error, match=match) as caught:
        api(server, client).realtime()
    assert caught.value.response is not None
    assert caught.value.response.reason == str(caught.value)
    return caught.value


def test_a_complete_export_is_accepted_byte_for_byte_with_its_summary(
    server: ScriptedServer, client: HttpClient
) -> None:
    rows = records(12)
    announces(server, 12)
    exports(server, export_of(rows))
    response = api(server, client).realtime()
    assert response.body == bytes_of(rows)
    assert (response.source, response.status) == ("opendata_paris/realtime", 200)
    assert (response.record_count, response.expected_count) == (12, 12)
    assert response.summary == {
        "statuses": {"Disponible": 8, "Occupé (en charge)": 4},
        "newest_update": datetime.fromisoformat(rows[0]["last_updated"]),
        "fields": sorted(rows[0]),
    }


def test_requests_use_paths_and_parameters_of_the_official_contract(
    server: ScriptedServer, client: HttpClient, shared_data: Path
) -> None:
    announces(server, 12)
    exports(server, export_of(records(12)))
    server.answers(
        NETWORK.static.id, as_json({"metas": {"default": {"modified": "2026-11-24T08:00Z"}}})
    )
    source = api(server, client)
    source.realtime()
    source.static()
    server.answers("/exports/geojson", Reply(stored("geography/arrondissements.geojson")))
    announces(server, 3)
    source.outlines()
    source.modified(NETWORK.static.id)

    contract = json.loads((shared_data / "api_samples/openapi_explore_v2.1.json").read_bytes())
    for request in server.requests:
        path = request.path.removeprefix("/api/explore/v2.1")
        for dataset in (NETWORK.realtime.id, NETWORK.static.id, NETWORK.outlines.id):
            path = path.replace(dataset, "{dataset_id}")
        operation = contract["paths"][re.sub("exports/[a-z]+", "exports/{format}", path)]["get"]
        parameters = [
            contract["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[-1]]
            for parameter in operation["parameters"]
        ]
        assert request.query.keys() <= {p["name"] for p in parameters if p["in"] == "query"}
        for parameter in parameters:
            if parameter["name"] == "limit" and "limit" in request.query:
                limits = parameter["schema"]
                assert limits["minimum"] <= int(request.query["limit"]) <= limits["maximum"]
            if parameter["name"] == "format":
                formats = parameter["schema"]["$ref"].rsplit("/", 1)[-1]
                assert "json" in contract["components"]["schemas"][formats]["enum"]
    assert len(server.requests) == 7


def test_everything_but_the_constant_address_is_selected_in_utc_and_in_a_stable_order(
    server: ScriptedServer, client: HttpClient
) -> None:
    announces(server, 12)
    exports(server, export_of(records(12)))
    api(server, client).realtime()
    query = server.requests[-1].query
    assert set(query["select"].split(",")) == NETWORK.realtime.field_names == set(records(1)[0])
    assert "url_description_pdc" not in query["select"]
    assert (query["timezone"], query["order_by"]) == ("UTC", "id_pdc")


@pytest.mark.parametrize("count", [11, 13])
def test_a_count_that_differs_from_the_announced_one_is_refused(
    server: ScriptedServer, client: HttpClient, count: int
) -> None:
    announces(server, 12)
    exports(server, export_of(records(count)))
    error = refused(IncompleteBody, server, client, f"{count} records, 12 announced")
    assert error.response is not None
    assert len(json.loads(error.response.body)) == count
    assert len([a for a in server.requests if a.path.endswith("/json")]) == 3


def test_a_point_that_appears_between_the_two_requests_is_accepted(
    server: ScriptedServer, client: HttpClient
) -> None:
    announces(server, 12, 13)
    exports(server, export_of(records(13)))
    response = api(server, client).realtime()
    assert (response.record_count, response.expected_count) == (13, 13)


@pytest.mark.parametrize("announced", [0, 12])
def test_an_empty_array_is_refused(
    server: ScriptedServer, client: HttpClient, announced: int
) -> None:
    announces(server, announced)
    exports(server, as_json([]))
    refused(IncompleteBody, server, client, f"0 records, {announced} announced")


def test_a_page_of_ten_is_refused_even_where_the_count_agrees(
    server: ScriptedServer, client: HttpClient
) -> None:
    announces(server, 9)
    exports(server, export_of(records(9)))
    refused(IncompleteBody, server, client, "9 records are fewer than the 10 of a whole export")


def test_pages_that_repeat_the_same_points_are_refused(
    server: ScriptedServer, client: HttpClient
) -> None:
    announces(server, 20)
    exports(server, export_of(records(4) * 5))
    refused(IncompleteBody, server, client, "20 records are of 4 charge points only")


def test_an_export_of_stale_records_only_is_refused(
    server: ScriptedServer, client: HttpClient
) -> None:
    rows = records(1, age=timedelta(hours=27)) + [
        {**row, "last_updated": f"2022-0{1 + i % 9}-13T04:30:01+00:00"}
        for i, row in enumerate(records(15))
    ]
    announces(server, 16)
    exports(server, export_of(rows))
    refused(IncompleteBody, server, client, "of 16 records are more than 26 h from the newest")


def test_an_export_of_a_frozen_feed_is_complete(server: ScriptedServer, client: HttpClient) -> None:
    announces(server, 12)
    exports(server, export_of(records(12, age=timedelta(days=3))))
    assert api(server, client).realtime().record_count == 12


def test_one_stamp_in_the_future_does_not_make_the_others_stale(
    server: ScriptedServer, client: HttpClient
) -> None:
    rows = records(12)
    rows[3]["last_updated"] = "2099-01-01T00:00:00+00:00"
    announces(server, 12)
    exports(server, export_of(rows))
    assert api(server, client).realtime().record_count == 12


@pytest.mark.long
@pytest.mark.parametrize("zipped", [False, True])
def test_an_error_inside_a_200_stream_is_refused_with_its_message(
    server: ScriptedServer, client: HttpClient, any_body: Callable[[str], bytes], zipped: bool
) -> None:
    words = any_body("explore/200_error_at_once.txt")
    broken = Reply(bytes_of(records(12))[:-400] + words)
    announces(server, 12)
    exports(server, broken.zipped() if zipped else broken)
    refused(InvalidBody, server, client, "Streaming interrupted due to the following error")
    exports(server, Reply(words))
    refused(InvalidBody, server, client, "InvalidRESTParameterError")
    exports(server, Reply(stored("explore/200_error_in_the_stream.txt")))
    refused(InvalidBody, server, client, "InvalidRESTParameterError")


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html><body>Maintenance</body></html>",
        b'{"total_count": 12, "records": []}',
        b"",
        b"null",
        b"[1, 2, 3]",
        b'["FR*V75*EPX01*001*1"]',
        b"[null]",
        bytes_of(records(12))[:-1],
        bytes_of(records(12)) + b"x",
        b"\xff\xfe[]",
    ],
    ids=["html", "object", "empty", "null", "numbers", "texts", "nulls", "cut", "longer", "utf-16"],
)
def test_a_body_that_is_not_a_json_array_of_records_is_refused(
    server: ScriptedServer, client: HttpClient, body: bytes
) -> None:
    announces(server, 12)
    exports(server, Reply(body, headers={"content-type": "text/html"}))
    error = refused(InvalidBody, server, client, "opendata_paris/realtime")
    assert error.response is not None
    assert error.response.body == body


@pytest.mark.parametrize(
    "change",
    [
        {"statut_pdc": ["Disponible"]},
        {"last_updated": "yesterday"},
        {"last_updated": "2026-11-24T08:00:00"},
        {"last_updated": None},
    ],
)
def test_records_without_status_or_instant_are_refused(
    server: ScriptedServer, client: HttpClient, change: dict[str, Any]
) -> None:
    announces(server, 12)
    exports(server, export_of([{**row, **change} for row in records(12)]))
    refused(InvalidBody, server, client, "opendata_paris/realtime")


def test_unknown_and_missing_labels_are_counted(server: ScriptedServer, client: HttpClient) -> None:
    rows = records(12)
    rows[0]["statut_pdc"], rows[1]["statut_pdc"] = "Réservée", None
    announces(server, 12)
    exports(server, export_of(rows))
    statuses = api(server, client).realtime().summary["statuses"]
    assert statuses == {"Disponible": 7, "Occupé (en charge)": 3, "Réservée": 1, "null": 1}


def test_a_new_field_of_the_feed_is_in_the_summary_though_it_is_not_selected(
    server: ScriptedServer, client: HttpClient
) -> None:
    rows = records(12)
    announces(server, 12, example={**rows[0], "tarif": "x"})
    exports(server, export_of(rows))
    fields = set(api(server, client).realtime().summary["fields"])
    assert fields == NETWORK.realtime.field_names | {"tarif"}


def test_a_field_missing_from_the_feed_does_not_lose_the_snapshot(
    server: ScriptedServer, client: HttpClient, any_body: Callable[[str], bytes]
) -> None:
    rows = [{k: v for k, v in row.items() if k != "arrondissement"} for row in records(12)]

    def refuse_the_selection(request: ReceivedRequest) -> Reply:
        if "select" in request.query:
            return Reply(any_body("explore/400_unknown_field.json"), 400)
        return export_of(rows)

    announces(server, 12)
    exports(server, refuse_the_selection)
    response = api(server, client).realtime()
    assert set(response.summary["fields"]) == NETWORK.realtime.field_names - {"arrondissement"}
    assert "select" not in response.request_params


@pytest.mark.parametrize("name", ["400_malformed_query", "400_limit", "400_offset"])
def test_refusals_raise_with_the_message_of_the_api(
    server: ScriptedServer, client: HttpClient, any_body: Callable[[str], bytes], name: str
) -> None:
    refusal = any_body(f"explore/{name}.json")
    announces(server, 12)
    exports(server, Reply(refusal, 400))
    error = refused(RequestRefused, server, client, "HTTP 400")
    assert json.loads(refusal)["message"] in str(error)
    assert json.loads(refusal)["error_code"] in str(error)
    assert len(server.requests) == 2


def test_the_rate_limit_raises_with_its_message(
    server: ScriptedServer, client: HttpClient, any_body: Callable[[str], bytes]
) -> None:
    end = (datetime.now(UTC) + timedelta(hours=5)).replace(microsecond=0)
    quota = {
        **json.loads(any_body("explore/429_quota.json")),
        "reset_time": f"{end:%Y-%m-%dT%H:%M:%SZ}",
    }
    server.answers("/records", as_json(quota, 429))
    error = refused(RateLimited, server, client, r"Too many requests.*\(10002\) \(until")
    assert isinstance(error, RateLimited)
    assert error.reset_at == end


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"total_count": None},
        {"total_count": float("inf"), "results": []},
        {"total_count": 3, "results": 1},
        {"total_count": 3, "results": ["id_pdc"]},
    ],
)
def test_an_invalid_count_is_refused(server: ScriptedServer, client: HttpClient, body: Any) -> None:
    server.answers("/records", as_json(body))
    refused(InvalidBody, server, client, "total_count")


def test_a_truncated_stream_of_a_200_is_retried_at(
    server: ScriptedServer, client: HttpClient
) -> None:
    rows = export_of(records(12))
    cut = Reply(rows.body, headers=rows.headers, fault=Fault.CUT)
    announces(server, 12)
    exports(server, cut, rows)
    assert api(server, client).realtime().record_count == 12


SHORT = export_of(records(11))
UNREADABLE = {
    "short": SHORT,
    "an empty array": as_json([]),
    "half a body": Reply(bytes_of(records(12))[:-200]),
    "a page of HTML": Reply(b"<html>Wartung</html>"),
    "an error in a 200": as_json({"error_code": "ServerError", "message": "busy"}),
    "a stream that breaks off": Reply(stored("explore/200_error_in_the_stream.txt")),
    "a 500": as_json({}, 500),
}


@pytest.mark.long
@pytest.mark.parametrize("first", UNREADABLE.values(), ids=UNREADABLE.keys())
@pytest.mark.parametrize("second", [SHORT, as_json({}, 503)], ids=["short", "503"])
def test_an_unusable_answer_is_requested_again_within_one_budget(
    server: ScriptedServer, client: HttpClient, first: Reply, second: Reply
) -> None:
    rows = records(12)
    announces(server, 12)
    exports(server, first, second, export_of(rows))
    assert api(server, client).realtime().body == bytes_of(rows)
    assert len([a for a in server.requests if a.path.endswith("/json")]) == 3

    exports(server, first, second, Reply(b"[]"), export_of(rows))
    with pytest.raises(SourceError):
        api(server, client).realtime()


def test_a_count_that_cannot_be_read_is_requested_again(
    server: ScriptedServer, client: HttpClient
) -> None:
    server.answers(
        "/records",
        as_json({"results": []}),
        as_json({}, 500),
        as_json({"total_count": 12, "results": []}),
    )
    exports(server, as_json(records(12)))
    assert api(server, client).static().record_count == 12


def test_a_snapshot_of_the_past_asks_for_count_and_export_of_one_instant(
    server: ScriptedServer, client: HttpClient
) -> None:
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=30)
    simulated = {"x_belib_simulated": "seed=1"}
    server.answers("/records", as_json({"total_count": 12, "results": []}, **simulated))
    exports(server, as_json(records(12), **simulated))
    response = api(server, client).realtime(at=at)
    assert (response.source, response.captured_at) == ("simulator:opendata_paris/realtime", at)
    assert {request.headers["x-belib-at"] for request in server.requests} == {at.isoformat()}


def test_a_complete_static_dataset_is_accepted(
    server: ScriptedServer, client: HttpClient, any_body: Callable[[str], bytes]
) -> None:
    whole = any_body("static/2024.json")
    count = len(json.loads(whole))
    announces(server, count)
    exports(server, Reply(whole).zipped())
    response = api(server, client).static()
    assert response.body == whole
    assert (response.source, response.record_count) == ("opendata_paris/static", count)
    assert {"id_pdc_local", "puissance_nominale"} < set(response.summary["fields"])
    announces(server, count + 1)
    with pytest.raises(IncompleteBody, match=f"{count} records, {count + 1} announced"):
        api(server, client).static()


def test_complete_outlines_are_accepted(
    server: ScriptedServer, client: HttpClient, any_body: Callable[[str], bytes]
) -> None:
    whole = any_body("geography/arrondissements.geojson")
    count = len(json.loads(whole)["features"])
    announces(server, count)
    server.answers("/exports/geojson", Reply(whole).zipped())
    response = api(server, client).outlines()
    assert response.body == whole
    assert (response.source, response.record_count) == ("opendata_paris/arrondissements", count)
    announces(server, count + 1)
    with pytest.raises(IncompleteBody, match=f"{count} records, {count + 1} announced"):
        api(server, client).outlines()
    server.answers("/exports/geojson", Reply(whole[:-9]))
    with pytest.raises(InvalidBody, match="cut off"):
        api(server, client).outlines()


@pytest.mark.parametrize("modified_at", ["2026-11-24T09:00:00+01:00", "2026-11-24T08:00:00"])
def test_the_modification_of_a_dataset_is_read_from_its_catalog_entry(
    server: ScriptedServer, client: HttpClient, in_paris: None, modified_at: str
) -> None:
    server.answers(NETWORK.realtime.id, as_json({"metas": {"default": {"modified": modified_at}}}))
    modified = api(server, client).modified(NETWORK.realtime.id)
    assert modified == datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.mark.parametrize("modified_at", [None, 5, "yesterday", "0001-01-01T00:00:00+14:00"])
def test_a_catalog_entry_without_a_modification_is_refused(
    server: ScriptedServer, client: HttpClient, modified_at: Any
) -> None:
    server.answers(NETWORK.realtime.id, as_json({"metas": {"default": {"modified": modified_at}}}))
    with pytest.raises(InvalidBody, match="modification"):
        api(server, client).modified(NETWORK.realtime.id)


@pytest.mark.parametrize("body", DEEP.values(), ids=DEEP)
def test_a_body_nested_too_deeply_is_refused_like_any_other(
    server: ScriptedServer, client: HttpClient, body: bytes
) -> None:
    server.answers("/records", Reply(body))
    refused(InvalidBody, server, client, "total_count")
    announces(server, 12)
    exports(server, Reply(body))
    refused(InvalidBody, server, client, "opendata_paris/realtime")
    exports(server, Reply(body, 400))
    refused(RequestRefused, server, client, "HTTP 400: ")
