"""The servers that the settings ask for: started, asked for their state, and stopped, side by side.

What belongs here: all servers of a home together, under its lock. What does not: how one server
lives (`server`), and watching them while they run (`local.supervisor`).
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import TypeVar

from belib_weather.embedded.addresses import Servers, StoreUrls, addresses
from belib_weather.embedded.elasticsearch import ElasticsearchServer
from belib_weather.embedded.errors import EmbeddedError, NotRunning
from belib_weather.embedded.progress import Progress, silent
from belib_weather.embedded.server import Server
from belib_weather.embedded.startup import StartLimits
from belib_weather.settings import Settings

T = TypeVar("T")
_OWN_ELASTICSEARCH = (
    "Set BELIB_ELASTICSEARCH_URL to a server of version 9, or BELIB_ELASTICSEARCH_HOME to an"
    " unpacked download; everything but the search indices runs without it."
)


@dataclass(frozen=True)
class ServerStatus:
    """One embedded server that the settings ask for.

    Attributes:
        name: "mongo", "postgres" or "elasticsearch".
        pid: of its process; None when it does not run.
        port: on loopback; of its last run when it does not run.
        version: answered to an authenticated query; None when it does not answer.
        problem: why it does not answer, and what to do.
    """

    name: str
    pid: int | None
    port: int | None
    version: str | None
    problem: str | None = None


def ensure(
    settings: Settings,
    progress: Progress | None = None,
    answers: Callable[[Server, int], None] | None = None,
) -> StoreUrls:
    """Find the servers running or start them, side by side; returns where the stores answer.

    Addresses in the settings are returned as they are. Servers outlive the caller; `stop` ends
    them. Two callers at once take turns, and the second finds the servers of the first.

    Args:
        settings: say which servers are needed, and where their data is.
        progress: gets every step, from several threads.
        answers: is called with each server that answers and its port, beside the others' starts.

    Raises:
        EmbeddedError: MongoDB or PostgreSQL cannot be started; one line per server. For
            Elasticsearch the result says why.
    """
    servers = Servers(settings)
    results: dict[str, int | EmbeddedError] = {}
    if servers.needed:
        limits = StartLimits()

        def run(server: Server) -> int:
            port = server.run(progress or silent, limits=limits)
            if answers is not None:
                answers(server, port)
            return port

        with servers.home.lock():
            servers.home.passwords()
            results = _in_parallel(servers.needed, run, limits.cancelled)
    problem = None
    if isinstance(failure := results.get(ElasticsearchServer.name), EmbeddedError):
        problem = f"{failure}\n{_OWN_ELASTICSEARCH}"
        del results[ElasticsearchServer.name]
    return addresses(settings, servers, _all(results), problem)


def find(settings: Settings) -> StoreUrls:
    """Where the stores answer that run already; starts and changes nothing.

    Raises:
        NotRunning: MongoDB or PostgreSQL does not run.
        EmbeddedError: one of them runs and does not answer. For Elasticsearch the result says why.
    """
    servers = Servers(settings)
    found = _all(_in_parallel(servers.needed, lambda one: _status_of(one, settings)))
    search = found.pop(ElasticsearchServer.name, None)
    titles = {server.name: server.title for server in servers.all}
    if absent := [titles[one.name] for one in found.values() if one.pid is None]:
        verb = "does" if len(absent) == 1 else "do"
        raise NotRunning(
            f"{' and '.join(absent)} {verb} not run in {servers.home.path}; start the stores with"
            f" `{start_line(settings)}`"
        )
    if problems := [f"{titles[one.name]} {one.problem}" for one in found.values() if one.problem]:
        raise EmbeddedError("\n".join(problems))
    answering = [*found.values()]
    problem = None
    if search is not None and search.problem:
        problem = f"Elasticsearch {search.problem}"
    elif search is not None:
        answering.append(search)
    ports = {one.name: one.port for one in answering if one.port is not None}
    return addresses(settings, servers, ports, problem)


def start_line(settings: Settings) -> str:
    """The command that starts the stores of these settings, and nothing else."""
    return f"belib-weather stores up{' --mode demo' if settings.mode == 'demo' else ''}"


def status(settings: Settings) -> list[ServerStatus]:
    """The state of the embedded servers that the settings ask for; starts and changes nothing."""
    servers = Servers(settings).needed
    return list(_all(_in_parallel(servers, lambda one: _status_of(one, settings))).values())


def stop(settings: Settings) -> None:
    """End all embedded servers of this home; nothing when none runs."""
    servers = Servers(settings)
    if not servers.home.path.exists():
        return
    with servers.home.lock():
        for server in servers.all:
            server.mark_unwanted()
        _in_parallel(servers.all, lambda server: server.stop())


def _all(results: dict[str, T | EmbeddedError]) -> dict[str, T]:
    """The results when all are good.

    Raises:
        EmbeddedError: one line per failure.
    """
    if failures := [str(e) for e in results.values() if isinstance(e, EmbeddedError)]:
        raise EmbeddedError("\n".join(failures))
    return {name: value for name, value in results.items() if not isinstance(value, EmbeddedError)}


def _in_parallel(
    servers: Iterable[Server], action: Callable[[Server], T], cancelled: Event | None = None
) -> dict[str, T | EmbeddedError]:
    """The result or the error of an action for each server, all at the same time.

    An interruption (Ctrl-C) sets `cancelled`, so that the actions end soon.
    """

    def caught(server: Server) -> T | EmbeddedError:
        try:
            return action(server)
        except EmbeddedError as error:
            return error

    chosen = list(servers)
    with ThreadPoolExecutor(max_workers=len(chosen) or 1) as pool:
        try:
            results = list(pool.map(caught, chosen))
        except BaseException:
            if cancelled is not None:
                cancelled.set()
            raise
    return {server.name: result for server, result in zip(chosen, results, strict=True)}


def _status_of(server: Server, settings: Settings) -> ServerStatus:
    process, port = server.process(), server.port()
    if process is None or port is None:
        problem = f"does not run; `{start_line(settings)}` starts it"
        return ServerStatus(server.name, None, port, None, problem)
    try:
        version = server.answer(port)
    except EmbeddedError as error:
        return ServerStatus(server.name, process.pid, port, None, str(error))
    trouble = None if version else f"does not answer (yet); its log is {server.log}"
    return ServerStatus(server.name, process.pid, port, version, trouble)
