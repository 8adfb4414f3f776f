"""`env`: the settings and addresses of a mode as shell variables."""

import shlex
import sys

from belib_weather.local.dagster_home import environment_of, write_dagster_home
from belib_weather.local.stores import opened, started
from belib_weather.settings import Settings


def print_environment(settings: Settings) -> None:
    """Find or start the stores, and print what a shell needs to work on them.

    Raises:
        EmbeddedError: the stores cannot be had.
        CommandError: they hold the other mode's data.
    """
    stores = opened(settings, started(settings))
    write_dagster_home(settings)
    for name, value in environment_of(settings, stores.urls).items():
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
