"""What the model has to beat: persistence, the mean of the hour of the week, and their blend.

What belongs here: the three baselines. What does not: the usual week (`profiles`), scores.
"""

from dataclasses import dataclass

import numpy as np

from belib_weather.forecast.history import FREE, HOUR, Floats, Ints
from belib_weather.forecast.profiles import Profile
from belib_weather.forecast.states import States

BASELINES = ("persistence", "usual", "blend")
"""Free now; the mean of the hour of the week; the least-squares blend of the two."""


@dataclass(frozen=True)
class Blend:
    """Weights of persistence, of the usual and a constant, by horizon.

    Attributes:
        horizons: hours, ascending; shape (n,).
        weights: shape (n, 3); between two horizons they are interpolated.
    """

    horizons: Floats
    weights: Floats

    def chance(self, horizon: Floats, persistence: Floats, usual: Floats) -> Floats:
        """The blend at horizons in hours; shape (n,)."""
        now, week, constant = (
            np.interp(horizon, self.horizons, self.weights[:, n]) for n in range(3)
        )
        return np.asarray(np.clip(now * persistence + week * usual + constant, 0, 1))


def blended(horizon: Floats, persistence: Floats, usual: Floats, outcome: Floats) -> Blend:
    """The blend with the least squared error at each horizon; equal weights without any row."""
    horizons = np.unique(horizon)
    weights = np.tile([0.5, 0.5, 0.0], (len(horizons), 1))
    for number, hours in enumerate(horizons):
        chosen = horizon == hours
        design = np.stack([persistence[chosen], usual[chosen], np.ones(chosen.sum())], axis=1)
        # A weak pull to equal weights decides where the rows do not.
        pull = 1e-3 * np.eye(3)
        right = design.T @ outcome[chosen] + pull @ np.array([0.5, 0.5, 0.0])
        weights[number] = np.linalg.solve(design.T @ design + pull, right)
    if not len(horizons):
        return Blend(np.array([0.0]), np.array([[0.5, 0.5, 0.0]]))
    return Blend(horizons, weights)


def persistence_and_usual(
    states: States, profile: Profile, cell: Ints, unit: Ints, at: Ints
) -> tuple[Floats, Floats]:
    """Both baselines at (unit, origin), for targets in these hours of the week; shape (n,) each.

    Where the state now is not known, persistence is the usual.
    """
    usual = profile.plain[unit, cell].astype(np.float64)
    now = (states.state[unit, at] == FREE).astype(np.float64)
    return np.where(states.known(unit, at), now, usual), usual


def horizon_hours(history_start: int, step: int, at: Ints, target: Ints) -> Floats:
    """Hours from each origin to its target."""
    return np.asarray((target - history_start - at * step) / HOUR, dtype=np.float64)
