"""`stores up` and `stores down`: the three stores without Dagster, for CI and shells.

What belongs here: starting and stopping them by themselves, and the mark that somebody asked for
them. What does not: the platform on them (`serving`).
"""

from pathlib import Path

from belib_weather.embedded import start_line, stop
from belib_weather.embedded.addresses import Servers
from belib_weather.embedded.home import private_folder
from belib_weather.files import write_file
from belib_weather.local.console import CommandError, out, say
from belib_weather.local.dagster_home import write_dagster_home
from belib_weather.local.modes import COMMANDS
from belib_weather.local.process_table import running
from belib_weather.local.readers import refuse_readers
from belib_weather.local.session_lock import running_command
from belib_weather.local.stack import NAMES, TITLES
from belib_weather.local.stores import open_stores, start_stores
from belib_weather.settings import Settings

_MARK = "stores.up"


def bring_up(settings: Settings) -> None:
    """Start the stores where they do not run, bring their tables up to date, leave them running.

    Raises:
        EmbeddedError: MongoDB or PostgreSQL cannot be started.
        CommandError: Elasticsearch cannot, or the stores hold data of the other mode.
    """
    refuse_readers(settings)
    urls = start_stores(settings)
    write_file(private_folder(settings.data_dir) / _MARK, f"{start_line(settings)}\n")
    open_stores(settings, urls)
    write_dagster_home(settings)
    if urls.elasticsearch_problem:
        raise CommandError(f"MongoDB and PostgreSQL run. {urls.elasticsearch_problem}")
    say(f"The stores of {settings.data_dir} are up. For a shell on them:")
    mode = " --mode demo" if settings.mode == "demo" else ""
    out.print(f'eval "$(belib-weather env{mode})"', markup=False, soft_wrap=True)


def bring_down(settings: Settings) -> None:
    """Stop the stores, if nothing works on them.

    Raises:
        CommandError: the platform runs on them.
    """
    if not settings.data_dir.exists():
        out.print("nothing was running")
        return
    name = COMMANDS[settings.mode]
    if (command := running_command(settings.data_dir)) is not None:
        users = f"`belib-weather {name}` (process {command.pid})"
    else:
        users = ", ".join(TITLES[name] for name in running(settings.data_dir, NAMES))
    if users:
        raise CommandError(
            f"{users} works on them; `belib-weather stop --mode {settings.mode}` stops everything"
        )
    were_running = _are_running(settings)
    remove_mark(settings.data_dir)
    stop(settings)
    out.print(f"{settings.mode}: stopped the stores" if were_running else "nothing was running")


def were_started_alone(settings: Settings) -> bool:
    """Whether `stores up` started servers that run still, so that nothing else stops them."""
    return (settings.data_dir / _MARK).exists() and _are_running(settings)


def _are_running(settings: Settings) -> bool:
    return any(server.process() is not None for server in Servers(settings).needed)


def remove_mark(data_dir: Path) -> None:
    """Remove the mark of `stores up`: the stores are stopped."""
    (data_dir / _MARK).unlink(missing_ok=True)
