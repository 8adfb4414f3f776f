"""A year of facts on a web server: what a question about one station fetches of it."""

from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path

import dataframely as dy
import duckdb
import fsspec  # type: ignore[import-untyped]
import numpy as np
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from belib_weather.datasets import AvailabilityHour
from belib_weather.dates import local_calendar, window_of_month
from belib_weather.exports.encoding import parquet_of
from belib_weather.exports.layout import parquet_name
from belib_weather.exports.tables import AVAILABILITY_FILES
from belib_weather_tests.stores.exports.ranges import RangeServer, serving

STATIONS = 470
"""As many as the network has."""
MONTHS = [date(2026, month, 1) for month in range(1, 13)]
MOST_BYTES = 2_000_000
IN_A_GROUP_AND_ACROSS_TWO = (200, 438)
"""Numbers of stations, by where a row group of theirs ends."""
TEXTS = [
    name
    for name, column in AvailabilityHour.columns().items()
    if isinstance(column, dy.String | dy.Enum) and name != "station_id"
]
ASKED = ["hour", "any_available_seconds", "any_observed_seconds"]


def station(number: int) -> str:
    return f"FR*V75*P{number:03d}*1"


def facts_of_month(month: date) -> pl.DataFrame:
    """All hours of all stations, with as many different values as real ones have, or more."""
    random = np.random.default_rng(month.month)
    hours = pl.Series(window_of_month(month).hours).cast(pl.Datetime("us", "UTC"))
    each = hours.to_frame("hour").with_columns(local_calendar(pl.col("hour")))
    places = pl.DataFrame({"place": range(STATIONS)}).with_columns(
        pl.format(f"{name} {{}}", "place").alias(name) for name in TEXTS
    )
    stations = places.with_columns(station_id=pl.Series(map(station, range(STATIONS))))
    keys = stations.join(each, how="cross")
    columns = {}
    for name, column in AvailabilityHour.columns().items():
        if name in keys.columns:
            columns[name] = keys[name]
        elif name.endswith("_seconds"):
            columns[name] = some_seconds(random, keys.height, share=0.4)
        elif column.dtype == pl.Float64:
            columns[name] = some_seconds(random, keys.height, share=0.4) / 3600
        else:
            columns[name] = keys["place"].clip(0, 1).cast(column.dtype)
    unseen = 3600 - some_seconds(random, keys.height, share=0.03)
    return pl.DataFrame(columns | {"any_observed_seconds": unseen})


def some_seconds(random: np.random.Generator, rows: int, share: float) -> pl.Series:
    """Any number of seconds of the hour in a share of the rows, 0 in the others."""
    seconds = random.integers(0, 3600, rows, dtype=np.int32)
    return pl.Series(seconds * (random.random(rows, dtype=np.float32) < share))


@pytest.fixture(scope="module")
def year() -> Iterator[tuple[RangeServer, pl.DataFrame]]:
    """The year on a server, and the hours of the stations that are asked for."""
    bodies, of_stations = {}, []
    for month in MONTHS:
        rows = facts_of_month(month)
        bodies[parquet_name(AVAILABILITY_FILES, month)] = parquet_of(rows)
        of_stations.append(
            rows.filter(
                pl.col("station_id").is_in(
                    [station(number) for number in IN_A_GROUP_AND_ACROSS_TWO]
                )
            )
        )
    with serving(bodies) as server:
        yield server, pl.concat(of_stations)


def tuesdays_at_18(rows: pl.DataFrame, station_id: str) -> list[dict[str, object]]:
    return (
        rows.filter(station_id=station_id, local_weekday=2, local_hour=18)
        .select(ASKED)
        .sort("hour")
        .to_dicts()
    )


@pytest.mark.parametrize("number", IN_A_GROUP_AND_ACROSS_TWO)
def test_a_year_of_tuesdays_at_18_reads_two_megabytes_at_most(
    year: tuple[RangeServer, pl.DataFrame], number: int
) -> None:
    server, rows = year
    before = server.sent
    # Readers know best what they need: no blocks of fsspec's own around it.
    http = fsspec.filesystem("http", cache_type="none")
    requests = [
        ("station_id", "==", station(number)),
        ("local_weekday", "==", 2),
        ("local_hour", "==", 18),
    ]
    months = [http.open(f"{server.url}/{parquet_name(AVAILABILITY_FILES, m)}") for m in MONTHS]
    found = pa.concat_tables(pq.read_table(m, columns=ASKED, filters=requests) for m in months)

    expected = tuesdays_at_18(rows, station(number))
    assert pl.DataFrame(pl.from_arrow(found)).sort("hour").to_dicts() == expected
    assert len(expected) == 52
    assert server.sent - before <= MOST_BYTES


@pytest.mark.parametrize("number", IN_A_GROUP_AND_ACROSS_TWO)
def test_duckdb_with_httpfs_reads_no_more_bytes(
    year: tuple[RangeServer, pl.DataFrame], number: int
) -> None:
    server, rows = year
    before = server.sent
    with duckdb.connect() as connection:
        # The extension as `INSTALL httpfs` fetches it, here from a package.
        [extension] = Path(str(files("duckdb_extension_httpfs"))).glob(
            "extensions/*/*.duckdb_extension"
        )
        connection.load_extension(str(extension))
        found = connection.execute(
            """
            SELECT hour, any_available_seconds, any_observed_seconds
            FROM read_parquet(
                [format('{}/availability/parquet/month=2026-{:02d}/part.parquet', $url, month)
                 for month in range(1, 13)])
            WHERE station_id = $station AND local_weekday = 2 AND local_hour = 18 ORDER BY hour
            """,
            {"url": server.url, "station": station(number)},
        ).pl()

    found = found.with_columns(pl.col("hour").dt.convert_time_zone("UTC"))
    assert found.to_dicts() == tuesdays_at_18(rows, station(number))
    assert server.sent - before <= MOST_BYTES
