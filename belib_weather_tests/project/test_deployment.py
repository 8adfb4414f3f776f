"""Docker Compose, the image, .env.example and the CI workflow, compared with the settings."""

import re
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_core import PydanticUndefined
from typer.testing import CliRunner

from belib_weather.cli.app import app
from belib_weather.kibana.client import OLDEST_VERSION
from belib_weather.local.modes import settings_of
from belib_weather.settings import PREFIX, Settings, load_settings

ROOT = Path(__file__).resolve().parents[2]
KNOWN = {PREFIX + name.upper(): field for name, field in Settings.model_fields.items()}
FROM_ENV = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")
LISTED = re.compile(rf"^# (?P<text>.+)\n#(?P<name>{PREFIX}\w+)=(?P<value>.*)$", re.MULTILINE)
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
BUILT = [name for name, service in SERVICES.items() if "build" in service]
ONE_SHOT = ["kibana-setup", "demo-kibana-setup"]
SITES = ["site", "demo-site"]
DEMO = [name for name, service in SERVICES.items() if service.get("profiles") == ["demo"]]
DAGSTER = [name for name in BUILT if name not in (*ONE_SHOT, *DEMO, *SITES)]


def with_defaults(text: str) -> str:
    """What Compose makes of a value when .env is empty."""
    return FROM_ENV.sub(lambda match: match[2] or "", text)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)


def test_docker_itself_finds_nothing_wrong() -> None:
    docker = shutil.which("docker")
    if docker is None or run(docker, "compose", "version").returncode:
        pytest.skip("there is no docker with the compose plugin")

    result = run(docker, "compose", "config", "--quiet")

    assert result.returncode == 0, result.stderr


