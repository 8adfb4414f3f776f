"""The facts of the marts, up to the end of yesterday in Paris.

What belongs here: which facts are read, and in which pieces. What does not: the computation.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

import polars as pl

from belib_weather.dates import dates_of, window_of_dates
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import FACTS_OF_MARTS
from belib_weather.window import DAY, Window, floor_hour

GROUP = "marts"


def facts_before_today(
    store: Warehouse, now: datetime, period: timedelta, columns: Collection[str]
) -> pl.DataFrame:
    """Columns of `FactOfAMart` of the dates in Paris before today.

    Args:
        store: the warehouse.
        now: the present.
        period: whole days.
        columns: what is read.
    """
    today = today_in_paris(now)
    window = window_of_dates((today - period, today - DAY))
    return store.read(FACTS_OF_MARTS, window, columns)


def today_in_paris(now: datetime) -> date:
    """The date in Paris; marts use the dates before it."""
    [today] = dates_of(Window.hour(floor_hour(now)))
    return today
