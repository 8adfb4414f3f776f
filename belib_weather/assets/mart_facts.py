"""The facts that marts are made from, up to the end of yesterday in Paris.

What belongs here: which facts are read, and in which pieces. What does not: what is made of them.
"""

from datetime import datetime, timedelta

import polars as pl

from belib_weather.dates import dates_of, window_of_date
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import FACTS_OF_MARTS
from belib_weather.window import DAY, Window, floor_hour

GROUP = "marts"
_TODAY = timedelta(hours=1)


def facts_before_today(store: Warehouse, now: datetime, period: timedelta) -> pl.DataFrame:
    """`FactOfAMart` rows of the dates in Paris before today.

    Args:
        store: the warehouse.
        now: the present.
        period: whole days.
    """
    hour = floor_hour(now)
    [today] = dates_of(Window(hour, hour + _TODAY))
    window = Window(window_of_date(today - period).start, window_of_date(today - DAY).end)
    return store.read(FACTS_OF_MARTS, window)
