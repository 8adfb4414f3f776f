"""Scores of forecasts that were made of stations: sums by day, horizon, population, forecast, bin.

What belongs here: the sums, and what is said of a period from them. What does not: making forecasts
(`model`), reading them (`assets`). Definitions: docs/metrics.md.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import dataframely as dy
import numpy as np
import polars as pl

from belib_weather.datasets.forecasts import (
    ALL,
    BLEND,
    CHANCE_BINS,
    FORECASTS,
    IN_SERVICE,
    MODEL,
    PERSISTENCE,
    SERVED,
    USUAL,
    ForecastScore,
)
from belib_weather.dates import date_in_paris
from belib_weather.forecast.scores import FEWEST_DAYS, SURE, skill_by_days

PERIOD = timedelta(days=28)
"""What decides whether the model is served."""
MOST_CALIBRATION_ERROR = 0.02
_KEYS = ["local_date", "horizon_minutes", "population"]


@dataclass(frozen=True)
class Skill:
    """How much better forecasts are than the blend of persistence and the usual week.

    Attributes:
        skill: 1 - Brier score / Brier score of the blend.
        low: lower end of its 95 % interval.
        high: upper end of it.
        days: local days of the period.
    """

    skill: float
    low: float
    high: float
    days: int


def forecast_scores(forecasts: pl.DataFrame, states: pl.DataFrame) -> dy.DataFrame[ForecastScore]:
    """Score forecasts against the states at their targets; what was not observed is left out.

    Args:
        forecasts: `AvailabilityForecast` rows of the scored horizons, of whole local days.
        states: of stations at the targets (`instants.station_states_at`).
    """
    outcome = states.select("station_id", pl.col("time").alias("target"), "is_available")
    observed = forecasts.join(outcome, on=["station_id", "target"]).with_columns(
        date_in_paris(pl.col("target")).alias("local_date"),
        (pl.col("target") - pl.col("origin")).dt.total_minutes().cast(pl.Int32)
        .alias("horizon_minutes"),
        pl.col("is_available").cast(pl.Float64).alias("free"),
        pl.col("chance_free").cast(pl.Float64).alias(SERVED),
        pl.col("chance_model").cast(pl.Float64).alias(MODEL),
        pl.col("chance_usual").cast(pl.Float64).alias(USUAL),
        pl.coalesce(pl.col("was_free").cast(pl.Float64), pl.col("chance_usual").cast(pl.Float64))
        .alias(PERSISTENCE),
    )  # fmt: skip
    every = observed.with_columns(pl.lit(ALL).alias("population"))
    in_service = observed.filter("was_in_service").with_columns(
        pl.lit(IN_SERVICE).alias("population")
    )
    rows = pl.concat(
        [
            _with_blend(group)
            for part in (every, in_service)
            for _, group in part.group_by(_KEYS, maintain_order=True)
        ]
        or [_with_blend(observed.with_columns(pl.lit(ALL).alias("population")))]
    )
    sources = rows.group_by(_KEYS).agg(pl.col("source").unique().sort().str.join(" + "))
    long = rows.unpivot(
        FORECASTS, index=[*_KEYS, "free"], variable_name="forecast", value_name="chance"
    ).drop_nulls("chance")
    return ForecastScore.validate(
        _sums(long).join(sources, on=_KEYS).sort(ForecastScore.primary_key()), cast=True
    )


def _with_blend(rows: pl.DataFrame) -> pl.DataFrame:
    """The least-squares mixture of persistence and the usual, fitted on these rows."""
    design = np.column_stack(
        [rows[PERSISTENCE].to_numpy(), rows[USUAL].to_numpy(), np.ones(rows.height)]
    )
    weights = np.linalg.lstsq(design, rows["free"].to_numpy(), rcond=None)[0]
    return rows.with_columns(pl.Series(BLEND, np.clip(design @ weights, 0, 1), dtype=pl.Float64))


def _sums(long: pl.DataFrame) -> pl.DataFrame:
    chance, free = pl.col("chance"), pl.col("free")
    sure = chance.clip(SURE, 1 - SURE)
    place = (chance * CHANCE_BINS).floor().clip(0, CHANCE_BINS - 1).cast(pl.Int16)
    return long.group_by(*_KEYS, "forecast", place.alias("chance_bin")).agg(
        pl.len().alias("n"),
        free.sum().cast(pl.Int64).alias("free"),
        chance.sum().alias("chance_sum"),
        ((chance - free) ** 2).sum().alias("brier_sum"),
        -(pl.when(free > 0).then(sure.log()).otherwise((1 - sure).log()))
        .sum()
        .alias("log_loss_sum"),
    )


def recent(scores: pl.DataFrame) -> pl.DataFrame:
    """The `ForecastScore` rows of the newest 28 local days."""
    return scores.filter(pl.col("local_date") > pl.col("local_date").max() - PERIOD)


def skill_of(scores: pl.DataFrame, forecast: str = MODEL, population: str = ALL) -> Skill | None:
    """Skill of a forecast over the blend, all horizons together, on days on which both were made.

    Args:
        scores: `ForecastScore` rows of a period.
        forecast: one of `FORECASTS`.
        population: one of `POPULATIONS`.

    Returns:
        None below `FEWEST_DAYS` days. The interval is by bootstrap of blocks of days.
    """
    sums = (
        scores.filter(pl.col("population") == population)
        .group_by("local_date", "forecast")
        .agg(pl.col("n", "brier_sum").sum())
    )
    own, blend = (
        sums.filter(pl.col("forecast") == name).drop("forecast") for name in (forecast, BLEND)
    )
    days = own.join(blend, on=["local_date", "n"], suffix="_of_blend").sort("local_date")
    if days.height < FEWEST_DAYS:
        return None
    own_brier, blend_brier = days["brier_sum"].to_numpy(), days["brier_sum_of_blend"].to_numpy()
    return Skill(*skill_by_days(own_brier, blend_brier), days.height)


def calibration_error(
    scores: pl.DataFrame, forecast: str = SERVED, population: str = ALL
) -> float | None:
    """Mean distance of chance and frequency over the bins; None below `FEWEST_DAYS` days."""
    own = scores.filter(pl.col("forecast") == forecast, pl.col("population") == population)
    if own["local_date"].n_unique() < FEWEST_DAYS:
        return None
    bins = own.group_by("horizon_minutes", "chance_bin").agg(
        pl.col("n", "free", "chance_sum").sum()
    )
    error: float = bins.select(
        (pl.col("chance_sum") - pl.col("free")).abs().sum() / pl.col("n").sum()
    ).item()
    return error


def reason_for_the_blend(scores: pl.DataFrame, last: date) -> str:
    """Why the blend is served from now on; empty where the model is.

    Args:
        scores: `ForecastScore` rows.
        last: the newest local day; the 28 days up to it count.
    """
    skill = skill_of(scores.filter(pl.col("local_date") > last - PERIOD))
    if skill is None or skill.high >= 0:
        return ""
    return (
        f"on {skill.days} of the last {PERIOD.days} days the model's skill over it was"
        f" {skill.skill:.3f} (95 % interval {skill.low:.3f} to {skill.high:.3f})"
    )
