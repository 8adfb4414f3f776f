"""The MCP server, asked by the SDK's own client, and the same questions over plain HTTP."""

import inspect
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import anyio
import httpx
import pytest
import sqlalchemy as sa
import uvicorn

from belib_weather.cli.app import mcp
from belib_weather.questions import TOOLS, WarehouseReader, tool_named
from belib_weather.questions.mcp_server import http_app, server
from belib_weather.questions.openapi import MCP_PORT, document
from belib_weather_tests.stores.questions.conftest import DEAD, NEAR, NOW

TOKEN = "token-of-the-test-0123456789"
QUESTIONS: dict[str, dict[str, object]] = {
    "stations_near": {"place": "Gare de Lyon", "at": "2026-11-19T18:00"},
    "station": {"station": NEAR},
    "best_hours": {"station": NEAR},
    "reliability": {},
    "saturation": {},
    "weather_association": {},
    "data_quality": {"days": 1},
}


def test_a_client_gets_the_numbers_of_every_tool(data: WarehouseReader) -> None:
    from mcp.client import Client

    async def ask() -> None:
        async with Client(server(data, "1")) as client:
            listed = await client.list_tools()
            assert [tool.name for tool in listed.tools] == [tool.name for tool in TOOLS]
            assert all(
                tool.annotations and tool.annotations.read_only_hint for tool in listed.tools
            )
            for name, arguments in QUESTIONS.items():
                result = await client.call_tool(name, arguments)
                own = tool_named(name).ask(data, arguments).model_dump(mode="json")
                assert result.structured_content == own
            wrong = await client.call_tool("station", {"station": "nowhere"})
            assert wrong.is_error
            assert "no station" in str(wrong.content)

    anyio.run(ask)
    assert QUESTIONS.keys() == {tool.name for tool in TOOLS}


@dataclass(frozen=True)
class Question:
    """A question of an audience: the tool's call, and the SQL whose rows are the same numbers.

    Attributes:
        tool: its name.
        arguments: of the call.
        fields: of the answer's rows, in the order of the columns of the SQL.
        sql: written from docs/metrics.md, not from the code.
    """

    tool: str
    arguments: dict[str, object]
    fields: str
    sql: str


SQL_VALUES = {"week": date(2026, 11, 9), "dead": DEAD, "since": NOW - timedelta(days=1)}
OF_AUDIENCES = {
    "drivers": Question(
        "stations_near",
        {"place": "Gare de Lyon", "at": "2026-11-19T18:00"},
        "station_id chance_percent chance_percent_low chance_percent_high days_observed",
        "SELECT area, round((100 * estimated_chance)::numeric, 1)::float8,"
        " round((100 * estimated_chance_low)::numeric, 1)::float8,"
        " round((100 * estimated_chance_high)::numeric, 1)::float8, days_observed"
        " FROM occupancy_profile JOIN station_states ON station_id = area"
        " WHERE scope = 'station' AND local_weekday = 4 AND local_hour = 18"
        " AND latitude BETWEEN 48.84 AND 48.85 ORDER BY estimated_chance DESC",
    ),
    "visitors": Question(
        "stations_near",
        {"place": "48.8443,2.3744", "at_least_kw": 7},
        "station_id state_now free_points_now charge_points",
        "SELECT station_id, station_status, available, charge_points FROM station_states"
        " WHERE power_kw >= 7 AND latitude BETWEEN 48.84 AND 48.85 ORDER BY available DESC",
    ),
    "operators": Question(
        "station",
        {"station": DEAD},
        "station_id state_now charge_points free_points occupied_points out_of_order_points",
        "SELECT station_id, station_status, charge_points, available, occupied, out_of_order"
        " FROM station_states WHERE station_id = :dead",
    ),
    "fleets": Question(
        "reliability",
        {},
        "station_id availability_percent hours_down outages_begun charge_points",
        "SELECT station_id, 100.0 * up_seconds / (up_seconds + down_seconds),"
        " down_seconds / 3600.0, outages_begun, charge_points FROM station_reliability"
        " WHERE period = 'week' AND starts_on = :week ORDER BY available_seconds",
    ),
    "planners": Question(
        "saturation",
        {},
        "arrondissement saturation_percent",
        "SELECT arrondissement, 100.0 * full_seconds / (any_available_seconds + full_seconds)"
        " FROM saturation WHERE scope = 'arrondissement' AND week = :week"
        " ORDER BY full_seconds DESC",
    ),
    "researchers": Question(
        "weather_association",
        {},
        "points_of_occupancy at_least at_most hours days",
        "SELECT 100 * difference, 100 * difference_low, 100 * difference_high, hours, days"
        " FROM weather_association WHERE scope = 'city' AND standing <> 'withheld'",
    ),
    "app developers": Question(
        "data_quality",
        {"days": 1},
        "hours snapshots snapshots_expected answers_refused observed_percent",
        "SELECT count(*), sum(snapshots), sum(expected_snapshots), sum(refused),"
        " 100.0 * sum(observed_seconds) / (3600 * count(*)) FROM feed_hours"
        " WHERE NOT is_provisional AND hour >= :since",
    ),
}


