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
class Equations:
    """The normal equations of a regression up to its outcome, when weeks count several times.

    Shapes: r resamples of w weeks, h hours of the week, p columns.

    Attributes:
        blocks: the sums by week.
        times: how often each week counts, (r, w).
        share: 1 by the rows in each hour of the week, 0 where none is, (r, h).
        columns: sums of the columns, (r, h, p).
        matrix: without the hours of the week: columns, then weeks, (r, p + w, p + w).
    """

    blocks: "Blocks"
    times: Floats
    share: Floats
    columns: Floats
    matrix: Floats

    def coefficients(self, outcome: Floats) -> Floats:
        """Least-squares coefficients of the columns, (r, p), for the outcome of each row, (n,)."""
        of_hours, products = self.blocks.sums(outcome)
        shared = (self.times @ of_hours) * self.share
        xy = self.times @ products - np.einsum("rhp,rh->rp", self.columns, shared)
        wy = self.times * (of_hours.sum(axis=1) - shared @ self.blocks.counts.T)
        right = np.concatenate([xy, wy], axis=1)[..., None]
        return np.asarray(np.linalg.solve(self.matrix, right)[:, : xy.shape[1], 0])


@dataclass(frozen=True)
class Blocks:
    """The sums of a regression by week: counts and columns.

    Shapes: n rows, w weeks, h hours of the week, p columns.

    Attributes:
        rows: the columns of each row, (n, p).
        cell: number of week and hour of the week of each row, (n,).
        of_week: 1 where a row is of a week, else 0, (w, n).
        counts: rows, (w, h).
        columns: sums of the columns, (w, h, p).
        squares: sums of products of the columns, (w, p, p).
    """

    rows: Floats
    cell: Ints
    of_week: Floats
    counts: Floats
    columns: Floats
    squares: Floats

    @classmethod
    def of(cls, columns: Floats, hour: Ints, week: Ints) -> "Blocks":
        """Sum rows up.

        Args:
            columns: shape (n, p).
            hour: hour of the week, 0-167, shape (n,).
            week: number of the week, from 0 without a hole, shape (n,).
        """
        weeks, cell = int(week.max()) + 1, week * HOURS_OF_A_WEEK + hour
        of_week = np.zeros((weeks, len(week)))
        of_week[week, np.arange(len(week))] = 1
        return cls(
            columns,
            cell,
            of_week,
            _by_cell(cell, None, weeks),
            np.stack([_by_cell(cell, column, weeks) for column in columns.T], axis=-1),
            np.einsum("wn,np,nq->wpq", of_week, columns, columns, optimize=True),
        )

    def sums(self, outcome: Floats) -> tuple[Floats, Floats]:
        """Sums of an outcome, (w, h), and of the columns times it, (w, p)."""
        products = np.einsum("wn,np,n->wp", self.of_week, self.rows, outcome, optimize=True)
        return _by_cell(self.cell, outcome, len(self.counts)), products

    def equations(self, times: Floats) -> Equations:
        """The equations when weeks count several times or never.

        Args:
            times: how often each week counts, shape (resamples, w).
        """
        hours = times @ self.counts
        share = np.divide(1, hours, out=np.zeros_like(hours), where=hours > 0)
        columns = np.einsum("rw,whp->rhp", times, self.columns, optimize=True)
        # Normal equations without the hours of the week: columns (x) and weeks (w).
        shared = columns * share[..., None]
        xx = np.einsum("rw,wpq->rpq", times, self.squares, optimize=True)
        xx -= np.swapaxes(columns, 1, 2) @ shared
        wx = self.columns.sum(axis=1)[None] - self.counts[None] @ shared
        ww = -(self.counts[None] * share[:, None, :]) @ self.counts.T
        ww = times[:, :, None] * ww * times[:, None, :]
        wx = times[..., None] * wx
        diagonal = np.arange(times.shape[1])
        ww[:, diagonal, diagonal] += times * self.counts.sum(axis=1)
        # Weeks are determined up to a constant: let them add up to 0, and one without draws be 0.
        counts = (times > 0).astype(float)
        ww += counts[:, :, None] * counts[:, None, :]
        ww[:, diagonal, diagonal] += 1 - counts + _TINY
        own = np.arange(xx.shape[1])
        xx[:, own, own] += _TINY * (1 + np.einsum("wpp->p", self.squares))
        matrix = np.block([[xx, np.swapaxes(wx, 1, 2)], [wx, ww]])
        return Equations(self, times, share, columns, matrix)


def _by_cell(cell: Ints, values: Floats | None, weeks: int) -> Floats:
    sums = np.bincount(cell, values, weeks * HOURS_OF_A_WEEK)
    return sums.reshape(weeks, HOURS_OF_A_WEEK).astype(float)


def resamples(weeks: int, number: int, seed: int) -> Floats:
    """How often each week is drawn in resamples with replacement; shape (number, weeks)."""
    draw = np.random.default_rng(seed).multinomial(weeks, np.full(weeks, 1 / weeks), number)
    return draw.astype(np.float64)
