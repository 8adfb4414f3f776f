"""Nothing starts unasked: a command without its stores says what starts them, and ends."""

from pathlib import Path

import psutil
import pytest
from typer.testing import Result

from belib_weather.clock import utc_now
from belib_weather.embedded.home import Home
from belib_weather.lake import LakeUnavailable
from belib_weather.local import serving
from belib_weather.local.backup import MANIFEST, Manifest
from belib_weather.resources import Clock, platform_resources
from belib_weather.search import SearchUnavailable
from belib_weather.settings import Settings
from belib_weather.warehouse import WarehouseUnavailable
from belib_weather_tests.unit.cli.conftest import Command, every_command, process_with

MODES = {"live": "belib-weather stores up", "demo": "belib-weather stores up --mode demo"}
_ID = "0" * 24


def processes_of(home: Path) -> list[str]:
    lines = [" ".join(p.info["cmdline"] or ()) for p in psutil.process_iter(["cmdline"])]
    return [line for line in lines if f"{home}/" in line]


COMMANDS = (
    ("env",),
    ("raw", "list"),
    ("raw", "show", "snapshots", "newest"),
    ("raw", "set-aside", _ID, "--reason", "x"),
    ("raw", "take-back", _ID),
    ("raw", "accept", _ID),
    ("kibana", "preview"),
    ("mcp",),
    ("metrics",),
    ("backup", "copy"),
    ("restore", "whole"),
)
STARTING = {("demo",), ("up",), ("stores", "up")}
STOPPING = {("stop",), ("stores", "down")}
WITHOUT_STORES = {
    ("version",),
    ("ask", "why"),
    ("forecast", "backtest", "history.parquet"),
    ("kibana", "check"),
    ("kibana", "export"),
    ("kibana", "import"),
}
"""They work on files, on Kibana or on another service, or say what they lack."""


def test_every_command_has_a_test_without_stores() -> None:
    tested = {*COMMANDS, ("doctor",), ("import", "export.json")}
    assert {*every_command()} == tested | STARTING | STOPPING | WITHOUT_STORES


@pytest.mark.parametrize(
    ("arguments", "mode"),
    [*((one, "live") for one in COMMANDS), *((one, "demo") for one in (("env",), ("raw", "list")))],
    ids=str,
)
def test_a_command_without_stores_names_how_to_start_them_and_starts_nothing(
    command: Command, home: Path, arguments: tuple[str, ...], mode: str
) -> None:
    manifest = Manifest(version="1", made_at=utc_now(), mode=mode, files=[])
    Path("whole").mkdir()
    (Path("whole") / MANIFEST).write_text(manifest.model_dump_json())

    nothing_was_started(command(*arguments, "--mode", mode), mode, home)
    assert [path.name for path in Path.cwd().iterdir()] == ["whole"]


def test_import_starts_nothing_either(command: Command, home: Path) -> None:
    nothing_was_started(command("import", "export.json"), "live", home)


def nothing_was_started(result: Result, mode: str, home: Path) -> None:
    assert result.exit_code == 2
    assert f"`{MODES[mode]}`" in result.stderr
    assert "export" not in result.stdout
    assert processes_of(home) == []
    assert not home.exists()


def test_the_shell_of_a_failed_env_fails_as_well(command: Command) -> None:
    """`eval` of nothing would succeed, and a CI would go on without any address."""
    assert command("env").stdout.split()[0] == "false"


