"""The numbers for a monitor, as others count them in the stores."""

from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import sqlalchemy as sa

from belib_weather.definitions import build_defs
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.local.monitoring import metrics_finding, write_numbers
from belib_weather_tests.clocks import ClockOfTheTest
from belib_weather_tests.graph.conftest import Platform, history, keys_of
from belib_weather_tests.graph.test_late_data import copy_of_a_snapshot
from belib_weather_tests.unit.metrics.reading import read_openmetrics

TAKEN = (
    "SELECT sum(snapshots) FROM (SELECT * FROM feed_hours WHERE NOT is_provisional"
    " ORDER BY hour DESC LIMIT 24) AS day"
)
MISSED = TAKEN.replace("sum(snapshots)", "sum(greatest(expected_snapshots - snapshots, 0))")
Numbers = dict[tuple[str, str], float]
"""Values by metric, and by label values between commas."""


def numbers_in(path: Path) -> Numbers:
    return {
        (
            sample.name.removeprefix("belib_"),
            ",".join(value for _, value in sorted(sample.labels.items(), reverse=True)),
        ): sample.value
        for family in read_openmetrics(path.read_text())
        for sample in family.samples
    }


def numbers_of(platform: Platform) -> Numbers:
    """What the sensor writes."""
    platform.evaluate("metrics")
    return numbers_in(platform.settings.metrics_dir / "belib.prom")


def count(platform: Platform, query: str) -> int:
    url = platform.settings.postgres_url
    assert url is not None
    engine = sa.create_engine(url.get_secret_value())
    with engine.connect() as connection:
        found = int(connection.execute(sa.text(query)).scalar_one())
    engine.dispose()
    return found


def test_the_metrics_equal_queries_of_the_stores(
    platform_with_facts: Platform, now: datetime
) -> None:
    platform = platform_with_facts
    past = history(now)
    assert platform.materialize("feed_hours").success
    newest = max(d["captured_at"] for d in platform.database[RAW_SNAPSHOTS].find())
    platform.database[RAW_SNAPSHOTS].update_one(
        {"captured_at": newest}, {"$set": {"response.headers.x-ratelimit-remaining": "4321"}}
    )

    before = numbers_of(platform)

    assert before["newest_snapshot_timestamp_seconds", ""] == newest.timestamp()
    age = before["newest_snapshot_age_seconds", ""]
    assert abs(age - (now - newest).total_seconds()) < 60
    assert before["waiting_documents", "availability"] == count(
        platform, "SELECT count(*) FROM availability_facts"
    )
    assert before["differing_hours", ""] == 0
    assert before["stored_bytes", f"mongodb,{RAW_SNAPSHOTS}"] > 1000 * len(past.hours)
    assert before["stored_bytes", "postgresql,belib"] > 1e6
    assert before["poll_cadence_seconds", ""] == 300
    taken, missed = (before["day_polls", outcome] for outcome in ("taken", "missed"))
    assert taken == count(platform, TAKEN)
    assert missed == count(platform, MISSED)
    assert before["api_quota_remaining_requests", "simulator:opendata_paris/realtime"] == 4321
    stores = ("mongodb", "postgresql", "elasticsearch")
    assert {before["unreachable_stores", store] for store in stores} == {0}

    assert platform.materialize("availability_index", keys=keys_of(past)).success
    late = copy_of_a_snapshot(platform.lake, past, past.start + timedelta(minutes=97))
    platform.lake.append(RAW_SNAPSHOTS, late)
    after = numbers_of(platform)

    assert after["waiting_documents", "availability"] == 0
    assert after["differing_hours", ""] == 2  # 37 minutes past: within 30 of the next hour too
    assert after["stored_bytes", f"elasticsearch,{platform.search.prefix}-availability"] > 0


def test_an_unreachable_store_loses_only_its_own_metrics(platform: Platform) -> None:
    gone = platform.settings.model_copy(update={"index_prefix": "elsewhere"})
    away = gone.model_copy(
        update={"elasticsearch_url": type(gone.mongo_url)("http://127.0.0.1:9")}  # type: ignore[misc]
    )
    defs = build_defs(away, clock=ClockOfTheTest())
    with dg.build_sensor_context(
        instance=platform.instance, definitions=defs, resources=dict(defs.resources or {})
    ) as context:
        defs.get_sensor_def("metrics")(context)

    numbers = numbers_in(away.metrics_dir / "belib.prom")
    assert numbers["unreachable_stores", "elasticsearch"] == 1
    assert numbers["unreachable_stores", "mongodb"] == 0
    assert numbers["stored_bytes", "postgresql,belib"] > 0
    assert "newest_snapshot_timestamp_seconds" not in {name for name, _ in numbers}


def test_the_command_writes_the_same_metrics_and_doctor_names_the_file(platform: Platform) -> None:
    url = platform.settings.postgres_url
    assert url is not None
    dagster_url = url.get_secret_value().replace("+psycopg:", "+psycopg2:")
    settings = platform.settings.model_copy(
        update={"dagster_postgres_url": type(url)(dagster_url), "start": platform.settings.start}
    )
    assert metrics_finding(settings).state == "off"

    path = write_numbers(settings)

    by_command, by_sensor = numbers_in(path), numbers_of(platform)
    assert set(by_command) >= set(by_sensor)
    assert by_command["stored_bytes", "postgresql,dagster"] > 1e6
    found = metrics_finding(settings)
    assert (found.state, str(path) in found.text) == ("ok", True)
