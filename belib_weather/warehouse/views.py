"""The views, from the declarations: what the migrations must create.

PostgreSQL holds the views that the revisions created; a test compares them with these. A view that
changes needs a revision, for which `python -m belib_weather.warehouse.views` prints the statements.

What belongs here: queries of views. What does not: their columns' meaning (`datasets`).
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from belib_weather.datasets.figures import VIEW_FIGURES, Figure
from belib_weather.warehouse.forecast_view import forecast_of_stations
from belib_weather.warehouse.mart_views import (
    best_hours_of_station,
    full_stations_by_week,
    weather_and_occupancy,
)
from belib_weather.warehouse.reliability_view import reliability_of_stations
from belib_weather.warehouse.run_views import status_runs
from belib_weather.warehouse.tables import AVAILABILITY_FACTS, STATION_VERSIONS, STATIONS

_INSTANT = sa.DateTime(timezone=True)


def availability_hours() -> sa.Select[tuple[object, ...]]:
    """Facts with the station version of their UTC day, and the figures of each row."""
    facts, station = AVAILABILITY_FACTS.sql.alias("f"), _station_versions()
    is_its_version = sa.and_(
        station.c.station_id == facts.c.station_id,
        facts.c.hour >= station.c.since,
        facts.c.hour < station.c.until,
    )
    return sa.select(
        *facts.c,
        *(station.c[name] for name in STATION_VERSIONS.attributes),
        *(_figure(figure, facts).label(figure.name) for figure in VIEW_FIGURES),
    ).select_from(facts.outerjoin(station, is_its_version))


def _station_versions() -> sa.Subquery:
    """Each from its begin until the next one of its station begins; the first also before."""
    version = STATIONS.sql.alias("version")
    begin, station = version.c.valid_from, version.c.station_id
    is_first = sa.func.row_number().over(partition_by=station, order_by=begin) == 1
    following = sa.func.lead(begin).over(partition_by=station, order_by=begin)
    return sa.select(
        version.c.station_id,
        sa.case((is_first, _instant("-infinity")), else_=begin).label("since"),
        sa.func.coalesce(following, _instant("infinity")).label("until"),
        *(version.c[name] for name in STATION_VERSIONS.attributes),
    ).subquery("s")


def _instant(text: str) -> sa.Cast[datetime]:
    return sa.cast(sa.literal(text, sa.Text), _INSTANT)


VIEWS = {
    "availability_hours": availability_hours,
    "best_hours_of_station": best_hours_of_station,
    "forecast_of_stations": forecast_of_stations,
    "full_stations_by_week": full_stations_by_week,
    "reliability_of_stations": reliability_of_stations,
    "status_runs": status_runs,
    "weather_and_occupancy": weather_and_occupancy,
}


def statement(name: str) -> str:
    """The SQL query of a view."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    return str(VIEWS[name]().compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def _figure(figure: Figure, facts: sa.FromClause) -> sa.ColumnElement[float]:
    if figure.is_complement:
        whole = facts.c.charge_points * sa.literal_column("3600")
        return sa.literal_column("1") - _double(_sum(figure.complement, facts)) / _double(whole)
    denominator = sa.func.nullif(_sum(figure.denominator, facts), sa.literal_column("0"))
    return _double(_sum(figure.numerator, facts)) / _double(denominator)


def _double(value: sa.ColumnElement[int]) -> sa.Cast[float]:
    return sa.cast(value, sa.Double)


def _sum(columns: tuple[str, ...], facts: sa.FromClause) -> sa.ColumnElement[int]:
    total: sa.ColumnElement[int] = facts.c[columns[0]]
    for name in columns[1:]:
        total = total + facts.c[name]
    return total


if __name__ == "__main__":
    for view in VIEWS:
        print(f"CREATE OR REPLACE VIEW {view} AS\n{statement(view)};")  # noqa: T201
