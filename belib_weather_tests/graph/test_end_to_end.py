"""From the public API to the indices: what a run does, and what it refuses."""

import re
from collections import Counter
from datetime import datetime, timedelta

import dagster as dg
import httpx
import polars as pl
import pytest
from pydantic import SecretStr

from belib_weather.datasets import POINT_SECONDS
from belib_weather.lake.schema import QUARANTINE, RAW_SNAPSHOTS
from belib_weather.partitions import day_key, hour_key
from belib_weather.search.projections import AVAILABILITY_INDEX, STATIONS_INDEX
from belib_weather.warehouse.tables import AVAILABILITY_FACTS, WEATHER_HOURS
from belib_weather.window import Window, floor_hour
from belib_weather_tests.graph.conftest import DOWNSTREAM, LIVE, Platform, history, keys_of

BOTH_CLOCKS = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \((\d{4}-\d\d-\d\d )?\d\d:\d\d in Paris\)"


def failures(result: dg.ExecuteInProcessResult) -> str:
    """What the failed steps of a run said."""
    return "\n".join(
        event.step_failure_data.error.to_string()
        for event in result.all_events
        if event.is_step_failure and event.step_failure_data.error
    )


def test_a_tick_carries_a_snapshot_into_all_three_stores(platform: Platform, now: datetime) -> None:
    hour = Window.hour(floor_hour(now))

    result = platform.materialize(*LIVE, keys=hour_key(now))

    assert result.success, failures(result)
    [document] = platform.lake.documents(RAW_SNAPSHOTS, hour)
    assert document.source == "simulator:opendata_paris/realtime"
    facts = platform.warehouse.read(AVAILABILITY_FACTS, hour)
    assert facts["charge_points"].sum() == document.record_count
    assert facts["is_provisional"].all()
    assert platform.search.count(AVAILABILITY_INDEX, hour)["count"].to_list() == [facts.height]
    current = Counter(platform.lake.current()["status"])
    assert platform.search.reported_statuses() == dict(current)
    assert platform.search.total(STATIONS_INDEX) == facts.height


def test_every_check_of_a_tick_passes(platform: Platform, now: datetime) -> None:
    result = platform.materialize(*LIVE, keys=hour_key(now))

    evaluations = result.get_asset_check_evaluations()
    weather = [e for e in evaluations if e.check_name == "weather_joined"]
    assert [e.passed for e in weather] == [False]  # no weather was fetched, and it says so
    assert all(e.passed for e in evaluations if e not in weather)
    assert len(evaluations) == 17


def test_a_past_hour_without_snapshots_fails_alone_and_warns_in_a_range(
    platform: Platform, now: datetime
) -> None:
    past = history(now)

    alone = platform.materialize("raw_belib_snapshots", keys=hour_key(past.start))
    together = platform.materialize("raw_belib_snapshots", *DOWNSTREAM, keys=keys_of(past))

    assert not alone.success
    assert "belib-weather import" in failures(alone)
    assert together.success, failures(together)
    counted = together.asset_materializations_for_node("raw_belib_snapshots")
    assert {m.partition for m in counted} == {hour_key(hour) for hour in past.hours}
    assert all(m.metadata["dagster/partition_row_count"].value == 0 for m in counted)


@pytest.mark.parametrize("kind", ["truncated", "short", "html", "stream_error", "500", "429"])
def test_a_refused_body_is_quarantined_with_the_reason_and_nothing_is_stored(
    platform: Platform, api: str, now: datetime, kind: str
) -> None:
    fault = {"kind": kind, "dataset": "realtime", "count": 1}
    httpx.post(f"{api}/simulator/faults", json=fault).raise_for_status()

    result = platform.materialize("raw_belib_snapshots", keys=hour_key(now))

    httpx.delete(f"{api}/simulator/faults").raise_for_status()
    assert not result.success
    assert platform.lake.newest_captured_at(RAW_SNAPSHOTS) is None
    stats = {row["collection"]: row["documents"] for row in platform.lake.stats().to_dicts()}
    assert stats[QUARANTINE] == 1


def test_only_a_live_snapshot_makes_the_feed_fresh(
    platform_with_history: Platform, now: datetime
) -> None:
    feed = dg.AssetKey(["opendata_paris", "realtime"])
    platform = platform_with_history

    assert platform.instance.get_latest_materialization_event(feed) is None
    assert platform.materialize("raw_belib_snapshots", keys=hour_key(now)).success
    assert platform.instance.get_latest_materialization_event(feed) is not None


def test_a_poll_carries_its_cadence(platform_with_history: Platform, now: datetime) -> None:
    platform = platform_with_history
    assert platform.materialize("raw_belib_snapshots", keys=hour_key(now)).success

    def cadences(window: Window) -> set[int]:
        return set(platform.lake.inventory(RAW_SNAPSHOTS, window)["cadence_seconds"])

    assert cadences(history(now)) == {900}  # the step of the history
    assert cadences(Window.hour(floor_hour(now))) == {300}


