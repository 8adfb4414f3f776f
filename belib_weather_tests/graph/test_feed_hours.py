"""`feed_hours` on real stores: an outage of the collector has rows, and late polls remake them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import dagster as dg
import polars as pl
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from belib_weather.formats.realtime import read_realtime
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.search.projections import FEED_INDEX
from belib_weather.sources.response import RejectedResponse, Response
from belib_weather.warehouse.tables import FEED_HOURS
from belib_weather.window import HOUR
from belib_weather_tests.bodies import body
from belib_weather_tests.clocks import StoppedClock
from belib_weather_tests.graph.conftest import Platform
from belib_weather_tests.graph.publication import Documents

MIDNIGHT = datetime(2026, 11, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BODY = body("realtime/2026.json")
READ = read_realtime(BODY)


@pytest.fixture
def at_twenty_past_ten(platform: Platform) -> Platform:
    """The platform at 10:20 of a day in the past."""
    clock = StoppedClock(at=f"{MIDNIGHT + 10 * HOUR + 20 * MINUTE}")
    return platform.changed(settings={"start": MIDNIGHT.date() - timedelta(days=5)}, clock=clock)


def response_at(captured_at: datetime, cadence: int | None = 300) -> Response:
    """A poll of the body."""
    return Response(
        source="opendata_paris/realtime",
        captured_at=captured_at,
        request_url="https://feed.invalid",
        request_params={},
        status=200,
        headers={},
        body=BODY,
        record_count=READ.records.height,
        expected_count=None,
        summary=dict(READ.summary),
        cadence_seconds=cadence,
    )


def poll(platform: Platform, instants: Iterable[datetime], cadence: int | None = 300) -> None:
    for captured_at in instants:
        platform.lake.append(RAW_SNAPSHOTS, response_at(captured_at, cadence))


def refuse(platform: Platform, captured_at: datetime) -> None:
    platform.lake.quarantine(
        RejectedResponse(
            source="opendata_paris/realtime",
            captured_at=captured_at,
            request_url="https://feed.invalid",
            request_params={},
            status=200,
            headers={},
            body=b"[",
            reason="cut short",
        )
    )


def every_five_minutes(start: datetime, end: datetime) -> list[datetime]:
    return [start + n * 5 * MINUTE for n in range((end - start) // (5 * MINUTE))]


def materialized_rows(platform: Platform) -> pl.DataFrame:
    """Materialize, and read the table."""
    result = platform.materialize("feed_hours")
    assert result.success
    checks = {c.check_name: c.passed for c in result.get_asset_check_evaluations()}
    assert checks["feed_hours_have_no_hole"], checks
    return platform.warehouse.read(FEED_HOURS)


def by_hour(rows: pl.DataFrame, column: str) -> dict[int, int | None]:
    return {(hour - MIDNIGHT) // HOUR: value for hour, value in rows.select("hour", column).rows()}


def test_an_outage_has_rows_and_late_polls_rebuild_them(at_twenty_past_ten: Platform) -> None:
    platform = at_twenty_past_ten
    assert materialized_rows(platform).is_empty()

    now = MIDNIGHT + 10 * HOUR + 20 * MINUTE
    poll(platform, every_five_minutes(MIDNIGHT, MIDNIGHT + 2 * HOUR))
    poll(platform, every_five_minutes(MIDNIGHT + 8 * HOUR, now))
    refuse(platform, MIDNIGHT + 3 * HOUR)
    rows = materialized_rows(platform)
    assert by_hour(rows, "observed_seconds") == {
        0: 3600,
        1: 3300,
        **dict.fromkeys(range(2, 8), 0),
        8: 3600,
        9: 3600,
        10: 900,
    }
    assert by_hour(rows, "refused") == {hour: int(hour == 3) for hour in range(11)}
    assert by_hour(rows, "charge_points")[0] == READ.records["charge_point_id"].n_unique()
    # Until 10:30 the next poll may still change the hour of nine.
    assert [h for h, is_open in by_hour(rows, "is_provisional").items() if is_open] == [9, 10]

    # What had waited on a disk comes in, and an import from before the first poll.
    poll(platform, every_five_minutes(MIDNIGHT + 4 * HOUR, MIDNIGHT + 6 * HOUR))
    poll(platform, [MIDNIGHT - 3 * HOUR], cadence=None)
    later = materialized_rows(platform)
    assert by_hour(later, "observed_seconds") == {
        **by_hour(rows, "observed_seconds"),
        -3: 0,
        4: 3600,
        5: 3300,
    }
    assert by_hour(later, "expected_snapshots") == {-3: None, **dict.fromkeys(range(11), 12)}

    assert platform.settings.postgres_url
    with sa.create_engine(platform.settings.postgres_url.get_secret_value()).begin() as connection:
        connection.execute(sa.text("DELETE FROM feed_hours"))
        connection.execute(sa.text("DELETE FROM input_ledger"))
        connection.execute(sa.text("DELETE FROM platform_state"))
    assert materialized_rows(platform).equals(later)


def test_only_changed_hours_are_rebuilt(at_twenty_past_ten: Platform) -> None:
    platform = at_twenty_past_ten
    poll(platform, every_five_minutes(MIDNIGHT, MIDNIGHT + 10 * HOUR + 20 * MINUTE))
    materialized_rows(platform)

    poll(platform, [MIDNIGHT + 5 * HOUR + 7 * MINUTE])
    (event,) = platform.materialize("feed_hours").asset_materializations_for_node("feed_hours")

    # The hour itself and the one before, which may end in the same gap.
    assert event.metadata["hours remade"].value == 2


def test_a_poll_earlier_than_the_known_first_one_moves_the_start(
    at_twenty_past_ten: Platform,
) -> None:
    """As a backup brings it, or a disk on which it had waited; refused or not."""
    platform = at_twenty_past_ten
    now = MIDNIGHT + 10 * HOUR + 20 * MINUTE
    poll(platform, every_five_minutes(MIDNIGHT + 8 * HOUR, now))
    assert min(by_hour(materialized_rows(platform), "snapshots")) == 8
    for earlier in (5, -20):
        poll(platform, [MIDNIGHT + earlier * HOUR])
        assert list(by_hour(materialized_rows(platform), "snapshots")) == list(range(earlier, 11))
    refuse(platform, MIDNIGHT - 30 * HOUR)
    assert list(by_hour(materialized_rows(platform), "snapshots")) == list(range(-30, 11))


def test_the_feed_job_needs_no_other_asset(platform: Platform) -> None:
    job = platform.defs.resolve_job_def("feed")

    keys = {key.to_user_string() for key in job.asset_layer.executable_asset_keys}
    assert keys == {"feed_hours", "feed_index"}
    graph = platform.defs.resolve_asset_graph()
    assert graph.get(dg.AssetKey("feed_index")).parent_keys == {dg.AssetKey("feed_hours")}


def tick(platform: Platform) -> dg.ExecuteInProcessResult:
    """The job as its schedule runs it."""
    job = platform.defs.resolve_job_def("feed")
    return job.execute_in_process(instance=platform.instance, raise_on_error=False)


def passed(result: dg.ExecuteInProcessResult, check: str) -> bool:
    """Whether a check passed."""
    return all(e.passed for e in result.get_asset_check_evaluations() if e.check_name == check)


def test_an_outage_shows_in_kibana_and_the_catalog_while_it_lasts_and_afterwards(
    at_twenty_past_ten: Platform, elasticsearch_url: str
) -> None:
    platform, documents = at_twenty_past_ten, Documents(at_twenty_past_ten, elasticsearch_url)
    poll(platform, every_five_minutes(MIDNIGHT, MIDNIGHT + 2 * HOUR))
    seven = platform.changed(
        settings={}, clock=StoppedClock(at=f"{MIDNIGHT + 7 * HOUR + 40 * MINUTE}")
    )

    during = tick(seven)

    assert during.success
    assert not passed(during, "no_outage_now")
    hours = documents.all(FEED_INDEX)
    assert len(hours) == 8
    running = hours[f"{MIDNIGHT + 7 * HOUR:%Y-%m-%dT%H:%M:%SZ}"]
    assert (running["longest_gap_seconds"], running["is_provisional"]) == (2400, True)
    assert platform.search.total(FEED_INDEX) == 8

    poll(platform, every_five_minutes(MIDNIGHT + 8 * HOUR, MIDNIGHT + 10 * HOUR + 20 * MINUTE))
    dead = platform.changed(
        settings={"elasticsearch_url": SecretStr("http://127.0.0.1:1")},
        clock=StoppedClock(at=f"{MIDNIGHT + 10 * HOUR + 20 * MINUTE}"),
    )
    without = tick(dead)

    # An Elasticsearch that is away costs the index alone, and the next run brings all of it.
    assert not without.success
    assert platform.warehouse.read(FEED_HOURS).height == 11
    assert documents.all(FEED_INDEX) == hours
    after = tick(platform)
    assert passed(after, "no_outage_now")
    assert documents.agree()
    [event] = after.asset_materializations_for_node("feed_index")
    assert event.metadata["documents written"].value == 4  # the hours 7 to 10
    [event] = after.asset_materializations_for_node("feed_hours")
    table = event.metadata["table"]
    assert isinstance(table, dg.MarkdownMetadataValue)
    # 3600 + 3300 seconds, none in six hours, and 3600 in the only other one that is settled.
    assert "2026-11-10|32.4%|9|" in (table.md_str or "")
