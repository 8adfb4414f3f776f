"""`stop`: end everything that `demo`, `up` and `stores up` left running."""

from belib_weather.local.console import out
from belib_weather.local.modes import COMMANDS, Mode, settings_of
from belib_weather.local.session_lock import end_session
from belib_weather.local.stack import take_down
from belib_weather.local.stores_alone import remove_mark


def stop_everything(mode: Mode | None = None) -> None:
    """End the running commands, then everything else; one line each.

    Args:
        mode: whose; None is both.

    Raises:
        CommandError: a command does not end.
    """
    modes = [mode] if mode else list(COMMANDS)
    stopped = [line for one in modes for line in _stop(one)]
    for line in stopped or ["nothing was running"]:
        out.print(line)


def _stop(mode: Mode) -> list[str]:
    settings = settings_of(mode)
    if not settings.data_dir.exists():
        return []
    stopped: list[str] = []
    if (pid := end_session(settings.data_dir)) is not None:
        stopped.append(f"`belib-weather {COMMANDS[mode]}` (process {pid})")
    take_down(settings, stopped.append)
    remove_mark(settings.data_dir)
    return [f"{mode}: stopped {what}" for what in stopped]
