"""Prints the addresses of the site, the Dagster UI and, read-only, of each store.

A line is never broken, however narrow the terminal, so that it can be copied into a shell.
"""

import re
import shlex

from belib_weather.local.console import err, say
from belib_weather.local.stores import Stores
from belib_weather.settings import Settings

_PASSWORD = re.compile(r"(?<=://)([^:/@]+):[^@]+@")
_TITLE_WIDTH = 26


def print_addresses(settings: Settings, stores: Stores, dagster: str, site: str) -> None:
    """Print the addresses; passwords of the read-only users only to a terminal."""
    readers = stores.urls.readers
    _print("Site", site)
    _print("Dagster UI", dagster)
    for name, title, program, path in (
        ("mongo", "MongoDB", "mongosh", ""),
        ("postgres", "PostgreSQL", "psql", ""),
        ("elasticsearch", "Elasticsearch", "curl", f"/{settings.index_prefix}-*/_search"),
    ):
        if name in readers:
            url = readers[name] if err.is_terminal else _PASSWORD.sub(r"\1:…@", readers[name])
            _print(f"{title}, read-only", f"{program} {shlex.quote(url + path)}")
        elif name == "elasticsearch" and stores.urls.elasticsearch is None:
            _print(title, "does not run")
        else:
            _print(title, "your own server")
    if readers and not err.is_terminal:
        mode = " --mode demo" if settings.mode == "demo" else ""
        say(f"`belib-weather env --reader{mode}` prints them with their passwords.")


def _print(title: str, what: str) -> None:
    say(f" {title:<{_TITLE_WIDTH}}{what}")
