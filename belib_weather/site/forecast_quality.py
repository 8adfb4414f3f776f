"""How good the forecasts were that were shown, in no language yet: skill, errors, reliability.

What belongs here: figures of the newest weeks, from the scores. What does not: the sums
(`forecast.station_scores`), words (`forecast_texts`). Definitions: docs/metrics.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from belib_weather.datasets.forecasts import ALL, SCORED_HORIZONS, SERVED
from belib_weather.forecast.scores import FEWEST_DAYS
from belib_weather.forecast.station_scores import Skill, calibration_error, recent, skill_of


@dataclass(frozen=True)
class Horizon:
    """The forecasts of all stations, some minutes ahead.

    Attributes:
        minutes: from origin to target.
        skill: of what was served over the blend; None below `FEWEST_DAYS` days.
        errors: mean Brier score of each forecast, by its name.
        calibration_error: of what was served; None below `FEWEST_DAYS` days.
        scored: forecasts served and observed.
    """

    minutes: int
    skill: Skill | None
    errors: Mapping[str, float]
    calibration_error: float | None
    scored: int


@dataclass(frozen=True)
class Tenth:
    """The forecasts of a tenth of the chance: its mean, how often a point was free, how many."""

    said: float
    came: float
    scored: int


@dataclass(frozen=True)
class ForecastQuality:
    """The newest days that are scored, 28 at most.

    Attributes:
        days: how many.
        last: the newest of them; None without any.
        horizons: that were scored, the nearest first.
        tenths: of what was served, all horizons, the lowest first.
    """

    days: int
    last: date | None
    horizons: Sequence[Horizon]
    tenths: Sequence[Tenth]

    @property
    def is_judged(self) -> bool:
        """Whether there are days enough for a skill."""
        return self.days >= FEWEST_DAYS


def forecast_quality(scores: pl.DataFrame) -> ForecastQuality:
    """How good the forecasts of the newest days were.

    Args:
        scores: `ForecastScore` rows.
    """
    last: date | None = scores["local_date"].max()  # type: ignore[assignment]
    if last is None:
        return ForecastQuality(0, None, [], [])
    rows = (
        recent(scores)
        .filter(pl.col("population").cast(pl.String) == ALL)
        .with_columns(pl.col("forecast", "population").cast(pl.String))
    )
    parts = rows.partition_by("horizon_minutes", as_dict=True)
    return ForecastQuality(
        days=rows["local_date"].n_unique(),
        last=last,
        horizons=[
            _horizon(minutes, parts[minutes,]) for minutes in SCORED_HORIZONS if (minutes,) in parts
        ],
        tenths=_tenths(rows),
    )


def _horizon(minutes: int, rows: pl.DataFrame) -> Horizon:
    sums = rows.group_by("forecast").agg(pl.col("n", "brier_sum").sum())
    return Horizon(
        minutes,
        skill_of(rows, SERVED),
        {name: brier / n for name, n, brier in sums.iter_rows()},
        calibration_error(rows, SERVED),
        int(rows.filter(pl.col("forecast") == SERVED)["n"].sum()),
    )


def _tenths(rows: pl.DataFrame) -> list[Tenth]:
    sums = (
        rows.filter(pl.col("forecast") == SERVED)
        .group_by("chance_bin")
        .agg(pl.col("n", "free", "chance_sum").sum())
        .sort("chance_bin")
    )
    return [
        Tenth(row["chance_sum"] / row["n"], row["free"] / row["n"], row["n"])
        for row in sums.iter_rows(named=True)
    ]
