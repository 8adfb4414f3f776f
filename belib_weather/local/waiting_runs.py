"""Runs that wait in Dagster's queue, by its own database.

What belongs here: how many wait and since when. What does not: why (Dagster's UI shows it).
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import sqlalchemy as sa

_ANSWER_SECONDS = 5
_LOOK_SECONDS = 30.0
LONGEST_WAIT = timedelta(minutes=5)
"""One live tick after the other would be late."""
_WAITING = (
    "SELECT count(*), min(create_timestamp) FROM runs WHERE status IN ('QUEUED','NOT_STARTED')"
)


@dataclass(frozen=True)
class Queue:
    """Runs that wait for a slot.

    Attributes:
        runs: how many.
        wait: of the oldest.
    """

    runs: int = 0
    wait: timedelta = timedelta(0)

    @property
    def is_late(self) -> bool:
        """Whether one waits too long."""
        return self.wait > LONGEST_WAIT

    def __str__(self) -> str:
        if not self.runs:
            return "no run is queued"
        return f"{self.runs} runs queued, the oldest for {self.wait.total_seconds() / 60:.0f} min"


class QueueWatch:
    """Reports when runs wait too long, and when they do no more.

    Args:
        dagster_url: SQLAlchemy address of Dagster's database.
    """

    def __init__(self, dagster_url: str) -> None:
        self._url = dagster_url
        self._is_late = False
        self._next_look = 0.0

    def look(self) -> str | None:
        """One line when that has changed since the last look."""
        if time.monotonic() < self._next_look:
            return None
        self._next_look = time.monotonic() + _LOOK_SECONDS
        found = queue(self._url)
        if found is None or found.is_late == self._is_late:
            return None  # the supervisor reports a database that is down
        self._is_late = found.is_late
        if found.is_late:
            return f"{found}; the Dagster UI shows which runs hold the slots (Runs, In progress)"
        return "runs no longer wait in the queue"


def queue(dagster_url: str) -> Queue | None:
    """What waits; None where the database does not answer.

    Args:
        dagster_url: SQLAlchemy address of Dagster's database.
    """
    url = sa.make_url(dagster_url).set(drivername="postgresql")
    try:
        with psycopg.connect(
            url.render_as_string(hide_password=False), connect_timeout=_ANSWER_SECONDS
        ) as connection:
            row = connection.execute(_WAITING).fetchone()
    except psycopg.Error:
        return None
    if row is None or row[1] is None:
        return Queue()
    return Queue(row[0], max(timedelta(0), datetime.now(UTC) - row[1].replace(tzinfo=UTC)))
