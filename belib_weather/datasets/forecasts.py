"""Forecasts: of the weather as they were issued, of free points, and how good these were.

Forecasts are kept as they were made. Definitions: docs/metrics.md.
"""

import dataframely as dy
import polars as pl

from belib_weather.datasets import columns as c
from belib_weather.datasets.network import Station
from belib_weather.datasets.weather import WeatherHour

FORECAST_RULES = 1
"""Version of the rules that make `WeatherForecast` and `ForecastScore` rows (docs/metrics.md)."""

POPULATIONS = ("all", "in_service")
ALL, IN_SERVICE = POPULATIONS
FORECASTS = ("served", "model", "persistence", "usual", "blend")
SERVED, MODEL, PERSISTENCE, USUAL, BLEND = FORECASTS
SCORED_HORIZONS = (15, 60, 180, 360, 1440)
"""Minutes from the origin to the targets that are scored."""
CHANCE_BINS = 10


def _chance(description: str, *, nullable: bool = True) -> dy.Float32:
    return dy.Float32(
        nullable=nullable, min=0, max=1, metadata=c.unit("1"), description=description
    )


def _sum(description: str) -> dy.Float64:
    return dy.Float64(min=0, metadata=c.unit("1"), description=description)


class WeatherForecast(dy.Schema):
    """Weather as it was forecast: one row per forecast and hour stamp, kept as it came.

    Grain: issued at × hour. It holds the hours from that of its issue on; what was measured later
    is in `WeatherHour`.
    """

    issued_at = c.second("When the forecast was captured.", primary_key=True)
    hour = c.hour("Stamp of the sample: instants are of this moment, sums of the hour before it.")
    temperature_c = WeatherHour.temperature_c
    relative_humidity_percent = WeatherHour.relative_humidity_percent
    precipitation_mm = WeatherHour.precipitation_mm
    rain_mm = WeatherHour.rain_mm
    snowfall_cm = WeatherHour.snowfall_cm
    weather_code = WeatherHour.weather_code
    weather_class = WeatherHour.weather_class
    surface_pressure_hpa = WeatherHour.surface_pressure_hpa
    wind_speed_kmh = WeatherHour.wind_speed_kmh
    wind_direction_deg = WeatherHour.wind_direction_deg
    cloud_cover_percent = WeatherHour.cloud_cover_percent
    source = dy.String(description="Raw source of the forecast.")
    local_date = dy.Date(description="Calendar date in Paris of the issue.")


class AvailabilityForecast(dy.Schema):
    """The forecast chance of a free point at a station: one row per forecast, station and instant.

    Grain: origin × station × target. Made from what was known at the origin, for the next 24 hours:
    every 15 minutes up to 3 h, then every hour. Rows are never rewritten; after 35 days only the
    horizons that are scored are kept.
    """

    origin = c.hour("Hour at whose start the forecast was made.")
    station_id = dy.String(primary_key=True, min_length=1, description="Station.")
    target = c.second("Instant that is forecast.", primary_key=True)
    chance_free = _chance(
        "Chance that at least one point is freshly available at the target, as it is served.",
        nullable=False,
    )
    expected_free_points = dy.Float32(
        min=0, metadata=c.unit("points"), description="Points freshly available at it, on average."
    )
    free_points_low = dy.Int16(
        min=0, metadata=c.unit("points"), description="Lower end of the 80 % interval of these."
    )
    free_points_high = dy.Int16(
        min=0, metadata=c.unit("points"), description="Upper end of the 80 % interval of these."
    )
    model = dy.String(min_length=1, description="Name of the model that is served.")
    model_version = dy.String(min_length=1, description="Version of it: when it was trained.")
    source = dy.String(description="Raw source of the snapshot that the state at the origin is of.")
    chance_model = _chance("Chance by the trained model, served or not; null where there is none.")
    chance_usual = _chance("Share of the observed time with a free point in this hour of the week.")
    was_free = dy.Bool(
        nullable=True,
        description="Whether a point was freshly available at the origin; null where unobserved.",
    )
    was_in_service = dy.Bool(
        nullable=True,
        description=(
            "Whether a point was freshly available, occupied or reserved at the origin; null where"
            " unobserved."
        ),
    )

    @dy.rule()
    def interval_is_ordered(cls) -> pl.Expr:
        """The lower end of the interval is not above the upper."""
        return pl.col("free_points_low") <= pl.col("free_points_high")

    @dy.rule()
    def target_follows_origin(cls) -> pl.Expr:
        """A forecast is of the future."""
        return pl.col("target") > pl.col("origin")


class ForecastOfStation(AvailabilityForecast):
    """The newest forecast of each station, with its name and place.

    One row per station and target: those of the newest origin.
    """

    horizon_minutes = dy.Int32(
        min=1, metadata=c.unit("min"), description="From the origin to the target."
    )
    station_name = Station.station_name
    address = Station.address
    arrondissement = c.arrondissement()


class ForecastScore(dy.Schema):
    """How good forecasts were, as sums: by horizon, local day, population, forecast and bin.

    Grain: date in Paris of the target × horizon × population × forecast × tenth of the chance. All
    columns add up over rows: n and sums of one (date, horizon, population, forecast) are the sums
    over its bins. Instants that were not observed are left out.
    """

    local_date = dy.Date(primary_key=True, description="Date in Paris of the instants forecast.")
    horizon_minutes = dy.Int32(
        primary_key=True, min=1, metadata=c.unit("min"), description="From origin to target."
    )
    population = dy.Enum(
        POPULATIONS,
        primary_key=True,
        description="all stations, or those with a point in service at the origin.",
    )
    forecast = dy.Enum(
        FORECASTS,
        primary_key=True,
        description=(
            "served: what was shown; model: the trained model; persistence: the state at the"
            " origin; usual: the mean of the hour of the week; blend: the least-squares mixture of"
            " these two, fitted on the same rows."
        ),
    )
    chance_bin = dy.Int16(
        primary_key=True,
        min=0,
        max=CHANCE_BINS - 1,
        description="Tenth in which the chance lies: 0 is below 0.1, 9 is 0.9 and above.",
    )
    n = c.count("Instants forecast and observed.", minimum=1)
    free = c.count("Of them instants with a free point.")
    chance_sum = _sum("Sum of the chances forecast.")
    brier_sum = _sum("Sum of (chance - outcome)².")
    log_loss_sum = _sum("Sum of -ln(chance of what came), chances kept in [0.001, 0.999].")
    source = dy.String(description="Raw sources of the snapshots behind the forecasts.")
