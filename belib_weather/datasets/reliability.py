"""Reliability of stations by local week and month, and how long repairs take."""

import dataframely as dy
import polars as pl

from belib_weather.datasets import columns as c
from belib_weather.datasets.network import Station
from belib_weather.vocabulary import PERIOD_KINDS, REPAIR_AREAS, STANDINGS

RELIABILITY_RULES = 2
"""Version of the rules that make these rows (docs/metrics.md): raised when results change."""
IN_SERVICE_SECONDS = ("up_seconds", "down_seconds", "silent_seconds", "unsettled_seconds")
LISTED_SECONDS = (*IN_SERVICE_SECONDS, "planned_seconds", "removed_seconds", "unobserved_seconds")
"""Together the seconds for which the station's points are listed."""


def _sum(description: str) -> dy.Int64:
    return dy.Int64(min=0, metadata=c.unit("point-seconds"), description=description)


def _share(description: str) -> dy.Float64:
    return dy.Float64(nullable=True, min=0, max=1, metadata=c.unit("1"), description=description)


class StationReliability(dy.Schema):
    """What the points of a station did in a week or month of Paris: sums and counts alone.

    Grain: station × week or month. A period that goes on is made up to the newest observed second.
    Opening hours are not applied.
    """

    station_id = dy.String(primary_key=True, min_length=1, description="Station.")
    period = dy.Enum(PERIOD_KINDS, primary_key=True, description="week or month, as in Paris.")
    starts_on = dy.Date(
        primary_key=True, description="First date in Paris: a Monday, or the first of a month."
    )
    made_to = c.second("End of what is counted: of the period, or of the observed time.")
    charge_points = c.count("Charge points listed at some time in the period.", minimum=1)
    up_seconds = _sum("Freshly available, occupied or reserved.")
    available_seconds = _sum("Of `up_seconds`, those available.")
    down_seconds = _sum("Out of order, or unknown for 24 h and more.")
    silent_seconds = _sum("Available, occupied or reserved under a record older than 26 h.")
    unsettled_seconds = _sum("Unknown for less than 24 h.")
    planned_seconds = _sum("Planned (not yet in service).")
    removed_seconds = _sum("Removed.")
    unobserved_seconds = _sum("Listed, but not observed.")
    outages_begun = c.count("Outages whose begin was seen; one of the whole station counts once.")
    outages_ended = c.count("Outages that ended with a return to service.")
    outages_carried_in = c.count("Outages that went on when the period began.")
    points_already_out = c.count("Points with an outage that already went on when first seen.")
    silences_begun = c.count("Begins of unknown that lasted less than 24 h: in no rate.")
    longest_outage_seconds = dy.Int64(
        nullable=True,
        min=1,
        metadata=c.unit("s"),
        description="Longest outage, short returns included, as far as it lies in the period.",
    )
    last_begun_at = c.second("Begin of the last outage whose begin was seen.", nullable=True)
    last_begun_lasts = dy.Bool(
        nullable=True, description="Whether that one goes on at the end of what is counted."
    )
    source = c.source("the snapshots of the period; null where nothing was observed", nullable=True)

    @dy.rule()
    def available_is_part_of_up(cls) -> pl.Expr:
        """No more is available than up."""
        return pl.col("available_seconds") <= pl.col("up_seconds")


class ReliabilityOfStation(dy.Schema):
    """How reliable a station was in a week or month of Paris, the worst first by `place`.

    One row per row of the table, with the station as it is now.
    """

    station_id = dy.String(primary_key=True, min_length=1, description="Station.")
    station_name = Station.station_name
    address = Station.address
    arrondissement = c.arrondissement()
    period = dy.Enum(PERIOD_KINDS, primary_key=True, description="week or month, as in Paris.")
    starts_on = dy.Date(primary_key=True, description="First date in Paris.")
    standing = dy.Enum(
        STANDINGS,
        description=(
            "never available: no available second; not reporting: the same, and most of its time is"
            " silent, unsettled or unobserved; ranked: by availability; undecided: too much is"
            " silent or unsettled; not observed: for less than half of the time; not in service:"
            " planned or removed."
        ),
    )
    place = dy.Int64(
        nullable=True,
        min=1,
        description=(
            "1 is the worst of the period: never available, then not reporting, then ranked; null"
            " of all others."
        ),
    )
    technical_availability = _share(
        "Up ÷ (up + down); null where silent, unsettled and unobserved exceed half."
    )
    technical_availability_low = _share("The same if all silent and unsettled time were down.")
    technical_availability_high = _share("The same if all silent and unsettled time were up.")
    share_observed = _share("Observed part of the time for which its points are listed.")
    hours_down = dy.Float64(min=0, metadata=c.unit("point-hours"), description="Down.")
    outages_begun = StationReliability.outages_begun
    outages_ended = StationReliability.outages_ended
    points_already_out = StationReliability.points_already_out
    longest_outage_hours = dy.Float64(
        nullable=True, min=0, metadata=c.unit("h"), description="Longest outage in the period."
    )
    last_begun_at = StationReliability.last_begun_at
    last_begun_lasts = StationReliability.last_begun_lasts
    charge_points = StationReliability.charge_points
    source = StationReliability.source


def _hours(description: str) -> dy.Float64:
    return dy.Float64(nullable=True, min=0, metadata=c.unit("h"), description=description)


def _rate(description: str) -> dy.Float64:
    return dy.Float64(
        nullable=True, min=0, metadata=c.unit("per 1,000 point-hours"), description=description
    )


class TimeToRepair(dy.Schema):
    """How long outages last and how often they begin, in an area and a quarter of a year.

    Grain: area × quarter of Paris; of a station the last twelve months. Kaplan-Meier over the
    outages whose begin was seen, from the first down second, one of a whole station counted once.
    A pause of the collector censors every outage, so nothing is known beyond the longest time
    between two pauses: what the curve does not reach is null.
    """

    scope = dy.Enum(REPAIR_AREAS, primary_key=True, description="What the area is.")
    area = dy.String(
        primary_key=True,
        min_length=1,
        description="Number of the arrondissement, power class, station id, or `city`.",
    )
    starts_on = dy.Date(
        primary_key=True, description="First date in Paris of the quarter, or of the twelve months."
    )
    ends_on = dy.Date(description="Date in Paris after its last.")
    stations = c.count("Stations with a point listed.")
    outages_begun = c.count("Outages whose begin was seen: the sample of the curve.")
    outages_ended = c.count("Of these, those that ended with a return to service.")
    longest_followed_hours = _hours("Longest time for which one was followed.")
    median_hours = _hours("Time within which half of the outages end.")
    median_hours_low = _hours("Lower end of its 95 % interval (log-log).")
    median_hours_high = _hours("Upper end of its 95 % interval (log-log).")
    p90_hours = _hours("Time within which nine of ten outages end.")
    p90_hours_low = _hours("Lower end of its 95 % interval (log-log).")
    p90_hours_high = _hours("Upper end of its 95 % interval (log-log).")
    up_seconds = _sum("Freshly available, occupied or reserved: what the rate is a share of.")
    outages_per_1000_hours = _rate("Outages begun per 1,000 point-hours up.")
    outages_per_1000_hours_low = _rate("Lower end of its 95 % interval (bootstrap of stations).")
    outages_per_1000_hours_high = _rate("Upper end of its 95 % interval (bootstrap of stations).")
    source = c.source("the snapshots of its months; null where nothing was observed", nullable=True)
