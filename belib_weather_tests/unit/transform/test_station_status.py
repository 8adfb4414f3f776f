"""One word per station, compared with a second reading of docs/metrics.md."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.datasets import Station, StationState
from belib_weather.formats.realtime import read_realtime
from belib_weather.networks import NETWORK
from belib_weather.transform.states import station_states
from belib_weather.vocabulary import STATION_STATUSES, STATUSES, Status

AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
FRESH, STALE = timedelta(hours=25, minutes=59, seconds=59), timedelta(hours=26)
LABEL_OF_STATUS = {status: label for label, status in NETWORK.status_of_label.items()}

Point = tuple[Status, bool]
"""Status of a point, and whether its record is stale."""
POINTS = st.lists(st.tuples(st.sampled_from(Status), st.booleans()), min_size=1, max_size=4)


def states_of(stations: list[list[Point]]) -> pl.DataFrame:
    """The states of stations with these points, in their order, by way of a feed's body."""
    body = [
        {
            "id_pdc": f"FR*V75*EPX{number:02}*01*{point}",
            "statut_pdc": LABEL_OF_STATUS[status],
            "last_updated": (AT - (STALE if is_stale else FRESH)).isoformat(),
        }
        for number, points in enumerate(stations)
        for point, (status, is_stale) in enumerate(points)
    ]
    newest = read_realtime(json.dumps(body).encode()).sightings(AT)
    return station_states(newest, Station.create_empty(), AT, "opendata_paris/realtime")


def word(points: list[Point]) -> str:
    fresh = {status for status, is_stale in points if not is_stale}
    if Status.AVAILABLE in fresh:
        return "available"
    if fresh & {Status.OCCUPIED, Status.RESERVED}:
        return "full"
    return "silent" if fresh <= {Status.UNKNOWN} else "out_of_order"


@given(st.lists(POINTS, min_size=1, max_size=8))
def test_every_station_has_the_status_that_follows_from_its_points(
    stations: list[list[Point]],
) -> None:
    states = states_of(stations)

    assert states["station_status"].to_list() == [word(points) for points in stations]
    assert states["charge_points"].to_list() == [len(points) for points in stations]


@given(st.lists(POINTS, min_size=1, max_size=8))
def test_the_station_status_follows_from_its_counts(stations: list[list[Point]]) -> None:
    states = states_of(stations)
    busy = pl.col("occupied") + pl.col("reserved")
    out = pl.col("out_of_order") + pl.col("planned") + pl.col("removed")
    conditions = {
        "available": pl.col("available") > 0,
        "full": (pl.col("available") == 0) & (busy > 0),
        "silent": pl.sum_horizontal("available", busy, out) == 0,
        "out_of_order": (pl.sum_horizontal("available", busy) == 0) & (out > 0),
    }

    assert tuple(conditions) == STATION_STATUSES
    for name, holds in conditions.items():
        assert states.select(holds == (pl.col("station_status") == name)).to_series().all()
    points = pl.sum_horizontal(*STATUSES, "stale")
    assert states.select(points == pl.col("charge_points")).to_series().all()
    StationState.validate(states)


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([(Status.OCCUPIED, False), (Status.AVAILABLE, False)], "available"),
        ([(Status.OCCUPIED, False), (Status.AVAILABLE, True)], "full"),
        ([(Status.RESERVED, False), (Status.OUT_OF_ORDER, False)], "full"),
        ([(Status.AVAILABLE, True), (Status.UNKNOWN, False)], "silent"),
        ([(Status.OUT_OF_ORDER, True)], "silent"),
        ([(Status.OUT_OF_ORDER, False), (Status.UNKNOWN, False)], "out_of_order"),
        ([(Status.PLANNED, False), (Status.REMOVED, False)], "out_of_order"),
    ],
)
def test_the_first_status_that_applies_counts(points: list[Point], expected: str) -> None:
    assert states_of([points])["station_status"].to_list() == [expected]
