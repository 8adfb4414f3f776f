"""Status episodes: how long a charge point keeps one status, by segments and by runs."""

import dataframely as dy
import polars as pl

from belib_weather.datasets import columns as c
from belib_weather.vocabulary import EDGE_KINDS, STATUSES

EPISODE_RULES = 1
"""Version of the rules that make these rows (docs/metrics.md): raised when results change."""


class StatusEpisode(dy.Schema):
    """A segment: a charge point's longest run of observed seconds of one status within a UTC day.

    Grain: charge point × begin. Fresh and stale seconds are segments of their own, and midnight UTC
    cuts. Time in no segment is unobserved. A view glues them over midnights.
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
