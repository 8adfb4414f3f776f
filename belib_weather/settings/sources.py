"""The public APIs: where they are, and how to ask them."""

from datetime import timedelta
from enum import StrEnum

from pydantic import Field, SecretStr

from belib_weather.settings.group import Group
from belib_weather.settings.values import Cadence, PublicUrl


class WeatherSource(StrEnum):
    """Where weather comes from."""

    OPEN_METEO = "open_meteo"
    OPENWEATHERMAP = "openweathermap"
    INFOCLIMAT = "infoclimat"


class SourceSettings(Group):
    """The public APIs: where they are, and how to ask them."""

    explore_api_url: PublicUrl = Field(
        "https://opendata.paris.fr/api/explore/v2.1", description="Explore API of the Belib data."
    )
    weather_source: WeatherSource = Field(
        WeatherSource.OPEN_METEO,
        description="open_meteo (no key), openweathermap or infoclimat (both need one).",
    )
    open_meteo_forecast_url: PublicUrl = Field(
        "https://api.open-meteo.com/v1/forecast", description="Open-Meteo's recent and coming days."
    )
    open_meteo_archive_url: PublicUrl = Field(
        "https://archive-api.open-meteo.com/v1/archive", description="Open-Meteo's past days."
    )
    openweathermap_url: PublicUrl = Field(
        "https://api.openweathermap.org/data/2.5/weather",
        description="OpenWeatherMap's weather now.",
    )
    openweathermap_api_key: SecretStr | None = Field(
        None, description="OpenWeatherMap's key.", examples=["0123456789abcdef"]
    )
    infoclimat_url: PublicUrl = Field(
        "https://www.infoclimat.fr/public-api/gfs/json", description="Infoclimat's GFS forecast."
    )
    infoclimat_auth: SecretStr | None = Field(
        None, description="Infoclimat's `_auth` token, bound to an IP."
    )
    infoclimat_check: SecretStr | None = Field(None, description="Infoclimat's `_c` check value.")
    latitude: float = Field(48.8566, ge=-90, le=90, description="Where to ask for weather: north.")
    longitude: float = Field(2.3522, ge=-180, le=180, description="Where to ask for weather: east.")
    http_timeout_seconds: float = Field(
        30, gt=0, le=600, description="Longest wait for a connection or for the next bytes."
    )
    http_attempts: int = Field(4, ge=1, le=20, description="Attempts in all, retries included.")
    http_max_wait_seconds: float = Field(
        60, ge=0, le=3600, description="Longest pause between attempts, also when the server asks."
    )
    http_max_body_mb: int = Field(64, ge=1, le=2048, description="A larger body is refused.")
    cadence_seconds: Cadence | None = Field(
        None,
        description="Seconds between two polls; unset, what suits the network (300 for Belib).",
        examples=["300"],
    )
    minimum_charge_points: int = Field(
        1000, ge=1, description="An export with fewer rows is incomplete and refused."
    )
    feed_history_minutes: int | None = Field(
        None,
        ge=1,
        le=60,
        description="Step of a feed that also answers for the past (the simulator); unset if not.",
    )
    demo_charge_points: int = Field(
        2000, ge=50, le=20_000, description="Size of the made-up city of the demonstration."
    )

    @property
    def cadence(self) -> timedelta:
        """Time between two polls of the real-time feed."""
        from belib_weather.networks import NETWORK  # noqa: PLC0415 - imports polars

        return timedelta(seconds=self.cadence_seconds or NETWORK.cadence_seconds)
