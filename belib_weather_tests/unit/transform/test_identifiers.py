"""Ids and arrondissements, against published examples and the published static datasets."""

import json
from pathlib import Path

import polars as pl
import pytest

from belib_weather.transform.arrondissements import arrondissement
from belib_weather.transform.identifiers import roaming_id, station_id


@pytest.mark.parametrize(
    ("point", "station"),
    [
        ("FR*V75*EPX08*11*6", "FR*V75*PPX08*11"),
        ("FR*V75*E9006*02*3", "FR*V75*P9006*02"),
        ("FR*V75*EPX20*21*01", "FR*V75*PPX20*21"),
        ("FR*V75*EHBSAG*LOB*07*1", "FR*V75*PHBSAG*LOB"),
        ("JE*TQA*E0001", "JE*TQA*P0001"),
        ("odd", "odd"),
    ],
)
def test_a_points_id_names_its_station(point: str, station: str) -> None:
    assert pl.select(station_id(pl.lit(point))).item() == station


def test_ids_agree_with_those_that_the_static_dataset_publishes(shared_data: Path) -> None:
    rows = pl.DataFrame(json.loads((shared_data / "static/belib_static_2024-12.json").read_text()))
    wrong = rows.filter(station_id(pl.col("id_pdc_local")) != pl.col("id_station_local"))
    assert 0 < wrong.height <= 10  # the source wrote B for P in six rows
    assert wrong["id_station_local"].str.starts_with("FR*V75*BPX").all()
    roaming = rows.filter(roaming_id(pl.col("id_pdc_local")) != pl.col("id_pdc_itinerance"))
    assert roaming.is_empty()


def test_ids_agree_with_those_of_the_oldest_static_dataset(shared_data: Path) -> None:
    rows = pl.read_csv(
        shared_data / "static/belib_static_2022-12.csv", separator=";", infer_schema=False
    ).filter(pl.col("ID PDC local").is_not_null())
    assert rows.filter(station_id(pl.col("ID PDC local")) != pl.col("ID Station local")).is_empty()


@pytest.mark.parametrize(
    ("address", "insee", "label", "number"),
    [
        ("37 Rue la Boétie 75008 Paris", "75056", "08e Arrondissement", 8),
        ("2 Rue Chardon Lagache 75116 Paris", "16116", None, 16),
        ("13 Rue Malher 75004 Paris", "75056", "Paris centre", 4),
        ("75 Avenue 75020", None, None, 20),
        (None, "75113", "08e Arrondissement", 13),
        ("Quai sans code", "75056", "05e Arrondissement", 5),
        (None, None, "1er Arrondissement", 1),
        (None, "75056", "Paris centre", None),
        ("1 Rue 75099 Paris", "16116", None, None),
        (None, None, None, None),
    ],
)
def test_the_postal_code_counts_first_then_the_insee_code_then_the_label(
    address: str | None, insee: str | None, label: str | None, number: int | None
) -> None:
    texts = (pl.lit(text, dtype=pl.String) for text in (address, insee, label))
    assert pl.select(arrondissement(*texts)).item() == number
