"""Outlines of arrondissements: features become records, one bad feature costs itself."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from belib_weather.formats.errors import UnreadableBody
from belib_weather.formats.outlines import OUTLINE_RECORD, read_outlines
from belib_weather.networks import NETWORK
from belib_weather_tests.bodies import body

OWN = body("geography/arrondissements.geojson")


def collection(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def feature(number: object = 5, geometry: object = None, **properties: object) -> dict[str, Any]:
    ring = [[2.34, 48.84], [2.36, 48.84], [2.35, 48.85], [2.34, 48.84]]
    return {
        "type": "Feature",
        "geometry": geometry or {"type": "Polygon", "coordinates": [ring]},
        "properties": {"c_ar": number, "l_aroff": "Panthéon", "surface": 2.5e6, **properties},
    }


def test_every_feature_becomes_a_record_with_a_multipolygon() -> None:
    read = read_outlines(OWN)

    assert read.records.schema == OUTLINE_RECORD
    assert (read.record_count, read.records.height, read.rejected.height) == (3, 3, 0)
    first = read.records.row(0, named=True)
    assert (first["arrondissement"], first["name"]) == (8, "Élysée")
    outline = json.loads(first["outline"])
    assert outline["type"] == "MultiPolygon"
    assert outline["coordinates"][0][0][0] == [2.2996, 48.8787]
    assert read.summary["arrondissements"] == sorted(read.records["arrondissement"])


def test_the_export_of_the_city_has_twenty_outlines_with_their_official_surfaces(
    shared_data: Path,
) -> None:
    read = read_outlines((shared_data / "geo/arrondissements.geojson").read_bytes())

    assert sorted(read.records["arrondissement"]) == list(range(1, 21))
    assert read.rejected.is_empty()
    assert 105e6 < read.records["surface_m2"].sum() < 106e6


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (feature(None), "no number"),
        (feature(21), "no arrondissement"),
        (feature("huit"), "invalid literal"),
        (feature(geometry={"type": "Point", "coordinates": [2.3, 48.8]}), "no outline"),
        (feature(geometry={"type": "Polygon", "coordinates": [[[2.3, 48.8]]]}), "not closed"),
        (
            feature(
                geometry={"type": "Polygon", "coordinates": [[[9, 48], [9, 49], [8, 48], [9, 48]]]}
            ),
            "outside the city",
        ),
        (feature(geometry={"type": "Polygon", "coordinates": []}), "without corners"),
        (feature(6), "there twice"),
        ("not a feature", "no number"),
    ],
)
def test_an_invalid_feature_is_rejected_alone(bad: object, reason: str) -> None:
    read = read_outlines(collection(feature(6), bad))

    assert read.records["arrondissement"].to_list() == [6]
    assert read.rejected.height == 1
    assert reason in read.rejected["reason"][0]


@pytest.mark.parametrize(
    "text", ["", "[]", '{"error_code": "ODSQLError", "message": "no such field"}', "{", "null"]
)
def test_a_body_without_a_feature_collection_is_refused(text: str) -> None:
    with pytest.raises(UnreadableBody):
        read_outlines(text.encode())


def test_a_truncated_body_is_refused() -> None:
    with pytest.raises(UnreadableBody, match="cut off"):
        read_outlines(OWN[:-40])


def test_hostile_names_are_text() -> None:
    read = read_outlines(collection(feature(1, l_aroff="\ud800<script>" + "x" * 500)))

    assert read.records["name"][0].startswith("?<script>")
    assert len(read.records["name"][0]) == 100


def test_both_bodies_have_the_same_shape(any_body: Callable[[str], bytes]) -> None:
    read = read_outlines(any_body("geography/arrondissements.geojson"))

    assert read.records.height == read.record_count >= 3
    assert set(NETWORK.outlines.field_names) <= set(read.summary["fields"])
