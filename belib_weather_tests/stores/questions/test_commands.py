"""`ask` and `mcp` as a person types them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from belib_weather.questions import Warehoused
from belib_weather_tests.stores.questions.model_server import (
    KEY,
    Scripted,
    calls,
    fails,
    model_server,
    says,
)


def _run(
    warehouse_url: str, tmp_path: Path, *words: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    own = {"BELIB_POSTGRES_URL": warehouse_url, "BELIB_HOME": str(tmp_path / "home")}
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")
    }
    return subprocess.run(
        [sys.executable, "-m", "belib_weather.cli", *words],
        env={**environment, **own, **variables},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_ask_prints_the_answer_and_its_figures_and_never_the_key(
    data: Warehoused, filled_url: str, tmp_path: Path
) -> None:
    with model_server() as model:
        model.script = [calls("saturation", '{"week": "2026-11-10"}'), says("40 % in the 11th.")]
        server = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": model.url}
        shown = _run(
            filled_url,
            tmp_path,
            "ask",
            "Which is fullest, the 11th?",
            "--show-requests",
            **server,
        )
        made_up = _run(filled_url, tmp_path, "ask", "And now?", **server)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout == "40 % in the 11th.\n"
    assert "saturation_percent 40.0" in shown.stderr
    assert '"role": "user"' in shown.stderr
    assert (made_up.returncode, made_up.stdout) == (1, "")
    assert "which no tool returned" in made_up.stderr
    assert KEY not in shown.stdout + shown.stderr + made_up.stdout + made_up.stderr


def test_without_a_key_nothing_is_sent(filled_url: str, tmp_path: Path) -> None:
    done = _run(filled_url, tmp_path, "ask", "Where?")
    assert done.returncode == 1
    assert "OPENAI_API_KEY is not set, so nothing is sent anywhere" in done.stderr


@pytest.mark.parametrize("words", [("ask", "Where?"), ("mcp",)])
def test_stores_of_another_version_are_one_clear_line(
    empty_database: str, tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = _run(empty_database, tmp_path, *words, OPENAI_API_KEY=KEY)
    assert (done.returncode, done.stdout) == (1, "")
    assert "start the platform once" in done.stderr


@pytest.mark.parametrize(
    ("answer", "says_what"),
    [
        (fails(401), "refuses the key in OPENAI_API_KEY"),
        (calls("delete_everything", "not JSON"), "called tools 6 times without an answer"),
    ],
)
def test_what_the_model_does_wrong_is_one_line_and_exit_code_1(
    data: Warehoused, filled_url: str, tmp_path: Path, answer: Scripted, says_what: str
) -> None:
    with model_server() as model:
        model.script = [answer]
        server = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": model.url}
        done = _run(filled_url, tmp_path, "ask", "Where?", **server)
    assert (done.returncode, done.stdout) == (1, "")
    assert says_what in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert KEY not in done.stderr
