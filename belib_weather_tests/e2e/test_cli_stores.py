"""Commands on stores that the settings address: import, raw, doctor, env, up, and refusals."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import httpx
import psycopg
import pytest
import sqlalchemy as sa
from pymongo.database import Database

from belib_weather.lake import RAW_SNAPSHOTS, Lake
from belib_weather.search import SearchStore
from belib_weather_tests.bodies import FOLDER
from belib_weather_tests.e2e.commands import Commands
from belib_weather_tests.faults.test_waiting_runs import wait
from belib_weather_tests.stores.lake.sample import Sample
from belib_weather_tests.unit.transform.reference import stations_of

NOBODY = "http://127.0.0.1:9"
AMONG_LIVE_DATA = "holds live data, so simulated data is not written there"


@pytest.fixture
def settings(
    mongo_url: str,
    mongo_database: Database[dict[str, Any]],
    warehouse_url: str,
    dagster_url: str,
    elasticsearch_url: str,
    search: SearchStore,
) -> dict[str, str]:
    """Settings that address fresh stores and no public API."""
    return {
        "MONGO_URL": mongo_url,
        "MONGO_DATABASE": mongo_database.name,
        "POSTGRES_URL": warehouse_url,
        "DAGSTER_POSTGRES_URL": dagster_url,
        "ELASTICSEARCH_URL": elasticsearch_url,
        "INDEX_PREFIX": search.prefix,
        "EXPLORE_API_URL": f"{NOBODY}/api",
        "OPEN_METEO_FORECAST_URL": f"{NOBODY}/v1/forecast",
        "HTTP_ATTEMPTS": "1",
        "MINIMUM_CHARGE_POINTS": "10",
    }


@pytest.fixture
def command(
    tmp_path: Path, settings: dict[str, str], mongo_database: Database[dict[str, Any]]
) -> Iterator[Commands]:
    command = Commands(tmp_path / "home", settings)
    yield command
    command("stop")
    # The demonstration keeps apart from live data by names of its own.
    mongo_database.client.drop_database(f"{mongo_database.name}_demo")
    with httpx.Client(base_url=settings["ELASTICSEARCH_URL"], timeout=30) as server:
        for index in server.get(f"/{settings['INDEX_PREFIX']}_demo-*").json():
            server.delete(f"/{index}").raise_for_status()


EXPORTS = [
    str(FOLDER / "realtime" / f"{name}.json") for name in ("2022", "2022_five_minutes_later")
]


@pytest.mark.slow
def test_exports_are_imported_once_and_shown_byte_for_byte(command: Commands) -> None:
    filtered = str(FOLDER / "realtime" / "2023_stale_only.json")

    # A city of few points: its newest stamps are too far apart to show the time of capture.
    times = ("2022-12-13T15:38:42Z", "2022-12-13T15:43:00Z")
    first = command("import", EXPORTS[0], filtered, "--captured-at", times[0])
    assert first.code == 1
    assert f"landed, 15 charge points captured at {times[0]}" in first.out
    later = command.here("import", EXPORTS[1], "--captured-at", times[1])
    assert (later.code, "landed, 16 charge points captured at" in later.out) == (0, True)
    assert f"{filtered}: refused: " in first.err
    assert "BELIB_START=2022-12-13" in first.err

    second = command.here("import", EXPORTS[1], "--captured-at", times[1])
    assert second.code == 0
    assert second.out.count("is there already") == 1

    clash = command.here("import", EXPORTS[1], "--captured-at", "2022-12-13T15:38:42Z")
    assert clash.code == 1
    assert "say when with --captured-at" in clash.err

    listed = command.here("raw", "list", "--from", "2022-12-13T15:40Z", "--to", "2022-12-14")
    [line] = listed.out.splitlines()[1:]
    assert line.split()[:3] == [
        "2022-12-13T15:43:00Z",
        "raw_belib_snapshots",
        "opendata_paris/realtime",
    ]

    shown = json.loads(command.here("raw", "show", "snapshots", line.split()[-1]).out)
    assert len(shown["body"]) == shown["record_count"] == 16
    by_second = command.here("raw", "show", "raw_belib_snapshots", "2022-12-13T15:43:00Z", "--body")
    assert by_second.out.encode() == Path(EXPORTS[1]).read_bytes()

    refused = command.here("env", "--mode", "demo")
    assert refused.code == 1
    assert AMONG_LIVE_DATA in refused.err


@pytest.mark.slow
def test_the_demo_writes_nothing_among_live_data(command: Commands) -> None:
    landed = command.here("import", EXPORTS[0], "--captured-at", "2022-12-13T15:38:42Z")
    assert landed.code == 0, landed.err

    demo = command("demo", "--days", "0", "--no-serve")

    assert demo.code == 1
    assert AMONG_LIVE_DATA in demo.err
    assert command.running() == []


def test_a_wrong_argument_is_one_clear_line(command: Commands) -> None:
    for arguments, message in (
        (("raw", "show", "raw_weather", "yesterday"), "'yesterday' is not an instant"),
        (("raw", "list", "--dataset", "trains"), "there is no dataset 'trains'"),
        (("raw", "show", "weather", "newest"), "raw_weather holds no document newest"),
        (("import", "/nowhere.json"), "/nowhere.json: refused: No such file or directory"),
    ):
        result = command.here(*arguments)
        assert (result.code, result.out) == (1, "")
        assert message in result.err
    mistaken = Commands(command.home, {"MONGO_URL": "localhost", "MODES": "demo"})
    wrong = mistaken.here("raw", "list")
    assert wrong.code == 1
    assert "BELIB_MONGO_URL" in wrong.err
    assert "did you mean BELIB_MODE?" in wrong.err


def test_the_doctor_reports_which_servers_answer(
    command: Commands, settings: dict[str, str]
) -> None:
    result = command.here("doctor")
    assert result.code == 2
    for name in ("MongoDB", "PostgreSQL", "Dagster's PostgreSQL", "Elasticsearch"):
        assert re.search(rf"^ok +{name} +external, \d", result.out, re.MULTILINE), result.out
    assert re.search(r"schema \d+ up to date", result.out)
    assert re.search(r"^wrong +Belib feed ", result.out, re.MULTILINE)

    secret = "not-the-password"
    mistaken = sa.make_url(settings["POSTGRES_URL"]).set(password=secret)
    url = mistaken.render_as_string(hide_password=False)
    result = Commands(command.home, {**settings, "POSTGRES_URL": url}).here("doctor")
    assert result.code == 2
    assert re.search(
        r"^wrong +PostgreSQL .*password authentication failed", result.out, re.MULTILINE
    )
    assert secret not in result.out + result.err


@pytest.mark.slow
def test_env_lets_a_shell_materialize(command: Commands) -> None:
    """Imported snapshots, five minutes apart, become observed facts by Dagster's own command."""
    start = datetime(2026, 11, 2, 10, tzinfo=UTC)
    for minute, export in zip((0, 5), EXPORTS, strict=True):
        at = start.replace(minute=minute).isoformat()
        assert command.here("import", export, "--captured-at", at).code == 0
    script = """
        eval "$("$0" -m belib_weather.cli env)" || exit 9
        "$0" -m dagster asset materialize -m belib_weather.definitions \
            --select raw_belib_snapshots,availability_facts --partition 2026-11-02-10:00
    """
    done = subprocess.run(
        ["bash", "-c", script, sys.executable],
        cwd=command.home.parent,
        env=command.environment | {"BELIB_START": "2026-11-01"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    url = command.environment["BELIB_POSTGRES_URL"].replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*), sum(charge_points), sum(any_observed_seconds) FROM availability_facts"
        ).fetchone()
    assert row
    stations = len(stations_of(Path(EXPORTS[1]).read_bytes()))
    assert row[:2] == (stations, 16)
    assert row[2] == stations * 300