def test_every_setting_in_compose_exists_and_is_valid(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # no .env here
    assert DAGSTER == ["code-server", "webserver", "daemon", "watchdog", "reaper"]
    assert sorted(BUILT) == sorted([*DAGSTER, *ONE_SHOT, *SITES, "demo"])
    for name in BUILT:
        variables = {n: v for n, v in SERVICES[name]["environment"].items() if n.startswith(PREFIX)}
        assert set(variables) <= set(KNOWN)
        for variable, value in variables.items():
            monkeypatch.setenv(variable, with_defaults(value))
        load_settings()


def test_the_code_server_reaches_every_store_and_the_settings_of_env() -> None:
    code_server = SERVICES["code-server"]
    stores = ("MONGO", "POSTGRES", "DAGSTER_POSTGRES", "ELASTICSEARCH", "KIBANA", "KIBANA_PUBLIC")
    urls = {f"{PREFIX}{store}_URL" for store in stores}
    variables = {name for name in code_server["environment"] if name.startswith(PREFIX)}
    assert variables == {*urls, f"{PREFIX}INDEX_PREFIX"}
    for variable, service in (
        ("MONGO", "mongo:27017"),
        ("POSTGRES", "postgres:5432"),
        ("DAGSTER_POSTGRES", "postgres:5432"),
        ("ELASTICSEARCH", "elasticsearch:9200"),
        ("KIBANA", "kibana:5601"),
    ):
        url = with_defaults(code_server["environment"][f"{PREFIX}{variable}_URL"])
        assert re.search(rf"[/@]{service}(/|$)", url), url
        assert service.split(":")[0] in SERVICES
    assert code_server["env_file"] == [{"path": ".env", "required": False}]


def test_keys_of_weather_sources_reach_only_the_processes_that_ask_them() -> None:
    assert [name for name, service in SERVICES.items() if "env_file" in service] == ["code-server"]


def test_kibana_is_provisioned_once_it_is_up_and_as_the_graph_does_it() -> None:
    setup, kibana = SERVICES["kibana-setup"], SERVICES["kibana"]
    assert setup["command"] == ["belib-weather", "kibana", "import"]
    assert setup["depends_on"] == {"kibana": {"condition": "service_healthy"}}
    of_graph = SERVICES["code-server"]["environment"]
    assert setup["environment"].items() <= of_graph.items()
    public = with_defaults(setup["environment"][f"{PREFIX}KIBANA_PUBLIC_URL"])
    assert public == with_defaults(kibana["environment"]["SERVER_PUBLICBASEURL"])
    assert kibana["ports"] == [f"127.0.0.1:${{KIBANA_PORT:-{public.rpartition(':')[2]}}}:5601"]


def test_kibana_stores_rules_and_shows_the_time_of_paris() -> None:
    kibana = SERVICES["kibana"]
    key = with_defaults(kibana["environment"]["XPACK_ENCRYPTEDSAVEDOBJECTS_ENCRYPTIONKEY"])
    assert len(key) >= 32
    assert kibana["volumes"] == ["./docker/kibana.yml:/usr/share/kibana/config/kibana.yml:ro"]
    configured = yaml.safe_load((ROOT / "docker/kibana.yml").read_text())
    assert configured["uiSettings.overrides"] == {
        "dateFormat:tz": "Europe/Paris",
        "courier:ignoreFilterIfFieldNotInIndex": True,
    }
    assert configured["server.host"] == "0.0.0.0"  # noqa: S104 - inside the container
    assert configured["elasticsearch.hosts"] == [kibana["environment"]["ELASTICSEARCH_HOSTS"]]


def test_the_profile_demo_adds_a_simulated_city_that_shares_nothing_with_live_data() -> None:
    assert DEMO == ["demo-postgres", "demo", "demo-site", "demo-kibana-setup"]
    assert all(SERVICES[name]["profiles"] == ["demo"] for name in DEMO)
    for service in (s for name, s in SERVICES.items() if name not in DEMO):
        assert not set(service.get("depends_on", ())) & set(DEMO)
    demo, live = SERVICES["demo"]["environment"], SERVICES["code-server"]["environment"]
    databases = {f"{PREFIX}POSTGRES_URL", f"{PREFIX}DAGSTER_POSTGRES_URL"}
    assert all(
        demo[name] == live[name].replace("@postgres:", "@demo-postgres:") for name in databases
    )
    volumes = [set(map(str, SERVICES[name]["volumes"])) for name in ("postgres", "demo-postgres")]
    assert volumes[0] & volumes[1] == {v for v in volumes[0] if v.startswith("./docker/")}
    assert {n: v for n, v in demo.items() if n not in databases}.items() <= live.items()
    assert not any(name.endswith("_API_URL") for name in demo)


def test_one_command_shows_the_simulated_city_alone() -> None:
    text = "\n".join(
        (ROOT / name).read_text() for name in ("docker-compose.yml", "docs/kibana.md", "README.md")
    )
    commands = set(re.findall(r"`docker compose --profile demo up ([a-z -]+)`", text))
    assert commands == {"demo demo-kibana-setup"}
    started, waiting = set[str](), commands.pop().split()
    while waiting:
        name = waiting.pop()
        started.add(name)
        waiting += SERVICES[name].get("depends_on", {})
    assert started == {*DEMO, "mongo", "elasticsearch", "kibana"} - {"demo-site"}
    # None of them polls a public API or brings dashboards of live data.
    assert not started & {*DAGSTER, "kibana-setup"}


def test_the_profile_demo_runs_our_command_and_imports_the_dashboards_of_its_indices(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program, *arguments = SERVICES["demo"]["command"]
    assert program in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert CliRunner().invoke(app, [*arguments, "--help"]).exit_code == 0
    monkeypatch.chdir(tmp_path)
    for name, value in SERVICES["demo"]["environment"].items():
        monkeypatch.setenv(name, with_defaults(value))
    monkeypatch.setenv(f"{PREFIX}HOME", str(tmp_path))
    environment = SERVICES["demo-kibana-setup"]["environment"]
    assert with_defaults(environment[f"{PREFIX}INDEX_PREFIX"]) == settings_of("demo").index_prefix
    setup, live = SERVICES["demo-kibana-setup"], SERVICES["kibana-setup"]
    assert (setup["command"], setup["depends_on"]) == (live["command"], live["depends_on"])


def test_the_image_has_what_the_simulator_imports() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = re.findall(r"--extra (\w+)", (ROOT / "Dockerfile").read_text())
    named = [
        *project["dependencies"],
        *(n for e in extras for n in project["optional-dependencies"][e]),
    ]
    installed = {re.split(r"[\[=<>~ ]", name)[0] for name in named}
    for file in (ROOT / "belib_weather/simulator").glob("*.py"):
        for module in re.findall(r"^(?:from|import) (\w+)", file.read_text(), re.MULTILINE):
            if module not in sys.stdlib_module_names and module != "belib_weather":
                assert {module, f"python-{module}"} & installed, f"{file.name}: {module}"


def test_all_dagster_processes_share_their_records_and_compute_logs() -> None:
    for setting in ("image", "volumes"):
        assert len({str(SERVICES[name][setting]) for name in DAGSTER}) == 1
    url = "BELIB_DAGSTER_POSTGRES_URL"
    assert len({SERVICES[name]["environment"][url] for name in DAGSTER}) == 1


def test_the_image_owns_the_folders_that_volumes_are_mounted_on() -> None:
    created = re.search(
        r"^RUN install -d -o belib -g belib (.+)$", (ROOT / "Dockerfile").read_text(), re.M
    )
    assert created
    mounts = dict(volume.split(":") for volume in SERVICES["code-server"]["volumes"])
    assert set(mounts.values()) <= set(created[1].split())
    assert set(mounts) <= set(COMPOSE["volumes"])


def test_ports_are_on_loopback_only() -> None:
    published = [p for service in SERVICES.values() for p in service.get("ports", [])]
    assert len(published) == 8
    for port in published:
        assert re.fullmatch(r"127\.0\.0\.1:\d+:\d+", with_defaults(port)), port


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_watched_restarted_and_bounded(name: str) -> None:
    service = SERVICES[name]
    if name in ONE_SHOT:
        assert re.fullmatch(r"on-failure:\d+", service["restart"])
    else:
        assert {"test", "interval", "timeout", "start_period"} <= set(service["healthcheck"])
        assert service["restart"] == "unless-stopped"
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert service["logging"]["options"]["max-size"]


def test_services_wait_for_the_health_of_services_that_exist() -> None:
    for service in SERVICES.values():
        for other, how in service.get("depends_on", {}).items():
            assert other in SERVICES
            assert how == {"condition": "service_healthy"}


def test_images_are_pinned() -> None:
    for name, service in SERVICES.items():
        if name not in BUILT:
            assert re.fullmatch(r"(apache/)?[a-z]+:\d+\.\d+(\.\d+)?", service["image"]), service[
                "image"
            ]
    bases = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:\d+\.\d+\.\d+-slim-\w+", bases[0])


def test_volumes_are_declared_and_files_exist() -> None:
    sources = [v.split(":")[0] for s in SERVICES.values() for v in s.get("volumes", [])]
    assert {source for source in sources if not source.startswith(".")} == set(COMPOSE["volumes"])
    assert all((ROOT / source).is_file() for source in sources if source.startswith("."))


def test_the_image_has_what_the_package_needs_and_runs_without_privileges() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    copied = {
        name
        for line in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE)
        for name in line.split()
    }
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {
        project["project"]["readme"],
        *project["project"]["license-files"],
        *wheel["packages"],
        *wheel["force-include"],
    }
    assert needed <= copied
    assert ignored[0] == "*"
    assert {name.split("/")[0] for name in copied} <= {name.lstrip("!") for name in ignored[1:]}
    assert re.findall(r"^USER (\w+)$", dockerfile, re.MULTILINE) == ["belib"]


def test_every_requirement_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [name for names in project["optional-dependencies"].values() for name in names]
    required = {re.split(r"[\[=<>~ ]", name)[0] for name in [*project["dependencies"], *extras]}
    pinned = {line.split("==")[0] for line in (ROOT / "constraints.txt").read_text().splitlines()}
    assert required - pinned == set()


def test_the_code_location_has_one_name() -> None:
    names = set()
    for file in ("workspace.yaml", "docker/workspace.yaml"):
        [loaded] = yaml.safe_load((ROOT / file).read_text())["load_from"]
        names |= {target["location_name"] for target in loaded.values()}
    assert names == {"belib_weather.definitions"}


def test_ci_runs_the_servers_that_compose_runs() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    in_ci = {n: s["image"] for n, s in workflow["jobs"]["servers"]["services"].items()}
    assert in_ci == {name: SERVICES[name]["image"] for name in in_ci}
    assert set(in_ci) == {"mongo", "postgres", "elasticsearch"}


def test_ci_imports_into_the_oldest_kibana_and_that_of_compose() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    oldest, newest = workflow["jobs"]["kibana"]["strategy"]["matrix"]["version"]
    assert tuple(map(int, oldest.split(".")[:2])) == OLDEST_VERSION
    assert SERVICES["kibana"]["image"] == f"kibana:{newest}"


def test_ci_opens_the_dashboards_of_the_demonstration_in_the_newest_kibana() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    [step] = [s for s in workflow["jobs"]["kibana"]["steps"] if "demo" in s.get("run", "")]
    *_, opened = step["run"].strip().splitlines()
    _, _, module, address, prefix = opened.split()
    assert find_spec(module) is not None
    assert address == workflow["jobs"]["kibana"]["env"]["BELIB_KIBANA_URL"]
    assert prefix == f"{Settings.model_fields['index_prefix'].default}_demo"


def test_the_example_lists_every_setting_with_its_description_and_default() -> None:
    text = (ROOT / ".env.example").read_text()
    listed = {match["name"]: match for match in LISTED.finditer(text)}
    assert list(listed) == list(KNOWN)
    for name, field in KNOWN.items():
        assert listed[name]["text"] == field.description
        if field.default is None:
            assert listed[name]["value"] == (field.examples or [""])[0]
        elif field.default is not PydanticUndefined:  # else it depends on the machine
            assert listed[name]["value"] == str(field.default)


def test_the_example_is_a_valid_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = re.sub(r"^#(?=\w+=)", "", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)
    (tmp_path / ".env").write_text(lines)
    monkeypatch.chdir(tmp_path)
    for name in KNOWN:
        monkeypatch.delenv(name, raising=False)

    fields_set = load_settings().model_fields_set

    assert len(fields_set) > len(KNOWN) / 2


def test_the_example_lists_what_compose_asks_for() -> None:
    named = {name for name, _ in FROM_ENV.findall((ROOT / "docker-compose.yml").read_text())}
    example = set(re.findall(r"^#(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert named - set(KNOWN) == example - set(KNOWN)
    assert named <= example
