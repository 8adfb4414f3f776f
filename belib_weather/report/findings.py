"""What the report says, as frames: every figure of the page, before any text.

What belongs here: which panels the page shows, and what is computed beside them. What does not:
words (`sentences`), looks (`images`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import polars as pl

from belib_weather.credits import Credit, are_simulated, credits_of
from belib_weather.panels import figures as f
from belib_weather.panels.dashboard_panels import hours, now, over_time, places
from belib_weather.panels.evaluate import evaluate
from belib_weather.panels.intervals import with_comparisons
from belib_weather.panels.measures import Ratio
from belib_weather.panels.specification import Panel
from belib_weather.report.advice import Advice, advice_of
from belib_weather.report.coverage import Polls, polls_of
from belib_weather.report.period import Period
from belib_weather.window import HOUR, Window, floor_hour

WORST = 10
"""Stations in each of the two lists of the worst."""
ENOUGH_HOURS = 24
"""A station observed for fewer hours, or for less than a quarter of the period, is not compared."""
RECENT = timedelta(minutes=30)
"""A snapshot older than this is not called *now*."""


@dataclass(frozen=True)
class Now:
    """The city at the newest snapshot; counts of fresh records."""

    captured_at: datetime
    is_recent: bool
    free: int
    known: int
    stations_free: int
    stations: int
    by_arrondissement: pl.DataFrame


@dataclass(frozen=True)
class Report:
    """Everything the page shows; frames without rows where there is nothing to show."""

    period: Period
    first_hour: datetime | None
    hours: int
    days: int
    stations: int
    sources: tuple[str, ...]
    now: Now | None
    states: pl.DataFrame
    advice: list[Advice]
    calendar: pl.DataFrame
    by_hour: pl.DataFrame
    by_weather: pl.DataFrame
    trend: pl.DataFrame
    statuses: pl.DataFrame
    least_available: pl.DataFrame
    most_full: pl.DataFrame
    enough_hours: float
    quality: pl.DataFrame
    polls: Polls | None

    @property
    def is_simulated(self) -> bool:
        """Whether any row is simulated."""
        return are_simulated(self.sources)

    @property
    def is_partly_real(self) -> bool:
        """Whether any row is not simulated."""
        return not all(are_simulated([source]) for source in self.sources)

    @property
    def credits(self) -> list[Credit]:
        """The credits due for the data."""
        return credits_of(self.sources)


_LEAST_AVAILABLE = replace(
    places.WORST_STATIONS,
    measures=(
        f.LAST_ADDRESS,
        f.SHARE_AVAILABLE,
        f.CHANCE,
        f.FREE_WHEN_NOT_FULL,
        f.SHARE_OUT_OF_ORDER,
        f.SHARE_UNKNOWN,
        f.SHARE_STALE,
        f.STATION_HOURS,
    ),
    sort_by="-share_available",
)
"""For drivers, who avoid stations that are full as well."""


def report_of(
    facts: pl.DataFrame, states: pl.DataFrame, feed: pl.DataFrame, period: Period
) -> Report:
    """Compute a report.

    Args:
        facts: rows of the dataset `AvailabilityHour` whose hour lies in the period.
        states: rows of the dataset `StationState`.
        feed: rows of the dataset `FeedHour` whose hour lies in the period.
        period: what the report is over.
    """
    first = facts.select(pl.col("hour").min()).item()
    enough = max(ENOUGH_HOURS, facts["hour"].n_unique() / 4)
    return Report(
        period=period,
        first_hour=first,
        hours=facts["hour"].n_unique(),
        days=facts["local_date"].n_unique(),
        stations=facts["station_id"].n_unique(),
        sources=_sources(facts["source"], facts["weather_source"], states["source"]),
        now=None if states.is_empty() else _now(states, period.now),
        states=states,
        advice=advice_of(facts),
        calendar=_calendar(facts),
        by_hour=_with_chance(facts, "local_hour"),
        by_weather=_by_weather(facts),
        trend=_trend(facts),
        statuses=evaluate(over_time.STATUS_OVER_TIME, facts),
        least_available=_worst(_LEAST_AVAILABLE, f.SHARE_AVAILABLE, facts, enough),
        most_full=_worst(places.FULLEST_STATIONS, f.SATURATION, facts, enough).filter(
            pl.col(f.SATURATION.name) > 0
        ),
        enough_hours=enough,
        quality=evaluate(over_time.QUALITY_BY_DAY, facts),
        polls=_polls(feed, period.now),
    )


def _sources(*columns: pl.Series) -> tuple[str, ...]:
    """Each raw source once; a row of two sources names both, joined by ` + `."""
    named = {name for column in columns for name in column.drop_nulls().unique()}
    return tuple(sorted({part for name in named for part in _parts(name)}))


def _parts(name: str) -> Iterable[str]:
    return name.split(" + ")


def _now(states: pl.DataFrame, at: datetime) -> Now:
    free = evaluate(now.FREE_NOW, states).row(0, named=True)
    stations = evaluate(now.STATIONS_FREE_NOW, states).row(0, named=True)
    captured_at = states["captured_at"].max()
    if not isinstance(captured_at, datetime):
        raise TypeError(f"captured_at is {captured_at!r}; states hold the second of their snapshot")
    known = pl.sum_horizontal(*f.SHARE_AVAILABLE_NOW.denominator)
    by_arrondissement = (
        states.drop_nulls("arrondissement")
        .group_by("arrondissement")
        .agg(
            pl.col("available").cast(pl.Int64).sum(),
            known.cast(pl.Int64).sum().alias("known"),
            (pl.col("station_status") == "available").sum().alias("stations_free"),
            pl.len().alias("stations"),
        )
        .sort("arrondissement")
    )
    return Now(
        captured_at=captured_at,
        is_recent=at - captured_at <= RECENT,
        free=int(free["available"]),
        known=states.select(known.cast(pl.Int64).sum()).item(),
        stations_free=stations["stations_with_a_free_point"],
        stations=stations["stations"],
        by_arrondissement=by_arrondissement,
    )


def _calendar(facts: pl.DataFrame) -> pl.DataFrame:
    """Chance by hour and weekday where anything was observed, with the number of days."""
    panel, keys = hours.CHANCE_BY_HOUR_AND_WEEKDAY, ["local_hour", "local_weekday"]
    observed = facts.filter(pl.col("any_observed_seconds") > 0)
    days = observed.group_by(keys).agg(pl.col("local_date").n_unique().alias("days"))
    return evaluate(panel, observed).join(days, on=keys, how="left", maintain_order="left")


def _with_chance(facts: pl.DataFrame, by: str) -> pl.DataFrame:
    """Chance, compared within days, with days and station-hours per group."""
    chance = with_comparisons(f.CHANCE, facts, by)
    return chance.join(_station_hours(facts, by), on=by, how="left").sort(by)


def _station_hours(facts: pl.DataFrame, by: str) -> pl.DataFrame:
    sums = facts.group_by(by).agg(pl.col(f.STATION_HOURS.columns).cast(pl.Int64).sum())
    return sums.select(by, f.STATION_HOURS.of_sums())


def _by_weather(facts: pl.DataFrame) -> pl.DataFrame:
    """Chance and occupancy by weather, compared within days, and the hours of that weather."""
    by = "weather_class"
    occupancy = with_comparisons(f.OCCUPANCY, facts, by).select(
        by,
        f.OCCUPANCY.name,
        pl.col("difference", "low", "high", "compared_days").name.prefix("occupancy_"),
    )
    hours = facts.drop_nulls(by).group_by(by).agg(pl.col("hour").n_unique().alias("hours"))
    return (
        _with_chance(facts, by).join(occupancy, on=by, how="left").join(hours, on=by, how="left")
    ).sort(by)


def _trend(facts: pl.DataFrame) -> pl.DataFrame:
    """Availability and weather of every hour, with the station-hours observed."""
    weather = evaluate(over_time.WEATHER_OVER_TIME, facts)
    availability = evaluate(over_time.AVAILABILITY_OVER_TIME, facts)
    return (
        availability.drop_nulls(f.SHARE_AVAILABLE.name)
        .join(weather, on="hour")
        .join(_station_hours(facts, "hour"), on="hour")
        .sort("hour")
    )


def _worst(panel: Panel, figure: Ratio, facts: pl.DataFrame, enough: float) -> pl.DataFrame:
    """The worst stations by a figure on the observed days, of those observed long enough.

    Where the panel shows the chance of a free point, those that never had one and were not full
    come first, whatever was published of them: a figure of fresh records alone leaves them out.
    """
    is_compared = pl.col(f.STATION_HOURS.name) >= enough
    # A station that moved within the period is one station, at the address it has now.
    address = pl.col("address").sort_by("hour").last().over("station_id")
    ranked = evaluate(panel, facts.with_columns(address)).filter(is_compared)
    never = ranked.clear()
    if f.FREE_WHEN_NOT_FULL in panel.measures:
        never = ranked.filter(pl.col(f.FREE_WHEN_NOT_FULL.name) == 0)
    others = ranked.drop_nulls(figure.name).join(
        never, on="station_id", how="anti", maintain_order="left"
    )
    return pl.concat([never, others]).head(WORST)


def _polls(feed: pl.DataFrame, now: datetime) -> Polls | None:
    # Not from the first facts on: the period may begin, or be spent, in an outage.
    first = feed.select(pl.col("hour").min()).item()
    if first is None or floor_hour(now) - HOUR < first:
        return None
    return polls_of(feed, Window(first, floor_hour(now)))
