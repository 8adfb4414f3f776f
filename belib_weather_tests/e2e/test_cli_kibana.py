"""`belib-weather kibana export` and `import`, as people and Docker Compose start them."""

import json
import re
import shlex
import subprocess
from pathlib import Path

from belib_weather.kibana.bundle import build_bundle
from belib_weather_tests.e2e.commands import Commands
from belib_weather_tests.unit.kibana.kibana_stub import KibanaStub

SECRET = "geheim"
STOCK = "http://localhost:5601"


def test_the_printed_command_imports_the_exported_file(
    stub: KibanaStub, url: str, tmp_path: Path
) -> None:
    result = Commands(tmp_path / "home", {})("kibana", "export", "--to", "for kibana")

    assert result.code == 0, result.err
    [command] = [line for line in result.out.splitlines() if line.startswith("curl ")]
    bundle = build_bundle("belib")
    assert (tmp_path / "for kibana" / "belib_weather.ndjson").read_bytes() == bundle.ndjson
    rules = json.loads((tmp_path / "for kibana" / "belib_weather_rules.json").read_text())
    assert rules == {rule.rule_id: rule.body for rule in bundle.rules}
    assert STOCK in command
    arguments = shlex.split(command.replace(STOCK, url))
    done = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["success"] is True
    assert {key for _, _, key in stub.objects} >= {key for key, _ in bundle.dashboards}


def test_import_waits_for_kibana_imports_once_and_prints_the_links(
    stub: KibanaStub, url: str, tmp_path: Path
) -> None:
    stub.levels = ["preboot", "unavailable", "available"]
    stub.password = SECRET
    settings = {"KIBANA_URL": url.replace("://", f"://operator:{SECRET}@")}
    command = Commands(tmp_path / "home", settings)

    first, second = command("kibana", "import"), command.here("kibana", "import")

    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert first.err.count("is starting") == 2
    assert "imported: " in first.err
    assert "unchanged: " in second.err
    for key, title in build_bundle("belib").dashboards:
        assert f"{title}: {url}/app/dashboards#/view/{key}" in first.out
    assert all(SECRET not in text for text in (first.out, first.err, second.out, second.err))


def test_an_error_is_one_clear_line(stub: KibanaStub, url: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (tmp_path / "file").write_text("")
    stub.version = "8.11.0"
    secret_url = url.replace("://", f"://operator:{SECRET}@")
    for settings, arguments, message in (
        ({}, ("import",), "BELIB_KIBANA_URL is not set"),
        ({}, ("export", "--to", "file"), "choose a folder by --to"),
        ({"KIBANA_URL": secret_url}, ("import",), "is 8.11.0; 8.15 or newer is needed"),
        (
            {"KIBANA_URL": "http://127.0.0.1:9", "KIBANA_WAIT_SECONDS": "0.2"},
            ("import",),
            "is it running, and is BELIB_KIBANA_URL right?",
        ),
    ):
        result = Commands(home, settings).here("kibana", *arguments)
        assert (result.code, result.out) == (1, "")
        assert message in result.err
        assert SECRET not in result.err


def test_the_doctor_reports_kibana(stub: KibanaStub, url: str, tmp_path: Path) -> None:
    def line(settings: dict[str, str]) -> str:
        result = Commands(tmp_path / "home", settings).here("doctor").out.splitlines()
        return next(line for line in result if " Kibana " in line)

    assert line({}).startswith("off ")
    assert re.match("ok +Kibana +external, 9.5.3", line({"KIBANA_URL": url}))
    stub.levels = ["degraded"]
    assert re.match("wrong +Kibana .*degraded", line({"KIBANA_URL": url}))
