"""The reader of the real-time feed: what is read, what is rejected, what is refused."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from belib_weather.formats.batches import Snapshot
from belib_weather.formats.errors import UnreadableBody
from belib_weather.formats.realtime import SIGHTINGS, cached_body, read_realtime
from belib_weather.formats.snapshots import read_places, read_sightings
from belib_weather.formats.spelling import charge_point_ids
from belib_weather.networks import NETWORK
from belib_weather_tests.bodies import body as stored
from belib_weather_tests.examples import examples

AT = datetime(2026, 11, 24, 9, 59, 59, 700_000, tzinfo=UTC)
STAMP = "2026-11-24T10:30:00+01:00"
STAMP_SECOND = int(datetime(2026, 11, 24, 9, 30, tzinfo=UTC).timestamp())


def row(**values: Any) -> dict[str, Any]:
    return {
        "id_pdc": "FR*V75*EPX08*11*6",
        "statut_pdc": "Disponible",
        "last_updated": STAMP,
        **values,
    }


def body(*rows: Any) -> bytes:
    return json.dumps(list(rows)).encode()


def sightings(raw: bytes) -> pl.DataFrame:
    return read_realtime(raw).sightings(AT)


def test_captured_at_is_cut_to_its_second_and_not_rounded() -> None:
    good = sightings(body(row()))
    assert good.schema == SIGHTINGS
    assert good["second"].item() == int(AT.replace(microsecond=0).timestamp())


@pytest.mark.parametrize(
    "stamp",
    [
        "2026-11-24T09:30:00+00:00",
        "2026-11-24T10:30:00+01:00",
        "2026-11-24T11:30:00+02:00",
        "2026-11-24T09:30:00Z",
        "2026-11-24T09:30:00.999+00:00",
        "2026-11-24T04:30:00-05:00",
    ],
)
def test_stamps_are_read_with_any_offset_and_cut_to_their_second(stamp: str) -> None:
    assert sightings(body(row(last_updated=stamp)))["updated"].item() == STAMP_SECOND


def test_one_body_may_mix_offsets() -> None:
    good = sightings(body(row(last_updated="2022-06-13T04:30:01+02:00"), row(last_updated=STAMP)))
    summer = int(datetime(2022, 6, 13, 2, 30, 1, tzinfo=UTC).timestamp())
    assert good["updated"].to_list() == [summer, STAMP_SECOND]


@pytest.mark.parametrize(("label", "status"), NETWORK.status_of_label.items())
def test_every_label_has_its_status(label: str, status: str) -> None:
    assert sightings(body(row(statut_pdc=label)))["status"].to_list() == [status]


def test_null_and_unknown_labels_are_unknown_and_the_latter_are_reported() -> None:
    raw = body(row(statut_pdc=None), row(statut_pdc="En vacances"), row())
    assert sightings(raw)["status"].to_list() == ["unknown", "unknown", "available"]
    assert read_realtime(raw).unknown_labels == {"En vacances": 1}


def test_key_order_and_further_fields_do_not_matter() -> None:
    mixed = body(
        {"last_updated": STAMP, "extra": {"a": [1]}, "statut_pdc": "Inconnu", "id_pdc": "X"}
    )
    read = read_realtime(mixed)
    assert read.records["charge_point_id"].to_list() == ["X"]
    assert read.summary["fields"] == ["extra", "id_pdc", "last_updated", "statut_pdc"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row(id_pdc=None), "no id"),
        (row(id_pdc=""), "no id"),
        (row(last_updated=None), "no stamp with an offset"),
        (row(last_updated="2026-11-24T10:30:00"), "no stamp with an offset"),
        (row(last_updated="hier"), "no stamp with an offset"),
        ({}, "no id"),
        (None, "no id"),
        ("not an object", "no id"),
        (row(last_updated=["2026"]), "no stamp with an offset"),
    ],
)
def test_a_row_without_a_sighting_is_rejected_with_the_reason(bad: Any, reason: str) -> None:
    read = read_realtime(body(row(), bad, row(id_pdc="Y")))
    assert read.records["charge_point_id"].to_list() == ["FR*V75*EPX08*11*6", "Y"]
    assert read.rejected["reason"].to_list() == [reason]
    assert isinstance(json.loads(read.rejected["record"].item()), dict)
    assert read.record_count == 3


@pytest.mark.parametrize("odd", [["Disponible"], {"a": 1}, [], "\ud800"])
def test_a_value_of_an_unexpected_type_loses_at_most_its_row(odd: Any) -> None:
    read = read_realtime(
        body(row(statut_pdc=odd), row(id_pdc=7), row(adresse_station=odd), row(id_pdc=["X"]))
    )
    assert read.records["status"].to_list() == ["unknown", "available", "available"]
    assert read.records["charge_point_id"].to_list()[1] == "7"
    assert read.rejected["reason"].to_list() == ["no id"]


def test_coordinates_of_an_unexpected_shape_affect_no_other_row() -> None:
    here, text = {"lon": 2.31, "lat": 48.87}, "48.87,2.31"
    odd: list[Any] = [here, text, {"lon": "2.31", "lat": "48.87"}, [2.31, 48.87], 7]
    read = read_realtime(body(*(row(coordonneesxy=value) for value in odd)))
    assert read.placed["latitude"].to_list() == [48.87, 48.87, None, None, None]


def test_an_empty_array_has_no_sightings() -> None:
    assert sightings(b"[]").schema == SIGHTINGS
    assert read_realtime(b"[]").summary == {"statuses": {}, "newest_update": None, "fields": []}


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"<html><body>502 Bad Gateway</body></html>",
        b'{"error_code": "ODSQLError", "message": "no"}',
        b'[{"id_pdc": "X"}, Streaming interrupted due to the following error: timeout',
        b"[" + json.dumps(row()).encode(),
        b'[{"a": ' + b"[" * 100_000,
        b"id_pdc;statut_pdc;last_updated\nX;Inconnu",
        b"id_pdc;ID PDC local;last_updated\nX;Y;Z\n",
        b"\x00\x01\x02" * 20,
    ],
)
def test_a_body_that_is_not_an_export_is_refused_and_affects_no_other(broken: bytes) -> None:
    with pytest.raises(UnreadableBody):
        read_realtime(broken)

    read = read_sightings([Snapshot(AT, body(row())), Snapshot(AT, broken, name="the second")])

    assert read.good.height == 1
    ((snapshot, reason),) = read.unreadable
    assert (snapshot.name, reason != "") == ("the second", True)


CSV = (
    "ID PDC local;Statut du point de recharge;URL Description Point de charge;Heure mise à jour;"
    "coordonneesXY;adresse_station;code_insee_commune;arrondissement\r\n"
    f"FR*V75*EPX08*11*6;Occupé (en charge);https://x;{STAMP};48.8737,2.3146;"
    '"37 Rue; 75008 Paris";75108;08e Arrondissement\r\n'
    f";Disponible;;{STAMP};;;;\r\n"
)


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_the_csv_export_with_french_labels_reads_like_the_json(bom: bytes) -> None:
    raw = bom + CSV.encode()
    read = read_realtime(raw)
    place = {"coordonneesxy": {"lon": 2.3146, "lat": 48.8737}, "code_insee_commune": "75108"}
    more = {"adresse_station": "37 Rue; 75008 Paris", "arrondissement": "08e Arrondissement"}
    expected = read_realtime(body(row(statut_pdc="Occupé (en charge)", **place, **more)))
    assert_frame_equal(read.placed, expected.placed)
    assert read.rejected["reason"].to_list() == ["no id"]
    assert set(read.summary["fields"]) == NETWORK.realtime.field_names | {
        "url description point de charge"
    }


def test_a_csv_with_field_names_is_readable() -> None:
    raw = f"last_updated;id_pdc;statut_pdc\n{STAMP};X;Inconnu\n".encode()
    assert sightings(raw)["status"].to_list() == ["unknown"]


def test_a_line_break_in_a_quoted_cell_of_the_last_row_is_not_a_truncation() -> None:
    raw = CSV.encode() + f'Y;Inconnu;;{STAMP};;"1 Rue\n75001 Paris";;\r\n'.encode()
    assert read_realtime(raw).placed["address"].to_list()[-1] == "1 Rue\n75001 Paris"


@pytest.mark.parametrize(
    ("name", "count"),
    [("2022.json", 15), ("2022.csv", 15), ("2026.json", 10), ("2026.csv", 10)],
)
def test_every_vintage_reads_whole_with_one_point_whose_place_is_null(
    name: str, count: int
) -> None:
    read = read_realtime(stored(f"realtime/{name}"))
    assert (read.record_count, read.rejected.height, read.unknown_labels) == (count, 0, {})
    assert read.placed["latitude"].null_count() == 1


@pytest.mark.parametrize("vintage", ["2022", "2026"])
def test_the_csv_and_the_json_of_a_vintage_hold_the_same_records(vintage: str) -> None:
    of_json = read_realtime(stored(f"realtime/{vintage}.json"))
    of_csv = read_realtime(stored(f"realtime/{vintage}.csv"))
    assert_frame_equal(of_csv.placed, of_json.placed)
    same = ("statuses", "newest_update")
    assert [of_csv.summary[name] for name in same] == [of_json.summary[name] for name in same]


@pytest.mark.long
def test_many_snapshots_are_read_lazily_and_equal_single_reads() -> None:
    captures: list[datetime] = []

    def snapshots() -> Iterator[Snapshot]:
        for number in range(100):
            captures.append(AT + number * timedelta(minutes=5))
            raw = body(row(id_pdc=f"P{number % 7}"), row(id_pdc=""))
            yield Snapshot(captures[-1], raw, "known" if number == 40 else None)

    read_realtime(body(row(id_pdc="P5"), row(id_pdc="")), sha256="known")
    together, places = read_sightings(snapshots()), list(read_places(snapshots()))
    assert len(captures) == 200
    one_by_one = [(read_realtime(one.body), one.captured_at) for one in snapshots()]
    assert_frame_equal(together.good, pl.concat([read.sightings(at) for read, at in one_by_one]))
    assert_frame_equal(
        pl.concat(batch.good for batch in places),
        pl.concat([read.places(at) for read, at in one_by_one]),
    )
    assert together.rejected.height == sum(batch.rejected.height for batch in places) == 100
    assert read_sightings([]).good.schema == SIGHTINGS
    assert list(read_places([])) == []


def test_a_body_whose_hash_is_known_is_parsed_once() -> None:
    raw = stored("realtime/2026.json")
    first = read_realtime(raw, sha256="hash of this body")
    assert read_realtime(raw, sha256="hash of this body") is first
    assert cached_body("hash of this body") is first
    assert read_realtime(raw) is not first
    for number in range(20):
        read_realtime(raw, sha256=str(number))
    assert cached_body("hash of this body") is None


LABELS = st.one_of(st.none(), st.sampled_from(sorted(NETWORK.status_of_label)), st.text(max_size=3))
STAMPS = st.one_of(
    st.none(),
    st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC)).map(datetime.isoformat),
    st.text(max_size=3),
)


@examples(80)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "id_pdc": st.one_of(st.none(), st.text(max_size=4)),
                "statut_pdc": LABELS,
                "last_updated": STAMPS,
            }
        ),
        max_size=8,
    )
)
def test_every_row_is_either_clean_or_rejected(rows: list[dict[str, Any]]) -> None:
    read = read_realtime(body(*rows))
    assert read.records.height + read.rejected.height == read.record_count == len(rows)
    good = read.sightings(AT)
    assert good.drop("updated").null_count().sum_horizontal().item() == 0
    stamped = [r["id_pdc"] for r in rows if (r["last_updated"] or "")[10:11] == "T"]
    ids = charge_point_ids(pl.Series(stamped, dtype=pl.String))
    assert good["charge_point_id"].to_list() == [
        text for text in ids.cast(pl.String) if text and "\0" not in text
    ]
