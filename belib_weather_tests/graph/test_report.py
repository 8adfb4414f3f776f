"""The report as an asset: made from the graph's own facts, shown in the catalog, made hourly."""

import re
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import sqlalchemy as sa

from belib_weather.definitions import build_defs
from belib_weather.partitions import hour_key
from belib_weather.window import HOUR
from belib_weather_tests.clocks import StoppedClock
from belib_weather_tests.graph.conftest import Platform, history

REPORT = dg.AssetKey("availability_report")
MOST_BYTES = 60_000


def materialized(platform: Platform) -> dict[str, dg.MetadataValue]:
    result = platform.materialize("feed_hours", "availability_report")
    assert result.success
    [event] = result.asset_materializations_for_node("availability_report")
    return dict(event.metadata)


def test_the_report_shows_the_facts_of_the_graph(
    platform_with_facts: Platform,
    tmp_path: Path,
    warehouse_url: str,
) -> None:
    platform = platform_with_facts.changed(settings={"report_folder": tmp_path})
    assert platform.materialize("station_states").success

    metadata = materialized(platform)

    page = Path(str(metadata["report"].value))
    assert page == tmp_path / "availability-report.en.html"
    assert Path(str(metadata["rapport"].value)) == tmp_path / "availability-report.fr.html"
    text = page.read_text(encoding="utf-8")
    assert "<strong>Simulated data.</strong>" in text
    assert metadata["simulated"].value is True
    engine = sa.create_engine(warehouse_url)
    with engine.connect() as connection:
        counted = connection.execute(
            sa.text(
                "SELECT count(DISTINCT hour), count(DISTINCT station_id) FROM availability_facts"
            )
        ).one()
    engine.dispose()
    assert (metadata["hours"].value, metadata["stations"].value) == tuple(counted)
    glance = str(metadata["at a glance"].value)
    assert len(glance) < MOST_BYTES
    picture = re.search(r"\(data:image/png;base64,([^)]+)\)", glance)
    assert picture is not None
    assert b64decode(picture[1]).startswith(b"\x89PNG")


def test_the_report_counts_as_many_missed_snapshots_as_the_catalog(
    platform_with_facts: Platform,
    now: datetime,
    tmp_path: Path,
) -> None:
    platform = platform_with_facts.changed(settings={"report_folder": tmp_path})
    past = history(now)
    # Three hours without a poll follow, up to the one that goes on.
    verified = platform.materialize(
        "raw_belib_snapshots", keys=(hour_key(past.start), hour_key(now - HOUR))
    )
    assert verified.success
    shown = [
        event.metadata["table"].value
        for event in verified.asset_materializations_for_node("raw_belib_snapshots")
    ]
    counted = [tuple(map(int, str(t).splitlines()[2].strip("|").split("|")[:2])) for t in shown]
    taken, expected = (sum(column) for column in zip(*counted, strict=True))

    materialized(platform)

    text = (tmp_path / "availability-report.en.html").read_text(encoding="utf-8")
    pattern = r"Snapshots in [^:]+: (\d+) taken, (\d+) expected .*? (\d+)\xa0snapshots were missed"
    sentence = re.search(pattern, text)
    assert sentence is not None
    missed = sum(max(0, due - got) for got, due in counted)
    assert tuple(map(int, sentence.groups())) == (taken, expected, missed)
    assert (expected, missed) == (9 * 4, 3 * 4)


def test_before_anything_is_stored_the_report_says_so(platform: Platform) -> None:
    metadata = materialized(platform)

    assert "It is too early to say" in str(metadata["at a glance"].value)
    assert metadata["hours"].value == 0


def test_its_period_ends_at_the_present_of_the_clock(platform: Platform) -> None:
    at = datetime(2026, 3, 29, 12, 34, tzinfo=UTC)

    metadata = materialized(platform.changed(settings={}, clock=StoppedClock(at=at.isoformat())))

    assert metadata["to"].value == "2026-03-29 12:34:00 UTC (14:34 in Paris)"


def test_the_report_depends_on_facts_and_states_and_is_built_every_hour() -> None:
    definitions = build_defs()
    graph = definitions.resolve_asset_graph()
    schedule = definitions.resolve_schedule_def("report_hourly")

    assert graph.get(REPORT).parent_keys == {
        dg.AssetKey("availability_facts"),
        dg.AssetKey("station_states"),
        dg.AssetKey("feed_hours"),
    }
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    job = definitions.resolve_job_def("report")
    assert job.asset_layer.executable_asset_keys == {REPORT}
    context = dg.build_schedule_context(
        scheduled_execution_time=datetime(2026, 11, 24, 4, 3, tzinfo=UTC)
    )
    assert len(schedule.evaluate_tick(context).run_requests or []) == 1
