"""The chance of a free point at every station, hour by hour up to tomorrow night.

What belongs here: one frame from forecasts and usual hours, and its words. What does not: either of
the two (`transform`, `forecast`).
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from belib_weather.networks import NETWORK
from belib_weather.panels.i18n import Translation
from belib_weather.window import HOUR, floor_hour

FORECAST, USUAL = "forecast", "usual"
CHANCES = pl.Schema(
    {
        "station_id": pl.String(),
        "hour": pl.Datetime("us", "UTC"),
        "chance": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "free_points": pl.Float64(),
        "points_low": pl.Int16(),
        "points_high": pl.Int16(),
        "from": pl.String(),
    }
)
"""`low` and `high`: the 90 % interval of a usual chance, null of a forecast. `free_points`:
expected; `points_low` and `points_high`: its 80 % interval by the forecast, null of a usual hour.
`from`: FORECAST, or USUAL where none covers the hour."""
PARIS = ZoneInfo(NETWORK.zone)
MOST_AGE = timedelta(hours=3)
"""Of a forecast: it is made every hour."""
_ALWAYS, _NEVER = 0.95, 0.05


def hours_ahead(now: datetime) -> list[datetime]:
    """The full hours from the running one to the last of tomorrow on the clock of Paris (UTC)."""
    end = (now.astimezone(PARIS) + timedelta(days=1)).replace(hour=23, minute=59)
    first = floor_hour(now)
    count = int((end - first) / HOUR) + 1
    return [first + HOUR * step for step in range(count)]


def chances_of(profile: pl.DataFrame, forecast: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Chances by `CHANCES`: forecasts where they reach, usual hours of the week beyond.

    Args:
        profile: `OccupancyProfile` rows; those of stations are taken.
        forecast: rows of the newest forecast; empty where there is none, left out where it is old.
        now: the present.
    """
    hours = pl.DataFrame({"hour": hours_ahead(now)}, schema={"hour": CHANCES["hour"]})
    usual = _usual(profile, hours)
    recent = (
        forecast if forecast.is_empty() else forecast.filter(pl.col("origin") >= now - MOST_AGE)
    )
    if recent.is_empty():
        return usual.sort("station_id", "hour")
    forecast_rows = recent.join(hours, left_on="target", right_on="hour").select(
        "station_id",
        pl.col("target").alias("hour"),
        pl.col("chance_free").cast(pl.Float64).alias("chance"),
        pl.lit(None, dtype=pl.Float64).alias("low"),
        pl.lit(None, dtype=pl.Float64).alias("high"),
        pl.col("expected_free_points").cast(pl.Float64).alias("free_points"),
        pl.col("free_points_low").cast(pl.Int16).alias("points_low"),
        pl.col("free_points_high").cast(pl.Int16).alias("points_high"),
        pl.lit(FORECAST).alias("from"),
    )
    rest = usual.join(forecast_rows, on=["station_id", "hour"], how="anti")
    return pl.concat([forecast_rows.cast(CHANCES), rest]).sort("station_id", "hour")


def _usual(profile: pl.DataFrame, hours: pl.DataFrame) -> pl.DataFrame:
    """The usual chance of each hour, from the same hour of the week."""
    local = pl.col("hour").dt.convert_time_zone(NETWORK.zone)
    keyed = hours.with_columns(
        local.dt.weekday().cast(pl.Int16).alias("local_weekday"),
        local.dt.hour().cast(pl.Int16).alias("local_hour"),
    )
    stations = profile.filter(pl.col("scope").cast(pl.String) == "station")
    observed = pl.col("any_observed_seconds")
    return (
        stations.join(keyed, on=["local_weekday", "local_hour"])
        .select(
            pl.col("area").alias("station_id"),
            "hour",
            pl.col("estimated_chance").alias("chance"),
            pl.col("estimated_chance_low").alias("low"),
            pl.col("estimated_chance_high").alias("high"),
            pl.when(observed > 0).then(pl.col("available_seconds") / observed).alias("free_points"),
            pl.lit(None, dtype=pl.Int16).alias("points_low"),
            pl.lit(None, dtype=pl.Int16).alias("points_high"),
            pl.lit(USUAL).alias("from"),
        )
        .filter(pl.col("chance").is_not_null())
        .cast(CHANCES)
    )


def chance_in_ten(chance: float | None, t: Translation) -> str:
    """A chance in words: `9 in 10`."""
    if chance is None:
        return t.gettext("not known")
    if chance >= _ALWAYS:
        return t.gettext("almost always")
    if chance < _NEVER:
        return t.gettext("almost never")
    return t.gettext("{count} in 10", count=min(9, max(1, round(10 * chance))))


def interval_in_tenths(low: float | None, high: float | None) -> tuple[int, int] | None:
    """The ends of the interval of a chance in tenths; None where it is one number, or unknown."""
    if low is None or high is None:
        return None
    ends = round(10 * low), round(10 * high)
    return ends if ends[0] < ends[1] else None


def bucket(chance: float | None) -> str:
    """The class of a chance on the map: the style sheet colours it, the legend names it."""
    if chance is None:
        return "unknown"
    return (
        "always"
        if chance >= 0.9
        else "often"
        if chance >= 0.7
        else "half"
        if chance >= 0.4
        else "rare"
    )
