"""The asset `kibana_dashboards`: into a Kibana, into files without one, with links to look at."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from pydantic import SecretStr

from belib_weather.assets.kibana import KibanaResource, kibana_dashboards
from belib_weather.definitions import build_defs
from belib_weather.kibana.bundle import build_bundle
from belib_weather.kibana.provision import OBJECTS_FILE, RULES_FILE, objects_of
from belib_weather.settings import Settings
from belib_weather.simulator.server import serving
from belib_weather_tests.unit.kibana.kibana_stub import KibanaStub

PREFIX = "belib"
SECRET = "geheim"
PUBLIC = "https://kibana.example.org"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that name no Kibana; the environment has no say."""
    return Settings(_env_file=None, home=tmp_path / "home", index_prefix=PREFIX)


@pytest.fixture
def stub(settings: Settings) -> Iterator[tuple[KibanaStub, Settings]]:
    """A Kibana, and settings that name it with a user and a password."""
    stub = KibanaStub(password=SECRET)
    with serving(stub.app()) as url:
        address = SecretStr(url.replace("://", f"://operator:{SECRET}@"))
        yield stub, settings.model_copy(update={"kibana_url": address})


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def materialize(instance: dg.DagsterInstance, settings: Settings) -> dg.ExecuteInProcessResult:
    return dg.materialize(
        [kibana_dashboards],
        resources={"kibana": KibanaResource.from_settings(settings)},
        instance=instance,
        raise_on_error=False,
    )


def metadata(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    assert result.success
    [materialization] = result.asset_materializations_for_node("kibana_dashboards")
    return {name: value.value for name, value in materialization.metadata.items()}


def test_dashboards_and_rules_are_imported_once(
    instance: dg.DagsterInstance, stub: tuple[KibanaStub, Settings]
) -> None:
    kibana, settings = stub
    settings = settings.model_copy(update={"kibana_public_url": PUBLIC})
    bundle = build_bundle(PREFIX)

    first, second = (metadata(materialize(instance, settings)) for _ in range(2))

    assert (first["outcome"], second["outcome"]) == ("imported", "unchanged")
    assert first["content"] == bundle.sha256
    assert (first["objects"], first["rules"]) == (len(objects_of(bundle)), len(bundle.rules))
    assert {(kind, key) for _, kind, key in kibana.objects} >= set(objects_of(bundle))
    assert {key for _, key in kibana.rules} == {rule.rule_id for rule in bundle.rules}
    assert bundle.dashboards
    for key, title in bundle.dashboards:
        assert first[title] == second[title] == f"{PUBLIC}/app/dashboards#/view/{key}"


def test_without_a_kibana_the_files_are_written_and_named(
    instance: dg.DagsterInstance, settings: Settings, tmp_path: Path
) -> None:
    shown = metadata(materialize(instance, settings))

    folder = tmp_path / "home" / "live" / "kibana"
    assert {path.name for path in folder.iterdir()} == {OBJECTS_FILE, RULES_FILE}
    assert shown["outcome"] == "written"
    assert shown["path"] == str(folder / OBJECTS_FILE)
    assert Path(shown["path"]).read_bytes() == build_bundle(PREFIX).ndjson


def test_a_refusal_fails_the_run_with_every_reason(
    instance: dg.DagsterInstance, stub: tuple[KibanaStub, Settings]
) -> None:
    kibana, settings = stub
    kibana.refused_rules = {build_bundle(PREFIX).rules[0].name}

    result = materialize(instance, settings)

    assert not result.success
    [failed] = [event for event in result.all_events if event.is_step_failure]
    assert "expected at least one index" in str(failed.step_failure_data.error)
    kibana.refused_rules.clear()
    assert metadata(materialize(instance, settings))["outcome"] == "imported"


def test_the_password_is_in_no_event(
    instance: dg.DagsterInstance, stub: tuple[KibanaStub, Settings]
) -> None:
    kibana, settings = stub
    materialize(instance, settings)
    kibana.password = "another"

    assert not materialize(instance, settings).success

    runs = instance.get_runs()
    logged = "".join(str(entry) for run in runs for entry in instance.all_logs(run.run_id))
    assert "operator" in logged
    assert SECRET not in logged


def test_the_graph_provisions_every_day_after_the_indices(settings: Settings) -> None:
    definitions = build_defs(settings)
    schedule = definitions.resolve_schedule_def("kibana_daily")
    graph = definitions.resolve_asset_graph()

    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert graph.get(dg.AssetKey("kibana_dashboards")).parent_keys == {
        dg.AssetKey("availability_index"),
        dg.AssetKey("feed_index"),
        dg.AssetKey("stations_index"),
    }
    job = definitions.resolve_job_def("kibana")
    assert job.asset_layer.executable_asset_keys == {dg.AssetKey("kibana_dashboards")}
    context = dg.build_schedule_context(
        scheduled_execution_time=datetime(2026, 11, 24, 4, 50, tzinfo=UTC)
    )
    assert len(schedule.evaluate_tick(context).run_requests or []) == 1
