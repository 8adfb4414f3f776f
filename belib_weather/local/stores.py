"""The stores as a command sees them: found or started, opened, up to date, and of this mode.

What belongs here: opening. What does not: the stores' own work.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from pydantic import SecretStr
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn

from belib_weather.embedded import Step, StoreUrls, ensure, status, stop
from belib_weather.lake import Lake
from belib_weather.local.console import err, say
from belib_weather.local.mode_guard import claim
from belib_weather.local.session_lock import serving_process
from belib_weather.search import SearchStore
from belib_weather.settings import Settings
from belib_weather.warehouse import Warehouse

_NOBODY = SecretStr("http://127.0.0.1:9")
"""Stands for a server that a command does not need, so that it is not started."""
_TITLES = {"mongo": "MongoDB", "postgres": "PostgreSQL", "elasticsearch": "Elasticsearch"}


@dataclass(frozen=True)
class Stores:
    """All stores, open.

    Attributes:
        search: None where there is no Elasticsearch; `urls` says why.
    """

    urls: StoreUrls
    lake: Lake
    warehouse: Warehouse
    search: SearchStore | None


def started(settings: Settings) -> StoreUrls:
    """Find or start the stores and show each one's way up.

    Raises:
        EmbeddedError: MongoDB or PostgreSQL cannot be had.
    """
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

        return ensure(settings, show)


_URLS = {
    "mongo": ("mongo_url",),
    "postgres": ("postgres_url", "dagster_postgres_url"),
    "elasticsearch": ("elasticsearch_url",),
}
"""Settings of each server; one whose addresses are set is not started."""


@contextmanager
def borrowed(settings: Settings, *servers: str) -> Iterator[StoreUrls]:
    """Servers ("mongo", "postgres", "elasticsearch") as long as a command needs them.

    Embedded ones that did not run before are stopped again.

    Raises:
        EmbeddedError: they cannot be had.
    """
    spared = [url for server, urls in _URLS.items() if server not in servers for url in urls]
    needed = settings.model_copy(update=dict.fromkeys(spared, _NOBODY))
    embedded = status(needed)
    # None is embedded where all addresses are set, as by `belib-weather env`: nothing to stop.
    is_ours = bool(embedded) and all(server.pid is None for server in embedded)
    try:
        yield ensure(needed)
    finally:
        if is_ours and serving_process(settings.data_dir) is None:
            stop(needed)


def opened(settings: Settings, urls: StoreUrls, *, with_search: bool = True) -> Stores:
    """Open the stores, bring them up to date side by side, and mark them as this mode's.

    Raises:
        CommandError: they hold the other mode's data.
        LakeError, WarehouseError, SearchError: one of them fails.
    """
    lake = Lake(urls.mongo, settings.mongo_database)
    warehouse = Warehouse(urls.postgres)
    search = None
    if with_search and urls.elasticsearch:
        search = SearchStore(urls.elasticsearch, settings.index_prefix)
    with ThreadPoolExecutor() as pool:
        prepared = [pool.submit(lake.prepare), pool.submit(warehouse.migrate)]
        if search is not None:
            prepared.append(pool.submit(search.prepare))
        for one in prepared:
            one.result()
    claim(settings, lake, warehouse)
    return Stores(urls, lake, warehouse, search)
