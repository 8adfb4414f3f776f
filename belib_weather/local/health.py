"""Whether a process answers as it should: asked over its own protocol, a few milliseconds a time.

What belongs here: one question for each kind of process. What does not: what follows from an answer
(`supervisor`).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from pathlib import Path

import grpc
import httpx
import psycopg
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from belib_weather.embedded.errors import EmbeddedError, StillStarting
from belib_weather.embedded.loopback import ADDRESS, http_client, listens
from belib_weather.embedded.server import Server

_ANSWER_SECONDS = 5
_NO_PROXY = (("grpc.enable_http_proxy", 0),)
_DAGSTER_SERVICE = "DagsterApi"
# Dagster shows that a server shuts down only to requests for a run. Its health service continues
# to answer SERVING. An empty request starts nothing: a working server cannot read it and says so.
_START_RUN = "/api.DagsterApi/StartRun"
_REFUSAL = b"telling it to shut down"
_ALL_SILENT = timedelta(seconds=75)
"""Dagster's daemon writes a heartbeat of each of its threads every 30 s."""
_ONE_SILENT = timedelta(minutes=15)
"""One thread may be busy for minutes, with a backfill or a slow sensor."""
_POLLING = frozenset({"SCHEDULER", "QUEUED_RUN_COORDINATOR"})
_POLLING_SILENT = timedelta(minutes=5)
"""Without these threads no poll is started."""
_AHEAD = timedelta(minutes=1)
"""A heartbeat stamped later than this was written by a clock that was ahead: it does not count."""
_RUNS_QUERY = "{ runsOrError(limit: 1) { __typename } }"
_BEAT_SECONDS = 30


class Verdict(Enum):
    """What an answer means."""

    HEALTHY = auto()
    STARTING = auto()
    """It says itself that it needs time."""
    SILENT = auto()
    """No answer, or a wrong one; the next may be right."""
    REFUSING = auto()
    """It says that it does not work any more."""
    UNKNOWN = auto()
    """It could not be asked, for a reason outside of it."""
    FULL = auto()
    """Its disk is full, which no restart cures."""


@dataclass(frozen=True)
class Health:
    """A verdict, with the reason when it is not healthy."""

    verdict: Verdict
    reason: str = ""

    @property
    def is_healthy(self) -> bool:
        """Whether it answers as it should."""
        return self.verdict is Verdict.HEALTHY


HEALTHY = Health(Verdict.HEALTHY)


def http_health(port: int, path: str) -> Health:
    """A web server's: it answers a GET with success."""
    try:
        with http_client(port, _ANSWER_SECONDS) as client:
            answer = client.get(path)
    except httpx.ConnectError:
        return Health(Verdict.REFUSING, f"it accepts no connection on port {port}")
    except httpx.HTTPError as error:
        return Health(Verdict.SILENT, f"GET {path}: {type(error).__name__}")
    if not answer.is_success:
        return Health(Verdict.SILENT, f"GET {path} is answered with {answer.status_code}")
    return HEALTHY


def webserver_health(port: int) -> Health:
    """That of Dagster's webserver: it answers a question to Dagster's database."""
    try:
        with http_client(port, _ANSWER_SECONDS) as client:
            answer = client.post("/graphql", json={"query": _RUNS_QUERY})
            kind = answer.raise_for_status().json()["data"]["runsOrError"]["__typename"]
    except httpx.ConnectError:
        return Health(Verdict.REFUSING, f"it accepts no connection on port {port}")
    except httpx.HTTPStatusError as error:
        return Health(Verdict.SILENT, f"a query is answered with {error.response.status_code}")
    except httpx.HTTPError as error:
        return Health(Verdict.SILENT, f"a query is not answered ({type(error).__name__})")
    except (KeyError, TypeError, ValueError):
        return Health(Verdict.SILENT, "a query is answered with an error")
    return HEALTHY if kind == "Runs" else Health(Verdict.SILENT, f"a query is answered by {kind}")


