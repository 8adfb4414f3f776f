"""The registry holds what the modules declare, and what chooses assets chooses from it."""

from datetime import UTC, date, datetime

import dagster as dg
import pytest

from belib_weather.assets.registry import all_assets, all_checks, registry
from belib_weather.definitions import build_defs
from belib_weather.lanes import LANE_TAG, RHYTHM_TAG, Lane
from belib_weather.partitions import DAILY, GRAIN_TAG, HOURLY, Partitions, grain_of
from belib_weather.settings import Settings
from belib_weather.window import Grain

START = date(2026, 10, 31)


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return build_defs(Settings(_env_file=None, start=START))


def test_every_asset_is_in_the_code_location(defs: dg.Definitions) -> None:
    executable = {
        spec.key.to_user_string()
        for spec in defs.resolve_all_asset_specs()
        if "http" not in spec.kinds
    }

    assert set(registry()) == executable
    assert len(all_assets()) == len(registry())


def test_every_check_is_found_once(defs: dg.Definitions) -> None:
    checks = all_checks(Partitions.since(datetime(2026, 10, 31, tzinfo=UTC)))
    keys = [key for check in checks for key in check.check_keys]

    assert len(keys) == len(set(keys))
    assert set(keys) == set(defs.resolve_asset_graph().asset_check_keys)


@pytest.mark.parametrize("lane", Lane)
def test_the_job_of_a_lane_runs_the_assets_with_its_tag(defs: dg.Definitions, lane: Lane) -> None:
    tagged = {dg.AssetKey(entry.name) for entry in registry().values() if entry.lane is lane}
    job = defs.resolve_job_def(lane.value)

    # New equipment is to be seen at once, so the static job also remakes what each tick does.
    also = {dg.AssetKey("charge_points"), dg.AssetKey("stations")} if lane is Lane.STATIC else set()
    assert tagged
    assert job.asset_layer.executable_asset_keys == tagged | also


def test_partitions_begin_with_the_setting_and_tags_say_what_they_are(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    for entry in registry().values():
        node = graph.get(dg.AssetKey(entry.name))
        assert grain_of(node.partitions_def) is entry.grain
        assert node.tags.get(GRAIN_TAG) == (entry.grain and entry.grain.value)
        assert node.tags[LANE_TAG] == entry.lane.value
        assert node.tags[RHYTHM_TAG] == entry.lane.rhythm.value
        if isinstance(node.partitions_def, dg.TimeWindowPartitionsDefinition):
            assert node.partitions_def.start.astimezone(UTC).date() == START


def test_the_partitions_of_an_asset_are_declared_on_the_asset() -> None:
    declared = {asset.key.to_user_string(): asset.partitions_def for asset in all_assets()}

    assert declared["availability_facts"] is HOURLY
    assert declared["weather_hours"] is DAILY
    assert declared["stations"] is None
    assert {grain_of(d) for d in declared.values()} == {None, Grain.HOUR, Grain.DAY}


def test_partitions_of_another_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="UTC hours or days"):
        grain_of(dg.StaticPartitionsDefinition(["a"]))
