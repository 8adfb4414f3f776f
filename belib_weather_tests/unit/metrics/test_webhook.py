"""Messages over a real socket: each event once, also after a restart; no log shows the address."""

import base64
import hmac
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.header import decode_header, make_header
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import dagster as dg
import pytest
import stamina
from pydantic import SecretStr

from belib_weather.automation.monitor import SentNotifications, webhook_sensor
from belib_weather.dagster_internals import FreshnessStateChange
from belib_weather.metrics.webhook import Notification, Webhook, WebhookError, WebhookUnanswered
from belib_weather.settings import Settings

TOPIC = "topic-is-a-password"
FACTS, FEED = dg.AssetKey("availability_facts"), dg.AssetKey(["opendata_paris", "realtime"])
AT = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


@dataclass
class Ntfy:
    """A server that takes messages; `statuses` are its next answers, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    received: list[tuple[dict[str, str], str]] = field(default_factory=list)
    requests: int = 0
    ids: list[str] = field(default_factory=list)


@pytest.fixture
def ntfy() -> Iterator[Ntfy]:
    server_state = Ntfy()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            server_state.requests += 1
            server_state.ids.append(self.headers["x-message-id"] or "")
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            status = server_state.statuses.pop(0) if server_state.statuses else 200
            if status == 200:
                headers = {name.lower(): value for name, value in self.headers.items()}
                server_state.received.append((headers, body))
            if status == 0:
                return
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server_state.url = f"http://127.0.0.1:{server.server_port}/{TOPIC}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    with stamina.set_testing(True, attempts=3):
        yield server_state
    server.shutdown()
    server.server_close()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def look(instance: dg.DagsterInstance, ntfy: Ntfy, cursor: str | None) -> str:
    """One evaluation of the sensor, by a process that knows the cursor alone; the new cursor."""
    sensor = webhook_sensor(Settings(_env_file=None, webhook_url=SecretStr(ntfy.url)))
    with dg.build_sensor_context(instance=instance, cursor=cursor) as context:
        sensor(context)
        assert context.cursor is not None
        return context.cursor


def check(instance: dg.DagsterInstance, *, passed: bool, partition: str | None = None) -> None:
    instance.report_runless_asset_event(
        dg.AssetCheckEvaluation(
            asset_key=FACTS,
            check_name="seconds_add_up",
            passed=passed,
            partition=partition,
            severity=dg.AssetCheckSeverity.ERROR,
        )
    )


def freshness(instance: dg.DagsterInstance, before: str, after: str) -> None:
    states = type_of_state()
    instance.report_runless_asset_event(
        FreshnessStateChange(
            key=FEED,
            new_state=states[after],
            previous_state=states[before],
            state_change_timestamp=AT.timestamp(),
        )
    )


def type_of_state() -> Any:
    from dagster._core.definitions.freshness import FreshnessState

    return FreshnessState


def test_a_failed_check_is_sent_once_until_it_passes(
    instance: dg.DagsterInstance, ntfy: Ntfy
) -> None:
    check(instance, passed=False)
    cursor = look(instance, ntfy, None)
    assert ntfy.received == []  # it was before the first start

    check(instance, passed=False, partition="2026-11-26-11:00")
    cursor = look(instance, ntfy, cursor)
    [(headers, body)] = ntfy.received
    assert headers["title"] == "Belib: 1 check failed"
    assert (headers["priority"], headers["tags"]) == ("4", "warning")
    assert body == "availability_facts: seconds_add_up (2026-11-26-11:00)"

    check(instance, passed=False, partition="2026-11-26-12:00")
    for _ in range(2):
        cursor = look(instance, ntfy, cursor)
    assert len(ntfy.received) == 1

    check(instance, passed=True)
    cursor = look(instance, ntfy, cursor)
    check(instance, passed=False)
    cursor = look(instance, ntfy, cursor)
    titles = [headers["title"] for headers, _ in ntfy.received]
    assert titles[1:] == ["Belib: checks pass again", "Belib: 1 check failed"]
    assert look(instance, ntfy, cursor) == cursor


def test_stale_data_is_notified_once_for_each_state(
    instance: dg.DagsterInstance, ntfy: Ntfy
) -> None:
    cursor = look(instance, ntfy, None)
    for before, after in (("PASS", "WARN"), ("WARN", "FAIL"), ("FAIL", "PASS"), ("PASS", "PASS")):
        freshness(instance, before, after)
        cursor = look(instance, ntfy, look(instance, ntfy, cursor))

    assert [(h["title"], h["priority"]) for h, _ in ntfy.received] == [
        ("Belib: opendata_paris/realtime is stale", "3"),
        ("Belib: opendata_paris/realtime is stale", "4"),
        ("Belib: opendata_paris/realtime is fresh again", "2"),
    ]
    assert "since 2026-11-26 12:00 UTC" in ntfy.received[0][1]


def test_events_of_one_evaluation_are_one_message(instance: dg.DagsterInstance, ntfy: Ntfy) -> None:
    cursor = look(instance, ntfy, None)
    check(instance, passed=False)
    freshness(instance, "PASS", "WARN")

    look(instance, ntfy, cursor)

    [(headers, body)] = ntfy.received
    assert headers["title"] == "Belib: 1 check failed, and 1 more"
    assert headers["tags"] == "warning,hourglass"
    assert "seconds_add_up" in body
    assert "opendata_paris/realtime is stale" in body


def test_an_unreachable_server_gets_the_event_later_and_once(
    instance: dg.DagsterInstance, ntfy: Ntfy, caplog: pytest.LogCaptureFixture
) -> None:
    cursor = look(instance, ntfy, None)
    check(instance, passed=False)
    ntfy.statuses = [503, 500, 429]

    with caplog.at_level(logging.DEBUG), pytest.raises(Exception, match="HTTP 429") as refused:
        look(instance, ntfy, cursor)
    texts = f"{caplog.text}{refused.value}{refused.value.__cause__}"
    assert "http://127.0.0.1" in texts
    assert TOPIC not in texts

    assert (ntfy.requests, ntfy.received) == (3, [])
    cursor = look(instance, ntfy, look(instance, ntfy, cursor))
    assert len(ntfy.received) == 1

    check(instance, passed=True)
    ntfy.statuses = [0]
    with pytest.raises(Exception, match="may have been received"):
        look(instance, ntfy, cursor)
    look(instance, ntfy, cursor)
    assert ntfy.ids[-1] == ntfy.ids[-2] != ntfy.ids[0], "the same id when it is sent again"


def test_a_wrong_address_is_not_retried(ntfy: Ntfy) -> None:
    ntfy.statuses = [404]

    with pytest.raises(WebhookError, match="HTTP 404") as error:
        Webhook(SecretStr(ntfy.url)).send(Notification("a", "b"))

    assert ntfy.requests == 1
    assert TOPIC not in str(error.value)


def test_an_unreachable_server_is_an_error_without_the_address() -> None:
    with stamina.set_testing(True, attempts=2), pytest.raises(WebhookError) as error:
        Webhook(SecretStr(f"http://127.0.0.1:9/{TOPIC}")).send(Notification("a", "b"))

    assert "ConnectError" in str(error.value)
    assert TOPIC not in str(error.value)


def test_the_cursor_can_be_read_back() -> None:
    sent = SentNotifications(7, ["a: b"], {"c": "WARN"})

    assert SentNotifications.read(sent.text(), 99) == sent
    assert SentNotifications.read(None, 99) == SentNotifications(99)


def test_a_signed_message_is_verified_by_the_standard_and_its_title_may_have_accents(
    ntfy: Ntfy,
) -> None:
    secret = "a-long-random-text"
    message = Notification("Rue La Boétie: libre", "10:05 (Paris)", 3, ("electric_plug",), "id-1")
    Webhook(SecretStr(ntfy.url), secret=SecretStr(secret)).send(message)
    Webhook(SecretStr(ntfy.url)).send(message)

    (headers, body), (unsigned, _) = ntfy.received
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    digest = base64.b64encode(hmac.digest(secret.encode(), signed, "sha256")).decode()
    assert headers["webhook-signature"] == f"v1,{digest}"
    assert str(make_header(decode_header(headers["title"]))) == "Rue La Boétie: libre"
    assert (unsigned["webhook-id"], "webhook-signature" in unsigned) == ("id-1", False)


def test_a_message_without_an_answer_is_not_retried_and_has_its_own_error(ntfy: Ntfy) -> None:
    ntfy.statuses = [0, 200]  # takes the message, and hangs up without an answer

    with pytest.raises(WebhookUnanswered, match="it may have been received") as error:
        Webhook(SecretStr(ntfy.url)).send(Notification("a", "b", id="id-1"))

    assert ntfy.requests == 1
    assert TOPIC not in str(error.value)
    Webhook(SecretStr(ntfy.url)).send(Notification("a", "b", id="id-1"))
    headers, _ = ntfy.received[0]
    ids = {headers[name] for name in ("idempotency-key", "x-message-id", "x-sequence-id")}
    assert ids == {"id-1"} == {headers["webhook-id"]}