def code_server_health(port: int) -> Health:
    """That of Dagster's code server: it is serving, and would start a run."""
    try:
        with grpc.insecure_channel(f"{ADDRESS}:{port}", options=_NO_PROXY) as channel:
            check = channel.unary_unary(
                "/grpc.health.v1.Health/Check",
                request_serializer=HealthCheckRequest.SerializeToString,
                response_deserializer=HealthCheckResponse.FromString,
            )
            request = HealthCheckRequest(service=_DAGSTER_SERVICE)
            status = check(request, timeout=_ANSWER_SECONDS).status
            if status != HealthCheckResponse.SERVING:
                name = HealthCheckResponse.ServingStatus.Name(status)
                return Health(Verdict.REFUSING, f"its health service says {name}")
            start_run = channel.unary_unary(
                _START_RUN, request_serializer=bytes, response_deserializer=bytes
            )
            reply = start_run(b"", timeout=_ANSWER_SECONDS)
    except grpc.RpcError as error:
        return _health_of_error(error.code())
    if _REFUSAL in reply:
        return Health(Verdict.REFUSING, "it is shutting down and refuses runs")
    return HEALTHY


def _health_of_error(code: grpc.StatusCode) -> Health:
    if code is grpc.StatusCode.UNAVAILABLE:
        return Health(Verdict.REFUSING, "it accepts no calls")
    if code is grpc.StatusCode.UNIMPLEMENTED:
        return Health(Verdict.UNKNOWN, "its gRPC service is another than expected")
    return Health(Verdict.SILENT, f"its gRPC service does not answer ({code.name})")


def daemon_health(dagster_url: str, started: datetime) -> Health:
    """That of Dagster's daemon: its threads have written heartbeats lately.

    Args:
        dagster_url: SQLAlchemy address of Dagster's database.
        started: when the process was started; older heartbeats are another's.
    """
    import sqlalchemy as sa  # noqa: PLC0415 - not in every command

    url = sa.make_url(dagster_url).set(drivername="postgresql")
    try:
        with psycopg.connect(
            url.render_as_string(hide_password=False), connect_timeout=_ANSWER_SECONDS
        ) as connection:
            rows = connection.execute(
                "SELECT daemon_type, timestamp FROM daemon_heartbeats"
            ).fetchall()
    except psycopg.Error as error:
        return Health(Verdict.UNKNOWN, f"Dagster's database: {type(error).__name__}")
    now = datetime.now(UTC)
    ages = {name: now - at.replace(tzinfo=UTC) for name, at in rows}
    own = {name: age for name, age in ages.items() if -_AHEAD <= age <= now - started}
    if not own:
        # Its timers are of that clock: it beats, and starts runs, when the hour has come again.
        if now - started > _ALL_SILENT and any(age < -_AHEAD for age in ages.values()):
            return Health(Verdict.REFUSING, "the clock was ahead, and it waits for that time")
        return Health(Verdict.SILENT, "it has written no heartbeat yet")
    if (youngest := min(own.values())) > _ALL_SILENT:
        return Health(Verdict.SILENT, f"its last heartbeat is {youngest.seconds} s old")
    late = sorted(name for name, age in own.items() if age > _longest_silence(name))
    if late:
        longest = max(own[name] for name in late).seconds // 60
        return Health(Verdict.SILENT, f"no heartbeat of {', '.join(late)} for {longest} min")
    return HEALTHY


def _longest_silence(thread: str) -> timedelta:
    return _POLLING_SILENT if thread in _POLLING else _ONE_SILENT


def store_health(server: Server, port: int) -> Health:
    """An embedded store's: it answers an authenticated query."""
    try:
        if not listens(port):
            return Health(Verdict.REFUSING, f"it accepts no connection on port {port}")
        if server.answer(port) is None:
            return Health(Verdict.SILENT, "it answers no query")
    except StillStarting as error:
        return Health(Verdict.STARTING, str(error))
    except EmbeddedError as error:
        return Health(Verdict.UNKNOWN, str(error))
    return HEALTHY


def write_health(server: Server, port: int) -> Health:
    """Whether an embedded store stores something and gives it back."""
    try:
        problem = server.check_writes(port)
    except EmbeddedError as error:
        return Health(Verdict.UNKNOWN, str(error))
    return Health(Verdict.SILENT, f"it stores nothing: {problem}") if problem else HEALTHY


def heartbeat_file(data_dir: Path, names: Sequence[str]) -> Path:
    """The file of the sign of life: its time is the machine's uptime, which no clock changes."""
    return data_dir / f"watchdog-{'-'.join(names)}.beat"


def heartbeat_health(beat: Path) -> Health:
    """That of a process that sets a file's time to the machine's uptime every second."""
    try:
        age = time.monotonic() - beat.stat().st_mtime
    except OSError:
        return Health(Verdict.SILENT, "it has given no sign of life yet")
    if not 0 <= age <= _BEAT_SECONDS:
        return Health(Verdict.SILENT, f"its last sign of life is {age:.0f} s old")
    return HEALTHY
