"""The outbox: written with the state or not at all, each change once, told once after a crash."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from belib_weather.automation.alerts import tell
from belib_weather.datasets import Station
from belib_weather.feeds.alerts import Alert, Rule
from belib_weather.transform.changes import station_changes
from belib_weather.transform.states import station_states
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import STATION_STATES, STATIONS, STATUS_CHANGES
from belib_weather_tests.unit.transform.polls import POINT, STATION_OF, T0, frame
from belib_weather_tests.unit.transform.reference import Sighting

OTHER = "FR*V75*EHBSAG*LOB*07*1"
RULE = Rule(name="mine", stations=frozenset(STATION_OF.values()))


def states(second: int, **words: str) -> pl.DataFrame:
    points = {"one": POINT, "other": OTHER}
    seen = frame([Sighting(points[n], second, word, second - 60) for n, word in words.items()])
    at = datetime.fromtimestamp(second, UTC)
    return station_states(seen, Station.create_empty(), at, "opendata_paris/realtime")


def tick(store: Warehouse, now: pl.DataFrame, *, is_killed: bool = False) -> int:
    """Write a state with what it changes, as a run does."""
    with store.locked(STATION_STATES) as transaction:
        before = transaction.read(STATION_STATES)
        transaction.replace(STATION_STATES, now)
        appended = transaction.append_changes(station_changes(before, now))
        if is_killed:
            raise RuntimeError("killed before the end")
        return appended


def changes(store: Warehouse) -> list[tuple[int, str, str]]:
    rows = store.read(STATUS_CHANGES).sort("position").rows(named=True)
    return [(row["position"], row["station_id"], row["event"]) for row in rows]


def test_changes_are_written_with_the_state_or_not_at_all_and_each_once(
    warehouse: Warehouse,
) -> None:
    first = states(T0, one="available", other="available")
    second = states(T0 + 300, one="occupied", other="out_of_order")
    assert tick(warehouse, first) == 0

    with pytest.raises(RuntimeError, match="killed"):
        tick(warehouse, second, is_killed=True)
    assert changes(warehouse) == []
    assert warehouse.read(STATION_STATES)["captured_at"].max() == first["captured_at"].max()

    assert tick(warehouse, second) == 2
    assert tick(warehouse, second) == 0, "the same tick once more"
    with warehouse.locked(STATION_STATES) as transaction:  # as after a restore of the state alone
        assert transaction.append_changes(station_changes(first, second)) == 0
    assert tick(warehouse, states(T0 + 600, one="available", other="available")) == 2
    assert changes(warehouse) == [
        (1, STATION_OF[OTHER], "broke_down"),
        (2, STATION_OF[POINT], "became_full"),
        (3, STATION_OF[OTHER], "came_back"),
        (4, STATION_OF[POINT], "became_free"),
    ]

    with warehouse.locked(STATION_STATES) as transaction:
        assert transaction.delete_changes(datetime.fromtimestamp(T0 + 9_000, UTC)) == 3
        assert transaction.changes(0, most=9)["position"].to_list() == [4], "the order goes on"


def test_each_event_is_told_once_also_after_a_crash_and_old_ones_are_no_news(
    warehouse: Warehouse,
) -> None:
    taken: list[str] = []
    now = datetime.fromtimestamp(T0, UTC)

    def send(alert: Alert) -> None:
        if len(taken) == 1 and not broken:
            broken.append(True)
            raise ConnectionError("killed on the way")
        taken.append(alert.title)

    broken: list[bool] = []
    tick(warehouse, states(T0, one="available", other="available"))
    tick(warehouse, states(T0 + 300, one="occupied", other="available"))
    assert tell(warehouse, [RULE], send, now) == 0, "what was before the first start is not told"

    tick(warehouse, states(T0 + 600, one="available", other="occupied"))
    with pytest.raises(ConnectionError):
        tell(warehouse, [RULE], send, now)
    assert tell(warehouse, [RULE], send, now) == 1
    assert tell(warehouse, [RULE], send, now) == 0
    assert sorted(taken) == [
        f"{STATION_OF[OTHER]}: aucune borne libre",
        f"{STATION_OF[POINT]}: une borne est libre",
    ]

    tick(warehouse, states(T0 + 900, one="occupied", other="available"))
    assert tell(warehouse, [RULE], send, now + timedelta(hours=3)) == 0, "too late to be true"
    assert warehouse.read(STATIONS).is_empty()
