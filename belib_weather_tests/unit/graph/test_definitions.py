"""What the code location says of itself: links, freshness, descriptions, limits."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from dagster._core.remote_representation.external_data import RepositorySnap
from dagster_shared.serdes import deserialize_value, serialize_value

import belib_weather
from belib_weather import dagster_internals as internals
from belib_weather.assets.freshness import NO_POLICY
from belib_weather.automation.late_data import LONGEST_SILENCE
from belib_weather.automation.live import MAX_RUNTIME_TAG
from belib_weather.definitions import build_defs
from belib_weather.settings import Settings

PACKAGE = Path(belib_weather.__file__).parent
REALTIME = dg.AssetKey(["opendata_paris", "realtime"])


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return build_defs(Settings(_env_file=None))


def specs(defs: dg.Definitions) -> Iterator[dg.AssetSpec]:
    """Every asset, external ones included."""
    yield from defs.resolve_all_asset_specs()


@pytest.mark.long
def test_a_code_server_can_serialize_the_definitions(defs: dg.Definitions) -> None:
    """Else every page is empty, though the definitions load."""
    snapshot = RepositorySnap.from_def(defs.get_repository_def())
    assert deserialize_value(serialize_value(snapshot), RepositorySnap) == snapshot


def references(spec: dg.AssetSpec) -> list[dg.LocalFileCodeReference | dg.UrlCodeReference]:
    value = spec.metadata["dagster/code_references"]
    assert isinstance(value, dg.CodeReferencesMetadataValue)
    return value.code_references


def test_every_asset_links_to_its_source_code(defs: dg.Definitions) -> None:
    for spec in specs(defs):
        [reference] = references(spec)
        assert isinstance(reference, dg.LocalFileCodeReference)
        source = Path(reference.file_path).read_text().splitlines()
        if reference.line_number:
            near = source[reference.line_number - 1 :][:20]
            definitions = {f"def {spec.key.path[-1]}(", "def index("}  # the latter is the factory's
            assert any(begin in line for line in near for begin in definitions)
        else:
            assert reference.file_path.endswith("external.py")


@pytest.mark.parametrize(
    ("repository", "tree"),
    [
        ("https://github.com/example/belib-weather", "tree/main"),
        ("https://gitlab.com/example/belib-weather", "-/tree/main"),
    ],
)
def test_a_repository_is_linked_beside_the_file(repository: str, tree: str) -> None:
    defs = build_defs(Settings(_env_file=None, source_url=repository))

    for spec in specs(defs):
        in_git, local = references(spec)
        assert isinstance(in_git, dg.UrlCodeReference)
        assert isinstance(local, dg.LocalFileCodeReference)
        start = f"{repository}/{tree}/belib_weather/assets/"
        assert in_git.url.startswith(start)
        assert (PACKAGE / "assets" / in_git.url.removeprefix(start).partition("#")[0]).is_file()


def test_every_asset_has_a_freshness_policy_or_says_why_not(defs: dg.Definitions) -> None:
    without = {spec.key.to_user_string() for spec in specs(defs) if spec.freshness_policy is None}

    assert {
        spec.key.to_user_string() for spec in specs(defs) if NO_POLICY in spec.metadata
    } == without
    assert without
    assert all(spec.partitions_def for spec in specs(defs) if NO_POLICY in spec.metadata)
    assert all(spec.freshness_policy for spec in specs(defs) if "http" in spec.kinds), (
        "the sources show whether data arrive"
    )


@pytest.mark.parametrize(("seconds", "warn", "fail"), [(300, 12, 30), (900, 32, 90)])
def test_the_feed_is_stale_by_the_cadence(seconds: int, warn: int, fail: int) -> None:
    defs = build_defs(Settings(_env_file=None, cadence_seconds=seconds))
    [feed] = [spec for spec in specs(defs) if spec.key == REALTIME]

    assert feed.freshness_policy == dg.FreshnessPolicy.time_window(
        fail_window=timedelta(minutes=fail), warn_window=timedelta(minutes=warn)
    )


@pytest.mark.parametrize(
    ("seconds", "cron"), [(60, "*/1 * * * *"), (900, "*/15 * * * *"), (3600, "0 * * * *")]
)
def test_the_live_tick_keeps_the_cadence(seconds: int, cron: str) -> None:
    defs = build_defs(Settings(_env_file=None, cadence_seconds=seconds))

    assert defs.resolve_schedule_def("live_tick").cron_schedule == cron


def test_everything_shown_in_the_catalog_has_a_description(defs: dg.Definitions) -> None:
    repository = defs.get_repository_def()
    jobs = [job for job in repository.get_all_jobs() if not job.name.startswith("__")]
    automation: list[Any] = [*repository.schedule_defs, *repository.sensor_defs]
    checks = [spec for check in defs.asset_checks or [] for spec in check.check_specs]

    assert len(jobs) > 5
    assert len(automation) > 5
    assert [thing.name for thing in (*jobs, *automation) if not thing.description] == []
    assert [spec.key for spec in specs(defs) if not spec.description] == []
    assert [spec.name for spec in checks if not spec.description] == []


def test_a_hung_run_frees_its_slot(defs: dg.Definitions) -> None:
    instance = yaml.safe_load((PACKAGE.parent / "dagster.yaml").read_text())
    most = timedelta(seconds=instance["run_monitoring"]["max_runtime_seconds"])
    live = timedelta(seconds=int(defs.resolve_job_def("live").tags[MAX_RUNTIME_TAG]))

    assert most == LONGEST_SILENCE  # a run that it ends, the sensor of late data takes for dead
    assert timedelta(minutes=5) < live < most


def test_private_names_of_dagster_are_imported_in_one_module() -> None:
    importing = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if "dagster._" in (text := path.read_text())
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom | ast.Import)
        for name in [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
        if name.startswith("dagster._")
    }

    assert importing == {"dagster_internals.py"}


def test_the_private_names_of_dagster_behave_as_we_use_them() -> None:
    expected = {
        internals.EVENTS: (
            "event_logs",
            {"id", "run_id", "dagster_event_type", "timestamp", "asset_key", "partition"},
        ),
        internals.EVENT_TAGS: ("asset_event_tags", {"id", "event_id", "event_timestamp"}),
        internals.CHECK_EXECUTIONS: (
            "asset_check_executions",
            {"id", "asset_key", "check_name", "partition", "run_id"}
            | {"execution_status", "create_timestamp"},
        ),
        internals.RUNS: ("runs", {"id", "run_id", "status", "update_timestamp"}),
    }
    for table, (name, columns) in expected.items():
        assert table.name == name
        assert columns <= set(table.columns.keys())
    assert internals.PLANNED == "PLANNED"
    assert internals.SCHEDULED_FOR == ".dagster/scheduled_execution_time"
    target = internals.CheckTarget(storage_id=1, run_id="r", timestamp=0.0)
    evaluation = dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey("a"),
        check_name="c",
        passed=True,
        metadata={},
        partition="p",
        target_materialization_data=target,
    )
    assert evaluation.target_materialization_data == target
    assert evaluation.partition == "p"
