"""The stores of a command: found or started, opened, migrated, and of this mode.

What belongs here: starting and opening them. What does not: what they store.
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
from belib_weather.local.session_lock import running_command
from belib_weather.search import SearchStore
from belib_weather.settings import Settings
from belib_weather.warehouse import Warehouse

_NOWHERE = SecretStr("http://127.0.0.1:9")
"""The address of a server that a command does not need, so that it is not started."""
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
    """Find or start the stores, and show the progress of each.

    Raises:
        EmbeddedError: MongoDB or PostgreSQL cannot be started.
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
    """Servers ("mongo", "postgres", "elasticsearch") for as long as a command needs them.

    Embedded ones that did not run before are stopped at the end.

    Raises:
        EmbeddedError: they cannot be started.
    """
    others = [url for server, urls in _URLS.items() if server not in servers for url in urls]
    needed = settings.model_copy(update=dict.fromkeys(others, _NOWHERE))
    embedded = status(needed)
    # With all addresses set, as by `belib-weather env`, none is embedded: nothing to stop.
    is_ours = bool(embedded) and all(server.pid is None for server in embedded)
    try:
        yield ensure(needed)
    finally:
        if is_ours and running_command(settings.data_dir) is None:
            stop(needed)


def opened(settings: Settings, urls: StoreUrls, *, with_search: bool = True) -> Stores:
    """Open and migrate the stores side by side, and mark them as this mode's.

    Raises:
        CommandError: they contain data of the other mode.
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