@pytest.mark.slow
def test_a_history_that_cannot_be_filled_fails_with_the_reason(
    command: Commands, settings: dict[str, str]
) -> None:
    few = {"MINIMUM_CHARGE_POINTS": "5000", "DEMO_CHARGE_POINTS": "100"}
    strict = Commands(command.home, settings | few)
    result = strict("demo", "--days", "0", "--no-serve")
    assert result.code == 1
    assert re.search(r"not everything could be filled: .* fewer than the 5000", result.err)
    assert command.running() == []


@pytest.mark.slow
def test_up_without_a_network_keeps_running_and_late_data_is_an_error_in_doctor(
    command: Commands, lake: Lake, instance: dg.DagsterInstance, dagster_url: str
) -> None:
    lake.append(RAW_SNAPSHOTS, Sample(datetime.now(UTC) - timedelta(minutes=50)))
    command.environment |= {"BELIB_DISK_LOW_MB": str(10**9), "FORCE_COLOR": "1"}
    up = command.start("up")
    output = up.wait_for("Ready after")
    assert "No snapshot yet:" in output
    assert "Is there a network?" in output
    assert [line for line in command.running() if "belib_weather.local.daemon" in line]
    in_red = re.search(
        r"\x1b\[1;31m.*UTC  [\d,]+ MB free: that is little", up.wait_for("is little")
    )
    assert in_red, output

    wait(instance, dagster_url, 9)
    doctor = command("doctor")
    assert doctor.code == 2
    wrong = dict(re.findall(r"\x1b\[1;31mwrong *\x1b\[0m(\S.*?)  +(.+)$", doctor.out, re.MULTILINE))
    assert re.match(r"newest snapshot older than two polls: 5\d min old", wrong["Polls"])
    assert re.match(r"\d+ runs queued, the oldest for 9 min", wrong.get("Run queue", "")), (
        doctor.out
    )
    assert re.search(r"\x1b\[33mwarn *\x1b\[0mDisk +.*MB free: that is little", doctor.out)
    assert "Belib feed" in wrong

    result = command("stop")
    assert f"live: stopped `belib-weather up` (process {up.process.pid})" in result.out
    assert up.process.wait() == 0
    assert command.running() == []
