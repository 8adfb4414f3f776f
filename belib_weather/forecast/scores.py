"""How good forecasts were: sums that add up over days, and what is said of them.

What belongs here: Brier score, log loss, calibration, skill and its interval. What does not: which
forecasts are scored (`backtest`, `assets`). Definitions: docs/metrics.md, Forecasts.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from belib_weather.forecast.baselines import BASELINES
from belib_weather.forecast.history import Floats

MODEL = "model"
FORECASTS = (MODEL, *BASELINES)
"""What is scored: columns of chances."""
ALL, IN_SERVICE = "all", "in_service"
SCOPES = (ALL, IN_SERVICE)
"""All units, and those in service at the origin."""
BINS = 10
SURE = 1e-3
"""In log loss no chance is nearer to 0 or 1: else one miss of persistence is infinite."""
FEWEST_DAYS = 14
"""A period of fewer days has no interval of skill."""
KEYS = ("horizon", "local_date", "scope", "forecast")
SUMS = ("n", "brier", "log_loss", "bin_count", "bin_chance", "bin_outcome")
_RESAMPLES = 1_000
_TAILS = (2.5, 97.5)


def score_sums(rows: pl.DataFrame, forecasts: Sequence[str] = FORECASTS) -> pl.DataFrame:
    """Sums by horizon, local day, scope and forecast.

    Args:
        rows: one per forecast whose target was observed: `horizon` (hours), `local_date` of the
            origin, `outcome` (Boolean), `in_service` at the origin (Boolean, null where unknown),
            and a column of chances for each of `forecasts`.
        forecasts: names of these columns.

    Returns:
        `KEYS`, `n`, and the sums `brier` and `log_loss`; for each tenth of the chance, as lists of
        ten, how many forecasts (`bin_count`), the sum of their chances (`bin_chance`) and how many
        came true (`bin_outcome`).
    """
    parts = [rows.with_columns(pl.lit(ALL).alias("scope"))]
    parts.append(rows.filter("in_service").with_columns(pl.lit(IN_SERVICE).alias("scope")))
    long = pl.concat(parts).unpivot(
        list(forecasts),
        index=["horizon", "local_date", "scope", "outcome"],
        variable_name="forecast",
        value_name="chance",
    )
    true = pl.col("outcome").cast(pl.Float64)
    chance = pl.col("chance")
    inside = chance.clip(SURE, 1 - SURE)
    bins = (chance * BINS).floor().clip(0, BINS - 1).cast(pl.Int64)
    scored = long.with_columns(
        true=true,
        brier=(chance - true) ** 2,
        log_loss=-pl.when("outcome").then(inside.log()).otherwise((1 - inside).log()),
        bin=bins,
    )
    of_bins = {
        "bin_count": pl.lit(1, pl.Int64),
        "bin_chance": chance,
        "bin_outcome": pl.col("outcome").cast(pl.Int64),
    }
    sums = scored.group_by(KEYS).agg(
        pl.len().cast(pl.Int64).alias("n"),
        pl.col("brier", "log_loss").sum(),
        *(
            pl.when(pl.col("bin") == number)
            .then(value)
            .otherwise(0)
            .sum()
            .alias(f"{name} {number}")
            for name, value in of_bins.items()
            for number in range(BINS)
        ),
    )
    lists = (
        pl.concat_list(f"{name} {number}" for number in range(BINS)).alias(name) for name in of_bins
    )
    return sums.with_columns(lists).select(*KEYS, *SUMS).sort(KEYS)


def summary(sums: pl.DataFrame, against: str = "blend") -> pl.DataFrame:
    """Scores of a period from the sums of its days.

    Returns:
        By `horizon`, `scope` and `forecast`: `n`, `days`, mean `brier` and `log_loss`,
        `calibration_error` (mean distance of chance and frequency over the bins), `skill` in Brier
        over `against` with a 95 % interval (`skill_low`, `skill_high`; null below `FEWEST_DAYS`
        days).
    """
    rows = []
    for (horizon, scope), own in sums.group_by("horizon", "scope", maintain_order=True):
        reference = own.filter(pl.col("forecast") == against).sort("local_date")
        for (forecast,), of in own.group_by("forecast", maintain_order=True):
            daily = of.sort("local_date")
            n = int(daily["n"].sum())
            skill, low, high = _skill(daily, reference)
            rows.append(
                {
                    "horizon": horizon,
                    "scope": scope,
                    "forecast": forecast,
                    "n": n,
                    "days": daily.height,
                    "brier": float(daily["brier"].sum()) / n,
                    "log_loss": float(daily["log_loss"].sum()) / n,
                    "calibration_error": calibration_error(daily),
                    "skill": skill,
                    "skill_low": low,
                    "skill_high": high,
                }
            )
    return pl.DataFrame(rows, schema=_SUMMARY).sort("horizon", "scope", "forecast")


_SUMMARY = {
    "horizon": pl.Float64(),
    "scope": pl.String(),
    "forecast": pl.String(),
    "n": pl.Int64(),
    "days": pl.Int64(),
    "brier": pl.Float64(),
    "log_loss": pl.Float64(),
    "calibration_error": pl.Float64(),
    "skill": pl.Float64(),
    "skill_low": pl.Float64(),
    "skill_high": pl.Float64(),
}


def calibration_error(sums: pl.DataFrame) -> float:
    """Mean distance of the chance said and the frequency seen, over the bins of some days."""
    count, chance, outcome = (
        np.array(sums[name].to_list(), dtype=np.float64).sum(axis=0)
        for name in ("bin_count", "bin_chance", "bin_outcome")
    )
    return float(np.abs(chance - outcome).sum() / count.sum())


def _skill(
    daily: pl.DataFrame, reference: pl.DataFrame
) -> tuple[float | None, float | None, float | None]:
    """1 - Brier of these days / Brier of the reference, with its interval where days suffice."""
    own, other = daily["brier"].to_numpy(), reference["brier"].to_numpy()
    if other.sum() <= 0:
        return None, None, None
    if len(own) < FEWEST_DAYS:
        return float(1 - own.sum() / other.sum()), None, None
    return skill_by_days(own, other)


def skill_by_days(own: Floats, other: Floats) -> tuple[float, float, float]:
    """1 - own / other, with its 95 % interval by bootstrap of blocks of days.

    Args:
        own: sums of squared errors, one per day in order.
        other: the same of what it is compared with.
    """
    drawn = _blocks(len(own))
    low, high = np.percentile(1 - own[drawn].sum(axis=1) / other[drawn].sum(axis=1), _TAILS)
    return float(1 - own.sum() / other.sum()), float(low), float(high)


def _blocks(days: int) -> np.typing.NDArray[np.int64]:
    """Days drawn in blocks of neighbours, around the end to the begin; shape (resamples, days)."""
    length = max(2, round(days ** (1 / 3)))
    rng = np.random.default_rng(days)
    starts = rng.integers(0, days, (_RESAMPLES, -(-days // length)))
    drawn = (starts[:, :, None] + np.arange(length)) % days
    return drawn.reshape(_RESAMPLES, -1)[:, :days]


def mean_brier(chance: Floats, outcome: Floats) -> float:
    """Brier score of some rows; nan without any."""
    return float(np.mean((chance - outcome) ** 2)) if len(outcome) else float("nan")