def test_the_running_hour_gets_its_history_though_the_poll_comes_first(
    platform: Platform, now: datetime
) -> None:
    historic = platform.changed(settings={"feed_history_minutes": 15})
    for polls in (1, 2):  # the second time the history is there
        assert historic.materialize("raw_belib_snapshots", keys=hour_key(now)).success
        inventory = platform.lake.inventory(RAW_SNAPSHOTS, Window.hour(floor_hour(now)))
        cadences = Counter(inventory["cadence_seconds"])
        assert cadences == {900: now.minute // 15 + 1, 300: polls}


def test_a_backfill_of_weather_leaves_its_source_as_old_as_it_is(
    platform: Platform, now: datetime
) -> None:
    source, yesterday = dg.AssetKey("open_meteo"), now - timedelta(days=1)

    assert platform.materialize("raw_weather", keys=day_key(yesterday)).success
    assert platform.instance.get_latest_materialization_event(source) is None
    assert platform.materialize("raw_weather", keys=day_key(now)).success
    assert platform.instance.get_latest_materialization_event(source) is not None


def test_facts_carry_the_weather_of_their_hour(
    platform_with_facts: Platform, now: datetime
) -> None:
    platform, past = platform_with_facts, history(now)

    stamps = platform.warehouse.read(
        WEATHER_HOURS, Window(past.start, past.end + timedelta(hours=1))
    )
    facts = platform.warehouse.read(AVAILABILITY_FACTS, past)
    temperature = dict(stamps.select("hour", "temperature_c").iter_rows())
    rain = dict(stamps.select("hour", "precipitation_mm").iter_rows())
    for hour, found_c, found_mm in (
        facts.select("hour", "temperature_c", "precipitation_mm").unique().iter_rows()
    ):
        assert found_c == temperature[hour]
        assert found_mm == rain[hour + timedelta(hours=1)]


def test_facts_are_not_emptied_when_raw_is_lost(
    platform_with_facts: Platform, now: datetime
) -> None:
    platform, past = platform_with_facts, history(now)
    before = platform.warehouse.read(AVAILABILITY_FACTS, past)
    platform.database[RAW_SNAPSHOTS].delete_many(
        {"captured_at": {"$gte": past.start, "$lt": past.start + timedelta(hours=1)}}
    )

    result = platform.materialize("availability_facts", keys=keys_of(past))

    assert not result.success
    assert "no longer holds" in failures(result)
    assert platform.warehouse.read(AVAILABILITY_FACTS, past).equals(before)


def test_a_dead_elasticsearch_fails_the_index_and_nothing_else(
    platform: Platform, now: datetime
) -> None:
    dead = SecretStr("http://127.0.0.1:1")
    platform = platform.changed(settings={"elasticsearch_url": dead})

    result = platform.materialize(*LIVE, keys=hour_key(now))

    assert not result.success
    assert "127.0.0.1:1" in failures(result)
    facts = platform.warehouse.read(AVAILABILITY_FACTS, Window.hour(floor_hour(now)))
    assert facts.height > 0
    assert (
        facts.select(pl.sum_horizontal(POINT_SECONDS) == pl.col("charge_points") * 3600)
        .to_series()
        .all()
    )


def test_the_figures_of_a_run_are_rounded_with_their_unit_and_shown_once(
    platform_with_history: Platform, now: datetime
) -> None:
    platform, past = platform_with_history, history(now)
    results = [
        platform.materialize(*DOWNSTREAM, keys=keys_of(past)),
        platform.materialize("raw_belib_snapshots", keys=hour_key(now)),
        platform.materialize("raw_weather", "weather_hours", keys=day_key(now)),
        platform.materialize("belib_current", "charge_points", "stations", "station_states"),
        platform.materialize("stations_index"),
    ]
    assert all(result.success for result in results)

    for result in results:
        for event in result.get_asset_materialization_events():
            shown = event.materialization.metadata
            floats = {n: v.value for n, v in shown.items() if isinstance(v.value, float)}
            assert all(name.endswith(")") for name in floats), "a unit stands in brackets"
            assert all(value == round(value, 1) for value in floats.values())
            assert not any(isinstance(v, dg.TimestampMetadataValue) for v in shown.values())
            assert all(
                re.fullmatch(BOTH_CLOCKS, str(shown[n].value))
                for n in ("captured at", "first hour", "last hour")
                if n in shown
            )
            lines = str(shown["table"].value).splitlines() if "table" in shown else []
            if len(lines) == 3:  # of one row; a longer one breaks figures down
                head = lines[0].strip("|").split("|")
                counted = {name.removesuffix(" (%)") for name in shown}
                assert not {title.lower() for title in head} & counted


def test_coverage_and_staleness_are_those_of_sql(
    platform_with_history: Platform, now: datetime
) -> None:
    past = history(now)
    result = platform_with_history.materialize("availability_facts", keys=keys_of(past))
    facts = platform_with_history.warehouse.read(AVAILABILITY_FACTS, Window.hour(past.start))
    sums = facts.select(pl.col(*POINT_SECONDS, "charge_points").cast(pl.Int64).sum()).row(
        0, named=True
    )
    observed = sums["charge_points"] * 3600 - sums["unobserved_seconds"]

    [first] = [
        event.metadata
        for event in result.asset_materializations_for_node("availability_facts")
        if event.partition == hour_key(past.start)
    ]

    assert first["coverage within polled hours (%)"].value == pytest.approx(
        100 * observed / (sums["charge_points"] * 3600), abs=0.051
    )
    assert first["stale (%)"].value == pytest.approx(
        100 * sums["stale_seconds"] / observed, abs=0.051
    )


def test_a_check_that_passes_on_a_range_names_no_failure(
    platform_with_history: Platform, now: datetime
) -> None:
    result = platform_with_history.materialize("availability_facts", keys=keys_of(history(now)))

    whole_runs = [e for e in result.get_asset_check_evaluations() if e.partition is None]
    assert whole_runs
    for evaluation in whole_runs:
        names = " ".join(evaluation.metadata)
        assert ("failed" in names) is not evaluation.passed
