"""A question in words, against a contract stub of the model's server (`model_server`)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from openai import OpenAI

from belib_weather.questions import TOOLS, CannotAnswer, WarehouseReader
from belib_weather.questions.conversation import AssistantError, Reply, UnknownFigures, converse
from belib_weather_tests.stores.questions.conftest import HOSTILE
from belib_weather_tests.stores.questions.model_server import (
    KEY,
    ModelServer,
    calls,
    fails,
    late,
    model_server,
    refuses,
    says,
)

QUESTION = "Where can I charge near the Gare de Lyon tomorrow at 18:00?"
NEAR_LYON = json.dumps({"place": "Gare de Lyon", "at": "2026-11-19T18:00"})


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with model_server() as served:
        yield served


def _ask(data: WarehouseReader, model: ModelServer, **options: Any) -> Reply:
    client = OpenAI(api_key=KEY, base_url=model.url, max_retries=0, timeout=10)
    return converse(client, "scripted", data, QUESTION, **options)


def test_the_answer_names_what_the_tool_returned(data: WarehouseReader, model: ModelServer) -> None:
    text = "Go to station 1: the chance is 93 % (83 to 98 %), seen on 7 days. Simulated data."
    model.script = [calls("stations_near", NEAR_LYON), says(text)]
    reply = _ask(data, model)
    assert reply.text == text
    assert [row["chance_percent"] for row in reply.answers[0]["rows"]] == [93.0, 60.0]
    sent = model.requests[-1]["messages"]
    assert json.loads(sent[-1]["content"]) == reply.answers[0]
    assert "Wednesday 2026-11-18 11:00 in Paris" in sent[0]["content"]
    assert [tool["function"]["name"] for tool in model.requests[0]["tools"]] == [
        tool.name for tool in TOOLS
    ]


def test_a_figure_that_no_tool_returned_is_not_shown(
    data: WarehouseReader, model: ModelServer
) -> None:
    model.script = [calls("stations_near", NEAR_LYON), says("The chance is 99 %.")]
    with pytest.raises(UnknownFigures, match="99") as refused:
        _ask(data, model)
    assert refused.value.answers


def test_figures_without_any_tool_are_not_shown(data: WarehouseReader, model: ModelServer) -> None:
    model.script = [says("There are 42 free points.")]
    with pytest.raises(UnknownFigures, match="42"):
        _ask(data, model)


def test_instructions_in_an_address_are_treated_as_data(
    data: WarehouseReader, model: ModelServer
) -> None:
    """Also of a model that obeys it: there is no tool that does anything."""
    model.script = [
        calls("stations_near", NEAR_LYON),
        calls("delete_everything", "{}", call="call-2"),
        says("I cannot do that."),
    ]
    assert _ask(data, model).text == "I cannot do that."
    messages = model.requests[-1]["messages"]
    roles = {message["role"] for message in messages if HOSTILE in str(message.get("content"))}
    assert roles == {"tool"}
    assert "there is no tool delete_everything" in messages[-1]["content"]
    assert all(request["tools"] == model.requests[0]["tools"] for request in model.requests)


@pytest.mark.parametrize(
    "arguments",
    ["not JSON", "[1]", '{"place": 7, "sql": "DROP"}', "", '{"place": ' + "[" * 100_000],
)
def test_wrong_arguments_are_reported_to_the_model(
    data: WarehouseReader, model: ModelServer, arguments: str
) -> None:
    model.script = [calls("stations_near", arguments), says("I do not know.")]
    assert _ask(data, model).answers == []
    assert "error" in json.loads(model.requests[-1]["messages"][-1]["content"])


NO_COMPLETIONS: tuple[Any, ...] = (
    {"choices": [{}]},
    {"choices": "x"},
    {"choices": [{"message": {"content": None, "tool_calls": [{"id": "1"}]}}]},
    [],
    "text",
    None,
)


@pytest.mark.parametrize(
    ("answer", "says_what"),
    [
        (fails(401), "refuses the key in OPENAI_API_KEY"),
        (fails(403), "does not let this key"),
        (fails(404), "set BELIB_OPENAI_MODEL"),
        (fails(429), "limits the rate, .*: wait, then ask again"),
        (fails(429, Retry_After="120"), "wait 120 s, then ask again"),
        (fails(500), "status 500"),
        ({"status": 200, "headers": {}, "body": {"hello": "world"}}, "no chat completion"),
        (says("", finish_reason="content_filter"), "refuses to answer"),
        (says("half an", finish_reason="length"), "ran out of room"),
        (says(""), "answered nothing"),
        (refuses("I must not"), "refuses to answer"),
        (says("a" * 20_001), "answered 20,001 characters"),
        *(
            ({"status": 200, "headers": {}, "body": body}, "no chat completion")
            for body in NO_COMPLETIONS
        ),
        (calls("data_quality", "{}"), "without an answer"),
    ],
)
def test_a_fault_of_the_server_is_one_clear_error_without_the_key(
    data: WarehouseReader, model: ModelServer, answer: dict[str, Any], says_what: str
) -> None:
    model.script = [answer]
    with pytest.raises(AssistantError, match=says_what) as failed:
        _ask(data, model)
    assert KEY not in str(failed.value)


def test_a_hundred_tool_calls_at_once_are_not_executed(
    data: WarehouseReader, model: ModelServer
) -> None:
    many = calls("data_quality", "{}")
    message = many["body"]["choices"][0]["message"]
    message["tool_calls"] = message["tool_calls"] * 100
    model.script = [many]
    with pytest.raises(AssistantError, match="100 times at once"):
        _ask(data, model)


def test_a_server_that_is_slow_is_named(data: WarehouseReader, model: ModelServer) -> None:
    model.script = [late(says("All is well."), 30)]
    client = OpenAI(api_key=KEY, base_url=model.url, max_retries=0, timeout=0.2)
    with pytest.raises(AssistantError, match=r"/v1 did not answer in 0\.2 s: ask again"):
        converse(client, "scripted", data, QUESTION)


def test_a_server_that_asks_to_wait_is_asked_again_after_it(
    data: WarehouseReader, model: ModelServer
) -> None:
    model.script = [fails(429, Retry_After_Ms="20"), says("I do not know.")]
    client = OpenAI(api_key=KEY, base_url=model.url, max_retries=2, timeout=10)
    assert converse(client, "scripted", data, QUESTION).text == "I do not know."
    assert len(model.requests) == 2


def test_a_server_that_is_not_there_is_named(data: WarehouseReader) -> None:
    client = OpenAI(api_key=KEY, base_url="http://127.0.0.1:9/v1", max_retries=0)
    with pytest.raises(AssistantError, match=r"127\.0\.0\.1:9/v1 is not reached"):
        converse(client, "any", data, QUESTION)
    with pytest.raises(CannotAnswer, match="characters"):
        converse(client, "any", data, " ")


def test_the_request_is_shown_before_it_is_sent_and_holds_no_key(
    data: WarehouseReader, model: ModelServer
) -> None:
    shown: list[str] = []
    model.script = [calls("data_quality", "{}"), says("All is well.")]
    _ask(data, model, show=lambda request: shown.append(json.dumps(request, default=str)))
    assert [json.loads(text) for text in shown] == model.requests
    assert model.keys == {KEY}
    assert KEY not in "".join(shown)
