"""Addresses that are printed: of readers, whole in a narrow terminal, and safe to paste."""

import shlex
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr
from rich.console import Console

from belib_weather.embedded import StoreUrls
from belib_weather.local import addresses, console, readers
from belib_weather.local.addresses import print_addresses
from belib_weather.local.console import CommandError
from belib_weather.settings import Settings
from belib_weather_tests.unit.cli.conftest import Command

LONG = "x" * 120
READERS = {
    "mongo": f"mongodb://belib_reader:{LONG}@127.0.0.1:20001/?authSource=admin",
    "postgres": f"postgresql://belib_reader:{LONG}@127.0.0.1:20002/belib",
    "elasticsearch": f"http://belib_reader:{LONG}@127.0.0.1:20003",
}
URLS = StoreUrls("mongodb://w@127.0.0.1:20001", "pg", "pg2", "http://w@127.0.0.1", None, READERS)


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stores that answer at these addresses."""
    monkeypatch.setattr(readers, "find_stores", lambda *_: URLS)


def test_an_address_is_not_wrapped_and_is_one_word_to_the_shell(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    printed = StringIO()
    narrow = Console(file=printed, width=80, force_terminal=True, color_system=None)
    for module in (addresses, console):
        monkeypatch.setattr(module, "err", narrow)
    stores: Any = SimpleNamespace(urls=URLS)
    print_addresses(Settings(home=tmp_path, _env_file=None), stores, "http://x", "http://y/")
    lines = [line.split(maxsplit=2)[-1] for line in printed.getvalue().splitlines()]
    assert lines[:2] == ["http://y/", "http://x"]
    assert [shlex.split(line) for line in lines[2:]] == [
        ["mongosh", READERS["mongo"]],
        ["psql", READERS["postgres"]],
        ["curl", f"{READERS['elasticsearch']}/belib-*/_search"],
    ]


def test_env_reader_prints_read_only_addresses(command: Command, running: None) -> None:
    printed = dict(
        line.removeprefix("export ").split("=", 1)
        for line in command("env", "--reader").stdout.splitlines()
    )
    assert {name: shlex.split(value) for name, value in printed.items()} == {
        "BELIB_MODE": ["live"],
        "BELIB_MONGO_URL": [READERS["mongo"]],
        "BELIB_POSTGRES_URL": [READERS["postgres"]],
        "BELIB_ELASTICSEARCH_URL": [READERS["elasticsearch"]],
    }


def test_env_reader_prints_no_address_for_external_servers(
    command: Command, running: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BELIB_MONGO_URL", "mongodb://mine.example")
    assert "BELIB_MONGO_URL" not in command("env", "--reader").stdout
    monkeypatch.setenv("BELIB_MONGO_URL", URLS.mongo)  # in a shell after `env`
    assert READERS["mongo"] in command("env", "--reader").stdout
    monkeypatch.setenv("BELIB_MONGO_URL", "mongodb://mine.example")
    monkeypatch.setenv("BELIB_POSTGRES_URL", "postgresql://mine.example/belib")
    monkeypatch.setenv("BELIB_ELASTICSEARCH_URL", "http://mine.example")
    refused = command("env", "--reader")
    assert refused.exit_code == 1
    assert "servers of your own" in refused.stderr


def test_writing_commands_refuse_read_only_addresses(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BELIB_MONGO_URL", READERS["mongo"])
    for arguments in (("up",), ("demo",), ("stores", "up"), ("import", "x.json")):
        refused = command(*arguments)
        assert refused.exit_code == 1
        assert "BELIB_MONGO_URL is a read-only address" in refused.stderr
        assert LONG not in refused.stderr
    settings = Settings(mongo_url=SecretStr("mongodb://u@h"), _env_file=None)
    readers.refuse_readers(settings)
    with pytest.raises(CommandError):
        readers.refuse_readers(
            settings.model_copy(update={"mongo_url": SecretStr(READERS["mongo"])})
        )


def test_data_of_earlier_versions_is_named(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    (Path.cwd() / ".belib/live").mkdir(parents=True)
    assert "since it is in this folder" not in command("stop").stderr, "BELIB_HOME is set"
    monkeypatch.delenv("BELIB_HOME")
    errors = command("stop").stderr
    assert f"The data in {Path.cwd()}/.belib is used" in errors
    assert f"BELIB_HOME={Path.cwd()}/.belib" in errors
