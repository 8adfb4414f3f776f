"""The segments from which outages are derived: a small part of all.

What belongs here: which segments are read. What does not: what is computed from them
(`transform.outages`, whose documentation says which it needs).
"""

from datetime import UTC

import polars as pl
import sqlalchemy as sa
from psycopg import sql

from belib_weather.vocabulary import (
    DOWN_STATUSES,
    RETURN_LIMIT_SECONDS,
    TOGETHER_SECONDS,
    EdgeKind,
)
from belib_weather.warehouse.copying import copy_out
from belib_weather.warehouse.tables import SEGMENTS_OF_DOWN_TIME, STATUS_EPISODES
from belib_weather.window import Window

_SEEN = (EdgeKind.EXACT.value, EdgeKind.POLLED.value)
_QUERY = sql.SQL("""
WITH down AS MATERIALIZED (
    SELECT * FROM {episodes} WHERE status IN ({down})
),
begins AS (
    SELECT station_id, started_at,
        lead(started_at) OVER (PARTITION BY station_id ORDER BY started_at) - started_at AS wait
    FROM down WHERE start_kind IN ({seen})
)
SELECT {columns} FROM down AS e
UNION
SELECT {columns} FROM down AS d JOIN {episodes} AS e
    ON e.charge_point_id = d.charge_point_id
    AND e.started_at >= d.ended_at
    AND e.started_at < d.ended_at + make_interval(secs => {return_limit})
UNION
SELECT {columns} FROM begins AS b JOIN {episodes} AS e
    ON b.wait <= make_interval(secs => {together})
    AND e.station_id = b.station_id
    AND e.started_at BETWEEN date_trunc('day', b.started_at, 'UTC') AND b.started_at
    AND e.ended_at > b.started_at
""")


def read_down_segments(connection: sa.Connection) -> pl.DataFrame:
    """Segments that are out of order or unknown, and the others that outages need.

    Of the same point those that begin within 30 minutes of their end; of a station where two begin
    within ten minutes those that hold the first second.
    """
    schema = SEGMENTS_OF_DOWN_TIME.dataset.create_empty().schema
    query = _QUERY.format(
        episodes=sql.Identifier(STATUS_EPISODES.name),
        columns=sql.SQL(", ").join(sql.Identifier("e", name) for name in schema),
        down=_literals(DOWN_STATUSES),
        seen=_literals(_SEEN),
        return_limit=sql.Literal(RETURN_LIMIT_SECONDS),
        together=sql.Literal(TOGETHER_SECONDS),
    )
    return copy_out(connection, query, schema)


def read_observed_time(connection: sa.Connection) -> Window | None:
    """From the begin of the first segment to the end of the last; None where there is none."""
    segments = STATUS_EPISODES.sql.c
    newest = sa.select(sa.func.max(segments.started_at)).scalar_subquery()
    first = sa.select(sa.func.min(segments.started_at)).scalar_subquery()
    # Segments are cut at midnight, so the last end is within a day of the last begin.
    is_recent = segments.started_at >= newest - sa.literal_column("interval '1 day'")
    query = sa.select(first, sa.func.max(segments.ended_at)).where(is_recent)
    begin, end = connection.execute(query).one()
    return None if begin is None else Window(begin.astimezone(UTC), end.astimezone(UTC))


def _literals(values: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Literal, values))
