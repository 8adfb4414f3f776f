"""Chances made to agree with what happens, on days that the model has not seen.

Platt scaling by horizon: the log odds are stretched and shifted. It is pulled towards no change, so
that few days move little; the shift more, since days differ in it as a whole.
"""

from dataclasses import dataclass

import numpy as np

from belib_weather.forecast.history import Floats

_STRENGTH = 200.0
"""Rows for which "no change" counts."""
_ROUNDS = 12


@dataclass(frozen=True)
class Calibration:
    """Stretch and shift of the log odds, by horizon.

    Attributes:
        horizons: hours, ascending; shape (n,).
        stretch: factor on the log odds; shape (n,); between two horizons it is interpolated.
        shift: added to them; shape (n,).
    """

    horizons: Floats
    stretch: Floats
    shift: Floats

    def chance(self, horizon: Floats, chance: Floats) -> Floats:
        """Calibrated chances; shape (n,)."""
        stretch = np.interp(horizon, self.horizons, self.stretch)
        shift = np.interp(horizon, self.horizons, self.shift)
        return expit(stretch * logit(chance) + shift)


NO_CHANGE = Calibration(np.array([0.0]), np.array([1.0]), np.array([0.0]))


def calibrated(horizon: Floats, chance: Floats, outcome: Floats) -> Calibration:
    """The calibration of held-out rows; shape (n,) each."""
    horizons = np.unique(horizon)
    if not len(horizons):
        return NO_CHANGE
    found = []
    for hours in horizons:
        # A horizon borrows from its neighbours on the log scale of time.
        near = np.exp(-0.5 * (np.log(horizon / hours) / 0.5) ** 2)
        found.append(_fitted(logit(chance), outcome, near))
    stretch, shift = np.array(found).T
    return Calibration(horizons, stretch, shift)


def _fitted(odds: Floats, outcome: Floats, weight: Floats) -> Floats:
    """Stretch and shift of a weighted logistic regression, by Newton's method."""
    design = np.stack([odds, np.ones_like(odds)], axis=1)
    start = np.array([1.0, 0.0])
    pull = np.diag([_STRENGTH, 4 * _STRENGTH])
    found = start.copy()
    for _ in range(_ROUNDS):
        chance = expit(design @ found)
        slope = design.T @ (weight * (outcome - chance)) - pull @ (found - start)
        bend = (design * (weight * chance * (1 - chance))[:, None]).T @ design + pull
        found = found + np.linalg.solve(bend, slope)
    return found


def logit(chance: Floats) -> Floats:
    """Log odds, of chances kept off 0 and 1."""
    inside = np.clip(chance, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(inside / (1 - inside)), dtype=np.float64)


def expit(odds: Floats) -> Floats:
    """The chance with these log odds."""
    return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float64)