@pytest.mark.parametrize("mode", MODES)
def test_a_shell_after_env_with_stopped_stores_names_how_to_start_them(
    command: Command, home: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    passwords = Home(home / mode).passwords()
    for name, url in {
        "MODE": mode,
        "MONGO_URL": f"mongodb://belib:{passwords.writer}@127.0.0.1:9/?authSource=admin",
        "POSTGRES_URL": f"postgresql+psycopg://belib:{passwords.writer}@127.0.0.1:9/belib",
        "DAGSTER_POSTGRES_URL": f"postgresql+psycopg2://belib:{passwords.writer}@127.0.0.1:9/d",
        "ELASTICSEARCH_URL": f"http://belib:{passwords.writer}@127.0.0.1:9",
    }.items():
        monkeypatch.setenv(f"BELIB_{name}", url)

    for arguments in (("raw", "list"), ("env",), ("kibana", "preview")):
        result = command(*arguments)
        assert result.exit_code == 2
        assert f"`{MODES[mode]}`" in result.stderr
    assert "embedded, does not run" in command("doctor").stdout


def test_an_external_server_that_does_not_answer_is_one_line(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without MongoDB alone: its client looks for it for ten seconds."""
    for name, url in {
        "MONGO_URL": "mongodb://belib:geheim@127.0.0.1:9/",
        "POSTGRES_URL": "postgresql+psycopg://belib:geheim@127.0.0.1:9/belib",
        "DAGSTER_POSTGRES_URL": "postgresql+psycopg2://belib:geheim@127.0.0.1:9/dagster",
        "ELASTICSEARCH_URL": "http://belib:geheim@127.0.0.1:9",
    }.items():
        monkeypatch.setenv(f"BELIB_{name}", url)

    for arguments in (("env",), ("backup", "copy"), ("kibana", "preview")):
        result = command(*arguments)
        assert result.exit_code == 1
        assert "127.0.0.1" in result.stderr
        assert "refused" in result.stderr or "no answer" in result.stderr
        assert "geheim" not in result.stdout + result.stderr
    for stopping in STOPPING:
        assert command(*stopping).stdout == "nothing was running\n"


def test_a_command_names_the_other_mode_that_runs(command: Command, home: Path) -> None:
    with process_with(f"--storage-path={home}/demo/mongo/data"):
        errors = command("raw", "list").stderr
        assert "those of the demonstration run: give --mode demo" in " ".join(errors.split())
        assert "--mode live" not in command("raw", "list", "--mode", "demo").stderr


@pytest.mark.parametrize("mode", MODES)
def test_stop_and_down_without_anything_stop_nothing(
    command: Command, home: Path, mode: str
) -> None:
    for arguments in (("stop",), ("stop", "--mode", mode), ("stores", "down", "--mode", mode)):
        result = command(*arguments)
        assert (result.exit_code, result.stdout) == (0, "nothing was running\n")
    assert not home.exists()


def test_stop_ends_only_processes_of_its_mode(command: Command, home: Path) -> None:
    with (
        process_with(f"-Xbelib_weather={home}/live/daemon") as live,
        process_with(f"-Xbelib_weather={home}/demo/daemon") as demo,
    ):
        (home / "live").mkdir(parents=True)
        (home / "demo").mkdir()
        refused = command("stores", "down", "--mode", "demo")
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert "Dagster's daemon works on them; `belib-weather stop --mode demo`" in refused.stderr
        assert command("stop", "--mode", "demo").stdout == "demo: stopped Dagster's daemon\n"
        assert not psutil.pid_exists(demo)
        assert psutil.pid_exists(live)


def test_dagster_finds_no_store_and_starts_none(home: Path) -> None:
    resources = platform_resources(Settings(home=home, _env_file=None), Clock())
    for name, error in (
        ("lake", LakeUnavailable),
        ("warehouse", WarehouseUnavailable),
        ("search", SearchUnavailable),
    ):
        with pytest.raises(error, match="start the stores with `belib-weather stores up`"):
            resources[name].connect()  # type: ignore[attr-defined]
    assert not home.exists()


def test_the_platform_leaves_stores_running_that_stores_up_started(home: Path) -> None:
    settings = Settings(home=home, _env_file=None)
    with process_with(f"--storage-path={home}/live/mongo/data") as server:
        (home / "live").mkdir(parents=True)
        (home / "live/stores.up").touch()
        with serving._stop_at_end(settings):
            pass
        assert psutil.pid_exists(server)
        (home / "live/stores.up").unlink()
        with serving._stop_at_end(settings):
            pass
        assert not psutil.pid_exists(server)
