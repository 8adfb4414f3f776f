"""The outbox: written with the state or not at all, each change once, at most one message twice."""

import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import dagster as dg
import polars as pl
import pytest
from pydantic import SecretStr

from belib_weather.automation.alerts import send_due
from belib_weather.datasets.changes import PointState
from belib_weather.feeds.alerts import Alert, Rule
from belib_weather.metrics.webhook import Notification, Webhook, WebhookError, WebhookUnanswered
from belib_weather.panels.i18n import Language
from belib_weather.transform.changes import point_changes
from belib_weather.transform.station_changes import station_changes
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import POINT_STATES, STATION_STATES, STATIONS, STATUS_CHANGES
from belib_weather_tests.unit.transform.polls import POINT, STATION_OF, T0, frame
from belib_weather_tests.unit.transform.reference import Sighting

OTHER = "FR*V75*EHBSAG*LOB*07*1"
SOURCE = "opendata_paris/realtime"
RULE = Rule(name="mine", stations=frozenset(STATION_OF.values()))


def seen(second: int, **words: str) -> pl.DataFrame:
    points = {"one": POINT, "other": OTHER}
    return frame([Sighting(points[n], second, word, second - 60) for n, word in words.items()])


def tick(store: Warehouse, now: pl.DataFrame, *, is_killed: bool = False) -> int:
    """Write a state with what it changes at stations, as a run does."""
    with store.locked(STATION_STATES) as transaction:
        before = transaction.read(POINT_STATES)
        transaction.replace(POINT_STATES, point_changes(before, now, SOURCE).states)
        appended = transaction.append_changes(station_changes(before, now, SOURCE))
        if is_killed:
            raise RuntimeError("killed before the end")
        return appended


def changes(store: Warehouse) -> list[tuple[int, str, str]]:
    rows = store.read(STATUS_CHANGES).sort("position").rows(named=True)
    return [(row["position"], row["station_id"], row["event"]) for row in rows]


def test_changes_are_written_with_the_state_or_not_at_all_and_each_once(
    warehouse: Warehouse,
) -> None:
    first = seen(T0, one="available", other="available")
    second = seen(T0 + 300, one="occupied", other="out_of_order")
    assert tick(warehouse, first) == 0

    with pytest.raises(RuntimeError, match="killed"):
        tick(warehouse, second, is_killed=True)
    assert changes(warehouse) == []
    assert warehouse.read(POINT_STATES)["sighted_at"].max() == datetime.fromtimestamp(T0, UTC)

    assert tick(warehouse, second) == 2
    assert tick(warehouse, second) == 0, "the same tick once more"
    with warehouse.locked(STATION_STATES) as transaction:  # as after a restore of the state alone
        before = point_changes(PointState.create_empty(), first, SOURCE).states
        assert transaction.append_changes(station_changes(before, second, SOURCE)) == 0
    assert tick(warehouse, seen(T0 + 600, one="available", other="available")) == 2
    assert changes(warehouse) == [
        (1, STATION_OF[OTHER], "broke_down"),
        (2, STATION_OF[POINT], "became_full"),
        (3, STATION_OF[OTHER], "came_back"),
        (4, STATION_OF[POINT], "became_free"),
    ]

    with warehouse.locked(STATION_STATES) as transaction:
        assert transaction.delete_changes(datetime.fromtimestamp(T0 + 9_000, UTC)) == 3
        assert transaction.changes(0, most=9)["position"].to_list() == [4], "the order goes on"


def taken_by(alert: Alert) -> tuple[str, str]:
    return alert.rule.name, alert.title.split(": ")[1]


