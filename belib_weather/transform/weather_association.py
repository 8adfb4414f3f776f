"""How occupancy differs with the weather, at the same hour of the week and in the same week.

What belongs here: the hours of an area, its differences, and their intervals. What does not: which
may be reported (`weather_conditions`), and the regression (`weather_regression`). Rules:
docs/metrics.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import dataframely as dy
import numpy as np
import polars as pl
import scipy  # its modules load when they are used

from belib_weather.datasets import weather_association as m
from belib_weather.datasets.figures import OCCUPANCY
from belib_weather.datasets.weather_association import WeatherAssociation
from belib_weather.transform.areas import by_area, completed_hours
from belib_weather.transform.sources import union_of_sources
from belib_weather.transform.weather_conditions import Condition, Conditions
from belib_weather.transform.weather_regression import (
    HOURS_OF_A_WEEK,
    Blocks,
    Equations,
    Floats,
    resamples,
)

PROVISIONAL_DAYS = 90
PROVISIONAL_COVERAGE = 0.96
"""Share of the intervals of fewer days that cover the truth, as docs/accuracy.md measures."""
_RESAMPLES, _SEED = 500, 20_201
_LEVEL = 0.975
_ONE_SIGMA = (0.15865525393145707, 0.8413447460685429)
_HOUR = ("hour", "local_date", "local_weekday", "local_hour")
_WEATHER = ("temperature_c", "precipitation_mm")
SUMS = OCCUPANCY.denominator
"""Columns of the facts that are added up: of arrondissements their sums will do."""
BY = ("hour", "arrondissement", "is_provisional")
SAME = (*_HOUR[1:], "source", "weather_source", *_WEATHER)
"""The other columns that are needed, the same in all facts of an hour."""
_Named = tuple[tuple[Any, ...], pl.DataFrame]
"""Scope and name of an area, and its hours."""


def area_hours(facts: pl.DataFrame) -> pl.DataFrame:
    """The hours of each arrondissement and of the city that have occupancy and weather.

    Args:
        facts: `FactOfAMart` rows of whole hours, or sums of `SUMS` by `BY` with `SAME`;
            provisional ones do not count.

    Returns:
        `scope`, `area`, `hour`, the local calendar, `occupied_seconds`, `in_service_seconds`,
        `temperature_c`, `precipitation_mm`, and `source`, the raw sources of all facts given.
    """
    facts = completed_hours(facts)
    sources = pl.col("source").append(pl.col("weather_source"))
    source = facts.select(union_of_sources(sources)).item()
    in_service = pl.sum_horizontal(OCCUPANCY.denominator).cast(pl.Int64)
    return by_area(
        facts,
        _HOUR,
        pl.col("occupied_seconds").cast(pl.Int64).sum(),
        in_service.sum().alias("in_service_seconds"),
        # The same at every station.
        pl.col(_WEATHER).max(),
        pl.lit(source, pl.String).first().alias("source"),
        scopes=m.AREAS_OF_WEATHER,
    ).filter(
        pl.col("in_service_seconds") > 0,
        *(pl.col(name).is_not_null() for name in _WEATHER),
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
        for weather, areas in _by_weather(hours)
        for (scope, area), own in areas
        for row in _Area(own, weather).rows()
    ]
    columns = WeatherAssociation.create_empty().schema
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    return WeatherAssociation.validate(frame.sort(WeatherAssociation.primary_key()))


def _by_weather(hours: pl.DataFrame) -> Iterator[tuple["_Weather", list[_Named]]]:
    """The areas that have the same hours, with what they have in common: most have all."""
    alike: list[tuple[pl.DataFrame, list[_Named]]] = []
    for name, own in hours.sort("hour").group_by("scope", "area"):
        of_hours = own.select(*_HOUR, *_WEATHER)
        areas = next((areas for known, areas in alike if known.equals(of_hours)), None)
        if areas is None:
            alike.append((of_hours, areas := []))
        areas.append((name, own))
    return ((_Weather(of_hours), areas) for of_hours, areas in alike)


@dataclass(frozen=True)
class _Weather:
    """What areas with the same hours, in order, have in common."""

    hours: pl.DataFrame

    @cached_property
    def conditions(self) -> list[Condition]:
        """Temperatures, then classes of precipitation."""
        return self._conditions.all()

    @cached_property
    def contrasts(self) -> Floats:
        """Those of the conditions that are reported, (conditions, columns)."""
        return np.array([each.contrast for each in self.conditions if each.reason is None])

    @cached_property
    def equations(self) -> tuple[Equations, Equations]:
        """Of the weeks as they are, and of their resamples."""
        hour = (self.hours["local_weekday"].cast(pl.Int64) - 1) * 24 + self.hours["local_hour"]
        week = self.hours["local_date"].dt.truncate("1w").rank("dense").cast(pl.Int64) - 1
        blocks = Blocks.of(
            self._conditions.columns, (hour % HOURS_OF_A_WEEK).to_numpy(), week.to_numpy()
        )
        weeks = self.used["weeks_used"]
        drawn = resamples(weeks, _RESAMPLES, _SEED)
        return blocks.equations(np.ones((1, weeks))), blocks.equations(drawn)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """One row per condition, without the area and its occupancy."""
        return [
            {
                "condition": c.name,
                "compared_with": c.against,
                "temperature_c": None,
                "precipitation": None,
                **c.values,
                "standing": self._standing(c),
                "reason": c.reason,
                "hours": int(c.is_it.sum()),
                "days": self._conditions.days(c.is_it),
                **self.used,
            }
            for c in self.conditions
        ]

    @cached_property
    def used(self) -> dict[str, Any]:
        """The hours, days and weeks that are used."""
        dates = self.hours["local_date"]
        return {
            "hours_used": self.hours.height,
            "days_used": dates.n_unique(),
            "weeks_used": dates.dt.truncate("1w").n_unique(),
            "first_date": dates.min(),
            "last_date": dates.max(),
        }

    @cached_property
    def _conditions(self) -> Conditions:
        return Conditions(self.hours)

    def _standing(self, condition: Condition) -> str:
        if condition.reason is not None:
            return m.WITHHELD
        return m.PROVISIONAL if self.used["days_used"] < PROVISIONAL_DAYS else m.REPORTED


@dataclass(frozen=True)
class _Area:
    """The hours of one area, in order, with their weather."""

    hours: pl.DataFrame
    weather: _Weather

    def rows(self) -> list[dict[str, Any]]:
        """One row per condition, without the area."""
        occupied, in_service = (
            int(self.hours[name].sum()) for name in ("occupied_seconds", "in_service_seconds")
        )
        own = {
            "occupancy": occupied / in_service,
            "occupied_seconds": occupied,
            "in_service_seconds": in_service,
            "source": self.hours.select(union_of_sources(pl.col("source"))).item(),
        }
        intervals = iter(self._intervals() if len(self.weather.contrasts) else ())
        return [
            {**row, **own, **(next(intervals) if row["reason"] is None else {})}
            for row in self.weather.rows
        ]

    def _intervals(self) -> list[dict[str, float]]:
        """The difference of each contrast, with its interval by bootstrap of weeks.

        The spread is half the width of the middle 68 % of the resamples, which a few in which
        little was determined do not move; t with as many degrees as weeks less one.
        """
        occupancy = (self.hours["occupied_seconds"] / self.hours["in_service_seconds"]).to_numpy()
        weeks, contrasts = self.weather.used["weeks_used"], self.weather.contrasts
        seen, resampled = (
            each.coefficients(occupancy) @ contrasts.T for each in self.weather.equations
        )
        low, high = np.quantile(resampled, _ONE_SIGMA, axis=0)
        spread = (high - low) / 2 * np.sqrt(weeks / (weeks - 1))
        margin = float(scipy.special.stdtrit(weeks - 1, _LEVEL)) * spread
        return [
            {
                "difference": float(difference),
                "difference_low": float(max(difference - own, -1)),
                "difference_high": float(min(difference + own, 1)),
            }
            for difference, own in zip(seen[0], margin, strict=True)
        ]
