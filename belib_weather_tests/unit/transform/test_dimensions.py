"""Charge points and stations as they were: any order of arrival gives what a slow reading gives."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from belib_weather.datasets import ChargePoint, Station
from belib_weather.formats.realtime import PLACES
from belib_weather.transform import charge_points as module
from belib_weather.transform.charge_points import charge_points
from belib_weather.transform.stations import ATTRIBUTES, stations
from belib_weather.transform.stretches import (
    FEED,
    STATIC,
    Attributes,
    by_day,
    day_of,
    joined,
    with_days,
)
from belib_weather.transform.versions import changed_days
from belib_weather_tests.examples import examples
from belib_weather_tests.unit.transform import slow_dimensions as slow

FEW_DAYS = 3
"""Stands for the 30 days of the rule."""
FIRST_DAY = 20_000
DAY = 86_400
POINTS = [f"FR*V75*EPX01*01*{n}" for n in (1, 2, 3)] + ["FR*V75*EPX02*02*1"]
STATION_OF = {point: f"FR*V75*PPX{point[10:12]}*{point[13:15]}" for point in POINTS}


@dataclass(frozen=True)
class Document:
    """A snapshot or a static export; each record has `charge_point_id` and what it says."""

    second: int
    number: int
    records: tuple[dict[str, Any], ...] = field(compare=False)
    of: Attributes = field(default=FEED, compare=False)

    @property
    def day(self) -> int:
        return self.second // DAY

    def frame(self) -> pl.DataFrame:
        schema: Any = PLACES if self.of is FEED else STATIC.none().schema
        rows = [{"second": self.second, **record} for record in self.records]
        return pl.DataFrame(rows, schema={**schema, "second": pl.Int64()})

    def as_records(self) -> list[slow.Record]:
        return [
            slow.Record(
                record["charge_point_id"],
                self.second,
                record.get("updated"),
                record.get("status", ""),
                slow.comparable(
                    {name: record.get(name) for name in self.of.names},
                ),
            )
            for record in self.records
        ]


@dataclass
class History:
    """The stretches of one dataset, kept as documents come and go."""

    of: Attributes
    stretches: pl.DataFrame = field(init=False)
    documents: list[Document] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stretches = self.of.none()

    @property
    def days(self) -> list[int]:
        return sorted({document.day for document in self.documents})

    def become(self, documents: Iterable[Document], at_once: int = 100) -> None:
        """Hold these documents: read the days that differ again, `at_once` at a time."""
        all_documents = sorted(documents, key=lambda one: (one.second, one.number))
        changed = {one.day for one in set(all_documents) ^ set(self.documents)}
        due = random.Random(len(all_documents)).sample(sorted(changed), len(changed))  # noqa: S311
        for start in range(0, len(due), at_once):
            chunk = due[start : start + at_once]
            history = [one for one in self.documents if one.day not in chunk]
            read = [one for one in all_documents if one.day in chunk]
            self.documents = history + read
            values = joined([by_day(part, self.of) for part in _batches(read, self.of)], self.of)
            self.stretches = with_days(self.stretches, values, chunk, self.days, self.of)

    def append(self, document: Document) -> None:
        """Take one more document, later than all others of its day, without reading those."""
        day = document.day
        self.documents.append(document)
        parts = [day_of(self.stretches, day, self.of), by_day(document.frame(), self.of)]
        values = joined(parts, self.of)
        self.stretches = with_days(self.stretches, values, [day], self.days, self.of)


def _batches(documents: Sequence[Document], of: Attributes) -> list[pl.DataFrame]:
    """Frames of the documents, those of a second in one."""
    seconds = sorted({one.second for one in documents})
    return [
        pl.concat(one.frame() for one in documents if one.second == second) for second in seconds
    ]


def dimensions(documents: Iterable[Document]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Points and stations made from scratch."""
    both = {of: History(of) for of in (FEED, STATIC)}
    all_documents = list(documents)
    for of, history in both.items():
        history.become([one for one in all_documents if one.of is of])
    points = charge_points(both[FEED].stretches, both[STATIC].stretches, both[FEED].days)
    return points, stations(points)


def assert_no_equal_neighbours(rows: pl.DataFrame, key: str) -> None:
    names = [name for name in rows.columns if name not in ("valid_from", "valid_to")]
    previous = rows.sort(key, "valid_from").with_columns(
        pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in names).alias(
            "is_same"
        ),
        (pl.col("valid_from") == pl.col("valid_to").shift()).alias("follows"),
    )
    assert previous.filter(pl.col("is_same") & pl.col("follows")).is_empty()


ADDRESSES = st.sampled_from([None, "", "A", " A\u00a0", "B", "b", "B\u200b"])
DEGREES = st.sampled_from([None, 48.1234564999, 48.1234565001, 48.123457, 48.2])
PLACE = {
    "address": ADDRESSES,
    "latitude": DEGREES,
    "longitude": st.sampled_from([None, 2.3, 2.3000004, 2.4]),
    "arrondissement": st.sampled_from([None, 1, 2]),
}
SECONDS = st.builds(
    lambda day, second: (FIRST_DAY + day) * DAY + second,
    st.integers(0, 8),
    st.sampled_from([0, 1, 43_200, DAY - 1]),
)


