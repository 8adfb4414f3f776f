"""Time to repair: how often its intervals cover the truth, by the number of outages of a quarter.

Outages are drawn from the simulator's own lengths and begin at any time of a quarter, at whose end
they are followed no further. Days play no part, so there is no correlation of days here.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from belib_weather.simulator.lasting import OUT_OF_ORDER
from belib_weather.simulator.paris_time import DAY
from belib_weather.transform.repair import quantiles

SHARES = (0.5, 0.9)
NUMBERS = (20, 50, 100, 300)
_QUARTER = 90 * DAY
_HOUR = 3600


@dataclass(frozen=True)
class Repairs:
    """How often the intervals of one share cover, with so many outages.

    Attributes:
        share: .5 is the median.
        outages: begun in the quarter.
        covered: share of the intervals that hold the truth; without an upper end they reach on.
        with_end: share of the intervals that have an upper end.
    """

    share: float
    outages: int
    covered: float
    with_end: float


def true_hours(share: float) -> float:
    """The quantile of the simulator's lengths."""
    lengths = OUT_OF_ORDER.draw(np.random.default_rng(1), 400_000)
    return float(np.quantile(lengths, share)) / _HOUR


def repairs(quarters: int) -> list[Repairs]:
    """Simulate so many quarters of each size."""
    found, truths = [], [true_hours(share) for share in SHARES]
    dice = np.random.default_rng(3)
    for number in NUMBERS:
        ends = [_quarter(dice, number) for _ in range(quarters)]
        for column, (share, true) in enumerate(zip(SHARES, truths, strict=True)):
            own = [quarter[column] for quarter in ends]
            covered = np.mean([low <= true <= high for low, high in own])
            with_end = np.mean([np.isfinite(high) for _, high in own])
            found.append(Repairs(share, number, float(covered), float(with_end)))
    return found


def _quarter(dice: np.random.Generator, number: int) -> list[tuple[float, float]]:
    """The interval of each share, as it is printed; an end that is not reached is infinite."""
    length = OUT_OF_ORDER.draw(dice, number)
    left = _QUARTER - dice.uniform(0, _QUARTER, number).astype(np.int64)
    found = quantiles(pl.Series(np.minimum(length, left)), pl.Series(length <= left), SHARES)
    return [
        (
            np.inf if own.low is None else own.low,
            np.inf if own.high is None else own.high,
        )
        for own in found
    ]
