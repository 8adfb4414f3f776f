"""Rolling-origin evaluation: how good would forecasts have been on this history?

Again and again the model is trained on the days before a cut, and asked on the days after it, which
it has not seen. What belongs here: the cuts, and the rows that are scored. What does not: scores
(`scores`), reading files (`cli`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from belib_weather.forecast.calendar import local_hours
from belib_weather.forecast.errors import ForecastError
from belib_weather.forecast.fitting import Fitted, fitted
from belib_weather.forecast.history import (
    DAY,
    FREE,
    HOUR,
    TAKEN,
    UNOBSERVED,
    History,
    Ints,
    utc_text,
)
from belib_weather.forecast.model import LONGEST_DAYS, ROWS, ZONE
from belib_weather.forecast.sample import sample_rows
from belib_weather.forecast.scores import score_sums
from belib_weather.forecast.states import States

SCORED_HORIZONS = (0.25, 1.0, 3.0, 6.0, 24.0)
"""Hours ahead that are scored."""
FEWEST_DAYS = 4.0
"""A shorter history cannot be split into days to learn from and days to judge on."""
REFIT_DAYS = 7
_FIRST_TRAINING_DAYS = 28.0
_MOST_TESTED = 250_000
"""Forecasts scored after each cut; of more they are drawn at random."""


@dataclass(frozen=True)
class Backtest:
    """What a backtest found.

    Attributes:
        sums: scores by horizon, local day, scope and forecast (`scores.score_sums`).
        first: UTC second of the first origin that is judged.
        cuts: how many times the model was trained.
        horizons: hours ahead that the step of the data allows.
        reason: why the blend stood in for the model at some cut; None where it never did.
        origins: how many instants were asked at.
    """

    sums: pl.DataFrame
    first: int
    cuts: int
    horizons: tuple[float, ...]
    reason: str | None
    origins: int


def backtest(
    history: History,
    *,
    zone: str = ZONE,
    rows: int = ROWS // 2,
    seed: int = 0,
    refit_days: int = REFIT_DAYS,
    progress: Callable[[str], None] = lambda _: None,
) -> Backtest:
    """Judge the model on a history: at least four days of it.

    The first half of the days, 28 at most, is only learned from.

    Args:
        history: see the package.
        zone: of the local clock.
        rows: how many rows to learn from at each cut.
        seed: of what is drawn.
        refit_days: days from one training to the next.
        progress: gets a line about each cut.

    Raises:
        ForecastError: the history is too short, or no forecast can be scored.
    """
    horizons = tuple(h for h in SCORED_HORIZONS if (h * HOUR) % history.step == 0)
    if history.days < FEWEST_DAYS:
        raise ForecastError(
            f"{history.days:.1f} days from {utc_text(history.start)} on are too short: give"
            f" {FEWEST_DAYS:g} at least (seven for the model, four weeks to judge it)"
        )
    first = history.start + round(min(_FIRST_TRAINING_DAYS, history.days / 2)) * DAY
    scored, reasons, origins_in_all = [], [], 0
    cuts = range(first, history.end, refit_days * DAY)
    for number, cut in enumerate(cuts):
        progress(f"{number + 1} of {len(cuts)}: training on what was known at {utc_text(cut)}")
        until = history.until(cut - history.step).newest(LONGEST_DAYS)
        if (until.state == UNOBSERVED).all():
            continue
        fit = fitted(until, zone, None, most=rows, seed=seed)
        reasons += [fit.reason] if fit.reason else []
        end = min(cut + refit_days * DAY, history.end)
        chosen, origins = _forecasts_to_score(history, horizons, cut, end, seed + number)
        origins_in_all += origins
        if len(chosen[0]):
            scored.append(_scored(history.until(end + DAY), fit, zone, chosen))
    if not scored:
        raise ForecastError(
            f"nothing was observed after {utc_text(first)}, where judging would begin"
        )
    sums = score_sums(pl.concat(scored))
    return Backtest(
        sums, first, len(cuts), horizons, reasons[0] if reasons else None, origins_in_all
    )


def _forecasts_to_score(
    history: History, horizons: Sequence[float], begin: int, end: int, seed: int
) -> tuple[tuple[Ints, Ints, Ints], int]:
    """Unit, instant of origin and instant of target of every forecast that can be scored.

    Origins are the full hours of [begin, end) at which something was observed.
    """
    seconds = np.arange(-(-begin // HOUR) * HOUR, end, HOUR, dtype=np.int64)
    at = (seconds - history.start) // history.step
    at = at[(history.state[:, at] != UNOBSERVED).any(axis=0)]
    steps = np.array([round(h * HOUR / history.step) for h in horizons], dtype=np.int64)
    count = len(history.units) * len(at) * len(steps)
    rng = np.random.default_rng(seed)
    chosen = np.arange(count)
    if count > _MOST_TESTED:
        chosen = np.sort(rng.choice(count, _MOST_TESTED, replace=False))
    rest, unit = np.divmod(chosen, len(history.units))
    which, step = np.divmod(rest, len(steps))
    origin = at[which]
    target = origin + steps[step]
    observed = target < history.instants
    unit, origin, target = unit[observed], origin[observed], target[observed]
    observed = history.state[unit, target] != UNOBSERVED
    return (unit[observed], origin[observed], target[observed]), len(at)


def _scored(
    history: History, fit: Fitted, zone: str, chosen: tuple[Ints, Ints, Ints]
) -> pl.DataFrame:
    """Rows as `scores.score_sums` takes them."""
    rows = sample_rows(States(history), zone, None, chosen)
    hours = local_hours(history.start, history.end + HOUR, zone)
    second = history.start + rows.at * history.step
    now = history.state[rows.unit, rows.at]
    known = now != UNOBSERVED if history.knows_service else np.zeros(len(now), dtype=np.bool_)
    return pl.DataFrame(
        {
            "horizon": rows.horizon,
            "local_date": pl.Series(hours.day[hours.row(second)]).cast(pl.Int32).cast(pl.Date),
            "outcome": rows.outcome > 0,
            "in_service": known & ((now == FREE) | (now == TAKEN)),
            **fit.chances(rows),
        }
    )
