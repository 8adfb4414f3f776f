"""What the clients of the public APIs need to know, by the names of the settings.

What belongs here: the shape of it. What does not: where it comes from: both the settings and the
Dagster resources have these fields.
"""

from typing import Protocol

from pydantic import SecretStr


class HttpOptions(Protocol):
    """How patiently to ask."""

    @property
    def http_timeout_seconds(self) -> float:
        """Longest wait for a connection or for the next bytes."""

    @property
    def http_attempts(self) -> int:
        """Attempts in all, retries included."""

    @property
    def http_max_wait_seconds(self) -> float:
        """Longest pause between attempts, also when the server asks to wait."""

    @property
    def http_max_body_mb(self) -> int:
        """A larger body is refused."""


class Place(Protocol):
    """Where to ask for weather."""

    @property
    def latitude(self) -> float:
        """North, in degrees."""

    @property
    def longitude(self) -> float:
        """East, in degrees."""


class OpenMeteoOptions(Place, Protocol):
    """How to reach Open-Meteo."""

    @property
    def open_meteo_forecast_url(self) -> str:
        """Recent and coming days."""

    @property
    def open_meteo_archive_url(self) -> str:
        """Past days."""


class OpenWeatherMapOptions(Place, Protocol):
    """How to reach OpenWeatherMap."""

    @property
    def openweathermap_url(self) -> str:
        """Weather now."""

    @property
    def openweathermap_api_key(self) -> SecretStr | None:
        """Needed to ask at all."""


class InfoclimatOptions(Place, Protocol):
    """How to reach Infoclimat."""

    @property
    def infoclimat_url(self) -> str:
        """The GFS forecast."""

    @property
    def infoclimat_auth(self) -> SecretStr | None:
        """Token, needed to ask at all."""

    @property
    def infoclimat_check(self) -> SecretStr | None:
        """Check value of the token."""


class WeatherOptions(
    HttpOptions, OpenMeteoOptions, OpenWeatherMapOptions, InfoclimatOptions, Protocol
):
    """Which weather source, and how to reach it."""

    @property
    def weather_source(self) -> str:
        """A `settings.WeatherSource`."""