def test_a_refusing_receiver_delays_only_its_own_rule_and_old_changes_are_not_sent(
    warehouse: Warehouse,
) -> None:
    received: list[tuple[str, str]] = []
    away = {"mine"}
    now = datetime.fromtimestamp(T0, UTC)
    rules = [RULE, RULE.model_copy(update={"name": "the depot", "language": Language.ENGLISH})]

    def send(alert: Alert) -> None:
        if alert.rule.name in away:
            raise WebhookError("it answers HTTP 503")
        received.append(taken_by(alert))

    tick(warehouse, seen(T0, one="available", other="available"))
    tick(warehouse, seen(T0 + 300, one="occupied", other="available"))
    assert send_due(warehouse, rules, send, now) == 0, "what was before the first start is not sent"

    tick(warehouse, seen(T0 + 600, one="available", other="occupied"))
    for _ in range(3):
        with pytest.raises(dg.Failure, match="rule 'mine': WebhookError: it answers HTTP 503"):
            send_due(warehouse, rules, send, now)
    assert sorted(received) == [("the depot", "a point is free"), ("the depot", "no point is free")]
    away.clear()
    assert send_due(warehouse, rules, send, now) == 2
    assert send_due(warehouse, rules, send, now) == 0
    assert sorted(received[2:]) == [("mine", "aucune borne libre"), ("mine", "une borne est libre")]

    tick(warehouse, seen(T0 + 900, one="occupied", other="available"))
    assert send_due(warehouse, rules, send, now + timedelta(hours=3)) == 0, "too late to be true"
    assert warehouse.read(STATIONS).is_empty()


def test_a_message_without_an_answer_is_sent_at_most_twice(
    warehouse: Warehouse,
) -> None:
    sent: list[str] = []
    now = datetime.fromtimestamp(T0, UTC)

    def send(alert: Alert) -> None:
        sent.append(alert.id)
        if alert.id == sent[0]:
            raise WebhookUnanswered("no answer came")

    tick(warehouse, seen(T0, one="available", other="available"))
    send_due(warehouse, [RULE], send, now)
    tick(warehouse, seen(T0 + 300, one="occupied", other="occupied"))
    for reason in ("no answer came", "no answer came", "sent 2 times without an answer"):
        with pytest.raises(dg.Failure, match=reason):
            send_due(warehouse, [RULE], send, now)
    assert send_due(warehouse, [RULE], send, now) == 1
    assert send_due(warehouse, [RULE], send, now) == 0
    first, other = sent[0], sent[-1]
    assert sent == [first, first, other] != [first, first, first]


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pydantic import SecretStr
from belib_weather.automation.alerts import send_due
from belib_weather.feeds.alerts import Rule
from belib_weather.metrics.webhook import Notification, Webhook
from belib_weather.warehouse import Warehouse

postgres, webhook, station, second = sys.argv[1:]

def send(alert):
    Webhook(SecretStr(webhook)).send(Notification(alert.title, alert.text, id=alert.id))
    os.kill(os.getpid(), signal.SIGKILL)

rule = Rule(name="mine", arrondissements=[], stations=station.split())
send_due(Warehouse(postgres), [rule], send, datetime.fromtimestamp(int(second), UTC))
"""


def test_a_kill_before_a_message_is_recorded_repeats_only_this_message_with_its_id(
    warehouse: Warehouse, warehouse_url: str
) -> None:
    got: list[str] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            ids = {self.headers[n] for n in ("idempotency-key", "x-message-id", "x-sequence-id")}
            (one,) = ids
            got.append(one)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/topic"

    def send(alert: Alert) -> None:
        Webhook(SecretStr(url)).send(Notification(alert.title, alert.text, id=alert.id))

    now = datetime.fromtimestamp(T0, UTC)
    tick(warehouse, seen(T0, one="available", other="available"))
    send_due(warehouse, [RULE], send, now)
    tick(warehouse, seen(T0 + 300, one="occupied", other="occupied"))
    arguments = [warehouse_url, url, " ".join(sorted(STATION_OF.values())), str(T0)]
    killed = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(got) == 1
    assert send_due(warehouse, [RULE], send, now) == 2
    assert send_due(warehouse, [RULE], send, now) == 0
    server.shutdown()
    server.server_close()

    assert got[0] == got[1], "the one whose fate was not known, once more"
    assert len(got) == 3
    assert len(set(got)) == 2, "a receiver that keeps ids sees each once"
