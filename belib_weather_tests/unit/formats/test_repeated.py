"""Records that consecutive bodies share: each is parsed once, and nothing comes out otherwise."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from belib_weather.formats import snapshots
from belib_weather.formats.batches import Snapshot
from belib_weather.formats.export import FieldTypes, rows_of_json
from belib_weather.formats.repeated import Repeated
from belib_weather.formats.snapshots import Frames, read_places, read_sightings
from belib_weather_tests.bodies import body as stored

AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
STEP = timedelta(minutes=5)
DISGUISED = 'Rue },{"id_pdc":"X", } , { "id_pdc" : "Y'
"""An address that looks like the end of one record and the start of the next."""


@pytest.fixture(autouse=True)
def _nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "_LATEST", snapshots.LatestRecords())


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


@pytest.mark.long
@given(bodies=BODIES, separators=st.sampled_from(SEPARATORS))
def test_bodies_read_together_give_what_each_gives_by_itself(
    bodies: list[list[Any]], separators: tuple[str, str]
) -> None:
    assert_reads_as_body_by_body(snapshots_of(bodies, separators))


@st.composite
def polls(draw: st.DrawFn) -> list[list[dict[str, Any]]]:
    """Bodies of which each is the one before after some records changed, came, went and moved."""
    found = [draw(st.lists(st.sampled_from(RECORDS), min_size=2, max_size=40))]
    for _ in range(draw(st.integers(1, 5))):
        body = list(found[-1])
        for _ in range(draw(st.integers(0, 4))):
            what = draw(st.sampled_from(("change", "insert", "remove", "swap", "cut")))
            number = draw(st.integers(0, len(body) - 1))
            if what == "change":
                body[number] = draw(st.sampled_from(RECORDS))
            elif what == "insert":
                body.insert(number, draw(st.sampled_from(RECORDS)))
            elif what == "remove" and len(body) > 1:
                del body[number]
            elif what == "swap":
                body[0], body[number] = body[number], body[0]
            elif what == "cut":
                body = body[: number + 1]
        found.append(body)
    return found


ORDINARY = RECORDS[0]


@given(bodies=polls(), separators=st.sampled_from(SEPARATORS))
def test_each_distinct_record_is_held_once_and_every_body_can_be_written_again(
    bodies: list[list[dict[str, Any]]], separators: tuple[str, str]
) -> None:
    alike = [[one for one in body if next(iter(one)) == "id_pdc"] for body in bodies]
    alike = [[ORDINARY, ORDINARY], *(body for body in alike if body)]
    found, contents = Repeated(), [one.body for one in snapshots_of(alike, separators)]
    assert all(map(found.add, contents))
    assert [found.body(number) for number in range(len(contents))] == contents
    distinct = json.loads(found.array)
    assert len(distinct) == found.count == len({json.dumps(one) for body in alike for one in body})
    assert [[distinct[place] for place in places] for places in found.places] == alike


def test_a_body_of_fewer_records_is_cut_where_it_ends() -> None:
    bodies = [RECORDS[:4] * 5, RECORDS[:1], RECORDS[:4] * 5, RECORDS[:4] * 4]
    found = Repeated()
    for number, one in enumerate(snapshots_of(bodies, SEPARATORS[0])):
        assert found.add(one.body)
        assert found.body(number) == one.body


def test_each_record_is_in_the_array_once_and_every_body_knows_its_places() -> None:
    first, second, changed = RECORDS[0], RECORDS[1], RECORDS[4]
    polls = [[first, second], [changed, second], [second, changed, second], [second, first]]
    found = Repeated()
    assert all(found.add(one.body) for one in snapshots_of(polls, SEPARATORS[0]))
    assert json.loads(found.array) == [first, second, changed]
    assert [places.tolist() for places in found.places] == [[0, 1], [2, 1], [1, 2, 1], [1, 0]]


TWO = json.dumps([record(0), record(1)]).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"id_pdc;statut_pdc",
        b"",
        json.dumps([record(0)]).encode()[:-1],
        json.dumps([record(0), record(1)], separators=SEPARATORS[0]).encode(),
        b'[{"statut_pdc": "Disponible", "id_pdc": "another order"}]',
    ],
)
def test_what_is_written_in_another_way_is_left_to_the_parser(body: bytes) -> None:
    found = Repeated()
    assert found.add(TWO)
    assert not found.add(body)
    assert found.add(TWO)
    assert [places.tolist() for places in found.places] == [[0, 1]] * 2


@pytest.mark.parametrize("body", [b"[]", b"id_pdc;statut_pdc", json.dumps([record(0)]).encode()])
def test_a_first_body_without_two_records_says_nothing_of_how_they_are_cut(body: bytes) -> None:
    found = Repeated()
    assert not found.add(body)
    assert found.places == []


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf \n"])
def test_bodies_of_several_forms_keep_their_order(mark: bytes) -> None:
    bodies = snapshots_of([[record(0), record(1)], [record(2)], [record(1), record(0)]], (",", ":"))
    csv = b"id_pdc;statut_pdc;last_updated\nFR*V75*E9003*01*1;Disponible;2026-11-24T09:00:00+00:00"
    mixed = [
        bodies[0],
        Snapshot(bodies[0].captured_at, csv),
        bodies[1],
        Snapshot(bodies[2].captured_at, mark + bodies[2].body + b"\r\n"),
    ]
    assert_reads_as_body_by_body(mixed)
    ids = read_sightings(mixed).good["charge_point_id"].to_list()
    assert ids == [record(point)["id_pdc"] for point in (0, 1, 3, 2, 1, 0)]


def test_a_body_that_is_broken_in_a_record_costs_itself_alone() -> None:
    whole, broken = snapshots_of([[record(0), record(1)]] * 2, SEPARATORS[0])
    cut = Snapshot(broken.captured_at, broken.body.replace(b'"lat":48.8}', b'"lat":'), name="cut")
    read = read_sightings([whole, cut])
    assert read.good.height == 2
    assert [one.name for one, _ in read.unreadable] == ["cut"]


def test_packed_bodies_read_the_same_and_one_that_is_damaged_is_left_out() -> None:
    whole = snapshots_of([[record(0), record(1)], [record(1)], [record(2), record(3)]], (",", ":"))
    damage = ValueError("its hash is another one")

    def packed(snapshot: Snapshot, body: bytes | Exception) -> Snapshot:
        return Snapshot(snapshot.captured_at, b"", unpack=lambda: body)

    read = read_sightings([packed(one, one.body) for one in whole])
    assert_frame_equal(read.good, read_sightings(whole).good)
    first, second, third = whole
    read = read_sightings(
        [packed(first, first.body), packed(second, damage), packed(third, third.body)]
    )
    assert read.damaged == (damage,)
    assert_frame_equal(read.good, read_sightings([first, third]).good)
    assert read_sightings([packed(first, damage)]).good.is_empty()


@pytest.mark.parametrize("name", ["2022.json", "2026.json", "2026_selected.json"])
def test_every_vintage_is_read_once_and_gives_the_same(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = stored(f"realtime/{name}")
    parsed = []

    def counted(content: bytes, field_types: FieldTypes) -> pl.DataFrame:
        parsed.append(content.count(b'"id_pdc"'))
        return rows_of_json(content, field_types)

    monkeypatch.setattr(snapshots, "rows_of_json", counted)
    assert_reads_as_body_by_body([Snapshot(AT + number * STEP, content) for number in range(3)])
    assert parsed == [content.count(b'"id_pdc"')] * 2


def test_records_of_the_batch_before_are_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[int] = []

    def counted(array: bytes, fields: FieldTypes) -> pl.DataFrame:
        rows = rows_of_json(array, fields)
        parsed.append(rows.height)
        return rows

    monkeypatch.setattr(snapshots, "rows_of_json", counted)
    first = [record(point) for point in range(20)]
    second = [*first[:7], record(7, statut_pdc="En maintenance"), *first[8:]]
    bodies = snapshots_of([first, first, second, first], (",", ":"))

    together = [read_sightings(two).good for two in (bodies[:2], bodies[2:])]

    assert parsed == [20, 1]
    assert_frame_equal(pl.concat(together), pl.concat(read_sightings([b]).good for b in bodies))
