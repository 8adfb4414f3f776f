"""Whatever is accepted, every store can hold; whatever is not lies in quarantine with the reason.

The bodies of a source are drawn first; then all of them go to the stores at once: one insert, one
COPY and one bulk each.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from pymongo.database import Database

from belib_weather.datasets import ChargePoint, WeatherHour
from belib_weather.lake import RAW_SNAPSHOTS, RAW_STATIC, RAW_WEATHER, Lake
from belib_weather.lake.envelope import document_of, quarantined
from belib_weather.lake.schema import QUARANTINE
from belib_weather.search import SearchStore
from belib_weather.search.documents import availability_documents
from belib_weather.search.projections import AVAILABILITY_INDEX, STATIONS_INDEX
from belib_weather.sources.errors import SourceError
from belib_weather.sources.response import RejectedResponse, Response
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    CHARGE_POINTS,
    STATION_STATES,
    STATIONS,
    WEATHER_HOURS,
)
from belib_weather.window import HOUR, Window, floor_hour
from belib_weather_tests.cleaned import CleanSnapshot, clean_snapshots, clean_static, clean_weather
from belib_weather_tests.examples import examples
from belib_weather_tests.mutations import AT, SOURCES, Source


@dataclass
class Drawn:
    """What a source's bodies became; each of them has an instant of its own."""

    accepted: list[Response] = field(default_factory=list)
    refused: list[RejectedResponse] = field(default_factory=list)

    def add(self, source: Source, body: bytes) -> None:
        at = AT + (len(self.accepted) + len(self.refused)) * HOUR
        try:
            self.accepted.append(replace(source.accept(body), captured_at=at))
        except SourceError as refusal:
            assert refusal.response is not None  # noqa: PT017 - one of many bodies
            self.refused.append(replace(refusal.response, captured_at=at))


@pytest.mark.hypothesis
@pytest.mark.parametrize("source", SOURCES, ids=str)
def test_every_store_holds_accepted_bodies_and_quarantine_the_refused(
    source: Source,
    lake: Lake,
    mongo_database: Database[dict[str, Any]],
    warehouse: Warehouse,
    search: SearchStore,
) -> None:
    drawn = Drawn()

    @examples(200)
    @given(source.bodies)
    def draw_one(body: bytes) -> None:
        drawn.add(source, body)

    draw_one()
    assert drawn.accepted
    if drawn.refused:
        mongo_database[QUARANTINE].insert_many(map(quarantined, drawn.refused))
        with_reason = mongo_database[QUARANTINE].count_documents({"reason": {"$gt": ""}})
        assert with_reason == len(drawn.refused)
    kind = drawn.accepted[0].source.rpartition("/")[2]
    collection = {"realtime": RAW_SNAPSHOTS, "static": RAW_STATIC}.get(kind, RAW_WEATHER)
    mongo_database[collection].insert_many(map(document_of, drawn.accepted))
    bodies = {r.captured_at: r.body for r in drawn.accepted}
    window = Window(min(bodies), max(bodies) + HOUR)
    stored = {d.captured_at: d.body for d in lake.documents(collection, window)}
    assert stored == bodies
    if collection == RAW_SNAPSHOTS:
        hours = Window(floor_hour(window.start), floor_hour(window.end) + HOUR)
        store_snapshots(lake, warehouse, search, clean_snapshots(stored, hours), hours)
    elif collection == RAW_STATIC:
        store_static(warehouse, [clean_static(body, at) for at, body in stored.items()])
    else:
        store_weather(warehouse, drawn.accepted)


def store_snapshots(
    lake: Lake,
    warehouse: Warehouse,
    search: SearchStore,
    clean: CleanSnapshot,
    hours: Window,
) -> None:
    with warehouse.locked(AVAILABILITY_FACTS, hours) as transaction:
        transaction.replace(AVAILABILITY_FACTS, clean.facts, hours)
    with warehouse.locked(CHARGE_POINTS) as transaction:
        transaction.upsert(CHARGE_POINTS, clean.points)
    with warehouse.locked(STATIONS) as transaction:
        transaction.upsert(STATIONS, clean.stations)
    with warehouse.locked(STATION_STATES) as transaction:
        transaction.replace(STATION_STATES, clean.states)
    for month in months(availability_documents(clean.facts, clean.stations)):
        assert search.publish(AVAILABILITY_INDEX, *month).count == month[0].height
    assert search.publish(STATIONS_INDEX, clean.states).count == clean.states.height
    lake.replace_current(clean.current)
    assert lake.current().height == clean.current.height


def months(documents: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, Window]]:
    """The documents of each month, which is an index of its own, and their hours."""
    for (_,), own in documents.group_by(pl.col("hour").dt.truncate("1mo"), maintain_order=True):
        hours = own["hour"]
        yield own, Window(hours.min(), hours.max() + HOUR)  # type: ignore[arg-type, operator]


def store_static(warehouse: Warehouse, clean: list[pl.DataFrame]) -> None:
    points = pl.concat(clean).unique("charge_point_id", maintain_order=True)
    with warehouse.locked(CHARGE_POINTS) as transaction:
        transaction.upsert(CHARGE_POINTS, ChargePoint.validate(points))
    assert warehouse.read(CHARGE_POINTS).height == points.height


def store_weather(warehouse: Warehouse, accepted: list[Response]) -> None:
    """Every row of every body, each at an hour of its own."""
    rows = pl.concat([clean_weather(r.body, r.source, r.captured_at) for r in accepted])
    hours = pl.datetime_range(
        AT, AT + (rows.height - 1) * HOUR, interval="1h", time_zone="UTC", eager=True
    )
    spread = rows.with_columns(hours.cast(pl.Datetime("us", "UTC")).alias("hour"))
    window = Window(AT, AT + rows.height * HOUR)
    with warehouse.locked(WEATHER_HOURS, Window.hour(AT)) as transaction:
        transaction.replace(WEATHER_HOURS, WeatherHour.validate(spread), window)
    assert warehouse.count(WEATHER_HOURS, window)["count"].sum() == rows.height
