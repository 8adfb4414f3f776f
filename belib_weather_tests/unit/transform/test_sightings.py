"""From bodies to sightings: what is read, what is rejected, what is refused."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from belib_weather.networks import NETWORK
from belib_weather.transform.bodies import feed_fields
from belib_weather.transform.errors import UnreadableBody
from belib_weather.transform.sightings import (
    SIGHTINGS,
    sightings,
    sightings_of,
    unheard_of_labels,
)
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


def test_captured_at_is_cut_to_its_second_and_not_rounded() -> None:
    good = sightings(body(row()), AT).good
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
    assert sightings(body(row(last_updated=stamp)), AT).good["updated"].item() == STAMP_SECOND


def test_one_body_may_mix_offsets() -> None:
    good = sightings(
        body(row(last_updated="2022-06-13T04:30:01+02:00"), row(last_updated=STAMP)), AT
    ).good
    summer = int(datetime(2022, 6, 13, 2, 30, 1, tzinfo=UTC).timestamp())
    assert good["updated"].to_list() == [summer, STAMP_SECOND]


@pytest.mark.parametrize(("label", "status"), NETWORK.status_of_label.items())
def test_every_label_has_its_status(label: str, status: str) -> None:
    assert sightings(body(row(statut_pdc=label)), AT).good["status"].to_list() == [status]


def test_null_and_unheard_of_labels_are_unknown_and_the_latter_are_reported() -> None:
    raw = body(row(statut_pdc=None), row(statut_pdc="En vacances"), row())
    assert sightings(raw, AT).good["status"].to_list() == ["unknown", "unknown", "available"]
    assert unheard_of_labels(raw) == {"En vacances": 1}


def test_key_order_and_further_fields_do_not_matter() -> None:
    mixed = body(
        {"last_updated": STAMP, "extra": {"a": [1]}, "statut_pdc": "Inconnu", "id_pdc": "X"}
    )
    good = sightings(mixed, AT).good
    assert good["charge_point_id"].to_list() == ["X"]
    assert feed_fields(mixed) == {"last_updated", "extra", "statut_pdc", "id_pdc"}


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
def test_a_row_that_is_no_sighting_is_returned_with_the_reason(bad: Any, reason: str) -> None:
    cleaned = sightings(body(row(), bad, row(id_pdc="Y")), AT)
    assert cleaned.good["charge_point_id"].to_list() == ["FR*V75*EPX08*11*6", "Y"]
    assert cleaned.rejected["reason"].to_list() == [reason]
    assert isinstance(json.loads(cleaned.rejected["record"].item()), dict)


def test_a_value_of_an_unforeseen_type_costs_its_row_at_most() -> None:
    cleaned = sightings(body(row(statut_pdc=["Disponible"]), row(id_pdc=7)), AT)
    assert cleaned.good["status"].to_list() == ["unknown", "available"]
    assert cleaned.good["charge_point_id"].to_list() == ["FR*V75*EPX08*11*6", "7"]


def test_an_empty_array_has_no_sightings() -> None:
    assert sightings(b"[]", AT).good.schema == SIGHTINGS
    assert sightings(b"[]", AT).good.is_empty()


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"<html><body>502 Bad Gateway</body></html>",
        b'{"error_code": "ODSQLError", "message": "no"}',
        b'[{"id_pdc": "X"}, Streaming interrupted due to the following error: timeout',
        b"[" + json.dumps(row()).encode(),
    ],
)
def test_a_body_that_is_no_export_is_refused_whole(broken: bytes) -> None:
    with pytest.raises(UnreadableBody, match="2026-11-24"):
        sightings(broken, AT)


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
    cleaned = sightings(raw, AT)
    expected = sightings(body(row(statut_pdc="Occupé (en charge)")), AT).good
    assert_frame_equal(cleaned.good, expected)
    assert cleaned.rejected["reason"].to_list() == ["no id"]
    assert {"id_pdc", "statut_pdc", "last_updated", "coordonneesxy"} <= feed_fields(raw)


def test_a_csv_with_field_names_reads_too() -> None:
    raw = f"last_updated;id_pdc;statut_pdc\n{STAMP};X;Inconnu\n".encode()
    assert sightings(raw, AT).good["status"].to_list() == ["unknown"]


def test_many_snapshots_read_like_one_after_the_other_and_lazily() -> None:
    held: list[datetime] = []

    def snapshots() -> Iterator[tuple[datetime, bytes]]:
        for number in range(100):
            held.append(AT + number * timedelta(minutes=5))
            yield held[-1], body(row(id_pdc=f"P{number % 7}"), row(id_pdc=""))

    together = sightings_of(snapshots())
    assert len(held) == 100
    one_by_one = [sightings(raw, at) for at, raw in snapshots()]
    assert_frame_equal(together.good, pl.concat([c.good for c in one_by_one]))
    assert together.rejected.height == 100
    assert sightings_of([]).good.schema == SIGHTINGS


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
def test_every_row_comes_back_either_good_or_rejected(rows: list[dict[str, Any]]) -> None:
    cleaned = sightings(body(*rows), AT)
    assert cleaned.good.height + cleaned.rejected.height == len(rows)
    assert cleaned.good.null_count().sum_horizontal().item() == 0
    ids = [r["id_pdc"] for r in rows if r["id_pdc"] and (r["last_updated"] or "")[10:11] == "T"]
    assert cleaned.good["charge_point_id"].to_list() == ids
