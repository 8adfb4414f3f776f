"""How far changes were sent to Kafka, as one document.

What belongs here: the document. What does not: sending (`stream`), requests.
"""

from datetime import datetime

import dataframely as dy
import polars as pl

from belib_weather.datasets import columns as c
from belib_weather.datasets.changes import Lag

SENT, FAILED = "sent", "failed"


class StreamDocument(dy.Schema):
    """How far the changes of status were sent to Kafka, at the last try: `belib-stream`."""

    outbox = dy.String(primary_key=True, description="Name of the table that is sent.")
    last_try = dy.Enum(
        [SENT, FAILED], description="sent: Kafka has all; failed: it did not answer."
    )
    tried_at = c.second("End of the last try.")
    changes_waiting = dy.Int64(
        min=0, metadata=c.unit("1"), description="Changes that were not sent yet."
    )
    oldest_waiting_at = c.second("Snapshot that saw the oldest of them.", nullable=True)
    newest_sent_at = c.second("Snapshot that saw the newest change that was sent.", nullable=True)


def stream_documents(
    lag: Lag, tried_at: datetime, *, is_sent: bool
) -> dy.DataFrame[StreamDocument]:
    """The document."""
    row = {
        "outbox": "status_changes",
        "last_try": SENT if is_sent else FAILED,
        "tried_at": tried_at.replace(microsecond=0),
        "changes_waiting": lag.waiting,
        "oldest_waiting_at": lag.oldest_waiting_at,
        "newest_sent_at": lag.newest_sent_at,
    }
    return StreamDocument.validate(pl.DataFrame([row], schema=StreamDocument.create_empty().schema))
