"""The settings of a mode: live as they are given, the demonstration with the simulator in place.

What belongs here: which settings a mode changes. What does not: reading them (`settings`).
"""

from typing import Any, Literal

from belib_weather.local.state_file import Kept
from belib_weather.settings import Settings, WeatherSource, load_settings

Mode = Literal["live", "demo"]
COMMANDS: dict[Mode, str] = {"live": "up", "demo": "demo"}
"""The command that serves a mode."""
HISTORY_MINUTES = 15
"""Step of the demonstration's history."""
_SUFFIX = "_demo"


def settings_of(mode: Mode) -> Settings:
    """The settings of a mode.

    The demonstration asks the simulator at its kept port, begins where its history does, and
    keeps apart from live data also on servers that both share.

    Raises:
        SettingsError: a setting is wrong.
    """
    if mode == "live":
        return load_settings(mode="live")
    # A shell that `env` prepared for the demonstration names its databases already.
    is_prepared = load_settings().mode == "demo"
    given = load_settings(mode="demo")
    kept = Kept.read(given.data_dir)
    return load_settings(**_demo(given, kept, is_prepared=is_prepared))


def _demo(given: Settings, kept: Kept, *, is_prepared: bool) -> dict[str, Any]:
    changed: dict[str, Any] = {
        "mode": "demo",
        "weather_source": WeatherSource.OPEN_METEO,
        "feed_history_minutes": HISTORY_MINUTES,
    }
    if kept.start:
        changed["start"] = kept.start
    if kept.simulator:
        simulator = f"http://127.0.0.1:{kept.simulator}"
        changed["explore_api_url"] = f"{simulator}/api/explore/v2.1"
        changed["open_meteo_forecast_url"] = f"{simulator}/v1/forecast"
        changed["open_meteo_archive_url"] = f"{simulator}/v1/archive"
    if given.mongo_url and not is_prepared:
        changed["mongo_database"] = _apart(given.mongo_database)
    if given.elasticsearch_url and not is_prepared:
        changed["index_prefix"] = _apart(given.index_prefix)
    return changed


def _apart(name: str) -> str:
    return name if name.endswith(_SUFFIX) else name + _SUFFIX
