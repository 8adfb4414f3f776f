"""`doctor` names what is around the platform, with an exit code by severity; no traceback."""

import json
import os
import pwd
from pathlib import Path

import pytest

from belib_weather.local import home_access
from belib_weather.local.finding import CRITICAL, WARNING, WELL, Finding, State
from belib_weather.local.host_checks import disk_finding, sync_seconds
from belib_weather.settings import Settings
from belib_weather_tests.unit.cli.conftest import Command, every_command

NOBODY = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name in {"SSL_CERT_FILE", "SSL_CERT_DIR"}:
            monkeypatch.delenv(name)
    for name in ("EXPLORE_API_URL", "OPEN_METEO_FORECAST_URL"):
        monkeypatch.setenv(f"BELIB_{name}", f"{NOBODY}/api")


def found(command: Command, *options: str) -> tuple[int, dict[str, tuple[str, str]]]:
    """Exit code, and state and text by name."""
    result = command("doctor", "--json", *options)
    report = json.loads(result.stdout)
    assert report["exit_code"] == result.exit_code
    assert report["status"] == ("ok", "warning", "critical")[result.exit_code]
    return result.exit_code, {
        one["name"]: (one["state"], one["text"]) for one in report["findings"]
    }


def test_doctor_without_servers_names_the_command_that_starts_them(
    command: Command, home: Path
) -> None:
    code, of = found(command, "--mode", "demo")
    assert code == 2
    for name in ("MongoDB", "PostgreSQL", "Elasticsearch"):
        assert of[name][0] == "off"
        assert "`belib-weather stores up --mode demo` starts it" in of[name][1]
    assert of["Home"] == ("ok", f"{home}/demo")
    assert not home.exists()
    lines = command("doctor", "--mode", "demo").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [state for state, _ in of.values()]


@pytest.mark.parametrize(
    ("variable", "value", "name", "text"),
    [
        (
            "https_proxy",
            "socks5://127.0.0.1:1080",
            "Proxy",
            "https_proxy names a proxy of the kind",
        ),
        ("HTTPS_PROXY", "http://mona:a/geheim@proxy", "Proxy", "HTTPS_PROXY is not the address"),
        ("SSL_CERT_FILE", "/nowhere.pem", "Certificates", "SSL_CERT_FILE names /nowhere.pem"),
        ("BELIB_MONGO_URL", "mongodb://mona:a@geheim@h", "Settings", "BELIB_MONGO_URL: "),
        ("BELIB_HOME", "/proc/self/home", "Home", "BELIB_HOME"),
    ],
)
def test_problems_of_the_environment_are_named_with_a_remedy(
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    name: str,
    text: str,
) -> None:
    monkeypatch.setenv("BELIB_EXPLORE_API_URL", "https://feed.invalid/api")
    monkeypatch.setattr("belib_weather.local.diagnosis.feed_problem", lambda _: None)
    monkeypatch.setenv(variable, value)
    code, of = found(command, "--mode", "live")
    assert (code, of[name][0]) == (2, "wrong")
    assert text in of[name][1]
    assert "geheim" not in str(of)


def test_a_proxy_without_a_scheme_is_used_and_named(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BELIB_EXPLORE_API_URL", "https://feed.invalid/api")
    monkeypatch.setenv("ALL_PROXY", "127.0.0.1:9")
    _, of = found(command)
    assert of["Proxy"] == ("ok", "http://127.0.0.1:9 of ALL_PROXY")
    assert "the proxy http://127.0.0.1:9 of ALL_PROXY" in of["Belib feed"][1]
    assert "network" not in of["Belib feed"][1]


_BACKTEST = ("forecast", "backtest", "history.parquet")
"""Works on a file alone, as `version` on nothing."""


@pytest.mark.long
def test_the_home_of_another_user_is_named_by_every_command(
    command: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "live").mkdir(parents=True)
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    owner = pwd.getpwuid(me).pw_name
    (home / "demo").mkdir()
    others = {*every_command()} - {("version",), ("doctor",), _BACKTEST}
    assert len(others) > 20
    for arguments in others:
        result = command(*arguments)
        assert result.exit_code == 1, arguments
        mode = "demo" if arguments == ("demo",) else "live"
        assert f"{home}/{mode} belongs to the user {owner}" in result.stderr, arguments
    code, of = found(command)
    assert code == 2
    assert list(of) == ["Home"]
    assert "BELIB_HOME" in of["Home"][1]


def test_an_unreadable_home_belongs_to_another_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = tmp_path / "mona"
    hidden.mkdir()
    lstat, me = Path.lstat, os.geteuid()

    def as_a_stranger(path: Path) -> os.stat_result:
        if hidden in path.parents:
            raise PermissionError(13, "Permission denied", str(path))
        return lstat(path)

    monkeypatch.setattr(Path, "lstat", as_a_stranger)
    settings = Settings(home=hidden / "belib/.belib", _env_file=None)
    assert home_access.foreign_home(settings) is None
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    assert "belongs to the user" in str(home_access.foreign_home(settings))


def test_a_file_that_cannot_be_written_is_one_line(
    command: Command, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", f"{home}/live/mongo")

    monkeypatch.setattr("belib_weather.local.stores_alone.start_stores", full)
    result = command("stores", "up")
    assert result.exit_code == 1
    assert f"{home}/live/mongo: No space left on device; the disk is full" in result.stderr


def test_a_slow_or_small_disk_is_a_warning_and_a_full_one_an_error(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, disk_low_mb=1, disk_full_mb=1, _env_file=None)
    assert disk_finding(settings, 0.01).severity == WELL
    slow = disk_finding(settings, 3.2)
    assert slow.severity == WARNING
    assert "takes 3.2 s to reach it; move BELIB_HOME" in slow.text
    little = settings.model_copy(update={"disk_low_mb": 10**9})
    assert disk_finding(little, None).severity == WARNING
    assert (
        disk_finding(little.model_copy(update={"disk_full_mb": 10**9}), None).severity == CRITICAL
    )


def test_the_speed_of_a_disk_is_that_of_its_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    monkeypatch.setattr(os, "fsync", lambda _: clock.__setitem__(0, clock[0] + 2))
    assert sync_seconds(tmp_path) == 2
    assert sync_seconds(tmp_path / "nowhere") is None
    assert [path.name for path in tmp_path.iterdir()] == ["elsewhere"]


def test_the_exit_code_is_that_of_the_worst() -> None:
    severities = {state: Finding("x", state, "").severity for state in State}
    assert severities == {State.OK: 0, State.OFF: 0, State.WARN: 1, State.WRONG: 2}
    assert Finding("x", State.OFF, "", is_needed=True).severity == 2
