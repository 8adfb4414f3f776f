"""The chance of a free point at a station in an hour of the week, from few days of it.

What is expected of the hour is the station's own level, shifted as the city is in that hour of
the week; both on the logit scale. Around it lies a beta distribution, which each day's observed
share moves as one trial. How many days the expectation counts as is the number that makes the
trials of the whole city most likely (beta-binomial, empirical Bayes). Rules: docs/metrics.md.

What belongs here: this estimate. What does not: the mart it is in (`occupancy_profile`).
"""

from typing import cast

import numpy as np
import polars as pl
import scipy  # its modules load when they are used
from numpy.typing import NDArray

from belib_weather.datasets.marts import ARRONDISSEMENT, CITY, SCOPES, STATION
from belib_weather.transform.areas import SEEN

Floats = NDArray[np.float64]

CELL = ("local_weekday", "local_hour")
"""An hour of the week."""
LEAST_DAYS = 3
"""A station that was observed on fewer has no level of its own."""
TAILS = (0.05, 0.95)
_NEAR = 1e-3
"""An expectation is never nearer to 0 or 1: few observed days make nothing certain."""
_HALF = 0.5
"""Of a trial with each outcome, in the interval alone (as Jeffreys): else it would have no width
where every day was the same."""
_FEWEST_DAYS = 0.1
"""Days that an expectation counts as; at most as many as it comes from."""
_SCOPE = pl.Enum(SCOPES)
_FREE, _OBSERVED = "any_available_seconds", "any_observed_seconds"
_CHANCE = pl.col(_FREE).cast(pl.Int64).sum() / pl.col(_OBSERVED).cast(pl.Int64).sum()
_SCHEMA = {
    "scope": _SCOPE,
    "area": pl.String(),
    "local_weekday": pl.Int16(),
    "local_hour": pl.Int16(),
    "estimated_chance": pl.Float64(),
    "estimated_chance_low": pl.Float64(),
    "estimated_chance_high": pl.Float64(),
    "expected_chance": pl.Float64(),
    "expected_chance_days": pl.Float64(),
    "level_from": _SCOPE,
}


def chance_estimates(facts: pl.DataFrame) -> pl.DataFrame:
    """Estimates of every station, for each hour of the week in which the city was observed.

    Args:
        facts: settled `FactOfAMart` rows.

    Returns:
        `scope`, `area`, `local_weekday`, `local_hour`, `estimated_chance` with the ends of its
        90 % interval, `expected_chance`, `expected_chance_days`, `level_from`.
    """
    observed = facts.filter(SEEN)
    if observed.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    cells = (
        levels(facts)
        .join(shape(observed), how="cross")
        .join(trials(observed), on=["station_id", *CELL], how="left")
        .with_columns(pl.col("free", "days").fill_null(0.0))
        .sort("station_id", *CELL)
    )
    shifted = scipy.special.expit(_logit(cells["level"].to_numpy()) + cells["shift"].to_numpy())
    expected = np.clip(shifted, _NEAR, 1 - _NEAR)
    free, days = cells["free"].to_numpy(), cells["days"].to_numpy()
    period = observed["local_date"].n_unique()
    strength = strength_of(expected, free, days, most=period)
    alpha = strength * expected + free
    beta = strength * (1 - expected) + days - free
    # Outages last for days: in the interval an expectation counts as its independent days alone.
    surplus = strength - min(strength, independent_days(observed, period))
    ends = (alpha - surplus * expected + _HALF, beta - surplus * (1 - expected) + _HALF)
    # The same on every day may be the same always: the end is then 0 or 1, and not looked for.
    is_open = days == 0
    low, high = (
        scipy.special.betaincinv(*ends, tail, out=np.full_like(free, end), where=is_open | varied)
        for tail, end, varied in zip(TAILS, (0, 1), (free != 0, free != days), strict=True)
    )
    estimate = alpha / (alpha + beta)
    columns = {
        "estimated_chance": estimate,
        "estimated_chance_low": np.minimum(low, estimate),
        "estimated_chance_high": np.maximum(high, estimate),
        "expected_chance": expected,
    }
    return cells.with_columns(
        pl.lit(STATION, dtype=_SCOPE).alias("scope"),
        pl.col("station_id").alias("area"),
        pl.lit(strength).alias("expected_chance_days"),
        *(pl.Series(name, values) for name, values in columns.items()),
    ).select(_SCHEMA.keys())


