"""Typical weeks in PostgreSQL: the table, and its check.

What belongs here: which weeks are read, and replacing the rows. What does not: the computation
(`transform.occupancy_profile`).
"""

from datetime import timedelta

import dagster as dg
import polars as pl

from belib_weather.assets.facts import availability_facts
from belib_weather.assets.mart_facts import GROUP, facts_before_today
from belib_weather.assets.presentation import CatalogResource
from belib_weather.assets.raw import SINGLE_RUN
from belib_weather.assets.run_metadata import percent
from belib_weather.assets.table_metadata import table_metadata
from belib_weather.datasets.marts import CITY, STATION, SUMS
from belib_weather.datasets.occupancy_profile import OccupancyProfile
from belib_weather.lanes import Lane
from belib_weather.resources import Clock, Marts, WarehouseResource
from belib_weather.transform import occupancy_profile as typical
from belib_weather.warehouse.tables import OCCUPANCY_PROFILE

_HOUR_OF_THE_WEEK = ("local_weekday", "local_hour")


@dg.asset(
    group_name=GROUP,
    kinds={"postgres", "polars"},
    deps=[availability_facts],
    tags=Lane.MARTS.tags,
    metadata=table_metadata(OccupancyProfile, OCCUPANCY_PROFILE.name),
    backfill_policy=SINGLE_RUN,
)
def occupancy_profile(
    context: dg.AssetExecutionContext,
    warehouse: WarehouseResource,
    marts: Marts,
    clock: Clock,
    catalog: CatalogResource,
) -> dg.MaterializeResult[None]:
    """A typical week of every station, every arrondissement and the city, over the last weeks.

    One row per area, weekday and hour of the clock in Paris: sums of seconds, the figures that
    follow from them, and for stations the estimated chance of a free point with a 90 % interval.
    It joins the few days of that hour with the station's level and the city's week
    (docs/metrics.md).
    """
    store, period = warehouse.connect(), timedelta(weeks=marts.profile_weeks)
    with store.locked(OCCUPANCY_PROFILE) as transaction:
        facts = facts_before_today(store, clock.now(), period, typical.COLUMNS)
        profile = typical.occupancy_profile(facts, marts.profile_weeks)
        transaction.replace(OCCUPANCY_PROFILE, profile)
    catalog.show(context, lambda draw: draw.profile_table(profile))
    stations = profile.filter(pl.col("scope") == STATION)
    first = {} if stations.is_empty() else stations.row(0, named=True)
    own_level = stations.filter(pl.col("level_from") == STATION).height
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": profile.height,
            "stations": stations["area"].n_unique(),
            "first date": f"{first.get('first_date')}",
            "last date": f"{first.get('last_date')}",
            "expectation counts as (days)": first.get("expected_chance_days"),
            "own level (% of stations)": percent(
                own_level / stations.height if stations.height else None
            ),
        }
    )


@dg.asset_check(asset=occupancy_profile)
def stations_add_up_to_the_city(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    """In each hour of the week the sums of all stations are those of the city."""
    sums = warehouse.connect().sums(OCCUPANCY_PROFILE, None, ("scope", *_HOUR_OF_THE_WEEK), SUMS)
    stations, city = (sums.filter(scope=scope).drop("scope") for scope in (STATION, CITY))
    wrong = stations.join(city, on=stations.columns, how="anti").height
    return dg.AssetCheckResult(
        passed=wrong == 0 and stations.height == city.height,
        metadata={"hours of the week": city.height, "hours that differ": wrong},
    )
