"""Whose turn it is to write `belib_current`: a lease stored in `projections`.

A transaction would need a replica set; a lease works on any server.
"""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo.errors import PyMongoError

from belib_weather.lake.connection import Connection
from belib_weather.lake.errors import LakeBusyError
from belib_weather.lake.schema import BELIB_CURRENT, PROJECTIONS

LEASE_SECONDS = 30
_LEASE = timedelta(seconds=LEASE_SECONDS)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Lease:
    """The right to write `belib_current`, for `LEASE_SECONDS` of the server's time at once.

    A writer that was killed blocks others for that long; the next writer compares with what is
    stored, and so completes what was half written.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._projections = connection.database[PROJECTIONS]
        self._holder = uuid.uuid4().hex
        self.stored_at: datetime | None = None
        """The instant that `belib_current` shows when the lease is taken."""

    def take(self) -> None:
        """Wait for the turn."""
        fresh = {"captured_at": None, "leased_until": _LONG_AGO, "holder": None}
        self._projections.update_one({"_id": BELIB_CURRENT}, {"$setOnInsert": fresh}, upsert=True)
        deadline = time.monotonic() + LEASE_SECONDS + self._connection.timeout_seconds
        while time.monotonic() < deadline:
            # Plain comparisons only: SecantusDB 0.7.0b3 lets `$$NOW` in a filter match always.
            now = self._now()
            state = self._projections.find_one_and_update(
                {"_id": BELIB_CURRENT, "leased_until": {"$lte": now}},
                {"$set": {"leased_until": now + _LEASE, "holder": self._holder}},
            )
            if state is not None:
                self.stored_at = state["captured_at"]
                return
            time.sleep(0.05)
        raise LakeBusyError(
            f"{BELIB_CURRENT} is being written by others without a pause; try again"
        )

    def renew(self, **values: Any) -> None:
        """Prolong the lease, and store `values` beside it; raises when it was taken over."""
        self._update({"leased_until": self._now() + _LEASE, **values})

    def release(self) -> None:
        """Let the next writer in; raises when the lease was taken over meanwhile."""
        self._update({"leased_until": _LONG_AGO, "holder": None})

    def _update(self, values: dict[str, Any]) -> None:
        own = {"_id": BELIB_CURRENT, "holder": self._holder}
        if self._projections.update_one(own, {"$set": values}).matched_count == 0:
            raise LakeBusyError(
                f"another writer took {BELIB_CURRENT} over after a pause of more than "
                f"{LEASE_SECONDS} s; materialize belib_current again"
            )

    def _now(self) -> datetime:
        now: datetime = self._connection.client.admin.command("hello")["localTime"]
        return now.replace(tzinfo=UTC)


@contextmanager
def lease(connection: Connection) -> Iterator[Lease]:
    """Take the lease, and give it back at the end of the block."""
    turn = Lease(connection)
    turn.take()
    try:
        yield turn
    except LakeBusyError:
        raise
    except BaseException:
        # The lease expires by itself; the error of the block must not be hidden.
        with suppress(PyMongoError, LakeBusyError):
            turn.release()
        raise
    turn.release()
