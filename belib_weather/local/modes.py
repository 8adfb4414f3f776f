"""The settings of a mode: live as they are given, demo with the simulator in place of the APIs.

What belongs here: which settings a mode changes. What does not: reading them (`settings`).
"""

from typing import Any, Literal
from urllib.parse import urlsplit

from belib_weather.local.console import CommandError
from belib_weather.local.home_access import foreign_home
from belib_weather.local.state_file import StateFile
from belib_weather.settings import Settings, WeatherSource, load_settings

Mode = Literal["live", "demo"]
COMMANDS: dict[Mode, str] = {"live": "up", "demo": "demo"}
"""The command that runs a mode."""
HISTORY_MINUTES = 15
"""Minutes between two snapshots of the simulated history."""
_SUFFIX = "_demo"
_ADDRESSES = ("mongo_url", "postgres_url", "dagster_postgres_url", "elasticsearch_url")


def settings_of(mode: Mode) -> Settings:
    """The settings of a mode.

    Demo mode asks the simulator at its stored port, and begins with its history. On servers that
    both modes share it has databases and indices of its own.

    Raises:
        SettingsError: a setting is wrong.
        CommandError: the home is another user's.
    """
    if mode == "live":
        settings = load_settings(mode="live")
        settings = load_settings(mode="live", **_unset_addresses(settings))
        urls = (settings.mongo_url, settings.postgres_url, settings.elasticsearch_url)
        return settings if all(urls) else _ours(settings)
    # In a shell after `env --mode demo` the names of the databases are those of the demo already.
    is_prepared = load_settings().mode == "demo"
    configured = _ours(load_settings(mode="demo"))
    own = _unset_addresses(configured)
    configured, state = load_settings(mode="demo", **own), StateFile.read(configured.data_dir)
    return load_settings(**_demo(configured, state, is_prepared=is_prepared), **own)


def _unset_addresses(settings: Settings) -> dict[str, None]:
    """The addresses of the home's own servers, unset: where they are now is looked up again.

    `env` gives them to a shell, which may live longer than the servers or their ports.
    """
    from belib_weather.embedded.errors import EmbeddedError  # noqa: PLC0415 - not in every command
    from belib_weather.embedded.home import Home  # noqa: PLC0415 - as above

    addresses = {name: url for name in _ADDRESSES if (url := getattr(settings, name))}
    home = Home(settings.data_dir)
    try:
        if not addresses or not home.password_file.exists():
            return {}
        passwords = home.passwords()
    except (EmbeddedError, OSError):
        return {}
    # Those of `env --reader` stay: no command may write in such a shell.
    own = {passwords.admin, passwords.writer}
    return {
        name: None
        for name, url in addresses.items()
        if urlsplit(url.get_secret_value()).password in own
    }


def _ours(settings: Settings) -> Settings:
    if trouble := foreign_home(settings):
        raise CommandError(trouble)
    return settings


def _demo(configured: Settings, state: StateFile, *, is_prepared: bool) -> dict[str, Any]:
    changed: dict[str, Any] = {
        "mode": "demo",
        "weather_source": WeatherSource.OPEN_METEO,
        "feed_history_minutes": HISTORY_MINUTES,
    }
    # A city may be smaller than Paris.
    if "minimum_charge_points" not in configured.model_fields_set:
        least = min(configured.minimum_charge_points, configured.demo_charge_points // 2)
        changed["minimum_charge_points"] = least
    if state.start:
        changed["start"] = state.start
    if state.simulator:
        simulator = f"http://127.0.0.1:{state.simulator}"
        changed["explore_api_url"] = f"{simulator}/api/explore/v2.1"
        changed["open_meteo_forecast_url"] = f"{simulator}/v1/forecast"
        changed["open_meteo_archive_url"] = f"{simulator}/v1/archive"
    if configured.mongo_url and not is_prepared:
        changed["mongo_database"] = _of_demo(configured.mongo_database)
    if configured.elasticsearch_url and not is_prepared:
        changed["index_prefix"] = _of_demo(configured.index_prefix)
    return changed


def _of_demo(name: str) -> str:
    return name if name.endswith(_SUFFIX) else name + _SUFFIX
