"""The stores of a command: found, or started where that is its work; opened, and of this mode.

What belongs here: finding, starting and opening them. What does not: what they store.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pydantic import SecretStr
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn

from belib_weather.embedded import NotRunning, Step, StoreUrls, ensure, find
from belib_weather.embedded.addresses import Servers
from belib_weather.embedded.mongo import MongoServer
from belib_weather.embedded.postgres import PostgresServer
from belib_weather.embedded.server import Server
from belib_weather.local.console import err, say, warn
from belib_weather.local.disk_space import Disk
from belib_weather.local.modes import Mode
from belib_weather.settings import Settings

if TYPE_CHECKING:
    from belib_weather.lake import Lake
    from belib_weather.search import SearchStore
    from belib_weather.warehouse import Warehouse

_NOWHERE = SecretStr("http://127.0.0.1:9")
"""The address of a server that a command does not need, so that it is not looked for."""
_DATA = {"live": "live data", "demo": "the demonstration"}
_TITLES = {"mongo": "MongoDB", "postgres": "PostgreSQL", "elasticsearch": "Elasticsearch"}


@dataclass(frozen=True)
class Stores:
    """All stores, open.

    Attributes:
        search: None where there is no Elasticsearch; `urls` says why.
    """

    urls: StoreUrls
    lake: "Lake"
    warehouse: "Warehouse"
    search: "SearchStore | None"


def start_stores(settings: Settings, *, with_tables: bool = False) -> StoreUrls:
    """Find or start the stores, and show the progress of each.

    Args:
        settings: of the mode.
        with_tables: make the collections and tables of those that answer while others still start,
            so that `open_stores` finds them.

    Raises:
        EmbeddedError: MongoDB or PostgreSQL cannot be started.
    """
    if trouble := Disk(settings).trouble():
        warn(trouble)
    columns = (
        SpinnerColumn(finished_text="[green]✓[/]"),
        TextColumn("{task.description:<14}"),
        TextColumn("{task.fields[stage]}"),
        BarColumn(bar_width=20),
    )
    with Progress(*columns, console=err) as progress:
        tasks: dict[str, TaskID] = {}

        def show(step: Step) -> None:
            if step.server not in tasks:
                title = _TITLES[step.server]
                tasks[step.server] = progress.add_task(title, total=None, stage="")
            if step.notice:
                say(step.notice)
            total, done = step.total, step.done
            if step.stage == "ready":
                total = done = 1
            progress.update(tasks[step.server], stage=step.stage, total=total, completed=done or 0)

        return ensure(settings, show, partial(_prepare, settings) if with_tables else None)


def _prepare(settings: Settings, server: Server, port: int) -> None:
    """Create collections or tables; `open_stores` does it again and reports what goes wrong."""
    from belib_weather.lake import Lake, LakeError  # noqa: PLC0415 - as in `open_stores`
    from belib_weather.warehouse import Warehouse, WarehouseError  # noqa: PLC0415 - the same

    with suppress(LakeError, WarehouseError):
        if isinstance(server, MongoServer):
            with closing(Lake(server.url(port), settings.mongo_database)) as lake:
                lake.prepare()
        elif isinstance(server, PostgresServer):
            with closing(Warehouse(server.url(port))) as warehouse:
                warehouse.migrate()


_URLS = {
    "mongo": ("mongo_url",),
    "postgres": ("postgres_url", "dagster_postgres_url"),
    "elasticsearch": ("elasticsearch_url",),
}
"""Settings of each server; one whose addresses are set is not looked for."""


def find_stores(settings: Settings, *servers: str) -> StoreUrls:
    """Servers ("mongo", "postgres", "elasticsearch") that run already; none is started.

    Raises:
        NotRunning: one of them does not run; the message says how to start it.
        EmbeddedError: one of them does not answer.
    """
    others = [url for server, urls in _URLS.items() if server not in servers for url in urls]
    try:
        urls = find(settings.model_copy(update=dict.fromkeys(others, _NOWHERE)))
        if set(servers) == {"elasticsearch"} and urls.elasticsearch is None:
            raise NotRunning(str(urls.elasticsearch_problem))
    except NotRunning as error:
        raise NotRunning(f"{error}{_other_mode_note(settings)}") from None
    return urls


def _other_mode_note(settings: Settings) -> str:
    """That the other mode's servers run, if they do."""
    other: Mode = "live" if settings.mode == "demo" else "demo"
    servers = Servers(settings.model_copy(update={"mode": other})).needed
    if not any(server.process() for server in servers):
        return ""
    return f" (those of {_DATA[other]} run: give --mode {other})"


def open_stores(
    settings: Settings, urls: StoreUrls, *, with_search: bool = True, with_indices: bool = True
) -> Stores:
    """Open and migrate the stores side by side, and mark them as this mode's.

    Args:
        settings: of the mode.
        urls: of the stores.
        with_search: open Elasticsearch, where there is one.
        with_indices: make its indices; else the caller does, by `prepare`.

    Raises:
        CommandError: they contain data of the other mode.
        LakeError, WarehouseError, SearchError: one of them fails.
    """
    # Not at the top: finding and stopping servers does without polars and the clients.
    from belib_weather.lake import Lake  # noqa: PLC0415
    from belib_weather.local.mode_guard import claim  # noqa: PLC0415
    from belib_weather.search import SearchStore  # noqa: PLC0415
    from belib_weather.warehouse import Warehouse  # noqa: PLC0415

    lake = Lake(urls.mongo, settings.mongo_database)
    warehouse = Warehouse(urls.postgres)
    search = None
    if with_search and urls.elasticsearch:
        search = SearchStore(urls.elasticsearch, settings.index_prefix)
    with ThreadPoolExecutor() as pool:
        prepared = [pool.submit(lake.prepare), pool.submit(warehouse.migrate)]
        if search is not None and with_indices:
            prepared.append(pool.submit(search.prepare))
        for one in prepared:
            one.result()
    claim(settings, lake, warehouse)
    return Stores(urls, lake, warehouse, search)
