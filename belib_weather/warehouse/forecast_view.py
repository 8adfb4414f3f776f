"""Query of the view of the newest forecast.

What belongs here: the query. What does not: what columns mean (`datasets.forecasts`), and the list
of views (`views`).
"""

import sqlalchemy as sa

from belib_weather.warehouse.tables import AVAILABILITY_FORECASTS, STATIONS


def forecast_of_stations() -> sa.Select[tuple[object, ...]]:
    """The rows of the newest origin, with the station as it is now."""
    forecast, station = AVAILABILITY_FORECASTS.sql.alias("f").c, STATIONS.sql.alias("s").c
    every = AVAILABILITY_FORECASTS.sql.alias("every").c
    newest = sa.select(sa.func.max(every.origin)).scalar_subquery()
    is_now = sa.and_(station.station_id == forecast.station_id, station.valid_to.is_(None))
    seconds = sa.extract("epoch", forecast.target - forecast.origin)
    return (
        sa.select(
            *forecast,
            sa.cast(seconds / sa.literal_column("60"), sa.Integer).label("horizon_minutes"),
            station.station_name,
            station.address,
            station.arrondissement,
        )
        .select_from(forecast.origin.table.outerjoin(station.station_id.table, is_now))
        .where(forecast.origin == newest)
    )
