"""The platform's figures, each declared once: shares of time or of charge points (docs/metrics.md).

A figure is a sum of columns over a sum of columns, so it is exact for any selection of rows. From
these declarations follow the columns and formulas of `AvailabilityHour` (exports, data dictionary),
the SQL view (`warehouse.views`), and the measures of panels (`panels.figures`) with their requests
to Elasticsearch, Kibana formulas and evaluation on frames.

What belongs here: formulas. What does not: which figures a panel shows, and their translation.
"""

from dataclasses import dataclass, replace

import polars as pl

from belib_weather.vocabulary import STATUSES

STATUS_SECONDS: tuple[str, ...] = tuple(f"{status}_seconds" for status in STATUSES)
POINT_SECONDS: tuple[str, ...] = (*STATUS_SECONDS, "stale_seconds", "unobserved_seconds")
"""Point-seconds of a fact by kind; together they are `charge_points` × 3600."""
_OBSERVED = POINT_SECONDS[:-1]
_IN_SERVICE = ("available_seconds", "occupied_seconds", "reserved_seconds")
_REPORTED = (*_IN_SERVICE, "out_of_order_seconds", "unknown_seconds")


@dataclass(frozen=True)
class Figure:
    """A sum of some columns over the sum of others; undefined where the denominator is 0.

    Attributes:
        name: of the column or measure.
        title: for people, in English; it is also the key of its translations.
        description: what it means, for the data dictionary.
        numerator: columns whose sum is divided.
        denominator: columns whose sum it is divided by; none where rows are counted instead.
        counted: column of which each value stands for `weight` in the denominator.
        weight: see `counted`.
        minus: columns whose sum is taken off the denominator.
    """

    name: str
    title: str
    description: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    counted: str = ""
    weight: int = 1
    minus: tuple[str, ...] = ()

    @property
    def count(self) -> str:
        """Name of the number of values of `counted` in a frame of sums."""
        return f"count_of_{self.counted}"

    @property
    def formula(self) -> str:
        """The figure over the columns of one fact, in SQL; for several rows put their sums."""
        if self.is_complement:
            return f"1 - {_added(self.complement)} / (charge_points * 3600)"
        if self.counted:
            return f"{_added(self.numerator)} / {self.weight}"
        if self.minus:
            less = " - ".join((*self.denominator, *self.minus))
            return f"{_added(self.numerator)} / ({less})"
        return f"{_added(self.numerator)} / {_added(self.denominator)}"

    @property
    def is_complement(self) -> bool:
        """Whether it is a share of all point-seconds, shorter to write as 1 minus the rest."""
        return set(self.denominator) == set(POINT_SECONDS)

    @property
    def complement(self) -> tuple[str, ...]:
        """The columns of the denominator that are not in the numerator."""
        return tuple(name for name in self.denominator if name not in self.numerator)

    def of_sums(self) -> pl.Expr:
        """The figure of a frame that holds the column sums; null where the denominator is 0.

        The frame of one that counts rows has their number too, named `count`.
        """
        total = (
            pl.col(self.count).cast(pl.Int64) * self.weight if self.counted else self._denominator
        )
        return (pl.sum_horizontal(*self.numerator) / pl.when(total != 0).then(total)).alias(
            self.name
        )

    @property
    def _denominator(self) -> pl.Expr:
        total = pl.sum_horizontal(*self.denominator)
        return total - pl.sum_horizontal(*self.minus) if self.minus else total

    def now(self) -> "Figure":
        """The same of the present: counts of charge points (`StationState`) instead of seconds."""

        def counts(columns: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(name.removesuffix("_seconds") for name in columns)

        return replace(
            self,
            name=f"{self.name}_now",
            numerator=counts(self.numerator),
            denominator=counts(self.denominator),
        )


def _added(columns: tuple[str, ...]) -> str:
    return columns[0] if len(columns) == 1 else f"({' + '.join(columns)})"


SHARE_AVAILABLE = Figure(
    "share_available",
    "share of points available",
    "Share of the freshly reported point time that was available.",
    ("available_seconds",),
    _REPORTED,
)
OCCUPANCY = Figure(
    "occupancy",
    "occupancy",
    "Share of the point time in service that was occupied.",
    ("occupied_seconds",),
    _IN_SERVICE,
)
COVERAGE = Figure(
    "coverage",
    "coverage within polled hours",
    "Share of the point time that was observed, within hours that were polled.",
    _OBSERVED,
    POINT_SECONDS,
)
TIME_OBSERVED = Figure(
    "time_observed",
    "time observed",
    "Share of the time, polled or not, that lies between two snapshots at most 30 min apart.",
    ("observed_seconds",),
    (),
    counted="hour",
    weight=3600,
)
"""Of hours of the feed (`FeedHour`) that are not provisional."""
CHANCE_OF_A_FREE_POINT = Figure(
    "chance_of_a_free_point",
    "chance of a free point",
    "Share of the observed time in which the station had a free point.",
    ("any_available_seconds",),
    ("any_observed_seconds",),
)
SATURATION = Figure(
    "saturation",
    "saturation",
    "Of the time in which the station had a free point or was full, the share it was full.",
    ("full_seconds",),
    ("any_available_seconds", "full_seconds"),
)
FREE_WHEN_NOT_FULL = Figure(
    "free_when_not_full",
    "free when not full",
    "Of the observed time in which the station was not full, the share it had a free point.",
    ("any_available_seconds",),
    ("any_observed_seconds",),
    minus=("full_seconds",),
)
"""0 for a station that never had a free point and was not full all the time."""
SHARE_OUT_OF_ORDER = Figure(
    "share_out_of_order",
    "share out of order",
    "Share of the freshly reported point time that was out of order.",
    ("out_of_order_seconds",),
    _REPORTED,
)
SHARE_UNKNOWN = Figure(
    "share_unknown",
    "share unknown",
    "Share of the freshly reported point time that was unknown.",
    ("unknown_seconds",),
    _REPORTED,
)
SHARE_STALE = Figure(
    "share_stale",
    "share stale",
    "Share of the observed point time under a record older than 26 h.",
    ("stale_seconds",),
    _OBSERVED,
)
SHARE_SILENT_NOW = Figure(
    "share_silent_now",
    "share unknown or stale",
    "Share of the charge points that are unknown or stale now.",
    ("unknown", "stale"),
    ("charge_points",),
)
CHANCE_SAID = Figure(
    "chance_said",
    "chance that was forecast",
    "Mean of the chances that were forecast.",
    ("chance_sum",),
    ("n",),
)
SHARE_CAME = Figure(
    "share_came",
    "share with a free point",
    "Of the instants that were forecast and observed, the share with a free point.",
    ("free",),
    ("n",),
)
BRIER_SCORE = Figure(
    "brier_score",
    "mean squared error (Brier score)",
    "Mean of the squared distance of chance and outcome: 0 is best.",
    ("brier_sum",),
    ("n",),
)

VIEW_FIGURES = (SHARE_AVAILABLE, OCCUPANCY, COVERAGE, CHANCE_OF_A_FREE_POINT, SATURATION)
"""Columns of the view `availability_hours`, in their order."""
