"""The kinds of weather of an area's hours, and which of them may be compared.

What belongs here: temperatures and classes of precipitation as columns of a regression, with the
reason where nothing can be said. What does not: the differences and their intervals
(`weather_association`). Rules: docs/metrics.md.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from belib_weather.datasets import weather_association as m
from belib_weather.transform.weather_regression import Floats, natural_spline

TEMPERATURES = tuple(float(t) for t in range(-10, 41, 5))
"""At which differences are reported, °C."""
REFERENCE_C = 15.0
NEAR_C = 2.5
LEAST_DAYS = 28
LEAST_DAYS_NEAR = 5
LEAST_HOURS_OF_CLASS, LEAST_DAYS_OF_CLASS = 20, 8
HEAVY_MM = 1.0
_KNOTS = (0.05, 0.35, 0.65, 0.95)
_SEEN = (0.05, 0.95)
_PRECIPITATION = dict(
    zip(
        m.PRECIPITATIONS, ("precipitation below 1 mm", "precipitation of 1 mm or more"), strict=True
    )
)
"""The condition of each class, for people."""


@dataclass(frozen=True)
class Condition:
    """A kind of weather that is compared with another.

    Attributes:
        name: for people.
        against: what it is compared with, for people.
        contrast: columns of the regression here minus there.
        is_it: which hours are of it.
        reason: why no difference is reported; None where one is.
        values: its columns in the table.
    """

    name: str
    against: str
    contrast: Floats
    is_it: pl.Series
    reason: str | None
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Conditions:
    """The weather of one area's hours (`weather_association.area_hours`), in order."""

    hours: pl.DataFrame

    def all(self) -> list[Condition]:
        """Temperatures, then classes of precipitation."""
        return [*self._temperatures(), *self._precipitations()]

    def days(self, which: pl.Series) -> int:
        """On how many local dates there are such hours."""
        return self.hours["local_date"].filter(which).n_unique()

    @cached_property
    def columns(self) -> Floats:
        """The columns of the regression, (hours, columns): the spline, then the classes."""
        classes = [is_it.cast(pl.Float64).to_numpy() for is_it in self._classes.values()]
        return np.column_stack([self._spline(self._temperature), *classes])

    @cached_property
    def _is_short(self) -> bool:
        return self.hours["local_date"].n_unique() < LEAST_DAYS

    @cached_property
    def _temperature(self) -> Floats:
        return self.hours["temperature_c"].to_numpy()

    @cached_property
    def _usual_range(self) -> tuple[float, float]:
        low, high = np.quantile(self._temperature, _SEEN)
        return float(low), float(high)

    @cached_property
    def _reference(self) -> float:
        if self._is_usual(REFERENCE_C) and self.days(self._near(REFERENCE_C)) >= LEAST_DAYS_NEAR:
            return REFERENCE_C
        return round(float(np.median(self._temperature)), 1)

    def _is_usual(self, temperature: float) -> bool:
        return self._usual_range[0] <= temperature <= self._usual_range[1]

    def _near(self, temperature: float) -> pl.Series:
        return (self.hours["temperature_c"] - temperature).abs() <= NEAR_C

    def _temperatures(self) -> list[Condition]:
        width = self.columns.shape[1] - len(m.PRECIPITATIONS)
        found = []
        for temperature in TEMPERATURES:
            if temperature == self._reference:
                continue
            contrast = np.zeros(self.columns.shape[1])
            here, there = self._spline(np.array([temperature, self._reference]))
            contrast[:width] = here - there
            found.append(
                Condition(
                    f"{temperature:g} °C",
                    f"{self._reference:g} °C",
                    contrast,
                    self._near(temperature),
                    self._reason_of_temperature(temperature),
                    {"temperature_c": temperature},
                )
            )
        return found

    def _reason_of_temperature(self, temperature: float) -> str | None:
        if self._is_short:
            return m.TOO_SHORT
        if not self._is_usual(temperature):
            return m.OUTSIDE
        if self.days(self._near(temperature)) < LEAST_DAYS_NEAR:
            return m.FEW_DAYS
        at_reference = self.days(self._near(self._reference))
        return m.FEW_AT_REFERENCE if at_reference < LEAST_DAYS_NEAR else None

    def _precipitations(self) -> list[Condition]:
        found = []
        for column, (name, is_it) in enumerate(self._classes.items(), -len(m.PRECIPITATIONS)):
            contrast = np.zeros(self.columns.shape[1])
            contrast[column] = 1
            is_enough = (
                int(is_it.sum()) >= LEAST_HOURS_OF_CLASS and self.days(is_it) >= LEAST_DAYS_OF_CLASS
            )
            reason = None if is_enough else m.FEW_HOURS
            if self._is_short:
                reason = m.TOO_SHORT
            values = {"precipitation": name}
            found.append(Condition(_PRECIPITATION[name], "dry", contrast, is_it, reason, values))
        return found

    @cached_property
    def _classes(self) -> dict[str, pl.Series]:
        amount = self.hours["precipitation_mm"]
        is_any, is_heavy = amount > 0, amount >= HEAVY_MM
        return dict(zip(m.PRECIPITATIONS, (is_any & ~is_heavy, is_heavy), strict=True))

    def _spline(self, values: Floats) -> Floats:
        knots = np.unique(np.quantile(self._temperature, _KNOTS))
        if len(knots) < 2:
            return np.zeros((len(values), 1))  # one temperature alone: nothing depends on it
        return natural_spline(values, knots)
