"""How occupancy differs with the weather, at the same hour of the week and in the same week.

What belongs here: the hours of an area, its differences, and their intervals. What does not: which
may be reported (`weather_conditions`), and the regression (`weather_regression`). Rules:
docs/metrics.md.
"""

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
from belib_weather.transform.weather_regression import HOURS_OF_A_WEEK, Blocks, Floats, resamples

PROVISIONAL_DAYS = 90
PROVISIONAL_COVERAGE = 0.96
"""Share of the intervals of fewer days that cover the truth, as docs/accuracy.md measures."""
_RESAMPLES, _SEED = 500, 20_201
_LEVEL = 0.975
_ONE_SIGMA = (0.15865525393145707, 0.8413447460685429)
_HOUR = ("hour", "local_date", "local_weekday", "local_hour")


def area_hours(facts: pl.DataFrame) -> pl.DataFrame:
    """The hours of each arrondissement and of the city that have occupancy and weather.

    Args:
        facts: `FactOfAMart` rows of whole hours; provisional ones do not count.

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
        pl.col("temperature_c", "precipitation_mm").max(),
        pl.lit(source, pl.String).first().alias("source"),
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
class _Area:
    """The hours of one area, in order."""

    hours: pl.DataFrame

    @cached_property
    def _weather(self) -> Conditions:
        return Conditions(self.hours)

    def rows(self) -> list[dict[str, Any]]:
        """One row per condition, without the area."""
        conditions = self._weather.all()
        contrasts = [c.contrast for c in conditions if c.reason is None]
        intervals = iter(self._intervals(np.array(contrasts))) if contrasts else iter(())
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
                "days": self._weather.days(c.is_it),
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
            "source": self.hours.select(union_of_sources(pl.col("source"))).item(),
        }

    def _standing(self, condition: Condition) -> str:
        if condition.reason is not None:
            return m.WITHHELD
        return m.PROVISIONAL if self._used["days_used"] < PROVISIONAL_DAYS else m.REPORTED

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
        margin = float(scipy.special.stdtrit(weeks - 1, _LEVEL)) * spread
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
            self._weather.columns,
            (hour % HOURS_OF_A_WEEK).to_numpy(),
            week.to_numpy(),
        )
