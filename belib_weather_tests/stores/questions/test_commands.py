"""`ask` and `mcp` as a person types them."""

import os
from pathlib import Path

import pytest

from belib_weather.questions import WarehouseReader
from belib_weather_tests.e2e.commands import Commands
from belib_weather_tests.stores.questions.model_server import (
    KEY,
    Scripted,
    calls,
    fails,
    model_server,
    says,
)


@pytest.fixture
def command(filled_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """Commands on a warehouse that is filled, and without a key."""
    for name in [name for name in os.environ if name.startswith("OPENAI_")]:
        monkeypatch.delenv(name)
    return Commands(tmp_path / "home", {"POSTGRES_URL": filled_url})


def test_ask_prints_the_answer_and_its_figures_and_never_the_key(
    data: WarehouseReader, command: Commands
) -> None:
    with model_server() as model:
        model.script = [calls("saturation", '{"week": "2026-11-10"}'), says("40 % in the 11th.")]
        command.environment |= {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": model.url}
        shown = command("ask", "Which is fullest, the 11th?", "--show-requests")
        made_up = command.here("ask", "And now?")
    assert shown.code == 0, shown.err
    assert shown.out == "40 % in the 11th.\n"
    assert "saturation_percent 40.0" in shown.err
    assert '"role": "user"' in shown.err
    assert (made_up.code, made_up.out) == (1, "")
    assert "which no tool returned" in made_up.err
    assert KEY not in shown.out + shown.err + made_up.out + made_up.err


def test_without_a_key_nothing_is_sent(command: Commands) -> None:
    done = command.here("ask", "Where?")
    assert done.code == 1
    assert "OPENAI_API_KEY is not set, so nothing is sent anywhere" in done.err


@pytest.mark.parametrize("words", [("ask", "Where?"), ("mcp",)])
def test_stores_of_another_version_are_one_clear_line(
    command: Commands, empty_database: str, words: tuple[str, ...]
) -> None:
    command.environment |= {"BELIB_POSTGRES_URL": empty_database, "OPENAI_API_KEY": KEY}
    done = command.here(*words)
    assert (done.code, done.out) == (1, "")
    assert "start the platform once" in done.err


@pytest.mark.parametrize(
    ("answer", "says_what"),
    [
        (fails(401), "refuses the key in OPENAI_API_KEY"),
        (calls("delete_everything", "not JSON"), "called tools 6 times without an answer"),
    ],
)
def test_a_fault_of_the_model_is_one_line_and_exit_code_1(
    data: WarehouseReader, command: Commands, answer: Scripted, says_what: str
) -> None:
    with model_server() as model:
        model.script = [answer]
        command.environment |= {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": model.url}
        done = command.here("ask", "Where?")
    assert (done.code, done.out) == (1, "")
    assert says_what in " ".join(done.err.split())
    assert KEY not in done.err
