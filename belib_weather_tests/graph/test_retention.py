"""What the settings keep for some days only goes; what rests on it stays."""

from datetime import datetime, timedelta
from pathlib import Path

from belib_weather.assets.export_ledger import outdated_dates
from belib_weather.automation.retention import retention_job
from belib_weather.lake import RAW_SNAPSHOTS
from belib_weather.partitions import day_key
from belib_weather.resources import platform_resources
from belib_weather.window import DAY, Window
from belib_weather_tests.clocks import StoppedClock
from belib_weather_tests.graph.conftest import Platform, history
from belib_weather_tests.stores.lake.sample import Refused


def retain(platform: Platform, at: datetime) -> None:
    """Run the job as if it were another time."""
    clock = StoppedClock(at=at.isoformat())
    assert retention_job.execute_in_process(
        resources=platform_resources(platform.settings, clock)
    ).success


def test_bodies_of_old_refusals_are_deleted_and_their_counts_stay(
    platform: Platform, now: datetime
) -> None:
    for days in (40, 20):
        platform.lake.quarantine(Refused(b"<html>", captured_at=now - timedelta(days)))
    window = Window(now - 50 * DAY, now)
    before = platform.lake.quarantined(window)

    retain(platform, now)  # unset: for ever
    new, old = before["id"]
    assert platform.lake.quarantined_document(old).body == b"<html>"  # type: ignore[union-attr]
    retain(platform.changed(settings={"quarantine_days": 30}), now)
    retain(platform.changed(settings={"quarantine_days": 30}), now)

    assert platform.lake.quarantined(window).equals(before)
    recent, emptied = (platform.lake.quarantined_document(document) for document in (new, old))
    assert recent is not None
    assert emptied is not None
    assert (recent.body, recent.is_truncated) == (b"<html>", False)
    assert (emptied.body, emptied.is_truncated, emptied.size) == (b"", True, 6)


def test_files_of_old_dates_are_deleted_and_written_again_on_request(
    platform_with_facts: Platform, tmp_path: Path, now: datetime
) -> None:
    folder, past = tmp_path / "exports", history(now)
    platform = platform_with_facts.changed(settings={"export_url": f"{folder}", "exports_days": 31})
    days = (day_key(past.start), day_key(past.end - timedelta(hours=1)))
    assert platform.materialize("open_exports", keys=days).success
    snapshots = platform.lake.list_documents(RAW_SNAPSHOTS, past)
    written = sorted(file.name for file in folder.rglob("*.csv"))
    dates = (past.start.date() - DAY, past.end.date() + DAY)

    retain(platform, now)
    assert sorted(file.name for file in folder.rglob("*.csv")) == written
    assert outdated_dates(platform.warehouse, f"{folder}", *dates) == []

    retain(platform, now + 33 * DAY)
    assert not list(folder.glob("availability/*/*.csv"))
    assert not list(folder.rglob("part.parquet"))
    assert (folder / "stations.csv").is_file()
    assert '"simulated": false' in (folder / "datapackage.json").read_text()
    assert outdated_dates(platform.warehouse, f"{folder}", *dates)
    assert platform.lake.list_documents(RAW_SNAPSHOTS, past).equals(snapshots)
