"""The server fails as asked, as often as asked, and then answers again."""

from collections.abc import Iterator

import httpx
import orjson
import pytest

from belib_weather.simulator import realtime
from belib_weather_tests.unit.simulator.conftest import NOW

REALTIME = f"/api/explore/v2.1/catalog/datasets/{realtime.DATASET}"
EXPORT = f"{REALTIME}/exports/json"
FORECAST = "/v1/forecast?latitude=48.85&longitude=2.35&hourly=temperature_2m"


@pytest.fixture(autouse=True)
def no_faults_left(client: httpx.Client) -> Iterator[None]:
    yield
    client.delete("/simulator/faults")


def ask(client: httpx.Client, **fault: object) -> None:
    answer = client.post("/simulator/faults", json=fault)
    assert answer.status_code == 201, answer.text


def test_a_fault_happens_as_often_as_asked(client: httpx.Client) -> None:
    ask(client, kind="500", dataset="realtime", count=2)

    assert [client.get(EXPORT).status_code for _ in range(3)] == [500, 500, 200]


def test_an_answer_429_says_when_to_retry(client: httpx.Client) -> None:
    ask(client, kind="429", dataset="realtime", seconds=3)
    answer = client.get(EXPORT)
    body = answer.json()

    assert answer.status_code == 429
    assert body.keys() == {"errorcode", "reset_time", "limit_time_unit", "call_limit", "error"}
    assert answer.headers["x-ratelimit-remaining"] == "0"
    assert answer.headers["x-ratelimit-reset"] == body["reset_time"]


def test_broken_streams_are_no_json(client: httpx.Client) -> None:
    for kind in ("truncated", "stream_error"):
        ask(client, kind=kind, dataset="realtime")
        answer = client.get(EXPORT)
        assert answer.status_code == 200
        with pytest.raises(orjson.JSONDecodeError):
            orjson.loads(answer.content)
    assert "Streaming interrupted due to the following error" in answer.text


def test_a_short_export_is_shorter_than_the_total(client: httpx.Client) -> None:
    ask(client, kind="short", dataset="realtime")
    rows = client.get(EXPORT).json()

    assert 0 < len(rows) < client.get(f"{REALTIME}/records").json()["total_count"]


def test_a_page_in_html_comes_with_status_200(client: httpx.Client) -> None:
    ask(client, kind="html", dataset="realtime")
    answer = client.get(EXPORT)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")


def test_a_slow_answer_runs_into_a_short_time_out(client: httpx.Client) -> None:
    ask(client, kind="slow", dataset="realtime", seconds=1)
    with pytest.raises(httpx.ReadTimeout):
        client.get(EXPORT, timeout=httpx.Timeout(60, read=0.2))


def test_faults_apply_only_to_their_dataset_and_address(client: httpx.Client) -> None:
    ask(client, kind="500", dataset="realtime")

    assert client.get(f"{REALTIME}/records").status_code == 200
    assert client.get(FORECAST).status_code == 200
    assert client.get(EXPORT).status_code == 500


def test_weather_fails_in_its_own_shapes(client: httpx.Client) -> None:
    ask(client, kind="429", dataset="forecast")
    ask(client, kind="short", dataset="forecast")
    refused, short, whole = (client.get(FORECAST) for _ in range(3))

    assert refused.status_code == 429
    assert "API request limit exceeded" in refused.json()["reason"]
    assert len(short.json()["hourly"]["time"]) < len(whole.json()["hourly"]["time"])


def test_unknown_faults_are_refused(client: httpx.Client) -> None:
    for fault in (
        {"kind": "fire", "dataset": "realtime"},
        {"kind": "500", "dataset": "velib"},
        [1],
    ):
        answer = client.post("/simulator/faults", json=fault)
        assert answer.status_code == 400
        assert answer.json()["error"]
    assert client.get("/simulator").json()["faults"] == []


def test_status_shows_the_clock(client: httpx.Client) -> None:
    assert client.get("/simulator").json()["now"] == NOW.isoformat()
