"""What each station's page shows, in no language yet: grouped once for all stations.

What belongs here: figures by station, from the frames. What does not: words (`station`).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from belib_weather.datasets.figures import CHANCE_OF_A_FREE_POINT, COVERAGE, POINT_SECONDS
from belib_weather.datasets.marts import STATION, STATION_SECONDS
from belib_weather.networks import NETWORK
from belib_weather.site.chances import MOST_AGE
from belib_weather.site.data import SiteData
from belib_weather.vocabulary import OutageKind

Row = dict[str, Any]
HourOfWeek = tuple[int, int]
"""ISO weekday and hour on the clock of Paris."""
IN_USE = ("occupied_seconds", "reserved_seconds")
OUT = ("out_of_order_seconds", "unknown_seconds", "stale_seconds")
NOT_IN_SERVICE = ("planned_seconds", "removed_seconds")


@dataclass(frozen=True)
class Usual:
    """The usual chance of a free point in an hour of the week, with its 90 % interval."""

    chance: float
    low: float | None
    high: float | None
    days: int


@dataclass(frozen=True)
class Forecast:
    """The forecast of an instant: chance of a free point, 80 % interval of free points."""

    chance: float
    low: int
    high: int


@dataclass(frozen=True)
class Hour:
    """An hour to come: its start (UTC), and its hour of the week."""

    start: datetime
    date: date
    weekday: int
    hour: int


@dataclass(frozen=True)
class Day:
    """A day of a station: shares of its point-seconds, and what was seen of it.

    `free`, `in_use`, `out`, `not_in_service` and `unobserved` add up to 1.
    """

    date: date
    free: float
    in_use: float
    out: float
    not_in_service: float
    unobserved: float
    chance: float | None
    hours: int


@dataclass(frozen=True)
class StationView:
    """Everything on a station's page."""

    state: Row
    points: Sequence[Row]
    usual: Mapping[HourOfWeek, Usual]
    forecast: Mapping[datetime, Forecast]
    days: Sequence[Day]
    coverage: float | None
    outages: Sequence[Row]
    week: Row | None
    month: Row | None

    @property
    def id(self) -> str:
        """The station's id."""
        return str(self.state["station_id"])


def hours_to_come(data: SiteData) -> list[Hour]:
    """The hours from the running one to the end of tomorrow, by the clock of Paris."""
    starts = pl.Series(data.period.to_come, dtype=pl.Datetime("us", "UTC"))
    paris = starts.dt.convert_time_zone(NETWORK.zone).dt
    columns = (starts, paris.date(), paris.weekday(), paris.hour())
    return [Hour(*values) for values in zip(*(c.to_list() for c in columns), strict=True)]


def station_views(data: SiteData) -> list[StationView]:
    """The view of every station of the newest snapshot, in the order of their ids."""
    points = _rows_by_station(data.points.filter(pl.col("valid_to").is_null()))
    usual, days, coverage = _usual(data.profile), _days(data.facts), _coverage(data.facts)
    forecast = _forecast(data)
    outages = _rows_by_station(
        data.outages.filter(pl.col("kind").cast(pl.String) == OutageKind.OUTAGE).sort(
            "down_from", descending=True
        )
    )
    newest = data.reliability.filter(
        pl.col("starts_on") == pl.col("starts_on").max().over("period")
    )
    periods = {
        kind: {row["station_id"]: row for row in of_kind.iter_rows(named=True)}
        for (kind,), of_kind in newest.partition_by("period", as_dict=True).items()
    }
    return [
        StationView(
            state,
            points.get(station, []),
            usual.get(station, {}),
            forecast.get(station, {}),
            days.get(station, []),
            coverage.get(station),
            outages.get(station, []),
            periods.get("week", {}).get(station),
            periods.get("month", {}).get(station),
        )
        for state in data.states.sort("station_id").iter_rows(named=True)
        for station in [state["station_id"]]
    ]


def _rows_by_station(frame: pl.DataFrame) -> dict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in frame.iter_rows(named=True):
        found[row["station_id"]].append(row)
    return found


def _usual(profile: pl.DataFrame) -> dict[str, dict[HourOfWeek, Usual]]:
    columns = ("area", "local_weekday", "local_hour", "estimated_chance")
    interval = ("estimated_chance_low", "estimated_chance_high", "days_observed")
    rows = profile.filter(
        (pl.col("scope").cast(pl.String) == STATION) & pl.col("estimated_chance").is_not_null()
    ).select(*columns, *interval)
    found: defaultdict[str, dict[HourOfWeek, Usual]] = defaultdict(dict)
    for station, weekday, hour, *values in rows.iter_rows():
        found[station][weekday, hour] = Usual(*values)
    return found


def _forecast(data: SiteData) -> dict[str, dict[datetime, Forecast]]:
    found: defaultdict[str, dict[datetime, Forecast]] = defaultdict(dict)
    if data.forecasts.is_empty():
        return found
    fresh = data.forecasts.filter(pl.col("origin") >= data.now - MOST_AGE)
    columns = ("station_id", "target", "chance_free", "free_points_low", "free_points_high")
    for station, target, *values in fresh.select(columns).iter_rows():
        found[station][target] = Forecast(*values)
    return found


def _days(facts: pl.DataFrame) -> dict[str, list[Day]]:
    """Newest first. The future of a provisional hour is not unobserved: it is left out."""
    names = [*POINT_SECONDS, *STATION_SECONDS]
    sums = (
        facts.filter(~pl.col("is_provisional"))
        .group_by("station_id", "local_date")
        .agg(pl.col(names).cast(pl.Int64).sum(), pl.len().alias("hours"))
        .sort("local_date", descending=True)
    )
    every = pl.sum_horizontal(POINT_SECONDS)
    shares = sums.select(
        "station_id",
        "local_date",
        pl.col("available_seconds") / every,
        *(
            (pl.sum_horizontal(columns) / every).alias(name)
            for name, columns in (
                ("in_use", IN_USE),
                ("out", OUT),
                ("not_in_service", NOT_IN_SERVICE),
            )
        ),
        pl.col("unobserved_seconds") / every,
        CHANCE_OF_A_FREE_POINT.of_sums(),
        "hours",
    )
    found: defaultdict[str, list[Day]] = defaultdict(list)
    for station, *values in shares.iter_rows():
        found[station].append(Day(*values))
    return found


def _coverage(facts: pl.DataFrame) -> dict[str, float]:
    sums = (
        facts.filter(~pl.col("is_provisional"))
        .group_by("station_id")
        .agg(pl.col("charge_points", *POINT_SECONDS).cast(pl.Int64).sum())
    )
    return dict(sums.select("station_id", COVERAGE.of_sums()).iter_rows())
