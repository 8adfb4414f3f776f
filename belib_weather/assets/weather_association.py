"""What goes with the weather, in PostgreSQL: the table, and its check.

What belongs here: which weeks are read, and replacing the rows. What does not: the computation
(`transform.weather_association`).
"""

from collections.abc import Iterator
from datetime import date, timedelta

import dagster as dg
import polars as pl

from belib_weather.assets.facts import availability_facts
from belib_weather.assets.mart_facts import GROUP, today_in_paris
from belib_weather.assets.presentation import CatalogResource
from belib_weather.assets.raw import SINGLE_RUN
from belib_weather.assets.table_metadata import table_metadata
from belib_weather.datasets.marts import CITY, FactOfAMart
from belib_weather.datasets.weather_association import WITHHELD, WeatherAssociation
from belib_weather.dates import window_of_dates
from belib_weather.lanes import Lane
from belib_weather.resources import Clock, Marts, WarehouseResource
from belib_weather.transform import weather_association as weather
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    FACTS_OF_MARTS,
    WEATHER_ASSOCIATION,
)
from belib_weather.window import DAY

_WEEK = timedelta(weeks=1)


@dg.asset(
    group_name=GROUP,
    kinds={"postgres", "polars"},
    deps=[availability_facts],
    tags=Lane.MARTS.tags,
    metadata=table_metadata(WeatherAssociation, WEATHER_ASSOCIATION.name),
    backfill_policy=SINGLE_RUN,
)
def weather_association(
    context: dg.AssetExecutionContext,
    warehouse: WarehouseResource,
    marts: Marts,
    clock: Clock,
    catalog: CatalogResource,
) -> dg.MaterializeResult[None]:
    """How occupancy differs with temperature and precipitation: an association, not an effect.

    Compared at the same hour of the week and in the same week, for every arrondissement and the
    city, with 95 % intervals by bootstrap of weeks. Withheld where fewer than 28 days or too little
    of that weather were seen, provisional below 90 days (docs/metrics.md).
    """
    store, today = warehouse.connect(), today_in_paris(clock.now())
    first = today - timedelta(weeks=marts.weather_weeks)
    with store.locked(WEATHER_ASSOCIATION) as transaction:
        hours = pl.concat(weather.area_hours(facts) for facts in _by_week(store, first, today))
        found = weather.weather_association(hours)
        transaction.replace(WEATHER_ASSOCIATION, found)
    catalog.show(context, lambda draw: draw.weather_association_table(found))
    city = found.filter(pl.col("scope") == CITY)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": found.height,
            "days": city.row(0, named=True)["days_used"] if city.height else 0,
            "withheld": found.filter(pl.col("standing") == WITHHELD).height,
        }
    )


def _by_week(store: Warehouse, first: date, today: date) -> Iterator[pl.DataFrame]:
    """Sums by arrondissement and hour of each week with facts; at first no rows at all."""
    yield FactOfAMart.create_empty()
    known = store.ledger(AVAILABILITY_FACTS, window_of_dates((first, today - DAY)))["hour"]
    for day in (first + n * _WEEK for n in range((today - first) // _WEEK)):
        week = window_of_dates((day, day + _WEEK - DAY))
        if known.is_between(week.start, week.end, closed="left").any():
            yield store.sums(FACTS_OF_MARTS, week, weather.BY, weather.SUMS, weather.SAME)


@dg.asset_check(asset=weather_association)
def withheld_says_nothing(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    """What is withheld has a reason and no number; all else has a difference in its interval."""
    rows = warehouse.connect().read(WEATHER_ASSOCIATION)
    value, low, high = (
        pl.col(name) for name in ("difference", "difference_low", "difference_high")
    )
    is_withheld = pl.col("standing") == WITHHELD
    is_right = (
        pl.when(is_withheld)
        .then(value.is_null() & pl.col("reason").is_not_null())
        .otherwise(value.is_between(low, high) & pl.col("reason").is_null())
    )
    wrong = rows.filter(~is_right.fill_null(value=False)).height
    return dg.AssetCheckResult(passed=wrong == 0, metadata={"rows": rows.height, "wrong": wrong})
