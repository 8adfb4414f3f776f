"""What a tick leaves in Dagster's records, counted in PostgreSQL; docs/operations.md says so."""

import re
from datetime import datetime

import dagster as dg
import pytest
import sqlalchemy as sa

from belib_weather.partitions import hour_key
from belib_weather_tests.graph.conftest import Platform
from belib_weather_tests.local_stores import CHECKOUT

PAGE = CHECKOUT / "docs/operations.md"
BY_KIND = sa.text(
    "SELECT coalesce(dagster_event_type, 'log line') AS kind, count(*), sum(length(event))"
    " FROM event_logs GROUP BY 1 ORDER BY 3 DESC"
)


def tick(platform: Platform, instance: dg.DagsterInstance, now: datetime) -> None:
    """The runs of one tick within an hour."""
    for job, key in (("live", hour_key(now)), ("feed", None)):
        found = platform.defs.resolve_job_def(job).execute_in_process(
            instance=instance, partition_key=key, raise_on_error=False
        )
        assert found.success


@pytest.mark.slow
def test_a_tick_leaves_the_rows_and_bytes_that_are_documented(
    platform_with_history: Platform, instance: dg.DagsterInstance, warehouse_url: str, now: datetime
) -> None:
    platform = platform_with_history
    engine = sa.create_engine(warehouse_url)
    tick(platform, instance, now)  # the first one remakes more
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM event_logs"))

    tick(platform, instance, now)

    with engine.connect() as connection:
        found = connection.execute(BY_KIND).all()
    engine.dispose()
    rows, size = sum(row[1] for row in found), sum(int(row[2]) for row in found)
    documented = re.search(r"(\d+) rows, (\d+) kB a tick", PAGE.read_text())
    assert documented, "docs/operations.md says what a tick leaves"
    assert rows == pytest.approx(int(documented[1]), rel=0.2), found
    assert size == pytest.approx(1000 * int(documented[2]), rel=0.2), found
