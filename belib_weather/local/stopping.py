"""`stop`: end everything that `demo` and `up` left running, in both modes."""

from belib_weather.local.console import out
from belib_weather.local.modes import COMMANDS, Mode, settings_of
from belib_weather.local.session_lock import end_session
from belib_weather.local.stack import take_down


def stop_everything() -> None:
    """End the running commands, then everything else; one line each.

    Raises:
        CommandError: a command does not end.
    """
    stopped = [line for mode in COMMANDS for line in _stop(mode)]
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
    return [f"{mode}: stopped {what}" for what in stopped]
