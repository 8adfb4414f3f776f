"""`irve-dynamique.csv`: the charge points now, by the national schema IRVE dynamique 2.3.1.

Concept: https://schema.data.gouv.fr/etalab/schema-irve-dynamique/2.3.1/. The feed says nothing of
single plugs, so a plug that a point has is `inconnu`, which the schema asks for. A record older
than 26 h has no state: `inconnu`, `inconnu`.
"""

import dataframely as dy
import polars as pl

from belib_weather.live_files.csv_file import anchored
from belib_weather.live_files.present import Present, stamps
from belib_weather.vocabulary import Status

_UNKNOWN = "inconnu"
_MEANING: dict[Status, tuple[str, str]] = {
    Status.AVAILABLE: ("en_service", "libre"),
    Status.OCCUPIED: ("en_service", "occupe"),
    Status.RESERVED: ("en_service", "reserve"),
    Status.OUT_OF_ORDER: ("hors_service", _UNKNOWN),
    Status.REMOVED: ("hors_service", _UNKNOWN),
    Status.PLANNED: (_UNKNOWN, _UNKNOWN),
    Status.UNKNOWN: (_UNKNOWN, _UNKNOWN),
}
"""`etat_pdc` and `occupation_pdc` of a fresh record."""
_PLUGS = {
    "etat_prise_type_2": "has_type_2",
    "etat_prise_type_combo_ccs": "has_combo_ccs",
    "etat_prise_type_chademo": "has_chademo",
    "etat_prise_type_ef": "has_ef",
}
_PLUG_STATES = ["fonctionnel", "hors_service", "inconnu"]


class IrveDynamique(dy.Schema):
    """A charge point now (national schema IRVE dynamique 2.3.1)."""

    id_pdc_itinerance = dy.String(
        primary_key=True,
        regex=anchored(r"^[A-Z]{2}[A-Z0-9]{4,33}$"),
        description="Roaming id of the charge point.",
    )
    etat_pdc = dy.Enum(
        ["en_service", "hors_service", "inconnu"], description="Whether the point works."
    )
    occupation_pdc = dy.Enum(
        ["libre", "occupe", "reserve", "inconnu"], description="Whether the point is free."
    )
    horodatage = dy.String(
        regex=anchored(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
        description="Stamp of the point's record, UTC; of the snapshot where it has none.",
    )
    etat_prise_type_2 = dy.Enum(_PLUG_STATES, nullable=True, description="Its type 2 socket.")
    etat_prise_type_combo_ccs = dy.Enum(_PLUG_STATES, nullable=True, description="Its Combo CCS.")
    etat_prise_type_chademo = dy.Enum(_PLUG_STATES, nullable=True, description="Its CHAdeMO.")
    etat_prise_type_ef = dy.Enum(_PLUG_STATES, nullable=True, description="Its domestic socket.")


def irve_dynamique(present: Present) -> pl.DataFrame:
    """The rows, by id, all as text; a point whose id the schema refuses is among them."""
    meaning = pl.DataFrame(
        [(status.value, *words) for status, words in _MEANING.items()],
        schema=["status", "etat_pdc", "occupation_pdc"],
        orient="row",
    )

    def unless_stale(name: str) -> pl.Expr:
        return pl.when("is_stale").then(pl.lit(_UNKNOWN)).otherwise(name).alias(name)

    return (
        present.points.join(meaning, on="status", how="left")
        .select(
            pl.col("roaming_id").alias("id_pdc_itinerance"),
            unless_stale("etat_pdc"),
            unless_stale("occupation_pdc"),
            pl.coalesce(stamps("last_updated"), stamps("captured_at")).alias("horodatage"),
            *(pl.when(has).then(pl.lit(_UNKNOWN)).alias(name) for name, has in _PLUGS.items()),
        )
        .sort("id_pdc_itinerance")
    )
