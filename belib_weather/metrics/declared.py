"""Every number that the platform gives a monitor, declared once.

All are gauges, so that the file is valid OpenMetrics and valid for node_exporter's textfile
collector, which reads Prometheus' older text format.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """A number, or one for each value of its labels.

    Attributes:
        name: ends with its unit; `belib_` stands before it.
        unit: the suffix of the name.
        text: what it is; shown as HELP.
        labels: names of its labels.
    """

    name: str
    unit: str
    text: str
    labels: tuple[str, ...] = ()


Numbers = Mapping[Metric, Mapping[tuple[str, ...], float]]
"""Values by metric and by label values. What is not known is left out."""

WRITTEN = Metric(
    "metrics_written_timestamp_seconds", "seconds", "When these numbers were read, as Unix time."
)
CADENCE = Metric("poll_cadence_seconds", "seconds", "Time between two polls of the feed.")
NEWEST_AT = Metric(
    "newest_snapshot_timestamp_seconds",
    "seconds",
    "When the newest snapshot was captured, as Unix time.",
)
NEWEST_AGE = Metric(
    "newest_snapshot_age_seconds",
    "seconds",
    "Age of the newest snapshot when these numbers were read.",
)
LAST_POLL_AT = Metric(
    "last_poll_timestamp_seconds", "seconds", "End of the last poll, taken or not, as Unix time."
)
POLLS = Metric(
    "day_polls",
    "polls",
    "Polls of the last 24 settled hours: taken, missed (expected and not taken), refused.",
    ("outcome",),
)
DIFFERING = Metric(
    "differing_hours",
    "hours",
    "Hours of the last 30 days whose snapshots or weather changed after their facts (late data).",
)
WAITING = Metric(
    "waiting_documents",
    "documents",
    "Documents of hours of the last 7 days that Elasticsearch has not acknowledged as they are.",
    ("index",),
)
SPOOLED = Metric(
    "spooled_documents", "documents", "Answers on disk that MongoDB has not acknowledged."
)
QUARANTINED = Metric("quarantined_documents", "documents", "Refused answers in quarantine.")
STORED = Metric(
    "stored_bytes",
    "bytes",
    "Size of what is stored: of a MongoDB collection (uncompressed), of a PostgreSQL database,"
    " of an Elasticsearch alias, of a folder.",
    ("store", "part"),
)
DISK_FREE = Metric("disk_free_bytes", "bytes", "Free space on the disk of the home.")
QUOTA = Metric(
    "api_quota_remaining_requests",
    "requests",
    "Requests that a public API still allows, as its newest stored answer said; absent where it"
    " says nothing.",
    ("source",),
)
UNREACHABLE = Metric(
    "unreachable_stores",
    "stores",
    "1 where a store did not answer: its numbers are absent.",
    ("store",),
)

METRICS = (
    WRITTEN,
    CADENCE,
    NEWEST_AT,
    NEWEST_AGE,
    LAST_POLL_AT,
    POLLS,
    DIFFERING,
    WAITING,
    SPOOLED,
    QUARANTINED,
    STORED,
    DISK_FREE,
    QUOTA,
    UNREACHABLE,
)
