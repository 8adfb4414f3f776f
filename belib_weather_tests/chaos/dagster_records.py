"""What Dagster's own database holds of runs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import sqlalchemy as sa

UNFINISHED = ("QUEUED", "NOT_STARTED", "STARTING", "STARTED", "CANCELING")


@dataclass(frozen=True)
class Run:
    """A run that has not ended, and since when nothing has happened to it."""

    run_id: str
    job: str
    status: str
    silent: timedelta

    def __str__(self) -> str:
        return f"run {self.run_id[:8]} of {self.job}: {self.status} for {self.silent.seconds} s"


def unfinished_runs(dagster_url: str) -> list[Run]:
    """Runs that have not ended."""
    query = (
        "SELECT run_id, pipeline_name, status, update_timestamp FROM runs WHERE status = ANY(%s)"
    )
    now = datetime.now(UTC)
    return [
        Run(run_id, job, status, now - updated.replace(tzinfo=UTC))
        for run_id, job, status, updated in _rows(dagster_url, query, [list(UNFINISHED)])
    ]


def runs_by_status(dagster_url: str, since: datetime) -> dict[str, int]:
    """How many runs were made since then, by status."""
    query = "SELECT status, count(*) FROM runs WHERE create_timestamp >= %s GROUP BY status"
    return {
        str(status): int(count)
        for status, count in _rows(dagster_url, query, [since.replace(tzinfo=None)])
    }


def _rows(dagster_url: str, query: str, values: list[object]) -> list[tuple[Any, ...]]:
    url = sa.make_url(dagster_url).set(drivername="postgresql")
    with psycopg.connect(
        url.render_as_string(hide_password=False), connect_timeout=5
    ) as connection:
        return connection.execute(query.encode(), values).fetchall()
