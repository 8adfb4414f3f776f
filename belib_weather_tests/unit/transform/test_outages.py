"""Outages and silences of charge points and stations."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.transform.down_time import down_time
from belib_weather.transform.outages import outages
from belib_weather_tests.examples import examples
from belib_weather_tests.unit.transform.outage_reference import (
    BROKEN,
    BUSY,
    DAY_TICKS,
    FREE,
    START,
    TICK,
    UNKNOWN,
    Row,
    Timeline,
    at,
    line,
    outages_of,
    segments_of,
    station,
)


def found(points: dict[str, Timeline], ages: dict[str, int] | None = None) -> list[Row]:
    """Rows of `outages` in ticks, by the code under test."""
    segments = segments_of(points, ages=ages)
    return rows_of(segments)


def last_tick(segments: pl.DataFrame) -> int:
    """The tick at which they end."""
    ticks = (pl.col("ended_at") - START).dt.total_seconds() // TICK
    return int(segments.select(ticks.max()).item() or 0)


def rows_of(segments: pl.DataFrame, observed_to: int | None = None) -> list[Row]:
    """Rows of `outages` in ticks, from segments; observed to their end where that is left out."""
    last = last_tick(segments) if observed_to is None else observed_to
    rows = outages(segments, at(last))

    def ticks(column: str) -> pl.Expr:
        return (pl.col(column) - START).dt.total_seconds() // TICK

    return [
        Row(*values)
        for values in rows.select(
            "outage_of",
            ticks("started_at"),
            ticks("ended_at"),
            ticks("since"),
            ticks("down_from"),
            pl.col("down_seconds") // TICK,
            "is_begun",
            pl.col("end_kind").cast(pl.String),
            "returns",
            "charge_points",
            "points_in_service",
        ).iter_rows()
    ]


def test_an_outage_begins_and_ends_where_the_status_changes() -> None:
    rows = found({"a": line((FREE, 10), (BROKEN, 300), (BUSY, 10))})
    assert rows == [Row("a", 10, 310, 10, 10, 300, True, "returned", 0, 1, None)]


def test_unknown_is_down_from_24_hours_on_and_before_a_silence() -> None:
    short = line((FREE, 2), (UNKNOWN, DAY_TICKS), (FREE, 10))
    long = line((FREE, 2), (UNKNOWN, DAY_TICKS + 1), (FREE, 10))
    assert found({"a": short}) == [
        Row("a", 2, 290, 2, None, 0, True, "returned", 0, 1, None),
    ]
    assert found({"a": long}) == [
        Row("a", 2, 291, 2, 290, 1, True, "returned", 0, 1, None),
    ]


def test_the_24_hours_count_from_the_stamp_of_the_first_record() -> None:
    points = {"a": line((UNKNOWN, 5), (FREE, 1))}
    assert found(points, ages={"a": 286}) == [
        Row("a", 0, 5, -286, 2, 3, False, "returned", 0, 1, None)
    ]


def test_a_stamp_that_is_no_sign_of_life_is_ignored() -> None:
    segments = segments_of({"a": line((UNKNOWN, 5), (FREE, 1))}).with_columns(
        pl.lit(None, pl.Datetime("us", "UTC")).alias("stamp")
    )
    assert rows_of(segments) == [Row("a", 0, 5, 0, None, 0, False, "returned", 0, 1, None)]


def test_unknown_before_out_of_order_belongs_to_the_run_but_not_to_its_duration() -> None:
    rows = found({"a": line((FREE, 1), (UNKNOWN, 4), (BROKEN, 6), (UNKNOWN, 3), (FREE, 1))})
    assert rows == [Row("a", 1, 14, 1, 5, 6, True, "returned", 0, 1, None)]


def test_a_return_of_less_than_30_minutes_is_part_of_the_outage_and_a_longer_one_ends_it() -> None:
    short = line((FREE, 1), (BROKEN, 6), (FREE, 3), (BUSY, 2), (BROKEN, 6), (FREE, 9))
    long = line((FREE, 1), (BROKEN, 6), (FREE, 3), (BUSY, 3), (BROKEN, 6), (FREE, 9))
    assert found({"a": short}) == [Row("a", 1, 18, 1, 1, 12, True, "returned", 1, 1, None)]
    assert [(row.begin, row.end) for row in found({"a": long})] == [(1, 7), (13, 19)]


def test_a_return_restarts_the_24_hours() -> None:
    points = {"a": line((FREE, 1), (UNKNOWN, 200), (FREE, 1), (UNKNOWN, 200), (FREE, 1))}
    assert [(row.down_from, row.returns) for row in found(points)] == [(None, 1)]


def test_runs_are_not_joined_across_unobserved_time() -> None:
    rows = found({"a": line((FREE, 1), (BROKEN, 6), (None, 1), (BROKEN, 6), (FREE, 1))})
    assert rows == [
        Row("a", 1, 7, 1, 1, 6, True, "unseen", 0, 1, None),
        Row("a", 8, 14, 8, 8, 6, False, "returned", 0, 1, None),
    ]


def test_a_return_next_to_unobserved_time_does_not_count() -> None:
    rows = found({"a": line((BROKEN, 6), (FREE, 1), (None, 1), (BROKEN, 6), (FREE, 1))})
    assert [(row.begin, row.end_kind) for row in rows] == [(0, "returned"), (8, "returned")]


def test_planned_and_removed_time_censors_a_run_and_joins_nothing() -> None:
    points = {
        "a": line((FREE, 1), (BROKEN, 6), ("planned", 1), (BROKEN, 6), ("removed", 9)),
    }
    assert [(row.begin, row.is_begun, row.end_kind) for row in found(points)] == [
        (1, True, "withdrawn"),
        (8, True, "withdrawn"),
    ]


def test_midnight_is_no_end_and_the_newest_second_is_where_it_lasts() -> None:
    points = {"a": line((FREE, 280), (BROKEN, 20)), "b": line((BROKEN, 280), (None, 20))}
    assert [(row.outage_of, row.begin, row.end, row.end_kind) for row in found(points)] == [
        ("a", 280, 300, "lasts"),
        ("b", 0, 280, "unseen"),
    ]


def test_a_station_outage_is_one_row_and_longer_outages_belong_to_the_points() -> None:
    points = {
        "a": line((FREE, 5), (BROKEN, 10), (FREE, 30)),
        "b": line((FREE, 6), (BROKEN, 10), (FREE, 29)),
        "c": line((FREE, 7), (BROKEN, 11), (FREE, 27)),
        "d": line((FREE, 5), (BROKEN, 30), (FREE, 10)),
        "e": line((FREE, 45)),
    }
    assert found(points) == [
        Row("S", 5, 15, 5, 5, 10 + 9 + 8 + 10, True, "returned", 0, 4, 5),
        Row("b", 15, 16, 6, 15, 1, False, "returned", 0, 1, None),
        Row("c", 15, 18, 7, 15, 3, False, "returned", 0, 1, None),
        Row("d", 15, 35, 5, 15, 20, False, "returned", 0, 1, None),
    ]


def test_a_station_is_not_out_with_fewer_than_80_percent_or_one_point_or_later_than_10_min() -> (
    None
):
    broken, free = line((FREE, 5), (BROKEN, 9), (FREE, 9)), line((FREE, 23))
    late = line((FREE, 8), (BROKEN, 9), (FREE, 6))
    for points in (
        {"a": broken, "b": broken, "c": broken, "d": free},
        {"a": broken},
        {"a": broken, "b": late},
    ):
        assert "S" not in {row.outage_of for row in found(points)}


def test_points_that_are_down_unobserved_or_planned_do_not_count_for_the_80_percent() -> None:
    broken = line((FREE, 5), (BROKEN, 9), (FREE, 9))
    points = {
        "a": broken,
        "b": broken,
        "down": line((BROKEN, 23)),
        "gone": line((FREE, 4), (None, 19)),
        "plan": line(("planned", 23)),
    }
    of_station = [row for row in found(points) if row.outage_of == "S"]
    assert [(row.charge_points, row.points_in_service) for row in of_station] == [(2, 2)]


def test_a_silence_of_a_station_is_one_silence() -> None:
    silent = line((FREE, 5), (UNKNOWN, 20), (FREE, 9))
    rows = found({"a": silent, "b": silent, "c": silent})
    assert [(row.outage_of, row.down_from, row.charge_points) for row in rows] == [("S", None, 3)]


@given(station(), st.dictionaries(st.sampled_from("abcd"), st.sampled_from([1, 100, 400])))
@examples(30)
def test_rows_equal_a_tick_by_tick_reference_and_partition_down_time(
    points: dict[str, Timeline], ages: dict[str, int]
) -> None:
    segments = segments_of(points, ages=ages)
    needed = segments.filter(_is_needed(segments))
    expected = outages_of(points, ages=ages)

    assert rows_of(segments) == expected
    assert rows_of(needed, last_tick(segments)) == expected
    pieces = down_time(needed).pieces.select(pl.col("end") - pl.col("down_begin")).sum().item()
    assert sum(row.down_ticks for row in expected) * TICK == pieces


def _is_needed(segments: pl.DataFrame) -> pl.Series:
    """Which segments are enough, in plain words."""
    down = segments.filter(pl.col("status").cast(pl.String).is_in([BROKEN, UNKNOWN]))
    firsts = down["started_at"].to_list()
    lasts = list(down.select("charge_point_id", "ended_at").iter_rows())
    return pl.Series(
        [
            row["status"] in (BROKEN, UNKNOWN)
            or any(row["started_at"] <= first < row["ended_at"] for first in firsts)
            or any(
                row["charge_point_id"] == point
                and 0 <= (row["started_at"] - last).total_seconds() < 1800
                for point, last in lasts
            )
            for row in segments.iter_rows(named=True)
        ],
        dtype=pl.Boolean,
    )
