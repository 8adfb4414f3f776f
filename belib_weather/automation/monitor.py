"""How people and programs learn the platform's state: a file of numbers, and a webhook.

Two sensors, apart from every run, so that a failure here costs no poll. What belongs here: when,
and which events are worth a message. What does not: reading the numbers
(`assets.monitor_readings`), and sending (`metrics.webhook`). Concept: docs/monitoring.md
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
from dagster_postgres.event_log import PostgresEventLogStorage

from belib_weather.assets.monitor_readings import Sources, read_numbers
from belib_weather.dagster_internals import FreshnessStateChange
from belib_weather.datasets.changes import id_of
from belib_weather.metrics.exposition import write_metrics
from belib_weather.metrics.webhook import Notification, Webhook
from belib_weather.partitions import Partitions
from belib_weather.resources import Clock, MonitorResource
from belib_weather.settings import Settings
from belib_weather.warehouse import Warehouse

CHECKED = dg.DagsterEventType.ASSET_CHECK_EVALUATION
FRESHNESS = dg.DagsterEventType.FRESHNESS_STATE_CHANGE
MOST_EVENTS = 1_000
"""Events read in one evaluation."""
_MOST_LINES = 15
_STALE = {"WARN": 3, "FAIL": 4}
"""Priority of a message by the state of an asset; other states send no message."""


@dataclass
class SentNotifications:
    """The sensor's cursor: what was sent is remembered across a restart.

    Attributes:
        after: number of the newest event that was read.
        failing: checks whose failure was sent and that have not passed since.
        stale: by asset, the stale state that was sent last.
    """

    after: int
    failing: list[str] = field(default_factory=list)
    stale: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, cursor: str | None, newest: int) -> "SentNotifications":
        """From a cursor; without one, earlier events are skipped."""
        return cls(**json.loads(cursor)) if cursor else cls(newest)

    def text(self) -> str:
        """The cursor."""
        return json.dumps(asdict(self))


def messages_of(
    records: Iterable[dg.EventLogRecord], sent: SentNotifications
) -> list[Notification]:
    """The messages for events: each failure once until it passes. Updates `sent`.

    Args:
        records: of check evaluations and freshness, in order.
        sent: what was sent before.
    """
    failed: dict[str, list[str]] = {}
    is_error = False
    passed_again: list[str] = []
    stale: list[Notification] = []
    for record in records:
        sent.after = max(sent.after, record.storage_id)
        event = record.event_log_entry.dagster_event
        if event is None:
            continue
        data = event.event_specific_data
        if isinstance(data, dg.AssetCheckEvaluation):
            name = f"{data.asset_key.to_user_string()}: {data.check_name}"
            if data.passed:
                if name in sent.failing:
                    sent.failing.remove(name)
                    passed_again.append(name)
            elif name in failed or name not in sent.failing:
                failed.setdefault(name, []).append(data.partition or "")
                is_error = is_error or data.severity is dg.AssetCheckSeverity.ERROR
                if name not in sent.failing:
                    sent.failing.append(name)
        elif isinstance(data, FreshnessStateChange):
            stale += _freshness(data, sent)
    checks = []
    if failed:
        text = "\n".join(_shortened([_line(*item) for item in failed.items()]))
        title = f"Belib: {len(failed)} {'check' if len(failed) == 1 else 'checks'} failed"
        checks.append(Notification(title, text, 4 if is_error else 3, ("warning",)))
    if recovered := [name for name in dict.fromkeys(passed_again) if name not in sent.failing]:
        text = "\n".join(_shortened(recovered))
        checks.append(Notification("Belib: checks pass again", text, 2, ("white_check_mark",)))
    return [*checks, *stale]


def combined(messages: Sequence[Notification]) -> Notification:
    """One message of several: sent whole or not at all, so that none is sent twice."""
    if len(messages) == 1:
        return messages[0]
    first = max(messages, key=lambda message: message.priority)
    return Notification(
        f"{first.title}, and {len(messages) - 1} more",
        "\n".join(f"{message.title}\n{message.text}" for message in messages),
        first.priority,
        tuple(dict.fromkeys(tag for message in messages for tag in message.tags)),
    )


def _freshness(change: FreshnessStateChange, sent: SentNotifications) -> list[Notification]:
    name, state = change.key.to_user_string(), change.new_state.name
    at = datetime.fromtimestamp(change.state_change_timestamp, UTC)
    if state in _STALE and sent.stale.get(name) != state:
        sent.stale[name] = state
        text = f"{name} is stale ({state}) since {at:%Y-%m-%d %H:%M} UTC: it got no new data."
        return [Notification(f"Belib: {name} is stale", text, _STALE[state], ("hourglass",))]
    if state == "PASS" and sent.stale.pop(name, ""):
        text = f"{name} is fresh again since {at:%Y-%m-%d %H:%M} UTC."
        return [Notification(f"Belib: {name} is fresh again", text, 2, ("white_check_mark",))]
    return []


def _line(check: str, partitions: Sequence[str]) -> str:
    known = [partition for partition in partitions if partition]
    more = f" and {len(known) - 3} more" if len(known) > 3 else ""
    return f"{check} ({', '.join(known[:3])}{more})" if known else check


def _shortened(lines: list[str]) -> list[str]:
    rest = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], *([f"and {rest} more"] if rest > 0 else [])]


def new_events(instance: dg.DagsterInstance, after: int) -> list[dg.EventLogRecord]:
    """Check evaluations and changes of freshness after an event, in order."""
    found = [
        record
        for kind in (CHECKED, FRESHNESS)
        for record in instance.event_log_storage.get_event_records(
            dg.EventRecordsFilter(event_type=kind, after_cursor=after),
            limit=MOST_EVENTS,
            ascending=True,
        )
    ]
    return sorted(found, key=lambda record: record.storage_id)[:MOST_EVENTS]


def _id_of(first: dg.EventLogRecord) -> str:
    """Id of a message by its first event: the same when it is sent again."""
    return id_of(f"{first.storage_id} {first.event_log_entry.timestamp}")


def newest_event(instance: dg.DagsterInstance) -> int:
    """Number of the newest event of these kinds; 0 where there is none."""
    newest = [
        record.storage_id
        for kind in (CHECKED, FRESHNESS)
        for record in instance.event_log_storage.get_event_records(
            dg.EventRecordsFilter(event_type=kind), limit=1
        )
    ]
    return max(newest, default=0)


def monitor_automation(settings: Settings, partitions: Partitions) -> dg.Definitions:
    """The sensor that writes the numbers and, if a webhook is set, the one that sends to it."""

    @dg.sensor(
        minimum_interval_seconds=int(settings.cadence.total_seconds()),
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Writes the numbers that a monitor reads (docs/monitoring.md).",
    )
    def metrics(
        context: dg.SensorEvaluationContext,
        monitor: MonitorResource,
        clock: Clock,
    ) -> dg.SkipReason:
        storage = context.instance.event_log_storage
        dagster_url = storage.postgres_url if isinstance(storage, PostgresEventLogStorage) else None
        sources = Sources(
            lake=monitor.lake.connect,
            warehouse=monitor.warehouse.connect,
            search=monitor.search.connect,
            dagster=(lambda: Warehouse(dagster_url)) if dagster_url else None,
            spool=monitor.spool.connect(),
            prefix=monitor.search.index_prefix,
            home=Path(monitor.home),
            folders={name: Path(path) for name, path in monitor.folders.items()},
            cadence=timedelta(seconds=monitor.cadence_seconds),
            start=partitions.hourly.start.astimezone(UTC),
        )
        path = write_metrics(Path(monitor.path), read_numbers(sources, clock.now()))
        return dg.SkipReason(f"wrote {path}")

    return dg.Definitions(
        sensors=[metrics, *([webhook_sensor(settings)] if settings.webhook_url else [])]
    )


def webhook_sensor(settings: Settings) -> dg.SensorDefinition:
    """Sends what failed and what is stale, each once."""
    url = settings.webhook_url
    if url is None:
        raise ValueError("BELIB_WEBHOOK_URL is not set")
    target = Webhook(url)

    @dg.sensor(
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Sends failed checks and stale data to BELIB_WEBHOOK_URL, each once.",
    )
    def webhook(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        sent = SentNotifications.read(context.cursor, newest_event(context.instance))
        events = new_events(context.instance, sent.after)
        messages = messages_of(events, sent)
        if messages:
            target.send(replace(combined(messages), id=_id_of(events[0])))
        # After an error the cursor stays, and the next evaluation sends the same events, and what
        # came since, with the same id.
        context.update_cursor(sent.text())
        return dg.SkipReason(f"sent {len(messages)} notifications to {target.host}")

    return webhook
