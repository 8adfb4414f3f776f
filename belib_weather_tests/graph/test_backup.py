"""A backup of a platform that polls, restored into an empty one beside it."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa
from dagster._core.test_utils import create_run_for_test
from polars.testing import assert_frame_equal
from pydantic import SecretStr

from belib_weather.lake import RAW_SNAPSHOTS
from belib_weather.lake.schema import COLLECTIONS
from belib_weather.local.backup import MANIFEST, Manifest, backup
from belib_weather.local.console import CommandError
from belib_weather.local.restore import restore
from belib_weather.settings import Settings
from belib_weather.warehouse.tables import TABLES
from belib_weather.window import Window
from belib_weather_tests.graph.conftest import Platform, history, keys_of, platform_on
from belib_weather_tests.graph.test_late_data import copy_of_a_snapshot, requested

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def source(
    platform_with_facts: Platform,
    fresh_database: Callable[[], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    now: datetime,
) -> tuple[Platform, str]:
    """A platform with published facts, and the id of a run in its Dagster records."""
    hours = keys_of(history(now))
    assert platform_with_facts.materialize("availability_index", keys=hours).success
    url = dagster_url(fresh_database)
    monkeypatch.setenv("BELIB_DAGSTER_POSTGRES_URL", url.get_secret_value())
    shutil.copy(CHECKOUT / "dagster.yaml", tmp_path)
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        run = create_run_for_test(instance, status=dg.DagsterRunStatus.SUCCESS)
    settings = platform_with_facts.settings.model_copy(
        update={"mode": "demo", "dagster_postgres_url": url}
    )
    return platform_with_facts.changed(settings=settings.model_dump()), run.run_id


@pytest.fixture
def target(
    source: tuple[Platform, str],
    fresh_database: Callable[[], str],
    tmp_path: Path,
) -> Iterator[Platform]:
    """A platform whose home and stores hold nothing."""
    platform, _ = source
    name = f"{platform.settings.mongo_database}_restored"
    settings = platform.settings.model_copy(
        update={
            "home": tmp_path / "restored",
            "mongo_database": name,
            "postgres_url": SecretStr(fresh_database()),
            "dagster_postgres_url": dagster_url(fresh_database),
            "index_prefix": name,
        }
    )
    with platform_on(settings) as target:
        yield target


def dagster_url(fresh_database: Callable[[], str]) -> SecretStr:
    url = sa.make_url(fresh_database()).set(drivername="postgresql+psycopg2")
    return SecretStr(url.render_as_string(hide_password=False))


@contextmanager
def polling(platform: Platform, hours: Window) -> Iterator[None]:
    """Snapshots keep landing."""
    stop = threading.Event()

    def poll() -> None:
        second = 0
        while not stop.wait(0.02):
            second += 1
            at = hours.end + timedelta(seconds=second)
            platform.lake.append(RAW_SNAPSHOTS, copy_of_a_snapshot(platform.lake, hours, at))

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def runs(settings: Settings) -> list[str]:
    assert settings.dagster_postgres_url
    engine = sa.create_engine(settings.dagster_postgres_url.get_secret_value())
    with engine.connect() as connection:
        found = connection.scalars(sa.text("SELECT run_id FROM runs")).all()
    engine.dispose()
    return list(found)


def ids(platform: Platform, collection: str) -> set[str]:
    return {str(found["_id"]) for found in platform.database[collection].find({}, {"_id": 1})}


def test_a_restore_brings_back_every_store_as_it_was(
    source: tuple[Platform, str], target: Platform, tmp_path: Path, now: datetime
) -> None:
    platform, run_id = source
    folder, before = tmp_path / "backups" / "today", ids(platform, RAW_SNAPSHOTS)
    spooled = platform.settings.spool_dir / "20261126T090000.000Z-raw_belib_snapshots.bson"
    spooled.parent.mkdir(parents=True)
    spooled.write_bytes(b"an envelope")

    with polling(platform, history(now)):
        manifest = backup(platform.settings, folder)
        restored = restore(target.settings, folder)

    assert restored == manifest
    copied = {file.name: file.documents for file in manifest.files}
    assert copied["mongo/raw_weather.bson"] == len(ids(target, "raw_weather")) > 0
    for table in TABLES.values():
        assert_frame_equal(target.warehouse.read(table), platform.warehouse.read(table))
    for collection in COLLECTIONS:
        assert ids(target, collection) <= ids(platform, collection)
    assert before <= ids(target, RAW_SNAPSHOTS)
    whole = Window(history(now).start, now)
    verified = target.lake.verify(RAW_SNAPSHOTS, whole)
    assert (verified.documents, verified.corrupt) == (len(ids(target, RAW_SNAPSHOTS)), [])
    assert target.lake.current().equals(platform.lake.current())
    assert runs(target.settings) == [run_id]
    assert (target.settings.spool_dir / spooled.name).read_bytes() == b"an envelope"
    # Elasticsearch has nothing of it yet; what differs is published without anyone asking.
    jobs = {request.job_name for request in target.evaluate("publication").run_requests or []}
    assert jobs & {"publish", "audit_index"}
    # What landed while PostgreSQL was copied is late data.
    assert requested(target.evaluate("late_data"))[-1][1] >= keys_of(history(now))[1]

    with pytest.raises(CommandError, match="an empty home only"):
        restore(target.settings, folder)
    with pytest.raises(CommandError, match="is not empty"):
        backup(platform.settings, folder)


def test_a_damaged_backup_is_refused_before_anything_is_written(
    source: tuple[Platform, str], target: Platform, tmp_path: Path
) -> None:
    platform, _ = source
    folder = tmp_path / "backup"
    manifest = backup(platform.settings, folder)
    name = f"mongo/{RAW_SNAPSHOTS}.bson"
    content = (folder / name).read_bytes()

    (folder / name).write_bytes(content[:-1] + b"x")
    with pytest.raises(CommandError, match=rf"{name} is missing or damaged"):
        restore(target.settings, folder)
    (folder / name).unlink()
    with pytest.raises(CommandError, match=rf"{name} is missing or damaged"):
        restore(target.settings, folder)
    (folder / name).write_bytes(content)
    of_live = manifest.model_copy(update={"mode": "live"})
    (folder / MANIFEST).write_text(Manifest.model_dump_json(of_live))
    with pytest.raises(CommandError, match="--mode live"):
        restore(target.settings, folder)
    (folder / MANIFEST).unlink()
    with pytest.raises(CommandError, match="is no backup"):
        restore(target.settings, folder)
    assert RAW_SNAPSHOTS not in target.database.list_collection_names()


def test_a_failed_backup_leaves_no_folder(source: tuple[Platform, str], tmp_path: Path) -> None:
    platform, _ = source
    nowhere = SecretStr("postgresql+psycopg://belib:wrong@127.0.0.1:1/belib")
    folder = tmp_path / "backup"
    broken = platform.settings.model_copy(update={"postgres_url": nowhere})

    with pytest.raises(CommandError, match="pg_dump failed"):
        backup(broken, folder)
    assert not folder.exists()
