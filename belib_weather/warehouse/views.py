"""The views, from the declarations: what the migrations must have made.

PostgreSQL holds the views that the revisions created; a test compares them with these. A view that
changes needs a revision, for which `python -m belib_weather.warehouse.views` prints the statements.

What belongs here: queries of views. What does not: their columns' meaning (`datasets`).
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from belib_weather.datasets.figures import VIEW_FIGURES, Figure
from belib_weather.warehouse.tables import AVAILABILITY_FACTS, STATIONS

_STATION_COLUMNS = (
    "station_name",
    "address",
    "arrondissement",
    "latitude",
    "longitude",
    "power_kw",
)


def availability_hours() -> sa.Select[tuple[object, ...]]:
    """Facts with the station version of their hour, and the figures of each row."""
    facts, version = AVAILABILITY_FACTS.sql.alias("f"), STATIONS.sql.alias("version")
    has_begun = version.c.valid_from <= facts.c.hour
    station = (
        sa.select(version)
        .where(version.c.station_id == facts.c.station_id)
        # The last version that began at or before the hour, or else the first one.
        .order_by(
            has_begun.desc(),
            sa.case((has_begun, version.c.valid_from)).desc(),
            version.c.valid_from,
        )
        .limit(sa.literal_column("1"))
        .lateral("s")
    )
    return sa.select(
        *facts.c,
        *(station.c[name] for name in _STATION_COLUMNS),
        *(_figure(figure, facts).label(figure.name) for figure in VIEW_FIGURES),
    ).select_from(facts.outerjoin(station, sa.true()))


VIEWS = {"availability_hours": availability_hours}


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
