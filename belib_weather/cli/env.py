"""`env`: the settings and addresses of a mode as shell variables."""

import shlex
import sys
from collections.abc import Callable
from typing import TypeVar

from belib_weather.embedded import NotRunning
from belib_weather.local.console import say
from belib_weather.local.dagster_home import environment_of, write_dagster_home
from belib_weather.local.readers import reader_addresses
from belib_weather.local.stores import find_stores
from belib_weather.settings import PREFIX, Settings

T = TypeVar("T")
_FAILED = "false  # the stores do not run\n"
"""What `eval` gets in place of addresses, so that it fails as the command did."""


def print_environment(settings: Settings) -> None:
    """Find the stores, and print what a shell needs to work on them.

    Raises:
        NotRunning: MongoDB or PostgreSQL does not run.
        CommandError: they hold the other mode's data.
    """
    urls = _or_failing_command(lambda: find_stores(settings, "mongo", "postgres", "elasticsearch"))
    # Not at the top: `--reader`, and a refusal, do without polars and the clients.
    from belib_weather.lake import Lake  # noqa: PLC0415
    from belib_weather.local.mode_guard import refuse_other_mode  # noqa: PLC0415
    from belib_weather.warehouse import Warehouse  # noqa: PLC0415

    if urls.elasticsearch_problem:
        say(f"{urls.elasticsearch_problem}; left out")
    with Lake(urls.mongo, settings.mongo_database) as lake:
        refuse_other_mode(settings, lake, Warehouse(urls.postgres))
    write_dagster_home(settings)
    _print_variables(environment_of(settings, urls))


def print_readers(settings: Settings) -> None:
    """Print the addresses of the users that may only read, of the embedded stores.

    Raises:
        NotRunning: MongoDB or PostgreSQL does not run.
        CommandError: the settings address other servers than ours.
    """
    variables = _or_failing_command(lambda: reader_addresses(settings))
    _print_variables({f"{PREFIX}MODE": settings.mode, **variables})


def _or_failing_command(lookup: Callable[[], T]) -> T:
    """The result of a lookup; where nothing runs, `eval` gets a command that fails."""
    try:
        return lookup()
    except NotRunning:
        sys.stdout.write(_FAILED)
        raise


def _print_variables(variables: dict[str, str]) -> None:
    for name, value in variables.items():
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
