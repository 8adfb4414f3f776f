"""Properties of status episodes, and their agreement with a plain second reading."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from belib_weather.datasets import POINT_SECONDS, WeatherHour
from belib_weather.datasets.episodes import StatusEpisode
from belib_weather.transform.episodes import status_episodes
from belib_weather.transform.errors import BrokenDays
from belib_weather.transform.facts import availability_facts
from belib_weather.vocabulary import STATUSES
from belib_weather.window import DAY, HOUR, Window, floor_day
from belib_weather_tests.cleaned import one_source
from belib_weather_tests.examples import examples
from belib_weather_tests.unit.transform.polls import (
    HOUR_START,
    MARGIN,
    STATION_OF,
    T0,
    frame,
    polled,
    sightings,
)
from belib_weather_tests.unit.transform.reference import Sighting
from belib_weather_tests.unit.transform.reference_episodes import episodes_of, runs_of

Drawn = tuple[datetime, list[Sighting]]


@st.composite
def around_midnight(draw: st.DrawFn) -> tuple[Window, list[Sighting]]:
    """Two days, and sightings of four hours of them, mostly on both sides of a midnight."""
    start, records = draw(sightings(hours=4))
    if draw(st.integers(0, 3)):
        later = int((floor_day(start) + DAY - 2 * HOUR - start).total_seconds())
        records = [
            replace(s, second=s.second + later, updated=s.updated and s.updated + later)
            for s in records
        ]
    return Window(floor_day(start), floor_day(start) + 2 * DAY), records


def episodes(records: pl.DataFrame, window: Window) -> pl.DataFrame:
    sources = pl.DataFrame({"day": window.days}, schema={"day": pl.Datetime("us", "UTC")})
    return status_episodes(
        records, window=window, sources=sources.with_columns(pl.lit("test").alias("source"))
    )


@examples(40)
@given(around_midnight())
def test_segments_equal_a_slow_reference(
    drawn: tuple[Window, list[Sighting]],
) -> None:
    window, records = drawn
    expected = [
        (
            s["point"], STATION_OF[s["point"]], s["start"], s["end"], s["end"] - s["start"],
            *s["key"], s["start_kind"], s["end_kind"], s["restamps"], s["stamp"],
        )
        for s in episodes_of(records, int(window.start.timestamp()), 2)
    ]  # fmt: skip
    got = episodes(frame(records), window).select(
        "charge_point_id",
        "station_id",
        pl.col("started_at").dt.epoch("s"),
        pl.col("ended_at").dt.epoch("s"),
        "seconds",
        "status",
        "is_stale",
        "start_kind",
        "end_kind",
        "restamps",
        pl.col("stamp").dt.epoch("s"),
    )
    assert got.rows() == expected


@examples(20)
@given(around_midnight(), st.integers(0, 99))
def test_a_day_needs_the_half_hours_around_it_and_no_order(
    drawn: tuple[Window, list[Sighting]], seed: int
) -> None:
    window, records = drawn
    whole = episodes(frame(records, shuffled_by=seed), window)
    parts = []
    for day in reversed(window.days):
        first = int(day.timestamp())
        near = [s for s in records if first - MARGIN <= s.second <= first + 86_400 + MARGIN]
        parts.append(episodes(frame(near), Window.day(day)))
    assert_frame_equal(pl.concat(parts).sort("charge_point_id", "started_at"), whole)


@examples(15)
@given(around_midnight())
def test_segments_partition_the_observed_seconds_of_the_facts(
    drawn: tuple[Window, list[Sighting]],
) -> None:
    window, records = drawn
    found = episodes(frame(records), window)
    overlap = pl.col("started_at") < pl.col("ended_at").shift(1).over("charge_point_id")
    assert not found.select(overlap.any()).item()
    facts = availability_facts(
        frame(records),
        window=window,
        weather=WeatherHour.create_empty(),
        newest_snapshot=None,
        sources=one_source(window, "test"),
    )
    assert_frame_equal(by_station_and_day(found), facts_by_day(facts))


def by_station_and_day(found: pl.DataFrame) -> pl.DataFrame:
    seconds, stale = pl.col("seconds"), pl.col("is_stale")
    return (
        found.group_by("station_id", pl.col("started_at").dt.truncate("1d").alias("day"))
        .agg(
            *(
                seconds.filter(~stale & (pl.col("status") == status)).sum().alias(name)
                for status, name in zip(STATUSES, POINT_SECONDS, strict=False)
            ),
            seconds.filter(stale).sum().alias("stale_seconds"),
        )
        .sort("station_id", "day")
    )


def facts_by_day(facts: pl.DataFrame) -> pl.DataFrame:
    names = [*POINT_SECONDS[: len(STATUSES)], "stale_seconds"]
    return (
        facts.group_by("station_id", pl.col("hour").dt.truncate("1d").alias("day"))
        .agg(pl.col(names).sum())
        .filter(pl.sum_horizontal(names) > 0)
        .sort("station_id", "day")
    )


@examples(25)
@given(around_midnight())
def test_segments_joined_at_midnight_equal_one_computation(
    drawn: tuple[Window, list[Sighting]],
) -> None:
    window, records = drawn
    glued: list[dict[str, Any]] = []
    for row in episodes(frame(records), window).iter_rows(named=True):
        last = glued[-1] if glued else None
        if last and row["start_kind"] == "midnight" and last["ended_at"] == row["started_at"]:
            assert last["charge_point_id"] == row["charge_point_id"]
            assert last["end_kind"] == "midnight"
            last |= {name: row[name] for name in ("ended_at", "end_kind")}
            last["restamps"] += row["restamps"]
        else:
            glued.append(row)
    low = int(window.start.timestamp())
    assert [
        (
            *(row["charge_point_id"], row["started_at"].timestamp(), row["ended_at"].timestamp()),
            *(row["status"], row["is_stale"], row["start_kind"], row["end_kind"], row["restamps"]),
        )
        for row in glued
    ] == [
        (
            *(run["point"], run["start"], run["end"], *run["key"]),
            *(run["start_kind"], run["end_kind"], run["restamps"]),
        )
        for run in runs_of(records, low, low + 2 * 86_400)
    ]


def test_segments_joined_over_days_equal_those_of_one_long_day() -> None:
    # Forty hours of one status over two midnights, with a newer stamp at a midnight itself.
    point, midnight = "FR*V75*EPX08*11*1", int((floor_day(HOUR_START) + DAY).timestamp())
    records = polled(point, "occupied", start=T0, end=midnight - 300)
    records += polled(point, "occupied", updated=midnight, start=midnight, end=midnight + 90_000)
    window = Window(floor_day(HOUR_START), floor_day(HOUR_START) + 3 * DAY)
    found = episodes(frame(records), window).select("seconds", "start_kind", "end_kind", "restamps")
    assert found.rows() == [
        (midnight - T0, "unseen", "midnight", 0),
        (86_400, "midnight", "midnight", 1),
        (90_000 - 86_400, "midnight", "unseen", 0),
    ]


def test_no_sightings_make_no_segments_and_half_days_are_refused() -> None:
    window = Window.day(floor_day(HOUR_START))
    assert StatusEpisode.validate(episodes(frame([]), window)).is_empty()
    with pytest.raises(BrokenDays, match="widen the window"):
        episodes(frame([]), Window.hour(HOUR_START))
