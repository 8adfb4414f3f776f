"""Every setting of the platform, typed, from the environment and `.env`.

Nothing else reads the environment. A module per subject declares its settings; `.env.example` lists
them all. A wrong or unknown setting raises `SettingsError` naming the variable, what is wrong, and
an example. What does not belong here: what a setting does.
"""

from belib_weather.settings.errors import SettingsError
from belib_weather.settings.load import load_settings
from belib_weather.settings.model_server import ModelServer, load_model_server
from belib_weather.settings.platform import PREFIX, Settings
from belib_weather.settings.sources import WeatherSource
from belib_weather.settings.values import server_of

__all__ = [
    "PREFIX",
    "ModelServer",
    "Settings",
    "SettingsError",
    "WeatherSource",
    "load_model_server",
    "load_settings",
    "server_of",
]
