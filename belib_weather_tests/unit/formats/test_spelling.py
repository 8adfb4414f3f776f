"""Ids and labels in every spelling that a feed, a portal or a spreadsheet gives them."""

import json
import unicodedata
from collections.abc import Callable

import polars as pl
import pytest

from belib_weather.formats.realtime import read_realtime
from belib_weather.formats.spelling import (
    charge_point_id,
    charge_point_ids,
    statuses,
    unknown_labels,
)
from belib_weather.networks import NETWORK

ODD = {
    "as published": lambda text: text,
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "capitals": str.upper,
    "without accents": lambda text: (
        unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode()
    ),
    "blank behind": lambda text: text + " ",
    "no-break space before": lambda text: "\u00a0" + text,
    "line break and tab": lambda text: f"\t{text}\r\n",
    "zero-width within": lambda text: text[:2] + "\u200b" + text[2:] + "\ufeff",
    "zero-width around blanks": lambda text: f"\u200d {text} \u2060",
    "no-break space within": lambda text: text.replace(" ", "\u00a0"),
    "full width": lambda text: "".join(
        chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text
    ),
}


@pytest.mark.parametrize("spelling", ODD.values(), ids=ODD.keys())
def test_every_declared_label_is_known_in_every_spelling(spelling: Callable[[str], str]) -> None:
    labels = [spelling(label) for label in NETWORK.status_of_label]
    expected = [status.value for status in NETWORK.status_of_label.values()]
    assert statuses(pl.Series(labels)).to_list() == expected
    assert unknown_labels(dict.fromkeys(labels, 1)) == {}


def test_an_undeclared_label_is_unknown_and_counted() -> None:
    damaged = "Occupé (en charge)".encode().decode("latin-1")  # UTF-8 read in another encoding
    labels = pl.Series([damaged, None, "Disponible", "", "Neu"])
    assert statuses(labels).to_list() == ["unknown", "unknown", "available", "unknown", "unknown"]
    counts = {damaged: 360, "null": 1, "Disponible": 839, "": 2, "Neu": 4}
    assert unknown_labels(counts) == {damaged: 360, "": 2, "Neu": 4}


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("FR*V75*EPX08*11*6", "FR*V75*EPX08*11*6"),
        (" FR*V75*EPX08*11*6\u00a0", "FR*V75*EPX08*11*6"),
        ("\ufeffFR*V75*EPX08*11*6\u200b", "FR*V75*EPX08*11*6"),
        ("FRV75EPX08116", "FR*V75*EPX08*11*6"),
        ("FRV75EPX202101", "FR*V75*EPX20*21*01"),
        ("FRV75E9006023", "FR*V75*E9006*02*3"),
        ("FRV75EHBSAGLOB071", "FR*V75*EHBSAG*LOB*07*1"),
        ("frv75epx08116", "frv75epx08116"),
        ("JE*TQA*E0001", "JE*TQA*E0001"),
        ("FRV75EPX0811", "FRV75EPX0811"),
        ("FRX99E1", "FRX99E1"),
        ("", ""),
        ("\u00a0", ""),
        (None, None),
    ],
)
def test_an_id_has_one_spelling(text: str | None, local: str | None) -> None:
    assert pl.select(charge_point_id(pl.lit(text, dtype=pl.String))).item() == local
    assert charge_point_ids(pl.Series([text], dtype=pl.String)).to_list() == [local]


def test_every_published_roaming_id_is_converted_to_the_local_id(
    any_body: Callable[[str], bytes],
) -> None:
    rows = pl.DataFrame(json.loads(any_body("static/2024.json")))
    assert rows.height > 0
    turned = rows.select(charge_point_id(pl.col("id_pdc_itinerance"))).to_series()
    assert turned.to_list() == rows["id_pdc_local"].to_list()


def test_a_snapshot_of_padded_and_roaming_ids_is_the_same_snapshot() -> None:
    stamp = "2026-11-20T09:00:00+00:00"
    ids = ["FR*V75*EPX08*11*6", " FR*V75*EPX08*11*6 ", "FRV75EPX08116", "FR*V75*EPX08*11*6\u200b"]
    rows = [
        {"id_pdc": i, "statut_pdc": "occupe\u0301 (EN CHARGE) ", "last_updated": stamp} for i in ids
    ]
    records = read_realtime(json.dumps(rows).encode()).records
    assert set(records["charge_point_id"].cast(pl.String)) == {"FR*V75*EPX08*11*6"}
    assert set(records["status"]) == {"occupied"}
