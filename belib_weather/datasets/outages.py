"""Outages and silences of charge points and stations."""

import dataframely as dy
import polars as pl

from belib_weather.datasets import columns as c
from belib_weather.vocabulary import OUTAGE_ENDS, OUTAGE_KINDS, OutageKind

OUTAGE_RULES = 2
"""Version of the rules that make these rows (docs/metrics.md): raised when results change."""


class Outage(dy.Schema):
    """An outage or a silence of a charge point, or of a whole station; one row each.

    Grain: charge point or station × begin. A row is observed without a gap, so most censored ones
    end where the collector paused. What of a point lies in an outage of its station is in no row
    of its own.
    """

    outage_of = dy.String(
        primary_key=True,
        min_length=1,
        description="Id of the charge point, or of the station where the whole station is out.",
    )
    started_at = c.second(
        "First second out of order or unknown, or of what follows an outage of the station.",
        primary_key=True,
    )
    ended_at = c.second("Second after the last; the newest observed one where it lasts.")
    station_id = dy.String(min_length=1, description="Station.")
    charge_point_id = dy.String(
        nullable=True, description="Charge point; null where the whole station is out."
    )
    kind = dy.Enum(
        OUTAGE_KINDS, description="outage: it has down time. silence: unknown for less than 24 h."
    )
    since = c.second("The earlier of the begin and the stamp of the record in force then.")
    down_from = c.second("First down second; null in a silence.", nullable=True)
    duration_seconds = dy.Int64(
        nullable=True,
        min=1,
        metadata=c.unit("s"),
        description="From `down_from` to `ended_at`, short returns included; null in a silence.",
    )
    down_seconds = dy.Int64(
        min=0,
        metadata=c.unit("point-seconds"),
        description="Seconds out of order, or unknown for 24 h and more, of all its points.",
    )
    is_begun = dy.Bool(description="True where its begin was seen; false where it already went on.")
    end_kind = dy.Enum(
        OUTAGE_ENDS,
        description="How it ends: returned; censored: unseen, withdrawn (planned, removed), lasts.",
    )
    returns = c.count("Returns to service of less than 30 min inside it, of all its points.")
    charge_points = c.count("Charge points in it: 1, or those of the station.", minimum=1)
    points_in_service = dy.Int32(
        nullable=True,
        min=2,
        metadata=c.unit("1"),
        description="Points of the station that were in service at its begin; null of one point.",
    )
    local_date = dy.Date(description="Calendar date in Paris at the begin.")
    source = c.source("the snapshots of its UTC days")

    @dy.rule()
    def an_outage_has_down_time_and_a_silence_none(cls) -> pl.Expr:
        """The kind says whether there is a first down second."""
        is_outage = pl.col("kind").cast(pl.String) == OutageKind.OUTAGE
        has_seconds = pl.col("down_seconds") > 0
        return (is_outage == has_seconds) & (is_outage == pl.col("down_from").is_not_null())

    @dy.rule()
    def times_are_in_order(cls) -> pl.Expr:
        """`since` ≤ begin ≤ first down second < end."""
        down_from = pl.col("down_from").fill_null(pl.col("started_at"))
        return (
            (pl.col("since") <= pl.col("started_at"))
            & (pl.col("started_at") <= down_from)
            & (down_from < pl.col("ended_at"))
        )
