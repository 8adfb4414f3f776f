"""Records that consecutive bodies share: each is parsed once, and nothing comes out otherwise."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from belib_weather.formats.export import FieldTypes, rows_of_json
from belib_weather.formats.repeated import repeated
from belib_weather.formats.snapshots import Frames, Snapshot, read_places, read_sightings
from belib_weather_tests.bodies import body as stored

AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
STEP = timedelta(minutes=5)
DISGUISED = 'Rue },{"id_pdc":"X", } , { "id_pdc" : "Y'
"""An address that looks like the end of one record and the start of the next."""


def record(point: int, **values: Any) -> dict[str, Any]:
    return {
        "id_pdc": f"FR*V75*E{9000 + point}*01*1",
        "statut_pdc": "Disponible",
        "last_updated": "2026-11-24T09:00:00+00:00",
        "coordonneesxy": {"lon": 2.3, "lat": 48.8 + point / 1000},
        "adresse_station": None,
        **values,
    }


RECORDS = [
    *(record(point) for point in range(4)),
    *(record(point, statut_pdc="Occupé (en charge)") for point in range(4)),
    record(0, last_updated="2026-11-24T10:02:00+00:00"),
    record(1, adresse_station=DISGUISED),
    record(1, adresse_station='a "quoted" one \\'),
    record(2, last_updated="never"),
    record(3, last_updated="2026-11-24T18:00:00+00:00"),
    record(3, statut_pdc=None),
    record(4, id_pdc=None),
    record(4, id_pdc=" FR*V75*E9004*01*1\u200b"),
    {"statut_pdc": "Disponible", "id_pdc": "another order", "last_updated": "2026-11-24T09:00Z"},
    record(5, statut_pdc=5),
]
SEPARATORS = [(",", ":"), (", ", ": "), (",\n", ": ")]
BODIES = st.lists(
    st.lists(st.sampled_from(RECORDS), min_size=1, max_size=6), min_size=2, max_size=6
)


def snapshots_of(bodies: list[list[Any]], separators: tuple[str, str]) -> list[Snapshot]:
    return [
        Snapshot(AT + number * STEP, json.dumps(one, separators=separators).encode())
        for number, one in enumerate(bodies)
    ]


def joined(frames: list[Frames]) -> tuple[pl.DataFrame, pl.DataFrame]:
    good = pl.concat(one.good.cast({pl.Categorical: pl.String}) for one in frames)
    return good, pl.concat(one.rejected for one in frames)


def assert_reads_as_body_by_body(bodies: list[Snapshot]) -> None:
    together = [read_sightings(bodies)], list(read_places(bodies))
    by_itself = [read_sightings([one]) for one in bodies], [*map(_place, bodies)]
    for some, each in zip(together, by_itself, strict=True):
        for left, right in zip(joined(some), joined(each), strict=True):
            assert_frame_equal(left, right)


def _place(snapshot: Snapshot) -> Frames:
    [frames] = read_places([snapshot])
    return frames


@given(bodies=BODIES, separators=st.sampled_from(SEPARATORS))
def test_bodies_read_together_give_what_each_gives_by_itself(
    bodies: list[list[Any]], separators: tuple[str, str]
) -> None:
    assert_reads_as_body_by_body(snapshots_of(bodies, separators))


def test_each_record_is_in_the_array_once_and_every_body_knows_its_places() -> None:
    first, second, changed = RECORDS[0], RECORDS[1], RECORDS[4]
    polls = [[first, second], [changed, second], [second, changed, second], [second, first]]
    found = repeated([one.body for one in snapshots_of(polls, SEPARATORS[0])])
    assert found is not None
    assert json.loads(found.content) == [first, second, changed]
    assert [places.tolist() for places in found.places] == [[0, 1], [2, 1], [1, 2, 1], [1, 0]]


@pytest.mark.parametrize(
    "bodies",
    [
        [b"[]", b"[]"],
        [b"id_pdc;statut_pdc", b"id_pdc;statut_pdc"],
        [json.dumps([record(0)]).encode()] * 2,
        [json.dumps([record(0), record(1)]).encode(), b"[]"],
        [json.dumps([record(0), record(1)]).encode(), json.dumps([record(0)]).encode()[:-1]],
    ],
)
def test_what_is_written_in_another_way_is_left_to_the_parser(bodies: list[bytes]) -> None:
    assert repeated(bodies) is None


def test_a_body_that_is_broken_in_a_record_costs_itself_alone() -> None:
    whole, broken = snapshots_of([[record(0), record(1)]] * 2, SEPARATORS[0])
    cut = Snapshot(broken.captured_at, broken.body.replace(b'"lat":48.8}', b'"lat":'), name="cut")
    read = read_sightings([whole, cut])
    assert read.good.height == 2
    assert [one.name for one, _ in read.unreadable] == ["cut"]


@pytest.mark.parametrize("name", ["2022.json", "2026.json", "2026_selected.json"])
def test_every_vintage_is_read_once_and_gives_the_same(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = stored(f"realtime/{name}")
    parsed = []

    def counted(content: bytes, field_types: FieldTypes) -> pl.DataFrame:
        parsed.append(content.count(b'"id_pdc"'))
        return rows_of_json(content, field_types)

    monkeypatch.setattr("belib_weather.formats.snapshots.rows_of_json", counted)
    assert_reads_as_body_by_body([Snapshot(AT + number * STEP, content) for number in range(3)])
    assert parsed == [content.count(b'"id_pdc"')] * 2
