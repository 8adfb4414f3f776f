"""Documents are facts with their station's attributes, and their JSON says what the row says."""

import json
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.datasets.availability import STATION_ATTRIBUTES
from belib_weather.search.documents import availability_documents
from belib_weather.search.encoding import batches, body_of, document_ids
from belib_weather.search.projections import AVAILABILITY_INDEX
from belib_weather.window import Window
from belib_weather_tests.examples import examples
from belib_weather_tests.stores.search.sample import DAY, START, documents, facts, stations

ONE_HOUR = documents(Window.hour(START), 2)


def versions_of_one_station(began: list[datetime]) -> pl.DataFrame:
    """A version per instant, each with its own name, and every second one without an address."""
    one = stations(2).filter(pl.col("station_id") == "FR*V75*PPX00*01")
    return pl.concat(
        one.with_columns(
            valid_from=pl.lit(instant).cast(pl.Datetime("us", "UTC")),
            station_name=pl.lit(f"version {number}"),
            address=pl.lit(None if number % 2 else f"address {number}", dtype=pl.String),
        )
        for number, instant in enumerate(began)
    )


@examples(50)
@given(
    minutes=st.lists(st.integers(-3000, 3000), min_size=1, max_size=5, unique=True),
    order=st.randoms(use_true_random=False),
)
def test_a_document_carries_the_version_valid_at_its_hour_or_else_the_first(
    minutes: list[int], order: Any
) -> None:
    began = [START + timedelta(minutes=minute) for minute in sorted(minutes)]
    rows = versions_of_one_station(began)
    shuffled = rows[order.sample(range(rows.height), rows.height)]
    two = facts(DAY, 2)
    joined = availability_documents(two, shuffled).filter(pl.col("station_id") == "FR*V75*PPX00*01")
    for hour, name, address in joined.select("hour", "station_name", "address").iter_rows():
        valid = max((i for i, instant in enumerate(began) if instant <= hour), default=0)
        assert name == f"version {valid}"
        assert address == (None if valid % 2 else f"address {valid}")
    assert joined.height == 24


def test_a_fact_of_an_unknown_station_keeps_its_row() -> None:
    joined = availability_documents(facts(DAY, 3), stations(2))
    unknown = joined.filter(pl.col("station_id") == "FR*V75*PPX00*02")
    assert joined.height == 72
    assert unknown.select(STATION_ATTRIBUTES).null_count().sum_horizontal().item() == 24 * 6


def test_no_facts_make_no_documents() -> None:
    assert availability_documents(facts(DAY, 2).clear(), stations(2)).is_empty()


@given(name=st.text(), temperature=st.floats(-60, 60), latitude=st.floats(-90, 90) | st.none())
@examples(100)
def test_json_of_a_document_reads_back_as_its_row(
    name: str, temperature: float, latitude: float | None
) -> None:
    frame = ONE_HOUR.with_columns(
        station_name=pl.lit(name),
        temperature_c=pl.lit(temperature),
        latitude=pl.lit(latitude, dtype=pl.Float64),
    )
    ids = document_ids(frame, AVAILABILITY_INDEX)
    ((_, lines),) = batches(frame, ids)
    action, document, *_ = body_of(lines).split(b"\n")
    assert json.loads(action) == {"index": {"_id": "FR*V75*PPX00*00|2026-11-02T00:00:00Z"}}
    read, row = json.loads(document), frame.row(0, named=True)
    assert read["station_name"] == name
    assert read["temperature_c"] == pytest.approx(temperature, rel=1e-15)
    assert read["hour"] == "2026-11-02T00:00:00Z"
    assert read["local_date"] == "2026-11-02"
    # The first station of the sample has no longitude: half a place is none.
    assert read["location"] is None
    same = set(row) - {"station_name", "temperature_c", "hour", "local_date"}
    assert {n: read[n] for n in same - {"latitude", "longitude"}} == {
        n: row[n] for n in same - {"latitude", "longitude"}
    }


def test_bodies_hold_every_row_once_in_requests_of_at_most_five_thousand() -> None:
    frame = documents(DAY, 500)
    ids = document_ids(frame, AVAILABILITY_INDEX)
    bodies = [body_of(lines).splitlines() for _, lines in batches(frame, ids)]
    assert [len(body) // 2 for body in bodies] == [5000, 5000, 2000]
    sent = [json.loads(line)["index"]["_id"] for body in bodies for line in body[::2]]
    assert sent == ids.to_list()
