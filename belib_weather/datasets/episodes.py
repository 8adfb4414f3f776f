"""Status episodes: how long a charge point keeps one status, by segments and by runs."""

import dataframely as dy
import polars as pl

from belib_weather.datasets import columns as c
from belib_weather.datasets.network import ChargePoint
from belib_weather.vocabulary import EDGE_KINDS, STATUSES

EPISODE_RULES = 1
"""Version of the rules that make these rows (docs/metrics.md): raised when results change."""


class StatusEpisode(dy.Schema):
    """A segment: a charge point's longest run of observed seconds of one status within a UTC day.

    Grain: charge point × begin. Fresh and stale seconds are segments of their own, and midnight UTC
    cuts. Time in no segment is unobserved. `StatusRun` glues them over midnights.
    """

    charge_point_id = dy.String(
        primary_key=True, min_length=1, description="Local id of the charge point (`id_pdc`)."
    )
    started_at = c.second("First second of the segment.", primary_key=True)
    ended_at = c.second("Second after its last.")
    seconds = dy.Int32(
        min=1, max=86_400, metadata=c.unit("s"), description="Length: `ended_at` - `started_at`."
    )
    station_id = dy.String(min_length=1, description="Station of the point, derived from its id.")
    status = dy.Enum(STATUSES, description="Status as reported, also where it is stale.")
    is_stale = dy.Bool(description="True under a record that is older than 26 h.")
    start_kind = dy.Enum(
        EDGE_KINDS, description="How the begin is known: exact, polled, stale, unseen or midnight."
    )
    end_kind = dy.Enum(
        EDGE_KINDS, description="How the end is known: exact, polled, stale, unseen or midnight."
    )
    restamps = c.count(
        "Newer stamps without a change of status: changes there and back that polls missed."
    )
    stamp = c.second(
        "`last_updated` of the record in force at the begin; null where it is no sign of life.",
        nullable=True,
    )
    source = dy.String(description="Raw sources of the snapshots of the UTC day.")
    local_date = dy.Date(description="Calendar date in Paris at the begin.")
    local_hour = dy.Int16(min=0, max=23, description="Hour of the day in Paris at the begin, 0-23.")
    local_weekday = dy.Int16(
        min=1, max=7, description="ISO weekday in Paris at the begin, 1 is Monday."
    )

    @dy.rule()
    def length_is_end_less_begin(cls) -> pl.Expr:
        """A segment is as long as the time between its ends."""
        return (pl.col("ended_at") - pl.col("started_at")).dt.total_seconds() == pl.col("seconds")

    @dy.rule()
    def lies_in_one_day(cls) -> pl.Expr:
        """No segment crosses midnight UTC."""
        last = pl.col("ended_at") - pl.duration(seconds=1)
        return pl.col("started_at").dt.truncate("1d") == last.dt.truncate("1d")


class KnownSegment(dy.Schema):
    """The columns of a segment of status that forecasts are made from."""

    charge_point_id = StatusEpisode.charge_point_id
    started_at = StatusEpisode.started_at
    ended_at = StatusEpisode.ended_at
    station_id = StatusEpisode.station_id
    status = StatusEpisode.status
    is_stale = StatusEpisode.is_stale


class SegmentOfDownTime(KnownSegment):
    """The columns of a segment that outages and reliability are made from."""

    start_kind = StatusEpisode.start_kind
    stamp = StatusEpisode.stamp
    source = StatusEpisode.source


class EpisodeAtPoint(StatusEpisode):
    """A segment with its charge point as it was on the UTC day."""

    is_whole = dy.Bool(
        description="True where both ends are exact or polled: the segment is as long as its run."
    )
    minutes = dy.Float64(min=0, metadata=c.unit("min"), description="Length in minutes, to 0.01.")
    station_name = ChargePoint.station_name
    address = ChargePoint.address
    arrondissement = ChargePoint.arrondissement
    latitude = ChargePoint.latitude
    longitude = ChargePoint.longitude
    power_kw = ChargePoint.power_kw


POINT_ATTRIBUTES = tuple(
    name
    for name in EpisodeAtPoint.column_names()
    if name in ChargePoint.column_names() and name not in StatusEpisode.column_names()
)
"""Columns of the charge point that are joined to a segment."""


class StatusRun(dy.Schema):
    """How long a charge point kept one status: its segments glued over midnights.

    Grain: charge point × begin. Freshness counts: a run ends where its record turns stale.
    """

    charge_point_id = StatusEpisode.charge_point_id
    started_at = c.second("First second of the run.", primary_key=True)
    ended_at = c.second("Second after its last; of a run that goes on, the newest sighting.")
    seconds = dy.Int32(min=1, metadata=c.unit("s"), description="Seconds observed, without a gap.")
    station_id = StatusEpisode.station_id
    status = StatusEpisode.status
    is_stale = StatusEpisode.is_stale
    start_kind = StatusEpisode.start_kind
    end_kind = StatusEpisode.end_kind
    is_censored_start = dy.Bool(
        description="True where the second before is unobserved: it began earlier, or just then."
    )
    is_censored_end = dy.Bool(
        description="True where the second after is unobserved: it ended later, or goes on."
    )
    restamps = StatusEpisode.restamps
    segments = c.count("Segments of UTC days that it is glued from.", minimum=1)
    stamp = StatusEpisode.stamp
    source = dy.String(description="Raw sources of the snapshots of its UTC days.")
    local_date = StatusEpisode.local_date
    local_hour = StatusEpisode.local_hour
    local_weekday = StatusEpisode.local_weekday
