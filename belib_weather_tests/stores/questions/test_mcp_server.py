"""The MCP server, asked by the SDK's own client, and the same questions over plain HTTP."""

import inspect
import socket
import threading
import time
from collections.abc import Iterator

import anyio
import httpx
import pytest
import uvicorn
from mcp.client import Client
from openapi_spec_validator import validate

from belib_weather.cli.app import mcp
from belib_weather.questions import TOOLS, Warehoused, tool_named
from belib_weather.questions.mcp_server import http_app, server
from belib_weather.questions.openapi import MCP_PORT, document
from belib_weather_tests.stores.questions.conftest import NEAR

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


def test_a_client_gets_the_numbers_of_every_tool(data: Warehoused) -> None:
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


@pytest.fixture
def url(data: Warehoused) -> Iterator[str]:
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


def test_over_http_nobody_comes_in_without_the_token(data: Warehoused, url: str) -> None:
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


def test_a_client_asks_over_http(data: Warehoused, url: str) -> None:
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
    described = document()
    validate(described)
    assert inspect.signature(mcp).parameters["port"].default == MCP_PORT
    assert described["paths"].keys() == {f"/questions/{tool.name}" for tool in TOOLS}
