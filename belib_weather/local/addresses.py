"""Prints the addresses of the Dagster UI and, read-only, of each store."""

import re

from rich.table import Table

from belib_weather.local.console import err, say
from belib_weather.local.stores import Stores
from belib_weather.settings import Settings

_PASSWORD = re.compile(r"(?<=://)([^:/@]+):[^@]+@")


def print_addresses(settings: Settings, stores: Stores, dagster: str) -> None:
    """Print the addresses; passwords of the read-only users only to a terminal."""
    readers = stores.urls.readers
    shown = Table(box=None, show_header=False, padding=(0, 1))
    shown.add_column(no_wrap=True)
    shown.add_column(overflow="fold")
    shown.add_row("Dagster UI", dagster)
    for name, title, command in (
        ("mongo", "MongoDB", "mongosh '{}'"),
        ("postgres", "PostgreSQL", "psql '{}'"),
        ("elasticsearch", "Elasticsearch", "curl '{}/" + settings.index_prefix + "-*/_search'"),
    ):
        if name in readers:
            url = readers[name] if err.is_terminal else _PASSWORD.sub(r"\1:…@", readers[name])
            shown.add_row(f"{title}, read-only", command.format(url))
        elif name == "elasticsearch" and stores.urls.elasticsearch is None:
            shown.add_row(title, "does not run")
        else:
            shown.add_row(title, "your own server")
    err.print(shown)
    if readers and not err.is_terminal:
        say(f"The read-only users' passwords are in {settings.data_dir / 'passwords.json'}.")
