"""The truth is exact, whole, and the same in every process and for every cut."""

import hashlib
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.simulator.paris_time import second
from belib_weather.simulator.realtime import LABELS
from belib_weather.simulator.timeline import BeforeOriginError
from belib_weather.simulator.truth import Truth
from belib_weather.vocabulary import STALENESS_SECONDS
from belib_weather_tests.examples import examples
from belib_weather_tests.unit.simulator.conftest import NOW, SEED, SMALL

DAY = timedelta(days=1)


def test_every_poll_shows_the_truth_of_its_second(small: Truth) -> None:
    start, end = NOW - 3 * DAY, NOW
    segments = small.segments(start, end)
    rows = list(
        zip(
            segments["charge_point_id"],
            np.asarray(segments["start"]).tolist(),
            np.asarray(segments["end"]).tolist(),
            segments["status"],
            segments["is_stale"],
            strict=True,
        )
    )
    for minutes in range(0, 3 * 24 * 60, 47):
        at = second(start) + minutes * 60 + 13
        true = {name: (status, stale) for name, b, e, status, stale in rows if b <= at < e}
        shown = {}
        for row in orjson.loads(small.poll(datetime.fromtimestamp(at, UTC))):
            age = at - second(datetime.fromisoformat(row["last_updated"]))
            shown[row["id_pdc"]] = (row["statut_pdc"], age >= STALENESS_SECONDS)
        assert shown == {name: (LABELS[status], stale) for name, (status, stale) in true.items()}


def test_segments_are_maximal_and_without_gaps(small: Truth) -> None:
    start, end = NOW - 9 * DAY, NOW
    segments = small.segments(start, end)
    ids = np.array(segments["charge_point_id"])
    begin, finish = np.asarray(segments["start"]), np.asarray(segments["end"])
    key = np.array(
        [f"{s} {b}" for s, b in zip(segments["status"], segments["is_stale"], strict=True)]
    )
    same = ids[1:] == ids[:-1]

    assert (finish > begin).all()
    assert (begin[1:][same] == finish[:-1][same]).all()
    assert (key[1:][same] != key[:-1][same]).all()
    assert (finish[:-1][~same] == second(end)).all()


@examples(15)
@given(
    first=st.integers(0, 40 * 86_400),
    second_length=st.integers(1, 5 * 86_400),
    first_length=st.integers(1, 5 * 86_400),
)
def test_records_of_two_windows_are_those_of_their_union(
    small: Truth, first: int, first_length: int, second_length: int
) -> None:
    timeline = small.city.timeline
    start = second(datetime(2026, 10, 4, tzinfo=UTC)) + first
    middle, end = start + first_length, start + first_length + second_length
    whole = timeline.between(start, end)
    left, right = timeline.between(start, middle), timeline.between(middle, end)

    def events(*lots: object) -> set[tuple[int, ...]]:
        return {
            row
            for lot in lots
            for row in zip(
                *(getattr(lot, n).tolist() for n in ("point", "updated", "status")), strict=True
            )
        }

    assert events(whole) == events(left, right)


@pytest.mark.long
def test_another_process_gives_the_same_bytes(small: Truth) -> None:
    at = NOW - 100 * DAY
    code = (
        "import sys, hashlib, datetime as d; from belib_weather.simulator.truth import Truth\n"
        f"t = Truth({SEED}, {SMALL}); a = d.datetime.fromisoformat('{at.isoformat()}')\n"
        "sys.stdout.write(hashlib.sha256(t.poll(a) + t.static(a)).hexdigest())"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert other.stdout == hashlib.sha256(small.poll(at) + small.static(at)).hexdigest()


def test_order_of_asking_does_not_matter() -> None:
    one, other = Truth(3, SMALL), Truth(3, SMALL)
    moments = [NOW - days * DAY for days in (0, 60, 13, 200, 14)]
    forwards = [one.poll(at) for at in moments]
    backwards = [other.poll(at) for at in reversed(moments)]

    assert forwards == backwards[::-1]


def test_seeds_differ() -> None:
    assert Truth(3, SMALL).poll(NOW) != Truth(4, SMALL).poll(NOW)


def test_every_change_of_status_has_its_own_second_as_stamp(small: Truth) -> None:
    records = small.records(NOW - 5 * DAY, NOW)
    ids, status = np.array(records["charge_point_id"]), np.array(records["status"])
    begin, updated = np.asarray(records["start"]), np.asarray(records["updated"])
    same = ids[1:] == ids[:-1]

    assert (updated[1:][same] == begin[1:][same]).all()
    assert len(set(status.tolist())) >= 4


def test_weather_is_hourly(small: Truth) -> None:
    hours = small.weather(NOW, NOW + timedelta(hours=5))

    assert hours.stamps.tolist() == [second(NOW) // 3_600 + n for n in range(1, 6)]


def test_instants_before_the_city_was_founded_are_refused(small: Truth) -> None:
    with pytest.raises(BeforeOriginError, match="2025-09-01"):
        small.poll(datetime(2025, 8, 31, tzinfo=UTC))
    with pytest.raises(ValueError, match="no offset"):
        small.poll(datetime(2026, 8, 31))