def levels(facts: pl.DataFrame) -> pl.DataFrame:
    """The chance of a free point at each station over all of its hours: `level`, `level_from`.

    To a level one day of that of the next larger area is added, so that none is 0 or 1. A station
    with fewer than three observed days has that of its arrondissement, or of the city.
    """
    observed = facts.filter(SEEN)
    own = pl.col("local_date").n_unique().alias("days"), _CHANCE.alias("own")
    city = observed.select(_CHANCE).item()
    around = (
        observed.drop_nulls("arrondissement")
        .group_by("arrondissement")
        .agg(*own)
        .select("arrondissement", _with_one_day_of(pl.lit(city)).alias("around"))
    )
    is_own = pl.col("days").fill_null(0) >= LEAST_DAYS
    otherwise = pl.col("around").fill_null(city)
    return (
        facts.group_by("station_id")
        .agg(pl.col("arrondissement").sort_by("hour").last())
        .join(observed.group_by("station_id").agg(*own), on="station_id", how="left")
        .join(around, on="arrondissement", how="left")
        .select(
            "station_id",
            pl.when(is_own).then(_with_one_day_of(otherwise)).otherwise(otherwise).alias("level"),
            pl.when(is_own)
            .then(pl.lit(STATION))
            .when(pl.col("around").is_not_null())
            .then(pl.lit(ARRONDISSEMENT))
            .otherwise(pl.lit(CITY))
            .cast(_SCOPE)
            .alias("level_from"),
        )
    )


def shape(observed: pl.DataFrame) -> pl.DataFrame:
    """How the city is in each hour of the week against all of it, in logits: `shift`."""
    city = _logit(np.array([observed.select(_CHANCE).item()])).item()
    cells = observed.group_by(CELL).agg(_CHANCE.alias("chance"))
    shift = _logit(cells["chance"].to_numpy()) - city
    return cells.select(*CELL, pl.Series("shift", shift))


def trials(observed: pl.DataFrame) -> pl.DataFrame:
    """Of each station and hour of the week: `days`, and the sum of their shares, `free`."""
    share = pl.col(_FREE).sum() / pl.col(_OBSERVED).sum()
    days = observed.group_by("station_id", "local_date", *CELL).agg(share.alias("share"))
    return days.group_by("station_id", *CELL).agg(
        # In order, since a sum of fractions depends on it.
        pl.col("share").sort().sum().alias("free"),
        pl.len().cast(pl.Float64).alias("days"),
    )


def independent_days(observed: pl.DataFrame, days: int) -> float:
    """How many independent days the days of a level are worth: n (1 - r) / (1 + r), at least 1.

    The lag-1 autocorrelation r is that of the daily chances of all stations around their means,
    corrected upwards by (1 + 3 r) / n; it is not taken to be below 0.
    """
    daily = (
        observed.group_by("station_id", "local_date")
        .agg(_CHANCE.alias("chance"))
        .filter(pl.len().over("station_id") >= LEAST_DAYS)
        .sort("station_id", "local_date")
        .with_columns(pl.col("chance") - pl.col("chance").mean().over("station_id"))
        .with_columns(
            pl.col("chance").shift().over("station_id").alias("before"),
            pl.col("local_date").diff().over("station_id").alias("step"),
        )
    )
    together = daily.filter(pl.col("step") == pl.duration(days=1))
    spread = daily.select((pl.col("chance") ** 2).sum()).item()
    if not spread:
        return float(days)
    raw = together.select((pl.col("chance") * pl.col("before")).sum()).item() / spread
    r = min(max(raw + (1 + 3 * raw) / days, 0.0), 1.0)
    return float(max(days * (1 - r) / (1 + r), 1))


def strength_of(expected: Floats, free: Floats, days: Floats, most: int) -> float:
    """How many days an expectation counts as: what makes the trials most likely.

    Args:
        expected: chance before the trials, of each station and hour of the week.
        free: sum of the daily shares.
        days: number of trials; cells without one say nothing.
        most: days of the period: an expectation from them counts as no more.
    """
    is_observed = days > 0
    expected, free, not_free = expected[is_observed], free[is_observed], (days - free)[is_observed]

    def negative_log_likelihood(log_strength: float) -> float:
        betaln = scipy.special.betaln
        alpha = np.exp(log_strength) * expected
        beta = np.exp(log_strength) * (1 - expected)
        return -float((betaln(alpha + free, beta + not_free) - betaln(alpha, beta)).sum())

    bounds = (float(np.log(_FEWEST_DAYS)), float(np.log(most)))
    found = scipy.optimize.minimize_scalar(
        negative_log_likelihood, bounds=bounds, method="bounded", options={"xatol": 1e-3}
    )
    return float(np.exp(found.x))


def _with_one_day_of(larger: pl.Expr) -> pl.Expr:
    return (pl.col("days") * pl.col("own") + larger) / (pl.col("days") + 1)


def _logit(chance: Floats) -> Floats:
    inside = np.clip(chance, _NEAR, 1 - _NEAR)
    return cast("Floats", np.log(inside / (1 - inside)))
