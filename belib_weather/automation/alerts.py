"""Tell me when: messages of what changed at stations, by the rules of BELIB_ALERTS_FILE.

A sensor apart from every run, so that a failure here costs no poll. Progress is kept in PostgreSQL:
each message is marked as told in the transaction in which it is sent. What belongs here: progress
and sending. What does not: rules and texts (`feeds.alerts`). Concept: docs/open-data.md
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
import polars as pl
from pydantic import SecretStr

from belib_weather.datasets.changes import Subject
from belib_weather.metrics.webhook import Notification, Webhook
from belib_weather.resources import Clock, WarehouseResource
from belib_weather.settings import Settings
from belib_weather.warehouse import Lock, Warehouse
from belib_weather.warehouse.tables import STATIONS

if TYPE_CHECKING:
    from belib_weather.feeds.alerts import Alert, Rule

_LOCK = Lock("alerts")
_POSITION = "alerts have told up to"
"""Mark of progress: a position of the outbox, and the ids of its messages that were sent."""
_MOST_ROWS = 20_000
Send = Callable[["Alert"], None]


def tell(store: Warehouse, rules: "list[Rule]", send: Send, now: datetime) -> int:
    """Send what changed since the last time, each message once; returns how many.

    The first time nothing is told but where the outbox ends. A message that is refused stays due,
    and so does all that follows it.
    """
    from belib_weather.feeds.alerts import alerts  # noqa: PLC0415 - a fault costs no poll

    with store.locked(_LOCK) as transaction:
        told = transaction.state(_POSITION)
        new = transaction.changes(_position(told), most=_MOST_ROWS, subject=Subject.STATION)
        if told is None:
            transaction.set_state(_POSITION, str(new["position"].max() or 0))
            return 0
        stations = store.read(STATIONS).filter(pl.col("valid_to").is_null())
    due = [one for one in alerts(rules, new, stations, now) if one.id not in _sent(told)]
    for alert in due:
        _send_once(store, alert, send)
    if new.height:
        with store.locked(_LOCK) as transaction:
            transaction.set_state(_POSITION, str(new["position"].max()))
    return len(due)


def _send_once(store: Warehouse, alert: "Alert", send: Send) -> None:
    """Send a message and note it in one transaction: what was not sent is not noted."""
    with store.locked(_LOCK) as transaction:
        told = transaction.state(_POSITION)
        sent = [*_sent(told), alert.id] if told else [alert.id]
        transaction.set_state(_POSITION, " ".join([str(_position(told)), *sent]))
        send(alert)


def _position(told: str | None) -> int:
    return int(told.split()[0]) if told else 0


def _sent(told: str) -> list[str]:
    return told.split()[1:]


def alerts_automation(settings: Settings) -> dg.Definitions:
    """The sensor, where a file of rules is set."""
    if settings.alerts_file is None:
        return dg.Definitions()
    return dg.Definitions(sensors=[_sensor(settings.alerts_file, settings)])


def _sensor(file: Path, settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells what changed at stations by the rules of BELIB_ALERTS_FILE, each once.",
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

        return dg.SkipReason(f"sent {tell(warehouse.connect(), rules, send, clock.now())} messages")

    return alerts


def sender(url: SecretStr | None, secret: SecretStr | None, name: str) -> Webhook:
    """What sends to an address.

    Raises:
        ValueError: there is none.
    """
    if url is None:
        raise ValueError(f"{name} has no url, and BELIB_WEBHOOK_URL is not set")
    return Webhook(url, secret=secret, name=name)
