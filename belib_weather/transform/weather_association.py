"""How occupancy differs with the weather, at the same hour of the week and in the same week.

What belongs here: the hours of an area, which differences may be reported, and their intervals.
What does not: the regression (`weather_regression`). Rules: docs/metrics.md.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import dataframely as dy
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtrit

from belib_weather.datasets import marts as m
from belib_weather.datasets.figures import OCCUPANCY
from belib_weather.datasets.marts import WeatherAssociation
from belib_weather.transform.areas import by_area, settled
from belib_weather.transform.weather_regression import (
    HOURS_OF_A_WEEK,
    Blocks,
    natural_spline,
    resamples,
)

Floats = NDArray[np.float64]

TEMPERATURES = tuple(float(t) for t in range(-10, 41, 5))
"""At which differences are reported, °C."""
REFERENCE_C = 15.0
NEAR_C = 2.5
LEAST_DAYS, PROVISIONAL_DAYS = 28, 90
LEAST_DAYS_NEAR = 5
LEAST_HOURS_OF_CLASS, LEAST_DAYS_OF_CLASS = 20, 8
HEAVY_MM = 1.0
_KNOTS = (0.05, 0.35, 0.65, 0.95)
_SEEN = (0.05, 0.95)
_RESAMPLES, _SEED = 500, 20_201
_LEVEL = 0.975
_ONE_SIGMA = (0.15865525393145707, 0.8413447460685429)
_PRECIPITATION = dict(
    zip(
        m.PRECIPITATIONS, ("precipitation below 1 mm", "precipitation of 1 mm or more"), strict=True
    )
)
"""The condition of each class, for people."""
_HOUR = ("hour", "local_date", "local_weekday", "local_hour")


def area_hours(facts: pl.DataFrame) -> pl.DataFrame:
    """The hours of each arrondissement and of the city that have occupancy and weather.

    Args:
        facts: `FactOfAMart` rows of whole hours; provisional ones do not count.

    Returns:
        `scope`, `area`, `hour`, the local calendar, `occupied_seconds`, `in_service_seconds`,
        `temperature_c`, `precipitation_mm`.
    """
    in_service = pl.sum_horizontal(OCCUPANCY.denominator).cast(pl.Int64)
    return by_area(
        settled(facts),
        _HOUR,
        pl.col("occupied_seconds").cast(pl.Int64).sum(),
        in_service.sum().alias("in_service_seconds"),
        # The same at every station.
        pl.col("temperature_c", "precipitation_mm").max(),
        scopes=m.AREAS_OF_WEATHER,
    ).filter(
        pl.col("in_service_seconds") > 0,
        pl.col("temperature_c").is_not_null(),
        pl.col("precipitation_mm").is_not_null(),
    )


def weather_association(hours: pl.DataFrame) -> dy.DataFrame[WeatherAssociation]:
    """Differences in occupancy of every area, each with its interval or the reason why not.

    Args:
        hours: as by `area_hours`.

    Returns:
        Validated rows, by key.
    """
    rows = [
        {"scope": scope, "area": area, **row}
        for (scope, area), own in hours.sort("hour").group_by("scope", "area")
        for row in _Area(own).rows()
    ]
    columns = WeatherAssociation.create_empty().schema
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    return WeatherAssociation.validate(frame.sort(WeatherAssociation.primary_key()))


@dataclass(frozen=True)
class _Condition:
    """A kind of weather that is compared with another.

    Attributes:
        name: for people.
        against: what it is compared with, for people.
        contrast: columns of the regression here minus there.
        is_it: which hours are of it.
        reason: why nothing can be said of it; None where something can.
        values: its columns in the table.
    """

    name: str
    against: str
    contrast: Floats
    is_it: pl.Series
    reason: str | None
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Area:
    """The hours of one area, in order."""

    hours: pl.DataFrame

    def rows(self) -> list[dict[str, Any]]:
        """One row per condition, without the area."""
        conditions = [*self._temperatures(), *self._precipitations()]
        said = [c.contrast for c in conditions if c.reason is None]
        intervals = iter(self._intervals(np.array(said))) if said else iter(())
        return [
            {
                "condition": c.name,
                "compared_with": c.against,
                "temperature_c": None,
                "precipitation": None,
                **c.values,
                "standing": self._standing(c),
                "reason": c.reason,
                **(next(intervals) if c.reason is None else {}),
                "hours": int(c.is_it.sum()),
                "days": self._days(c.is_it),
                **self._used,
            }
            for c in conditions
        ]

    @cached_property
    def _used(self) -> dict[str, Any]:
        dates = self.hours["local_date"]
        occupied, in_service = (
            int(self.hours[name].sum()) for name in ("occupied_seconds", "in_service_seconds")
        )
        return {
            "occupancy": occupied / in_service,
            "occupied_seconds": occupied,
            "in_service_seconds": in_service,
            "hours_used": self.hours.height,
            "days_used": dates.n_unique(),
            "weeks_used": dates.dt.truncate("1w").n_unique(),
            "first_date": dates.min(),
            "last_date": dates.max(),
        }

    def _standing(self, condition: _Condition) -> str:
        if condition.reason is not None:
            return m.WITHHELD
        return m.PROVISIONAL if self._used["days_used"] < PROVISIONAL_DAYS else m.REPORTED

    def _days(self, which: pl.Series) -> int:
        return self.hours["local_date"].filter(which).n_unique()

    # Which weather there was

    @cached_property
    def _temperature(self) -> Floats:
        return self.hours["temperature_c"].to_numpy()

    @cached_property
    def _seen(self) -> tuple[float, float]:
        low, high = np.quantile(self._temperature, _SEEN)
        return float(low), float(high)

    @cached_property
    def _reference(self) -> float:
        if self._is_seen(REFERENCE_C) and self._days(self._near(REFERENCE_C)) >= LEAST_DAYS_NEAR:
            return REFERENCE_C
        return round(float(np.median(self._temperature)), 1)

    def _is_seen(self, temperature: float) -> bool:
        return self._seen[0] <= temperature <= self._seen[1]

    def _near(self, temperature: float) -> pl.Series:
        return (self.hours["temperature_c"] - temperature).abs() <= NEAR_C

    def _temperatures(self) -> list[_Condition]:
        width = self._columns.shape[1] - len(m.PRECIPITATIONS)
        found = []
        for temperature in TEMPERATURES:
            if temperature == self._reference:
                continue
            contrast = np.zeros(self._columns.shape[1])
            here, there = self._spline(np.array([temperature, self._reference]))
            contrast[:width] = here - there
            found.append(
                _Condition(
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
        if self._used["days_used"] < LEAST_DAYS:
            return m.TOO_SHORT
        if not self._is_seen(temperature):
            return m.OUTSIDE
        if self._days(self._near(temperature)) < LEAST_DAYS_NEAR:
            return m.FEW_DAYS
        at_reference = self._days(self._near(self._reference))
        return m.FEW_AT_REFERENCE if at_reference < LEAST_DAYS_NEAR else None

    def _precipitations(self) -> list[_Condition]:
        found = []
        for column, (name, is_it) in enumerate(self._classes.items(), -len(m.PRECIPITATIONS)):
            contrast = np.zeros(self._columns.shape[1])
            contrast[column] = 1
            is_enough = (
                int(is_it.sum()) >= LEAST_HOURS_OF_CLASS
                and self._days(is_it) >= LEAST_DAYS_OF_CLASS
            )
            reason = None if is_enough else m.FEW_HOURS
            if self._used["days_used"] < LEAST_DAYS:
                reason = m.TOO_SHORT
            values = {"precipitation": name}
            found.append(_Condition(_PRECIPITATION[name], "dry", contrast, is_it, reason, values))
        return found

    @cached_property
    def _classes(self) -> dict[str, pl.Series]:
        amount = self.hours["precipitation_mm"]
        is_any, is_heavy = amount > 0, amount >= HEAVY_MM
        return dict(zip(m.PRECIPITATIONS, (is_any & ~is_heavy, is_heavy), strict=True))

    # What went with it

    def _spline(self, values: Floats) -> Floats:
        knots = np.unique(np.quantile(self._temperature, _KNOTS))
        if len(knots) < 2:
            return np.zeros((len(values), 1))  # one temperature alone: nothing depends on it
        return natural_spline(values, knots)

    @cached_property
    def _columns(self) -> Floats:
        classes = [is_it.cast(pl.Float64).to_numpy() for is_it in self._classes.values()]
        return np.column_stack([self._spline(self._temperature), *classes])

    def _intervals(self, contrasts: Floats) -> list[dict[str, float]]:
        """The difference of each contrast, with its interval by bootstrap of weeks.

        The spread is half the width of the middle 68 % of the resamples, which a few in which
        little was determined do not move; t with as many degrees as weeks less one.
        """
        blocks = self._blocks
        weeks = len(blocks.counts)
        differences = blocks.coefficients(np.ones((1, weeks)))[0] @ contrasts.T
        drawn = blocks.coefficients(resamples(weeks, _RESAMPLES, _SEED)) @ contrasts.T
        low, high = np.quantile(drawn, _ONE_SIGMA, axis=0)
        spread = (high - low) / 2 * np.sqrt(weeks / (weeks - 1))
        margin = float(stdtrit(weeks - 1, _LEVEL)) * spread
        return [
            {
                "difference": float(difference),
                "difference_low": float(max(difference - own, -1)),
                "difference_high": float(min(difference + own, 1)),
            }
            for difference, own in zip(differences, margin, strict=True)
        ]

    @cached_property
    def _blocks(self) -> Blocks:
        occupancy = self.hours["occupied_seconds"] / self.hours["in_service_seconds"]
        hour = (self.hours["local_weekday"].cast(pl.Int64) - 1) * 24 + self.hours["local_hour"]
        week = self.hours["local_date"].dt.truncate("1w").rank("dense").cast(pl.Int64) - 1
        return Blocks.of(
            occupancy.to_numpy(),
            self._columns,
            (hour % HOURS_OF_A_WEEK).to_numpy(),
            week.to_numpy(),
        )
