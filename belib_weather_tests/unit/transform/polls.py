"""Sightings for tests: strategies that meet every rule of the metrics, and plain polls."""

import random
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import strategies as st

from belib_weather.datasets import WeatherHour
from belib_weather.formats.realtime import SIGHTINGS
from belib_weather.transform.facts import availability_facts
from belib_weather.window import Window
from belib_weather_tests.cleaned import one_source
from belib_weather_tests.unit.transform.reference import STATUSES, Sighting

STATION_OF = {
    "FR*V75*EPX08*11*1": "FR*V75*PPX08*11",
    "FR*V75*EPX08*11*2": "FR*V75*PPX08*11",
    "FR*V75*EHBSAG*LOB*07*1": "FR*V75*PHBSAG*LOB",
    "JE*TQA*E0001": "JE*TQA*P0001",
}
POINTS = list(STATION_OF)
HOURS = [
    datetime(2023, 1, 29, 3, tzinfo=UTC),  # 04:30 in Paris is in it
    datetime(2023, 3, 26, 1, tzinfo=UTC),  # the clock in Paris jumps forward, then 04:30
    datetime(2023, 10, 29, 1, tzinfo=UTC),  # an hour that Paris has twice, then 03:00
    datetime(2026, 11, 24, 23, tzinfo=UTC),
]
MARGIN = 1800


def seconds(hours: int) -> st.SearchStrategy[int]:
    """Seconds from the margin before some hours to the margin after, boundaries preferred."""
    edges = [s for h in range(hours + 1) for s in (h * 3600 - 1, h * 3600, h * 3600 + 1)]
    polls = st.builds(
        lambda poll, jitter: poll * 300 + jitter, st.integers(-6, hours * 12 + 6), st.integers(0, 3)
    )
    return st.one_of(
        polls, polls, st.sampled_from(edges), st.integers(-MARGIN, hours * 3600 + MARGIN)
    )


@st.composite
def sightings(draw: st.DrawFn, hours: int = 2) -> tuple[datetime, list[Sighting]]:
    """An hour, and sightings of four points around it and the `hours` from it on."""
    start = draw(st.sampled_from(HOURS))
    origin = int(start.timestamp())
    resync = int(start.astimezone(ZoneInfo("Europe/Paris")).replace(hour=4, minute=30).timestamp())
    points = POINTS[: draw(st.integers(1, len(POINTS)))]
    fewest = draw(st.sampled_from([0, 4 * len(points), 8 * len(points)]))
    moment = st.tuples(
        seconds(hours), st.sampled_from(points), st.integers(0, 8), st.integers(-9, 9)
    )
    moments = draw(st.lists(moment, min_size=fewest, max_size=fewest + 8))
    newest_of: dict[str, Sighting] = {}
    records = []
    for offset, point, kind, nudge in sorted(moments):
        second = origin + offset
        before = newest_of.get(point)
        stamp = {
            0: second + nudge,
            1: second - 300 - nudge,
            2: second - 93_600 + nudge,
            3: resync + 30 + nudge * 10,
            4: second - 26 * 3600 - 1500 + nudge,
            5: draw(st.integers(second - 100_000, second + 100)),
        }.get(kind)
        status = draw(st.sampled_from(STATUSES[:4] + STATUSES[-1:]))
        if stamp is None and kind < 8:  # the record of before, or a new status under the same stamp
            stamp = before.updated if before else second - 1000
            status = before.status if before and kind == 6 else status
        record = Sighting(point, second, status, stamp)
        newest_of[point] = record
        records.append(record)
    return start, records


def frame(records: list[Sighting], *, shuffled_by: int | None = None) -> pl.DataFrame:
    """Sightings as the frame that transformations take."""
    rows = list(records)
    if shuffled_by is not None:
        random.Random(shuffled_by).shuffle(rows)  # noqa: S311 - an order, not a secret
    return pl.DataFrame(
        {
            "charge_point_id": pl.Series([s.point for s in rows], dtype=pl.String),
            "second": pl.Series([s.second for s in rows], dtype=pl.Int64),
            "status": pl.Series([s.status for s in rows], dtype=pl.String),
            "updated": pl.Series([s.updated for s in rows], dtype=pl.Int64),
        }
    ).cast(SIGHTINGS)


HOUR_START = datetime(2026, 11, 24, 10, tzinfo=UTC)
T0 = int(HOUR_START.timestamp())
POINT, SIBLING = "FR*V75*EPX08*11*1", "FR*V75*EPX08*11*2"


def fact(
    *records: Sighting,
    weather: pl.DataFrame | None = None,
    newest: datetime | None = None,
    hour: datetime = HOUR_START,
) -> dict[str, object]:
    rows = availability_facts(
        frame(list(records)),
        window=Window.hour(hour),
        weather=WeatherHour.create_empty() if weather is None else weather,
        newest_snapshot=newest,
        sources=one_source(Window.hour(hour), "opendata_paris/realtime"),
    )
    assert rows.height == 1
    return rows.row(0, named=True)


def polled(
    point: str, status: str, *, updated: int = T0 - 900, start: int = T0, end: int = T0 + 3600
) -> list[Sighting]:
    return [Sighting(point, second, status, updated) for second in range(start, end + 1, 300)]