def test_a_client_gets_the_numbers_that_sql_gives_for_each_of_the_seven_audiences(
    data: WarehouseReader, filled_url: str
) -> None:
    from mcp.client import Client

    async def ask() -> dict[str, list[dict[str, Any]]]:
        async with Client(server(data, "1")) as client:
            answers = {}
            for audience, question in OF_AUDIENCES.items():
                result = await client.call_tool(question.tool, question.arguments)
                assert result.structured_content, audience
                answers[audience] = result.structured_content["rows"]
            return answers

    answers = anyio.run(ask)
    engine = sa.create_engine(filled_url)
    with engine.connect() as connection:
        for audience, question in OF_AUDIENCES.items():
            in_sql = [tuple(row) for row in connection.execute(sa.text(question.sql), SQL_VALUES)]
            shown = [
                tuple(row[name] for name in question.fields.split()) for row in answers[audience]
            ]
            assert shown, audience
            assert len(shown) == len(in_sql), audience
            for ours, theirs in zip(shown, in_sql, strict=True):
                numbers = [float(v) if isinstance(v, Decimal) else v for v in theirs]
                assert list(ours) == pytest.approx(numbers, abs=0.051), audience
    engine.dispose()


@pytest.fixture
def url(data: WarehouseReader) -> Iterator[str]:
    """The HTTP server on loopback."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(http_app(data, "1", TOKEN), log_level="error")
    served = uvicorn.Server(config)
    thread = threading.Thread(target=served.run, kwargs={"sockets": [listening]})
    thread.start()
    while not served.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    served.should_exit = True
    thread.join()


def test_requests_over_http_without_the_token_are_refused(data: WarehouseReader, url: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        for path in ("/mcp", "/questions/saturation", "/openapi.json"):
            assert httpx.post(f"{url}{path}", headers=headers, json={}).status_code == 401
    known = {"Authorization": f"Bearer {TOKEN}"}
    answer = httpx.post(f"{url}/questions/saturation", headers=known, json={"arrondissement": 11})
    assert answer.json()["rows"][0]["saturation_percent"] == 40.0
    wrong = httpx.post(f"{url}/questions/saturation", headers=known, json={"sql": "DROP"})
    assert (wrong.status_code, "sql" in wrong.json()["error"]) == (422, True)
    assert httpx.post(f"{url}/questions/x", headers=known, content=b"{").status_code in (400, 404)
    other = {**known, "Host": "evil.example.org"}
    assert httpx.post(f"{url}/mcp", headers=other, json={}).status_code in (403, 421)


def test_a_client_asks_over_http(data: WarehouseReader, url: str) -> None:
    initialize = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "saturation", "arguments": {"arrondissement": 12}},
    }
    headers = {
        "Authorization": f"Bearer {TOKEN}",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2025-11-25",
    }
    answer = httpx.post(f"{url}/mcp", headers=headers, json=initialize)
    assert answer.json()["result"]["structuredContent"]["rows"][0]["saturation_percent"] == 10.0


def test_the_openapi_document_is_valid_and_has_every_tool() -> None:
    from openapi_spec_validator import validate

    described = document()
    validate(described)
    assert inspect.signature(mcp).parameters["port"].default == MCP_PORT
    assert described["paths"].keys() == {f"/questions/{tool.name}" for tool in TOOLS}
