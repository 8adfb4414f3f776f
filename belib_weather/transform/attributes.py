"""From bodies to attributes: place from the feed, equipment from the static dataset.

What belongs here: reading one body of either dataset. What does not: what many bodies together say
(`points`) and the states (`sightings`).
"""

from datetime import datetime
from typing import Any

import polars as pl

from belib_weather.dates import date_in_paris
from belib_weather.networks import NETWORK
from belib_weather.transform.bodies import PLACE, read_records
from belib_weather.transform.sightings import REJECTED, Cleaned

PLACE_COLUMNS = ("address", "latitude", "longitude", "arrondissement")
_PLACE_FIELDS: dict[str, Any] = {
    "id_pdc": pl.String,
    "coordonneesxy": PLACE,
    "adresse_station": pl.String,
    "code_insee_commune": pl.String,
    "arrondissement": pl.String,
}
_SWITCHES = {
    "has_ef": "prise_type_ef",
    "has_type_2": "prise_type_2",
    "has_combo_ccs": "prise_type_combo_ccs",
    "has_chademo": "prise_type_chademo",
}
_TEXTS = {
    "station_name": "nom_station",
    "opening_hours": "horaires",
    "accessibility": "accessibilite_pmr",
}
EQUIPMENT_COLUMNS = (*_TEXTS, "power_kw", *_SWITCHES, "commissioned_on")
"""What only the static dataset tells."""
POINTS = pl.Schema(
    {
        "charge_point_id": pl.String(),
        "captured_at": pl.Datetime("us", "UTC"),
        "address": pl.String(),
        "latitude": pl.Float64(),
        "longitude": pl.Float64(),
        "arrondissement": pl.Int16(),
    }
)


def points(body: bytes, captured_at: datetime) -> pl.DataFrame:
    """Where a snapshot places its charge points, by `POINTS`, nulls kept; one row per id.

    Raises:
        UnreadableBody: the body is neither a JSON array nor CSV.
    """
    return (
        read_records(body, _PLACE_FIELDS, f"the snapshot of {captured_at}")
        .filter(pl.col("id_pdc") != "")
        .select(
            pl.col("id_pdc").alias("charge_point_id"),
            pl.lit(captured_at).dt.truncate("1s").cast(POINTS["captured_at"]).alias("captured_at"),
            *_place(),
        )
        .group_by("charge_point_id", maintain_order=True)
        .agg(pl.all().drop_nulls().last())
    )


def static_points(body: bytes) -> Cleaned:
    """Equipment and place of the static dataset's charge points, JSON or CSV of any vintage.

    Returns:
        `good`: `charge_point_id`, the place columns and `EQUIPMENT_COLUMNS`; one row per id.
        `rejected`: rows without an id (points under test).

    Raises:
        UnreadableBody: the body is neither a JSON array nor CSV.
    """
    fields = {
        **_PLACE_FIELDS,
        **dict.fromkeys((*_TEXTS.values(), *_SWITCHES.values()), pl.String),
        "puissance_nominale": pl.String,
        "date_mise_en_service": pl.String,
    }
    rows = read_records(body, fields, "the static dataset")
    has_id = (pl.col("id_pdc") != "").fill_null(False)
    power = pl.col("puissance_nominale").str.replace(",", ".").cast(pl.Float64, strict=False)
    good = (
        rows.filter(has_id)
        .select(
            pl.col("id_pdc").alias("charge_point_id"),
            *_place(),
            *(pl.col(field).alias(name) for name, field in _TEXTS.items()),
            _within(power, 0, 1000).alias("power_kw"),
            *(_switch(pl.col(field)).alias(name) for name, field in _SWITCHES.items()),
            _local_date(pl.col("date_mise_en_service")).alias("commissioned_on"),
        )
        .group_by("charge_point_id", maintain_order=True)
        .agg(pl.all().drop_nulls().last())
    )
    rejected = rows.filter(~has_id).select(
        pl.lit(None, dtype=pl.String).alias("charge_point_id"),
        pl.lit("no id").alias("reason"),
        pl.struct(pl.all()).struct.json_encode().alias("record"),
    )
    return Cleaned(good=good, rejected=rejected if rejected.height else REJECTED.to_frame())


def _place() -> tuple[pl.Expr, ...]:
    place = pl.col("coordonneesxy").struct
    return (
        pl.col("adresse_station").alias("address"),
        _within(place.field("lat"), -90, 90).alias("latitude"),
        _within(place.field("lon"), -180, 180).alias("longitude"),
        NETWORK.arrondissement(
            pl.col("adresse_station"), pl.col("code_insee_commune"), pl.col("arrondissement")
        ).alias("arrondissement"),
    )


def _within(number: pl.Expr, lowest: float, highest: float) -> pl.Expr:
    return pl.when(number.is_between(lowest, highest)).then(number)


def _switch(text: pl.Expr) -> pl.Expr:
    """`true`, `False`, `1`…: the dataset spells its booleans in several ways."""
    lower = text.str.strip_chars().str.to_lowercase()
    return (
        pl.when(lower.is_in(["true", "1", "oui"]))
        .then(True)
        .when(lower.is_in(["false", "0", "non"]))
        .then(False)
    )


def _local_date(text: pl.Expr) -> pl.Expr:
    """A date, or a date-time whose date in Paris counts."""
    instant = text.str.to_datetime("%+", strict=False, time_zone="UTC")
    return pl.coalesce(date_in_paris(instant), text.str.to_date("%Y-%m-%d", strict=False))
