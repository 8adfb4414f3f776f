"""Query of the view that glues status episodes over midnights.

What belongs here: the query. What does not: what columns mean (`datasets.episodes`), and the list
of views (`views`).
"""

from typing import Any

import sqlalchemy as sa

from belib_weather.vocabulary import EdgeKind
from belib_weather.warehouse.tables import STATUS_EPISODES

_MIDNIGHT: sa.ColumnElement[str] = sa.literal_column(f"'{EdgeKind.MIDNIGHT}'")
_UNSEEN: sa.ColumnElement[str] = sa.literal_column(f"'{EdgeKind.UNSEEN}'")


def status_runs() -> sa.Select[tuple[object, ...]]:
    """Segments whose ends meet at midnight, as one row; what else is known of each end."""
    part = _numbered().c
    first, last = part.is_first, part.is_last
    start_kind = sa.func.max(part.start_kind).filter(first)
    end_kind = sa.func.max(part.end_kind).filter(last)
    of_first = {name: sa.func.min(part[name]).filter(first).label(name) for name in _OF_FIRST}
    return sa.select(
        part.charge_point_id,
        sa.func.min(part.started_at).label("started_at"),
        sa.func.max(part.ended_at).label("ended_at"),
        sa.cast(sa.func.sum(part.seconds), sa.Integer).label("seconds"),
        of_first["station_id"],
        of_first["status"],
        sa.func.bool_and(part.is_stale).label("is_stale"),
        start_kind.label("start_kind"),
        end_kind.label("end_kind"),
        start_kind.in_([_UNSEEN, _MIDNIGHT]).label("is_censored_start"),
        end_kind.in_([_UNSEEN, _MIDNIGHT]).label("is_censored_end"),
        sa.cast(sa.func.sum(part.restamps), sa.Integer).label("restamps"),
        sa.cast(sa.func.count(), sa.Integer).label("segments"),
        of_first["stamp"],
        sa.func.string_agg(sa.distinct(part.source), sa.literal_column("' + '")).label("source"),
        of_first["local_date"],
        of_first["local_hour"],
        of_first["local_weekday"],
    ).group_by(part.charge_point_id, part.run)


_OF_FIRST = ("station_id", "status", "stamp", "local_date", "local_hour", "local_weekday")


def _numbered() -> sa.Subquery:
    """Segments with the number of their run, and whether they are its first or last."""
    part = _marked().c
    point, begin = part.charge_point_id, part.started_at
    run = sa.func.count().filter(part.is_first).over(partition_by=point, order_by=begin)
    following = sa.func.lead(part.is_first).over(partition_by=point, order_by=begin)
    is_last = sa.func.coalesce(following, sa.true())
    return sa.select(*part, run.label("run"), is_last.label("is_last")).subquery("numbered")


def _marked() -> sa.Subquery:
    """Segments, and whether each begins a run: no other one meets it at midnight."""
    part = STATUS_EPISODES.sql.alias("e").c

    def before(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        return sa.func.lag(column).over(partition_by=part.charge_point_id, order_by=part.started_at)

    continues = sa.and_(
        part.start_kind == _MIDNIGHT,
        before(part.end_kind) == _MIDNIGHT,
        before(part.ended_at) == part.started_at,
        before(part.status) == part.status,
        before(part.is_stale) == part.is_stale,
    )
    # Null where there is no segment before.
    is_first = sa.not_(sa.func.coalesce(continues, sa.false()))
    return sa.select(*part, is_first.label("is_first")).subquery("marked")
