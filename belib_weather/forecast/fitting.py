"""The pooled model of one kind of unit (points, or stations): fitted to its history.

What belongs here: which days fit and which calibrate, and when the blend has to do. What does not:
what is served of it (`model`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from belib_weather.forecast import boosting
from belib_weather.forecast.baselines import Blend, blended, persistence_and_usual
from belib_weather.forecast.calendar import local_hours
from belib_weather.forecast.calibration import NO_CHANGE, Calibration, calibrated, expit, logit
from belib_weather.forecast.features import NAMES, Weather, features
from belib_weather.forecast.history import DAY, HOUR, UNOBSERVED, Floats, History, Ints
from belib_weather.forecast.profiles import Sums, by_day, profile_of
from belib_weather.forecast.sample import Rows, draw_sample
from belib_weather.forecast.scores import mean_brier
from belib_weather.forecast.states import States

if TYPE_CHECKING:
    from lightgbm import Booster

FEWEST_DAYS = 7
"""With fewer days observed the blend is served."""
_MOST_HELD_OUT = 7
_FEWEST_ROWS = 2_000


@dataclass(frozen=True)
class Fitted:
    """A model of units of one kind.

    Attributes:
        units: ids of the units that it knows.
        sums: their observed hours by hour of the week.
        blend: the blend of the baselines.
        trees: text of the trees; None where the blend is served.
        calibration: of the trees.
        reason: why the blend is served; None where it is not.
        held_out: Brier score of the model and of the blend on days that neither was fitted to.
    """

    units: tuple[str, ...]
    sums: Sums
    blend: Blend
    trees: str | None
    calibration: Calibration
    reason: str | None
    held_out: dict[str, float]

    @cached_property
    def _booster(self) -> "Booster":
        return boosting.read(self.trees or "")

    def chances(self, rows: Rows) -> dict[str, Floats]:
        """The chance of each row by the model and by each baseline."""
        blend = self.blend.chance(rows.horizon, rows.persistence, rows.usual)
        model = blend
        if self.trees is not None:
            raw = expit(boosting.log_odds(self._booster, rows.features, _start(rows, blend)))
            model = self.calibration.chance(rows.horizon, raw)
        return {
            "model": model,
            "persistence": rows.persistence,
            "usual": rows.usual,
            "blend": blend,
        }

    def ahead(
        self,
        recent: History,
        zone: str,
        weather: Weather | None,
        rows: tuple[Ints, Ints],
        of_points: Mapping[str, Floats] | None = None,
    ) -> tuple[Rows, dict[str, Floats]]:
        """Chances of every unit of `recent` at targets after its last instant.

        Args:
            recent: states up to the origin, which is its last instant.
            zone: of the local clock.
            weather: forecasts of it as issued.
            rows: unit numbers of `recent` and UTC seconds of targets; shape (n,).
            of_points: of stations, features from their points; shape (n,) each.
        """
        states = States(recent)
        unit, target = rows
        at = np.full(len(unit), recent.instants - 1, dtype=np.int64)
        hours = local_hours(recent.start, int(target.max()) + HOUR, zone)
        number = {name: place for place, name in enumerate(self.units)}
        own = np.array([number.get(name, -1) for name in recent.units], dtype=np.int64)
        profile = profile_of(self.sums.rows(own))
        cell = hours.week_hour[hours.row(target)]
        made = features(states, profile, hours, (unit, at, target), weather)
        base = persistence_and_usual(states, profile, cell, unit, at)
        horizon = (target - recent.start - at * recent.step) / HOUR
        nothing = np.full(len(unit), np.nan)
        known = Rows(unit, at, target, horizon, made, *base, nothing, nothing)
        if of_points is not None:
            known = known.with_points(of_points)
        return known, self.chances(known)


def fitted(
    history: History,
    zone: str,
    weather: Weather | None,
    *,
    most: int,
    seed: int,
    of_points: Callable[[Rows], Mapping[str, Floats]] | None = None,
) -> Fitted:
    """The model of a history: calibrated on its last days by trees of the earlier ones.

    The trees correct the blend; those of stations the chance by their points.

    Up to a fifth of the days, seven at most, is held out. Scores on them are cross-fitted: each
    half of these days is calibrated by the other. The trees that are served are then grown from
    all days.
    """
    states = States(history)
    rows = draw_sample(states, zone, weather, most=most, seed=seed)
    if of_points is not None:
        rows = rows.with_points(of_points(rows))
    *_, (_, sums) = by_day(history, states.age["change"], zone)
    days = _observed_days(history, zone)
    reason = None
    observed = (history.state != UNOBSERVED).any(axis=0).sum() * history.step / DAY
    if observed < FEWEST_DAYS:
        reason = f"{observed:.1f} days of history: fewer than {FEWEST_DAYS}"
    elif len(rows.unit) < _FEWEST_ROWS or rows.outcome.min() == rows.outcome.max():
        reason = f"{len(rows.unit):,} rows to learn from: too few, or all alike"
    if reason is not None:
        blend = blended(rows.horizon, rows.persistence, rows.usual, rows.outcome)
        return Fitted(history.units, sums, blend, None, NO_CHANGE, reason, {})
    first_held_out = int(days[-max(1, min(_MOST_HELD_OUT, len(days) // 5))])
    hours = local_hours(history.start, history.end + HOUR, zone)
    origin_day = hours.day[hours.row(history.start + rows.at * history.step)]
    target_day = hours.day[hours.row(rows.target)]
    early, late = rows.take(target_day < first_held_out), rows.take(origin_day >= first_held_out)
    blend = blended(early.horizon, early.persistence, early.usual, early.outcome)
    start = _start(early, blend.chance(early.horizon, early.persistence, early.usual))
    trees = boosting.train_trees(early.features, early.outcome, start, NAMES, seed)
    base = blend.chance(late.horizon, late.persistence, late.usual)
    raw = expit(boosting.log_odds(boosting.read(trees), late.features, _start(late, base)))
    odd = (origin_day[origin_day >= first_held_out] % 2).astype(bool)
    held_out = {
        "model": mean_brier(_cross_calibrated(late, raw, odd), late.outcome),
        "blend": mean_brier(base, late.outcome),
        "rows": float(len(late.outcome)),
    }
    calibration = calibrated(late.horizon, raw, late.outcome)
    # What is served has learned from the held-out days too.
    blend = blended(rows.horizon, rows.persistence, rows.usual, rows.outcome)
    start = _start(rows, blend.chance(rows.horizon, rows.persistence, rows.usual))
    trees = boosting.train_trees(rows.features, rows.outcome, start, NAMES, seed)
    return Fitted(history.units, sums, blend, trees, calibration, None, held_out)


def _start(rows: Rows, blend: Floats) -> Floats:
    """The log odds that the trees correct."""
    renewed = rows.features[:, NAMES.index("renewed")].astype(np.float64)
    start = np.where(np.isnan(renewed), blend, renewed)
    return logit(np.where(np.isnan(rows.together), start, rows.together))


def _cross_calibrated(late: Rows, raw: Floats, odd: np.typing.NDArray[np.bool_]) -> Floats:
    """Chances of held-out rows, calibrated by the held-out days of the other parity."""
    made = raw.copy()
    for own in (odd, ~odd):
        other = ~own
        fit = calibrated(late.horizon[other], raw[other], late.outcome[other])
        made[own] = fit.chance(late.horizon[own], raw[own])
    return made


def _observed_days(history: History, zone: str) -> Ints:
    """Local days on which something was observed, ascending."""
    observed = np.flatnonzero((history.state != UNOBSERVED).any(axis=0))
    hours = local_hours(history.start, history.end + HOUR, zone)
    return np.unique(hours.day[hours.row(history.start + observed * history.step)])
