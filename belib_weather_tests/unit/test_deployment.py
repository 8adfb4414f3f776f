"""docker-compose.yml, .env.example and the CI workflow, held against the settings."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from belib_weather.settings import PREFIX, Settings, load_settings

ROOT = Path(__file__).resolve().parents[2]
KNOWN = {PREFIX + name.upper() for name in Settings.model_fields}
FROM_ENV = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def with_defaults(text: str) -> str:
    """What Compose makes of a value when .env is empty."""
    return FROM_ENV.sub(lambda match: match[2] or "", text)


def dagster_services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {n: s for n, s in compose["services"].items() if "build" in s}


def test_every_setting_in_compose_exists_and_is_valid(
    compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # no .env here
    for service in dagster_services(compose).values():
        given = {n: with_defaults(v) for n, v in service["environment"].items() if n in KNOWN}
        assert set(given) >= {
            "BELIB_MONGO_URL",
            "BELIB_POSTGRES_URL",
            "BELIB_DAGSTER_POSTGRES_URL",
            "BELIB_ELASTICSEARCH_URL",
        }
        unknown = {n for n in service["environment"] if n.startswith(PREFIX)} - KNOWN
        assert unknown == set()
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        load_settings()


def test_ports_are_on_loopback_only(compose: dict[str, Any]) -> None:
    published = [p for s in compose["services"].values() for p in s.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_every_service_has_a_health_check_and_restarts(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert "healthcheck" in service, name
        assert service["restart"] == "unless-stopped", name


def test_images_are_pinned_and_volumes_declared(compose: dict[str, Any]) -> None:
    used = set()
    for service in compose["services"].values():
        if "build" not in service:
            assert re.search(r":\d+\.\d+(\.\d+)?$", service["image"]), service["image"]
        used |= {v.split(":")[0] for v in service.get("volumes", []) if not v.startswith(".")}
    assert used == set(compose["volumes"])


def test_the_code_location_has_one_name() -> None:
    names = set()
    for file in ("workspace.yaml", "docker/workspace.yaml"):
        [loaded] = yaml.safe_load((ROOT / file).read_text())["load_from"]
        names |= {target["location_name"] for target in loaded.values()}
    assert names == {"belib_weather.definitions"}


def test_ci_runs_the_servers_that_compose_runs(compose: dict[str, Any]) -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    in_ci = {n: s["image"] for n, s in workflow["jobs"]["servers"]["services"].items()}
    assert in_ci == {name: compose["services"][name]["image"] for name in in_ci}


def test_the_example_lists_every_setting_and_no_other() -> None:
    text = (ROOT / ".env.example").read_text()
    listed = set(re.findall(rf"^#({PREFIX}\w+)=", text, flags=re.MULTILINE))
    assert listed == KNOWN