def of_feed() -> st.SearchStrategy[Document]:
    record = st.fixed_dictionaries(
        {
            "charge_point_id": st.sampled_from(POINTS),
            "updated": st.sampled_from([None, 1, 2]),
            "status": st.sampled_from(["available", "unknown"]),
            **PLACE,
        }
    )
    return st.builds(
        Document, SECONDS, st.integers(0, 10**6), st.lists(record, max_size=5).map(tuple)
    )


def of_static() -> st.SearchStrategy[Document]:
    flag = st.sampled_from([None, True, False])
    record = st.fixed_dictionaries(
        {
            "charge_point_id": st.sampled_from([*POINTS, "only static"]),
            **PLACE,
            "station_name": st.sampled_from([None, "N", "M "]),
            "power_kw": st.sampled_from([None, 7.0, 22.0]),
            **dict.fromkeys(slow.PLUGS, flag),
            "opening_hours": st.none(),
            "accessibility": st.none(),
            "commissioned_on": st.none(),
        }
    )
    records = st.lists(record, max_size=4).map(tuple)
    return st.builds(Document, SECONDS, st.integers(0, 10**6), records, st.just(STATIC))


DOCUMENTS = st.lists(of_feed() | of_feed() | of_static(), max_size=10).map(
    lambda drawn: list({(one.second, one.number): one for one in drawn}.values())
)


@pytest.fixture(autouse=True, scope="module")
def few_days() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LISTED_DAYS", FEW_DAYS)
        yield


@examples(60)
@given(DOCUMENTS)
def test_every_day_equals_a_slow_reference(documents: list[Document]) -> None:
    points, rows = dimensions(documents)
    feed = [one for one in documents if one.of is FEED]
    static = [one for one in documents if one.of is STATIC]
    days = range(FIRST_DAY - 1, FIRST_DAY + 11)
    expected = slow.points_of(
        [records for one in feed for records in one.as_records()],
        [records for one in static for records in one.as_records()],
        {one.day for one in feed},
        days,
        FEW_DAYS,
    )
    assert slow.on_days(points.to_dicts(), "charge_point_id", days) == expected
    assert slow.on_days(rows.to_dicts(), "station_id", days) == slow.stations_of(
        expected, STATION_OF
    )
    assert_no_equal_neighbours(points, "charge_point_id")
    assert_no_equal_neighbours(rows, "station_id")


@examples(40)
@given(DOCUMENTS, st.data())
def test_any_order_of_arrival_gives_the_same_rows(
    documents: list[Document], data: st.DataObject
) -> None:
    """Any cut, documents set aside and taken back, and days read again a few at a time."""
    for of in (FEED, STATIC):
        whole, history = History(of), History(of)
        all_documents = [one for one in documents if one.of is of]
        whole.become(all_documents)
        for _ in range(data.draw(st.integers(0, 3))):
            some = (
                data.draw(st.lists(st.sampled_from(all_documents), unique=True))
                if all_documents
                else []
            )
            history.become(some, data.draw(st.integers(1, 4)))
        history.become(all_documents, data.draw(st.integers(1, 4)))
        assert_frame_equal(history.stretches, whole.stretches)


@examples(30)
@given(DOCUMENTS)
def test_documents_in_time_are_processed_one_by_one(documents: list[Document]) -> None:
    """As a tick does: what a day said so far is not read again."""
    for of in (FEED, STATIC):
        by_second = {one.second: one for one in documents if one.of is of}
        whole, history = History(of), History(of)
        whole.become(by_second.values())
        for _, one in sorted(by_second.items()):
            history.append(one)
        assert_frame_equal(history.stretches, whole.stretches)


@examples(30)
@given(DOCUMENTS, DOCUMENTS)
def test_changed_days_are_those_on_which_two_histories_differ(
    before: list[Document], after: list[Document]
) -> None:
    rows = [dimensions(documents)[1] for documents in (before, after)]
    days = range(FIRST_DAY - 1, FIRST_DAY + 11)
    histories = [slow.on_days(one.to_dicts(), "station_id", days) for one in rows]
    differing = {
        key
        for key in histories[0].keys() | histories[1].keys()
        if histories[0].get(key) != histories[1].get(key)
    }
    found = changed_days(rows[0], rows[1], "station_id", ATTRIBUTES)
    assert {
        (row["station_id"], day)
        for row in found.iter_rows(named=True)
        for day in days
        if row["valid_from"].timestamp() // DAY <= day
        and (row["valid_to"] is None or day < row["valid_to"].timestamp() // DAY)
    } == differing


def test_no_document_makes_no_row() -> None:
    points, rows = dimensions([])
    assert points.schema == ChargePoint.create_empty().schema
    assert rows.schema == Station.create_empty().schema
    assert points.height == rows.height == 0
