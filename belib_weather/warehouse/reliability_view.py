"""The query of the view `reliability_of_stations`: shares, and the worst stations first.

What belongs here: queries. What does not: what columns mean (`datasets.reliability`), and the list
of views (`views`).
"""

from typing import Any

import sqlalchemy as sa

from belib_weather.datasets.reliability import IN_SERVICE_SECONDS
from belib_weather.vocabulary import WORST_FIRST, Standing
from belib_weather.warehouse.tables import STATION_RELIABILITY, STATIONS

_PERIOD = ("period", "starts_on")


def reliability_of_stations() -> sa.Select[tuple[object, ...]]:
    """The stations of every week and month with their shares and places."""
    row = _with_shares()
    standing, availability = row.c.standing, row.c.technical_availability
    has_place = standing.in_([_text(each) for each in WORST_FIRST])
    worst_first = (
        *(standing != _text(each) for each in WORST_FIRST[:-1]),
        availability.asc(),
        row.c.hours_down.desc(),
        row.c.station_id,
    )
    place = sa.func.row_number().over(
        partition_by=(*(row.c[name] for name in _PERIOD), has_place), order_by=worst_first
    )
    columns = {column.name: column for column in row.c}
    columns["place"] = sa.case((has_place, place)).label("place")
    order = (
        "station_id",
        "station_name",
        "address",
        "arrondissement",
        *_PERIOD,
        "standing",
        "place",
        "technical_availability",
        "technical_availability_low",
        "technical_availability_high",
        "share_observed",
        "hours_down",
        "outages_begun",
        "outages_ended",
        "points_already_out",
        "longest_outage_hours",
        "last_begun_at",
        "last_begun_lasts",
        "charge_points",
        "source",
    )
    return sa.select(*(columns[name] for name in order))


def _with_shares() -> sa.Subquery:
    mart, station = STATION_RELIABILITY.sql.alias("r"), STATIONS.sql.alias("s").c
    r = mart.c
    in_service = _added(r, *IN_SERVICE_SECONDS)
    observed = in_service + r.planned_seconds + r.removed_seconds
    open_to_doubt = r.silent_seconds + r.unsettled_seconds
    two: sa.ColumnClause[int] = sa.literal_column("2")
    is_doubtful = two * (open_to_doubt + r.unobserved_seconds) > in_service + r.unobserved_seconds
    known = r.up_seconds + r.down_seconds
    standing = sa.case(
        (two * observed < observed + r.unobserved_seconds, _text(Standing.NOT_OBSERVED)),
        (in_service == sa.literal_column("0"), _text(Standing.NOT_IN_SERVICE)),
        (
            r.available_seconds == sa.literal_column("0"),
            sa.case(
                (is_doubtful, _text(Standing.NOT_REPORTING)),
                else_=_text(Standing.NEVER_AVAILABLE),
            ),
        ),
        (sa.or_(is_doubtful, known == sa.literal_column("0")), _text(Standing.UNDECIDED)),
        else_=_text(Standing.RANKED),
    )
    is_now = sa.and_(station.station_id == r.station_id, station.valid_to.is_(None))
    hour: sa.ColumnClause[float] = sa.literal_column("3600.0")
    return (
        sa.select(
            r.station_id,
            station.station_name,
            station.address,
            station.arrondissement,
            *(r[name] for name in _PERIOD),
            standing.label("standing"),
            sa.case((sa.not_(is_doubtful), _share(r.up_seconds, known))).label(
                "technical_availability"
            ),
            _share(r.up_seconds, in_service).label("technical_availability_low"),
            _share(r.up_seconds + open_to_doubt, in_service).label("technical_availability_high"),
            _share(observed, observed + r.unobserved_seconds).label("share_observed"),
            _double(r.down_seconds / hour).label("hours_down"),
            r.outages_begun,
            r.outages_ended,
            r.points_already_out,
            _double(r.longest_outage_seconds / hour).label("longest_outage_hours"),
            r.last_begun_at,
            r.last_begun_lasts,
            r.charge_points,
            r.source,
        )
        .select_from(mart.outerjoin(station.station_id.table, is_now))
        .subquery("of_period")
    )


def _added(columns: sa.ColumnCollection, *names: str) -> sa.ColumnElement[int]:  # type: ignore[type-arg]
    first, *others = (columns[name] for name in names)
    total: sa.ColumnElement[int] = first
    for column in others:
        total = total + column
    return total


def _share(part: sa.ColumnElement[int], whole: sa.ColumnElement[int]) -> sa.ColumnElement[float]:
    return _double(part) / _double(sa.func.nullif(whole, sa.literal_column("0")))


def _double(value: sa.ColumnElement[Any]) -> sa.Cast[float]:
    return sa.cast(value, sa.Double)


def _text(standing: Standing) -> sa.ColumnClause[str]:
    return sa.literal_column(f"'{standing.value}'")
