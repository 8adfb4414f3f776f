"""Paris: ids and arrondissements, against published examples and static datasets; bounds."""

import json
from collections.abc import Callable

import polars as pl
import pytest

from belib_weather.live_files.irve_statique_2_3_1 import IrveStatique
from belib_weather.networks import NETWORK


@pytest.mark.parametrize(
    ("point", "station"),
    [
        ("FR*V75*EPX08*11*6", "FR*V75*PPX08*11"),
        ("FR*V75*E9006*02*3", "FR*V75*P9006*02"),
        ("FR*V75*EPX20*21*01", "FR*V75*PPX20*21"),
        ("FR*V75*EHBSAG*LOB*07*1", "FR*V75*PHBSAG*LOB"),
        ("JE*TQA*E0001", "JE*TQA*P0001"),
        ("FR*V75*EHBSAG*07", "FR*V75*PHBSAG*07"),
        ("FR*V75*EPX08*11*6\n", "FR*V75*PPX08*11"),
        ("FR*V75*X**", "FR*V75*X*"),
        ("FR*V75*", "FR*V75*"),
        ("FR*V75", "FR*V75"),
        ("odd", "odd"),
        (None, None),
    ],
)
def test_a_points_id_names_its_station(point: str | None, station: str | None) -> None:
    assert pl.select(NETWORK.station_id(pl.lit(point, dtype=pl.String))).item() == station


def test_ids_agree_with_those_that_the_static_dataset_publishes(
    any_body: Callable[[str], bytes],
) -> None:
    rows = pl.DataFrame(json.loads(any_body("static/2024.json")))
    wrong = rows.filter(NETWORK.station_id(pl.col("id_pdc_local")) != pl.col("id_station_local"))
    assert 0 < wrong.height <= 10  # the source wrote B for P in a few rows
    assert wrong["id_station_local"].str.starts_with("FR*V75*BPX").all()
    roaming = rows.filter(NETWORK.roaming_id(pl.col("id_pdc_local")) != pl.col("id_pdc_itinerance"))
    assert roaming.is_empty()


def test_ids_agree_with_those_of_the_oldest_static_dataset(
    any_body: Callable[[str], bytes],
) -> None:
    rows = pl.read_csv(any_body("static/2022.csv"), separator=";", infer_schema=False).filter(
        pl.col("ID PDC local").is_not_null()
    )
    derived = NETWORK.station_id(pl.col("ID PDC local"))
    assert rows.filter(derived != pl.col("ID Station local")).is_empty()


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
    assert pl.select(NETWORK.arrondissement(*texts)).item() == number


@pytest.mark.parametrize(
    ("latitude", "longitude", "inside"),
    [(48.8566, 2.3522, True), (45.76, 4.84, False), (48.8566, 4.84, False), (None, 2.35, None)],
)
def test_the_bounds_hold_greater_paris(
    latitude: float | None, longitude: float, inside: bool | None
) -> None:
    place = (pl.lit(latitude, dtype=pl.Float64), pl.lit(longitude))
    assert pl.select(NETWORK.bounds.contains(*place)).item() is inside


def test_every_label_of_a_csv_export_names_a_field_that_is_read() -> None:
    read = NETWORK.realtime.field_names | NETWORK.static.field_names
    published = set(IrveStatique.column_names())
    assert set(NETWORK.field_of_label.values()) <= read | published
