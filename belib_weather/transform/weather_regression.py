"""A regression with fixed effects of hour of the week and week, and its bootstrap by weeks.

Everything is computed from sums by week, so that a resample of the weeks costs a sum of blocks.
The hours of the week are eliminated (their part of the normal equations is diagonal); what is left
has the size of the weeks and the few columns of interest.

What belongs here: linear algebra. What does not: which columns and differences there are
(`weather_association`). Source of the spline: Hastie, Tibshirani, Friedman, The Elements of
Statistical Learning, 5.2.1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HOURS_OF_A_WEEK = 168
_TINY = 1e-9
"""On the diagonal: not every resample determines every column of interest."""


def natural_spline(values: Floats, knots: Floats) -> Floats:
    """Basis of the natural cubic spline without its constant: linear beyond the outer knots.

    Args:
        values: shape (n,).
        knots: in order, all different; two give a line.

    Returns:
        Shape (n, knots - 1), on a scale on which the knots span 1.
    """
    first, span = knots[0], knots[-1] - knots[0]
    x, at = (values - first) / span, (knots - first) / span

    def hinge(knot: float) -> Floats:
        rising = np.clip(x - knot, 0, None) ** 3 - np.clip(x - 1, 0, None) ** 3
        return np.asarray(rising / (1 - knot), dtype=np.float64)

    last = hinge(at[-2])
    return np.column_stack([x, *(hinge(knot) - last for knot in at[:-2])])


@dataclass(frozen=True)
class Blocks:
    """The sums of a regression by week: counts, columns and outcome.

    Shapes: w weeks, h hours of the week, p columns.

    Attributes:
        counts: rows, (w, h).
        columns: sums of the columns, (w, h, p).
        outcome: sums of the outcome, (w, h).
        squares: sums of products of the columns, (w, p, p).
        products: sums of the columns times the outcome, (w, p).
    """

    counts: Floats
    columns: Floats
    outcome: Floats
    squares: Floats
    products: Floats

    @classmethod
    def of(cls, outcome: Floats, columns: Floats, hour: Ints, week: Ints) -> "Blocks":
        """Sum rows up.

        Args:
            outcome: shape (n,).
            columns: shape (n, p).
            hour: hour of the week, 0-167, shape (n,).
            week: number of the week, from 0 without a hole, shape (n,).
        """
        weeks, cell = int(week.max()) + 1, week * HOURS_OF_A_WEEK + hour
        size = weeks * HOURS_OF_A_WEEK

        def by_cell(values: Floats | None) -> Floats:
            return np.bincount(cell, values, size).reshape(weeks, HOURS_OF_A_WEEK).astype(float)

        of_week = np.zeros((weeks, len(week)))
        of_week[week, np.arange(len(week))] = 1
        return cls(
            by_cell(None),
            np.stack([by_cell(column) for column in columns.T], axis=-1),
            by_cell(outcome),
            np.einsum("wn,np,nq->wpq", of_week, columns, columns, optimize=True),
            np.einsum("wn,np,n->wp", of_week, columns, outcome, optimize=True),
        )

    def coefficients(self, times: Floats) -> Floats:
        """Least-squares coefficients of the columns, when weeks count several times or never.

        Args:
            times: how often each week counts, shape (resamples, w).

        Returns:
            Shape (resamples, p).
        """
        hours = times @ self.counts
        share = np.divide(1, hours, out=np.zeros_like(hours), where=hours > 0)
        columns = np.einsum("rw,whp->rhp", times, self.columns, optimize=True)
        outcome = times @ self.outcome
        # Normal equations without the hours of the week: columns (x) and weeks (w).
        shared_columns, shared_outcome = columns * share[..., None], outcome * share
        xx = np.einsum("rw,wpq->rpq", times, self.squares, optimize=True)
        xx -= np.swapaxes(columns, 1, 2) @ shared_columns
        xy = times @ self.products - np.einsum("rhp,rh->rp", columns, shared_outcome)
        wx = self.columns.sum(axis=1)[None] - self.counts[None] @ shared_columns
        wy = self.outcome.sum(axis=1) - shared_outcome @ self.counts.T
        ww = -(self.counts[None] * share[:, None, :]) @ self.counts.T
        ww = times[:, :, None] * ww * times[:, None, :]
        wx, wy = times[..., None] * wx, times * wy
        diagonal = np.arange(times.shape[1])
        ww[:, diagonal, diagonal] += times * self.counts.sum(axis=1)
        # Weeks are determined up to a constant: let them add up to 0, and one without draws be 0.
        counts = (times > 0).astype(float)
        ww += counts[:, :, None] * counts[:, None, :]
        ww[:, diagonal, diagonal] += 1 - counts + _TINY
        own = np.arange(xx.shape[1])
        xx[:, own, own] += _TINY * (1 + np.einsum("wpp->p", self.squares))
        matrix = np.block([[xx, np.swapaxes(wx, 1, 2)], [wx, ww]])
        right = np.concatenate([xy, wy], axis=1)[..., None]
        return np.asarray(np.linalg.solve(matrix, right)[:, : xx.shape[1], 0])


def resamples(weeks: int, number: int, seed: int) -> Floats:
    """How often each week is drawn in resamples with replacement; shape (number, weeks)."""
    draw = np.random.default_rng(seed).multinomial(weeks, np.full(weeks, 1 / weeks), number)
    return draw.astype(np.float64)
