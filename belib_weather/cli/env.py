"""`env`: the settings and addresses of a mode as shell variables."""

import shlex
import sys

from belib_weather.embedded import NotRunning
from belib_weather.lake import Lake
from belib_weather.local.console import say
from belib_weather.local.dagster_home import environment_of, write_dagster_home
from belib_weather.local.mode_guard import refuse_other_mode
from belib_weather.local.stores import found
from belib_weather.settings import Settings
from belib_weather.warehouse import Warehouse

_FAILED = "false  # the stores do not run\n"
"""What `eval` gets in place of addresses, so that it fails as the command did."""


def print_environment(settings: Settings) -> None:
    """Find the stores, and print what a shell needs to work on them.

    Raises:
        NotRunning: MongoDB or PostgreSQL does not run.
        CommandError: they hold the other mode's data.
    """
    try:
        urls = found(settings, "mongo", "postgres", "elasticsearch")
    except NotRunning:
        sys.stdout.write(_FAILED)
        raise
    if urls.elasticsearch_problem:
        say(f"{urls.elasticsearch_problem}; left out")
    with Lake(urls.mongo, settings.mongo_database) as lake:
        refuse_other_mode(settings, lake, Warehouse(urls.postgres))
    write_dagster_home(settings)
    _print_variables(environment_of(settings, urls))


def _print_variables(variables: dict[str, str]) -> None:
    for name, value in variables.items():
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
