"""Tell me when: messages of what changed at stations, by the rules of BELIB_ALERTS_FILE.

A sensor apart from every run, so that a failure here costs no poll. Progress is kept in PostgreSQL:
each attempt is noted before it is sent, and its outcome after. What belongs here: progress and
sending. What does not: rules and texts (`feeds.alerts`). Concept: docs/open-data.md
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
import polars as pl
from pydantic import SecretStr

from belib_weather.assets.problems import Problems
from belib_weather.datasets.changes import Subject
from belib_weather.metrics.webhook import Notification, Webhook, WebhookUnanswered
from belib_weather.resources import Clock, WarehouseResource
from belib_weather.settings import Settings
from belib_weather.warehouse import Lock, Warehouse, WarehouseTransaction
from belib_weather.warehouse.tables import STATIONS

if TYPE_CHECKING:
    from belib_weather.feeds.alerts import Alert, Rule

_LOCK = Lock("alerts")
_POSITION = "alerts have told up to"
"""Mark of progress: `_Progress`."""
_MOST_ROWS = 20_000
_MOST_SENDS = 2
"""Attempts of a message without an answer: the first, and one more."""
Send = Callable[["Alert"], None]


@dataclass(frozen=True)
class _Progress:
    """How far the changes of the outbox are sent.

    Attributes:
        position: in the outbox, up to which nothing is due any more.
        sent: ids of later messages that the receiver accepted, or that were given up.
        tried: attempts without an answer, by the id of a later message.
    """

    position: int = 0
    sent: list[str] = field(default_factory=list)
    tried: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, transaction: WarehouseTransaction) -> "_Progress":
        """The stored progress."""
        text = transaction.state(_POSITION) or "{}"
        # An older version wrote the position, and ids of another kind behind it.
        return cls(**json.loads(text)) if text.startswith("{") else cls(int(text.split()[0]))

    def store(self, transaction: WarehouseTransaction) -> None:
        """Write it."""
        transaction.set_state(_POSITION, json.dumps(asdict(self)))


def send_due(store: Warehouse, rules: "list[Rule]", send: Send, now: datetime) -> int:
    """Send what changed since the last time; returns the number of messages.

    The first time nothing is sent: only the end of the outbox is noted. A message that is refused
    stays due, and so do later messages of its rule; other rules go on.

    Raises:
        dg.Failure: messages were refused or given up; the text says of which rules and why.
    """
    from belib_weather.feeds.alerts import alerts  # noqa: PLC0415 - a fault costs no poll

    with store.locked(_LOCK) as transaction:
        is_first, progress = transaction.state(_POSITION) is None, _Progress.of(transaction)
        new = transaction.changes(progress.position, most=_MOST_ROWS, subject=Subject.STATION)
        if is_first:
            _Progress(new["position"].max() or 0).store(transaction)  # type: ignore[arg-type]
            return 0
        stations = store.read(STATIONS).filter(pl.col("valid_to").is_null())
    found = alerts(rules, new, stations, now)
    due = [alert for alert in found if alert.id not in progress.sent]
    problems, blocked = Problems(), dict[str, int]()
    for alert in due:
        if alert.rule.name not in blocked:
            blocked[alert.rule.name] = alert.position
            with problems.of(f"rule {alert.rule.name!r}"):
                _send_once(store, alert, send)
                del blocked[alert.rule.name]
    if new.height:
        with store.locked(_LOCK) as transaction:
            progress = _Progress.of(transaction)
            _progress_after(progress, new, found, blocked.values()).store(transaction)
    problems.raise_if_any(
        "Messages of other rules were sent; what is due is sent again at the next look."
    )
    return len(due)


def _send_once(store: Warehouse, alert: "Alert", send: Send) -> None:
    """Note the attempt, send the message, and note the outcome.

    A kill in between leaves the first note. The message is then sent once more with the same id,
    as after a missing answer, but not a third time.
    """
    with store.locked(_LOCK) as transaction:
        progress = _Progress.of(transaction)
        tried = progress.tried.get(alert.id, 0)
        if tried < _MOST_SENDS:
            progress.tried[alert.id] = tried + 1
        else:
            progress.sent.append(alert.id)
            del progress.tried[alert.id]
        progress.store(transaction)
    if tried >= _MOST_SENDS:
        raise WebhookUnanswered(
            f"{alert.title}: sent {tried} times without an answer, so it may have been received; it"
            " is not sent again. Does the receiver answer within five seconds?"
        )
    refused: Exception | None = None
    with store.locked(_LOCK) as transaction:
        progress = _Progress.of(transaction)
        del progress.tried[alert.id]
        try:
            send(alert)
            progress.sent.append(alert.id)
        except WebhookUnanswered:
            raise
        except Exception as error:
            # Certainly refused, so the attempt does not count.
            refused = error
            progress.tried.update({alert.id: tried} if tried else {})
        progress.store(transaction)
    if refused is not None:
        raise refused


def _progress_after(
    progress: _Progress, new: pl.DataFrame, found: "list[Alert]", blocked: Iterable[int]
) -> _Progress:
    """Progress up to the first message that is still due, and the outcome of later ones."""
    last: int = new["position"].max()  # type: ignore[assignment]
    position = min(blocked, default=last + 1) - 1
    later = {alert.id for alert in found if alert.position > position}
    return _Progress(
        position,
        [one for one in progress.sent if one in later],
        {one: tried for one, tried in progress.tried.items() if one in later},
    )


def alerts_automation(settings: Settings) -> dg.Definitions:
    """The sensor, if a file of rules is set."""
    if settings.alerts_file is None:
        return dg.Definitions()
    return dg.Definitions(sensors=[_sensor(settings.alerts_file, settings)])


def _sensor(file: Path, settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Sends what changed at stations, by the rules of BELIB_ALERTS_FILE.",
    )
    def alerts(warehouse: WarehouseResource, clock: Clock) -> dg.SkipReason:
        from belib_weather.feeds.alerts import read_rules  # noqa: PLC0415 - a fault costs no poll

        rules = read_rules(file)

        def send(alert: "Alert") -> None:
            url = alert.rule.url or settings.webhook_url
            name = f"rule {alert.rule.name!r} of BELIB_ALERTS_FILE"
            sender(url, settings.alerts_secret, name).send(
                Notification(alert.title, alert.text, alert.priority, (alert.tag,), alert.id)
            )

        sent = send_due(warehouse.connect(), rules, send, clock.now())
        return dg.SkipReason(f"sent {sent} messages")

    return alerts


def sender(url: SecretStr | None, secret: SecretStr | None, name: str) -> Webhook:
    """A sender for an address.

    Raises:
        ValueError: no address is set.
    """
    if url is None:
        raise ValueError(f"{name} has no url, and BELIB_WEBHOOK_URL is not set")
    return Webhook(url, secret=secret, name=name)
