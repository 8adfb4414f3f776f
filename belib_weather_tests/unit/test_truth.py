"""Facts computed from polls of the simulated city, compared with what really happened in it."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from belib_weather.datasets import STATUS_SECONDS, WeatherHour
from belib_weather.formats.batches import Snapshot
from belib_weather.formats.snapshots import read_sightings
from belib_weather.networks import NETWORK
from belib_weather.simulator.truth import Truth
from belib_weather.transform.facts import availability_facts
from belib_weather.transform.intervals import intervals
from belib_weather.window import Window, second_of
from belib_weather_tests.cleaned import one_source

TRUTH = Truth(seed=11, charge_points=300)
STEP = timedelta(minutes=5)
HOURS = Window(datetime(2026, 11, 12, 13, tzinfo=UTC), datetime(2026, 11, 12, 17, tzinfo=UTC))
"""An afternoon: no resync in it."""
POLLS = [HOURS.start - STEP + i * STEP for i in range(51)]


@pytest.fixture(scope="module")
def seen() -> pl.DataFrame:
    assert POLLS[-1] >= HOURS.end
    return read_sightings(Snapshot(at, TRUTH.poll(at)) for at in POLLS).good


@pytest.fixture(scope="module")
def true() -> pl.DataFrame:
    """What happened: maximal runs of one status, fresh or stale."""
    return pl.DataFrame(TRUTH.segments(HOURS.start, HOURS.end))


def knowable(true: pl.DataFrame) -> list[str]:
    """Points of which the polls can know everything: at most one change between two polls."""
    changes = true.filter(pl.col("start") > second_of(HOURS.start)).with_columns(
        ((pl.col("start") - second_of(POLLS[0]) - 1) // int(STEP.total_seconds())).alias("gap")
    )
    busy = changes.group_by("charge_point_id", "gap").len().filter(pl.col("len") > 1)
    # A point that appears or vanishes meanwhile is not observed throughout.
    whole = (
        true.group_by("charge_point_id")
        .agg((pl.col("end") - pl.col("start")).sum().alias("seconds"))
        .filter(pl.col("seconds") == int((HOURS.end - HOURS.start).total_seconds()))
    )
    return sorted(set(whole["charge_point_id"]) - set(busy["charge_point_id"]))


def runs(segments: pl.DataFrame, points: list[str]) -> pl.DataFrame:
    columns = ["charge_point_id", "start", "end", "status", "is_stale"]
    return (
        segments.filter(pl.col("charge_point_id").is_in(points))
        .select(columns)
        .with_columns(pl.col("status").cast(pl.String), pl.col("start", "end").cast(pl.Int64))
        .sort("charge_point_id", "start")
    )


def test_observed_time_equals_the_truth_second_by_second_where_polls_can_observe_it(
    seen: pl.DataFrame, true: pl.DataFrame
) -> None:
    points = knowable(true)
    assert len(points) > 0.9 * true["charge_point_id"].n_unique()

    observed = intervals(seen, HOURS)

    assert runs(observed, points).equals(runs(true, points))
    changed = true.group_by("charge_point_id").len().filter(pl.col("len") > 1)
    assert len(set(changed["charge_point_id"]) & set(points)) > 50  # it is no still city


def test_facts_equal_the_truth_where_polls_can_observe_it(
    seen: pl.DataFrame, true: pl.DataFrame
) -> None:
    points = knowable(true)
    facts = availability_facts(
        seen.filter(pl.col("charge_point_id").cast(pl.String).is_in(points)),
        window=HOURS,
        weather=WeatherHour.create_empty(),
        newest_snapshot=POLLS[-1],
        sources=one_source(HOURS, "simulator:opendata_paris/realtime"),
    )

    seconds = pl.col("end") - pl.col("start")
    by_station = (
        true.filter(pl.col("charge_point_id").is_in(points))
        .with_columns(NETWORK.station_id(pl.col("charge_point_id")).alias("station_id"))
        .group_by("station_id")
        .agg(
            *(
                seconds.filter(
                    ~pl.col("is_stale") & (pl.col("status") == name.removesuffix("_seconds"))
                )
                .sum()
                .alias(name)
                for name in STATUS_SECONDS
            ),
            seconds.filter("is_stale").sum().alias("stale_seconds"),
        )
        .sort("station_id")
    )
    found = (
        facts.group_by("station_id")
        .agg(pl.col(*STATUS_SECONDS, "stale_seconds").cast(pl.Int64).sum())
        .sort("station_id")
    )
    assert found.equals(by_station.cast(found.schema))
    assert facts["unobserved_seconds"].sum() == 0


def test_only_changes_that_revert_between_polls_are_missed(
    seen: pl.DataFrame, true: pl.DataFrame
) -> None:
    missed = set(true["charge_point_id"].unique()) - set(knowable(true))
    observed = intervals(seen, HOURS)
    total = observed.select((pl.col("end") - pl.col("start")).sum()).item()

    wrong = 0
    for status in observed["status"].cast(pl.String).unique():
        lengths = [
            frame.filter(pl.col("status").cast(pl.String) == status)
            .select((pl.col("end") - pl.col("start")).sum())
            .item()
            for frame in (observed, true)
        ]
        wrong += abs(lengths[0] - lengths[1])

    assert missed
    assert wrong / total < 0.005
