"""Dimensions are kept as they are given, and any text comes back as it was."""

import math

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.warehouse import Upserted, Warehouse
from belib_weather.warehouse.tables import STATIONS
from belib_weather_tests.examples import examples

# PostgreSQL's text holds every character but NUL.
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
AWKWARD = st.sampled_from(
    ["", " ", "\r", "\n", "\r\n", '"', '""', "\\.", "\\N", "NULL", ",", "\u2028"]
)
POWERS = st.floats(0, 1000) | st.sampled_from([math.ulp(0.0), 1e-7, 0.1 + 0.2])


def test_a_dimension_is_written_only_where_it_differs(
    warehouse: Warehouse, stations: pl.DataFrame
) -> None:
    moved = stations.with_columns(pl.lit("2 rue Neuve").alias("address")).head(1)
    done = []
    for frame in (stations, stations, pl.concat([moved, stations.tail(1)]), stations.head(1)):
        with warehouse.locked(STATIONS) as transaction:
            done.append(transaction.upsert(STATIONS, frame))

    assert done == [
        Upserted(inserted=2, updated=0, deleted=0, unchanged=0),
        Upserted(inserted=0, updated=0, deleted=0, unchanged=2),
        Upserted(inserted=0, updated=1, deleted=0, unchanged=1),
        Upserted(inserted=0, updated=1, deleted=1, unchanged=0),
    ]
    assert warehouse.read(STATIONS).equals(stations.head(1))


@examples(25)
@given(
    rows=st.lists(
        st.tuples(st.none() | TEXTS | AWKWARD, st.none() | POWERS), min_size=1, max_size=20
    )
)
def test_any_text_and_number_comes_back_as_it_was(
    warehouse: Warehouse, stations: pl.DataFrame, rows: list[tuple[str | None, float | None]]
) -> None:
    names, powers = zip(*rows, strict=True)
    given_columns = pl.DataFrame(
        {
            "station_id": [f"S{i:02}" for i in range(len(rows))],
            "station_name": pl.Series(names, dtype=pl.String),
            "power_kw": pl.Series(powers, dtype=pl.Float64),
        }
    )
    rest = stations.head(1).drop(given_columns.columns)
    written = given_columns.join(rest, how="cross").select(stations.columns)

    with warehouse.locked(STATIONS) as transaction:
        transaction.upsert(STATIONS, written)

    assert warehouse.read(STATIONS).equals(written)


def test_rows_come_in_the_same_order_from_any_server(
    warehouse: Warehouse, stations: pl.DataFrame
) -> None:
    """A French locale would put `a` before `B`, and ignore the stars."""
    ids = ["FR*V75*P*1", "FR*V75*P01", "FR*V75*PHB", "a", "B"]
    frame = stations.head(1).drop("station_id").join(pl.DataFrame({"station_id": ids}), how="cross")

    with warehouse.locked(STATIONS) as transaction:
        transaction.upsert(STATIONS, frame)

    assert warehouse.read(STATIONS)["station_id"].to_list() == sorted(ids)
