"""Past days without weather: the source is asked for them until it has them.

An import adds past days, the archive is late now and then, and a machine sleeps through its hour:
the rows show what is missing, whatever the reason. What belongs here: which days to ask for, and
when again. What does not: rows that disagree with stored documents (`late_weather`).
Concept: https://docs.dagster.io/guides/automate/sensors
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg
import polars as pl

from belib_weather.automation.late_data import active_runs
from belib_weather.automation.live import range_request
from belib_weather.lanes import Lane
from belib_weather.partitions import Partitions, day_key
from belib_weather.resources import Clock, WarehouseResource, WeatherFeed
from belib_weather.settings import WeatherSource
from belib_weather.sources.open_meteo import ARCHIVE_DELAY
from belib_weather.warehouse.tables import AVAILABILITY_FACTS, WEATHER_HOURS
from belib_weather.window import DAY, HOUR, Grain, Window, floor_day

MOST_DAYS = 31
"""Of one request: what the source gives in a minute."""
MOST_REQUESTS = 2
"""Of one evaluation; the next ones ask for the rest, newest days first."""
RECENT = timedelta(days=10)
"""A day that ended no longer ago is requested every hour, an older one once a day."""
_VALUES = ("temperature_c", "precipitation_mm", "weather_code", "wind_speed_kmh")


def days_without_weather(
    facts: Iterable[datetime], weather: pl.DataFrame, now: datetime
) -> list[datetime]:
    """Past days with facts whose weather is not there as it should be, in order.

    A day that the archive has by now needs a sample of it at each of its hours and at 00:00 of the
    next day, which holds the sums of its last hour. A younger day needs one that was captured
    after the day was over.

    Args:
        facts: hours with facts (UTC).
        weather: WeatherHour rows of those days and of the 00:00 that follows each.
        now: the present.
    """
    today = floor_day(now)
    known = weather.filter(pl.any_horizontal(pl.col(_VALUES).is_not_null()))
    of_archive = known.filter(pl.col("source").str.ends_with("/archive"))
    archived = set(of_archive["hour"])
    captured = dict(known.select("hour", "captured_at").iter_rows())

    def is_there(day: datetime) -> bool:
        stamps = [day + number * HOUR for number in range(25)]
        if today - day > ARCHIVE_DELAY:
            return archived.issuperset(stamps)
        return all(captured.get(stamp, day) >= day + DAY for stamp in stamps)

    days = sorted({floor_day(hour) for hour in facts})
    return [day for day in days if day < today and not is_there(day)]


def requests_for(days: Iterable[datetime], now: datetime) -> Iterator[dg.RunRequest]:
    """One request per range without gaps, newest first; the same range again after its pause."""
    ranges: list[tuple[datetime, datetime]] = []
    for day in sorted(days, reverse=True):
        if ranges and ranges[-1][0] - DAY == day and ranges[-1][1] - day < MOST_DAYS * DAY:
            ranges[-1] = (day, ranges[-1][1])
        else:
            ranges.append((day, day))
    for first, last in ranges:
        is_recent = now - last < RECENT
        retry_period = f"{now:%Y-%m-%d %H}" if is_recent else f"{now:%Y-%m-%d}"
        key = f"weather of {day_key(first)} to {day_key(last)}, asked {retry_period}"
        yield range_request(Window(first, last + DAY), grain=Grain.DAY, run_key=key)


def past_weather_automation(partitions: Partitions) -> dg.Definitions:
    """The sensor that asks for past weather."""

    @dg.sensor(
        job_name=Lane.WEATHER.value,
        minimum_interval_seconds=300,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Asks for the weather of past days until the archive has it.",
    )
    def past_weather(
        context: dg.SensorEvaluationContext,
        warehouse: WarehouseResource,
        weather: WeatherFeed,
        clock: Clock,
    ) -> dg.SensorResult | dg.SkipReason:
        if weather.weather_source != WeatherSource.OPEN_METEO:
            return dg.SkipReason(f"{weather.weather_source} has no past weather")
        now, store = clock.now(), warehouse.connect()
        start, end = partitions.daily.start.astimezone(UTC), floor_day(now)
        if start >= end:
            return dg.SkipReason("the partitions begin today")
        if active_runs(context.instance, now, job_name=Lane.WEATHER.value):
            return dg.SkipReason("a run is asking for weather")
        ledger = store.ledger(AVAILABILITY_FACTS, Window(start, end))
        rows = store.read(WEATHER_HOURS, Window(start, end + HOUR))
        facts = ledger.filter(pl.col("snapshots") > 0)["hour"]
        days = days_without_weather(facts, rows, now)
        requests = list(requests_for(days, now))[:MOST_REQUESTS]
        return dg.SensorResult(
            run_requests=requests,
            skip_reason=None if requests else "the weather of every past day is there",
        )

    return dg.Definitions(sensors=[past_weather])
