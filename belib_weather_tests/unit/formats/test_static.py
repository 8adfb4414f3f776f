"""The reader of the static dataset: every vintage, JSON and CSV."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from belib_weather.formats.errors import UnreadableBody
from belib_weather.formats.static import read_static
from belib_weather_tests.bodies import body as stored

POINT = "FR*V75*EPX08*11*6"


def equipment(**values: Any) -> dict[str, Any]:
    """The one record of a body, as read."""
    record = {"id_pdc_local": POINT, **values}
    return read_static(json.dumps([record]).encode()).records.row(0, named=True)


@pytest.mark.parametrize(
    ("name", "count", "rejected"), [("2022.csv", 6, 2), ("2024.json", 6, 0), ("2025.csv", 5, 0)]
)
def test_every_vintage_reads_whole(name: str, count: int, rejected: int) -> None:
    read = read_static(stored(f"static/{name}"))
    assert (read.records.height, read.rejected.height) == (count, rejected)
    assert read.record_count == count + rejected
    assert set(read.rejected["reason"]) <= {"no id"}
    missing = read.records.select(
        "address", "latitude", "arrondissement", "power_kw", "has_ef", "station_name"
    )
    assert missing.null_count().sum_horizontal().item() == 0
    assert set(read.records["power_kw"]) <= {3, 4, 7, 22, 43, 50}


@pytest.mark.parametrize("text", ["true", "True", " TRUE ", "1", "oui"])
def test_booleans_are_spelled_in_several_ways(text: str) -> None:
    assert equipment(prise_type_2=text)["has_type_2"] is True
    assert equipment(prise_type_2=text + "?")["has_type_2"] is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2021-08-17", date(2021, 8, 17)),
        ("2021-08-17T23:30:00+00:00", date(2021, 8, 18)),
        ("2021-08-17T23:30:00+02:00", date(2021, 8, 17)),
        ("bientôt", None),
    ],
)
def test_the_date_of_commissioning_is_the_date_in_paris(text: str, day: date | None) -> None:
    assert equipment(date_mise_en_service=text)["commissioned_on"] == day


@pytest.mark.parametrize(
    ("text", "power"), [("7", 7.0), ("7,4", 7.4), ("-1", None), ("1001", None), ("fort", None)]
)
def test_power_is_a_number_within_reason(text: str, power: float | None) -> None:
    assert equipment(puissance_nominale=text)["power_kw"] == power


def test_the_summary_names_the_fields_as_published() -> None:
    fields = read_static(stored("static/2024.json")).summary["fields"]
    assert fields == sorted(json.loads(stored("static/2024.json"))[0])


def test_a_body_that_is_not_an_export_is_refused() -> None:
    for broken in (b"", b"{}", stored("static/2024.json")[:-1], stored("static/2025.csv")[:-40]):
        with pytest.raises(UnreadableBody):
            read_static(broken)


@pytest.mark.parametrize(
    ("name", "count", "rejected", "dated"),
    [("belib_static_2022-12.csv", 2073, 11, 2032), ("belib_static_2024-12.json", 1937, 0, 1937)],
)
def test_both_recorded_vintages_read_whole(
    shared_data: Path, name: str, count: int, rejected: int, dated: int
) -> None:
    read = read_static((shared_data / "static" / name).read_bytes())
    assert (read.records.height, read.rejected.height) == (count, rejected)
    assert read.records["charge_point_id"].n_unique() == count
    assert set(read.records["power_kw"]) <= {3, 4, 7, 22, 43, 50}
    assert read.records.select("latitude", "has_ef", "station_name").null_count().row(0) == (
        0,
        0,
        0,
    )
    assert read.records["commissioned_on"].count() == dated or name.endswith(".csv")
