"""What was polled of the feed, hour by hour."""

import itertools
from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.transform.feed_hours import Polled, feed_hours
from belib_weather.window import HOUR, Window

DAY = datetime(2026, 11, 10, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
INSTANT = pl.Datetime("us", "UTC")
DOCUMENTS = pl.Schema(
    {"captured_at": INSTANT, "source": pl.String(), "cadence_seconds": pl.Int64()}
)


def polled(*seconds: float, cadence: int | None = 300, source: str = "feed") -> pl.DataFrame:
    """Documents by seconds after midnight."""
    rows = [(DAY + second * SECOND, source, cadence) for second in seconds]
    return pl.DataFrame(rows, schema=DOCUMENTS, orient="row")


def rows(
    documents: pl.DataFrame,
    hours: int = 1,
    *,
    refused: tuple[datetime, ...] = (),
    points: tuple[tuple[datetime, int], ...] = (),
    now: datetime = DAY + 100 * HOUR,
    before: int | None = None,
) -> pl.DataFrame:
    """The rows of the hours from midnight on."""
    polled = Polled(
        documents,
        pl.DataFrame({"captured_at": refused}, schema={"captured_at": INSTANT}),
        Window(DAY, DAY + hours * HOUR),
        now,
        before,
    )
    sighted = {"hour": INSTANT, "charge_points": pl.Int32()}
    return feed_hours(polled, pl.DataFrame(points, schema=sighted, orient="row"))


def test_a_day_without_polls_from_two_to_eight_was_observed_to_three_quarters() -> None:
    every_five_minutes = range(-1800, 25 * 3600 + 1800, 300)
    day = rows(polled(*(s for s in every_five_minutes if not 7200 <= s < 28800)), hours=24)

    assert round(day["observed_seconds"].sum() / 86_400, 3) == 0.747
    # The last poll before the hole is at 01:55: from there on nothing is known.
    assert day["observed_seconds"].to_list() == [3600, 3300, *[0] * 6, *[3600] * 16]
    assert day["longest_gap_seconds"].to_list()[1:9] == [300, *[3600] * 6, 300]
    assert day["expected_snapshots"].to_list() == [12] * 24
    assert day["snapshots"].to_list() == [12, 12, *[0] * 6, *[12] * 16]


def test_an_hour_has_its_refused_answers_sighted_points_and_sources() -> None:
    both = pl.concat([polled(0, 300, 600), polled(300, 900, cadence=None, source="import")])
    hour = rows(both, refused=(DAY + 5 * MINUTE, DAY + 59 * MINUTE), points=((DAY, 2097),))

    (row,) = hour.select("snapshots", "refused", "charge_points", "source").rows()
    assert row == (4, 2, 2097, "feed + import")


def test_an_hour_without_anything_has_a_row() -> None:
    (row,) = rows(polled(), before=300).drop("hour").rows(named=True)
    assert (
        row["snapshots"] == row["observed_seconds"] == row["refused"] == row["charge_points"] == 0
    )
    assert (row["longest_gap_seconds"], row["expected_snapshots"]) == (3600, 12)
    assert row["source"] is None


def test_nothing_is_expected_before_any_poll_and_a_long_cadence_is_capped() -> None:
    assert rows(polled(0, cadence=None))["expected_snapshots"].to_list() == [None]
    assert rows(polled(0, cadence=3600))["expected_snapshots"].to_list() == [4]
    assert rows(polled(7, cadence=420))["expected_snapshots"].to_list() == [9]


def test_the_running_hour_is_cut_at_now() -> None:
    first, second = rows(polled(0, 300), hours=2, now=DAY + 7 * MINUTE).rows(named=True)
    assert (first["longest_gap_seconds"], first["observed_seconds"]) == (300, 300)
    assert second["longest_gap_seconds"] == 0
    assert first["is_provisional"]


def test_an_hour_is_settled_half_an_hour_after_its_end() -> None:
    hour_end = DAY + HOUR
    assert rows(polled(), now=hour_end + 30 * MINUTE - SECOND)["is_provisional"].item()
    assert not rows(polled(), now=hour_end + 30 * MINUTE)["is_provisional"].item()


def test_an_hour_has_its_local_calendar_of_paris() -> None:
    (row,) = rows(polled()).select("local_date", "local_hour", "local_weekday").rows()
    assert row == (datetime(2026, 11, 10).date(), 1, 2)


@given(
    st.lists(st.integers(-1800, 3 * 3600 + 1799), max_size=30),
    st.integers(1, 4 * 3600),
)
def test_every_row_equals_a_reading_second_by_second(seconds: list[int], now: int) -> None:
    hours_found = rows(polled(*seconds), hours=3, now=DAY + now * SECOND)
    instants = sorted(set(seconds))
    pairs = [(a, b) for a, b in itertools.pairwise(instants) if b - a <= 1800]
    observed = {s for a, b in pairs for s in range(a, b)}
    for hour, row in enumerate(hours_found.rows(named=True)):
        start, end = hour * 3600, (hour + 1) * 3600
        end_of_marks = max(start, min(end, now))
        marks = sorted({start, end_of_marks, *(s for s in instants if start <= s < end)})
        assert row["observed_seconds"] == len(observed & set(range(start, end)))
        assert row["snapshots"] == sum(start <= s < end for s in instants)
        gaps = [b - a for a, b in itertools.pairwise(marks)]
        assert row["longest_gap_seconds"] == max(gaps, default=0)
