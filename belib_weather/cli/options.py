"""Options that several commands share, and the format of instants."""

import shlex
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from belib_weather.checkout import default_home, installed_home
from belib_weather.local.console import CommandError

if TYPE_CHECKING:
    from belib_weather.local.modes import Mode
    from belib_weather.settings import Settings

# Settings and the clients of the stores take half of a start, which `--help` does without.
# ruff: noqa: PLC0415

ModeOption = Annotated[
    Literal["live", "demo"] | None,
    typer.Option(help="Live or demo data; BELIB_MODE unless given."),
]


def settings_for(mode: "Mode | None") -> "Settings":
    """The settings of the given mode, else of BELIB_MODE.

    Raises:
        SettingsError: a setting is wrong.
    """
    from belib_weather.local.modes import settings_of
    from belib_weather.settings import load_settings

    return settings_of(mode or load_settings().mode)


def home_of_earlier_versions() -> str | None:
    """A line about data in the working directory, where earlier versions put it; None without."""
    home = default_home()
    if home == installed_home():
        return None
    from belib_weather.settings import PREFIX, SettingsError, load_settings

    try:
        is_used = load_settings().home == home
    except SettingsError:
        return None  # the command itself says so
    if not is_used:
        return None
    return (
        f"The data in {home} is used, since it is in this folder. Keep it by"
        f" {PREFIX}HOME={shlex.quote(str(home))}, or move it to {installed_home()}, which is used"
        " from every folder."
    )


def instant(text: str) -> datetime:
    """An instant in UTC from ISO 8601; a date or time without an offset is in UTC.

    Raises:
        CommandError: it is not an ISO 8601 instant.
    """
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"{text!r} is not an instant; write it like 2026-11-24T09:55:00Z or 2026-11-24"
        ) from None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
