"""The README's lines for CI, literally: from nothing, on servers of their own."""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from belib_weather_tests.e2e.commands import Commands
from belib_weather_tests.graph.conftest import CHARGE_POINTS
from belib_weather_tests.local_stores import CHECKOUT

README = (CHECKOUT / "README.md").read_text(encoding="utf-8")


def lines_after(sentence: str) -> str:
    """The commands of the block that follows a sentence."""
    block = re.search(rf"{re.escape(sentence)}.*?```console\n(.*?)```", README, re.DOTALL)
    assert block
    return re.sub(r"^\$ ", "", block[1], flags=re.MULTILINE)


@pytest.fixture
def command(api: str, tmp_path: Path) -> Iterator[Commands]:
    settings = {
        "EXPLORE_API_URL": f"{api}/api/explore/v2.1",
        "MINIMUM_CHARGE_POINTS": str(CHARGE_POINTS // 2),
    }
    command = Commands(tmp_path / "home", settings)
    yield command
    command("stop")


def run(
    script: str, command: Commands, folder: Path = CHECKOUT
) -> subprocess.CompletedProcess[str]:
    programs = Path(sys.executable).parent
    path = f"{programs}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=command.environment | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )


@pytest.mark.slow
def test_the_paragraph_for_ci_fills_stores_that_readers_can_read(command: Commands) -> None:
    script = lines_after("In CI, or wherever there is a shell")
    assert script.startswith("belib-weather stores up\n")
    done = run(script, command)
    if "belib-weather[embedded]" in done.stderr and os.environ.get("CI") != "true":
        pytest.skip("the embedded servers are not installed (belib-weather[embedded])")
    assert done.returncode == 0, done.stderr[-3000:]

    printed = command("env", "--reader")
    variables = dict(word.split("=", 1) for word in shlex.split(printed.out) if "=" in word)
    with psycopg.connect(variables["BELIB_POSTGRES_URL"], autocommit=True) as reader:
        facts = reader.execute("SELECT count(*) FROM availability_facts").fetchone()
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            reader.execute("DELETE FROM availability_facts")
    assert facts
    assert facts[0] > 0
    example = lines_after("**Stations that were full, by arrondissement**")
    result = run(f'eval "$(belib-weather env --reader)"\n{example}', command)
    assert json.loads(result.stdout)["hits"]["total"]["value"] == facts[0]

    assert command("stores", "down").out == "live: stopped the stores\n"
    assert command.running() == []


@pytest.mark.parametrize(
    ("is_checkout", "code"), [(True, 2), pytest.param(False, 1, marks=pytest.mark.slow)]
)
def test_a_dagster_command_without_stores_says_how_to_start_them_and_requests_no_feed(
    is_checkout: bool, code: int, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as feed:
        port = feed.getsockname()[1]
        alone = Commands(
            tmp_path / "home",
            {"EXPLORE_API_URL": f"http://127.0.0.1:{port}/api", "HTTP_TIMEOUT_SECONDS": "1"},
        )
        script = lines_after("In CI, or wherever there is a shell")
        (line,) = re.findall(
            r"^dagster asset materialize .*\n.*raw_belib_snapshots.*$", script, re.M
        )
        folder = CHECKOUT if is_checkout else tmp_path
        done = run(f"hour=$(date -u +%Y-%m-%d-%H:00)\n{line}", alone, folder)

        assert done.returncode == code, done.stderr
        assert "tart the stores with `belib-weather stores up`" in done.stderr, done.stderr
        feed.setblocking(False)
        with pytest.raises(BlockingIOError):
            feed.accept()
    assert not alone.home.exists()
