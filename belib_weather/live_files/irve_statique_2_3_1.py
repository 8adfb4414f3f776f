"""`irve-statique.csv`: the charge points' equipment, by the national schema IRVE statique 2.3.1.

Concept: https://schema.data.gouv.fr/etalab/schema-irve-statique/2.3.1/. The city publishes the
fields of this schema, in other spellings; nothing is added to what it says. A row that lacks a
required field is left out and counted.
"""

import dataframely as dy
import polars as pl

from belib_weather.credits import BELIB
from belib_weather.dates import date_in_paris
from belib_weather.formats.export import COORDINATES, FieldTypes, read_export
from belib_weather.formats.spelling import charge_point_id
from belib_weather.live_files.csv_file import anchored
from belib_weather.networks import NETWORK

_PLACES = [
    "Voirie",
    "Parking public",
    "Parking privé à usage public",
    "Parking privé réservé à la clientèle",
    "Station dédiée à la recharge rapide",
]
_ACCESSIBLE = [
    "Réservé PMR",
    "Accessible mais non réservé PMR",
    "Non accessible",
    "Accessibilité inconnue",
]
_ID = r"(?:(?:^|,)(^[A-Z]{2}[A-Z0-9]{4,33}$|Non concerné))+$"
_EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"


class IrveStatique(dy.Schema):
    """A charge point and its equipment (national schema IRVE statique 2.3.1)."""

    nom_amenageur = dy.String(nullable=True)
    siren_amenageur = dy.String(nullable=True, regex=anchored(r"^\d{9}$"))
    contact_amenageur = dy.String(nullable=True, regex=_EMAIL)
    nom_operateur = dy.String(nullable=True)
    contact_operateur = dy.String(regex=_EMAIL)
    telephone_operateur = dy.String(nullable=True)
    nom_enseigne = dy.String()
    id_station_itinerance = dy.String(regex=anchored(_ID))
    id_station_local = dy.String(nullable=True)
    nom_station = dy.String()
    implantation_station = dy.Enum(_PLACES)
    adresse_station = dy.String()
    code_insee_commune = dy.String(nullable=True, regex=anchored(r"^([013-9]\d|2[AB1-9])\d{3}$"))
    coordonneesXY = dy.String(regex=r"^\[-?\d+(\.\d+)?,-?\d+(\.\d+)?\]$")  # noqa: N815 - the schema's name
    nbre_pdc = dy.Int64(min=0)
    id_pdc_itinerance = dy.String(primary_key=True, regex=anchored(_ID))
    id_pdc_local = dy.String(nullable=True)
    puissance_nominale = dy.Float64(min=0)
    prise_type_ef = dy.Bool()
    prise_type_2 = dy.Bool()
    prise_type_combo_ccs = dy.Bool()
    prise_type_chademo = dy.Bool()
    prise_type_autre = dy.Bool()
    gratuit = dy.Bool(nullable=True)
    paiement_acte = dy.Bool()
    paiement_cb = dy.Bool(nullable=True)
    paiement_autre = dy.Bool(nullable=True)
    tarification = dy.String(nullable=True)
    condition_acces = dy.Enum(["Accès libre", "Accès réservé"])
    reservation = dy.Bool()
    horaires = dy.String(regex=anchored(r"(.*?)((\d{1,2}:\d{2})-(\d{1,2}:\d{2})|24/7)"))
    accessibilite_pmr = dy.Enum(_ACCESSIBLE)
    restriction_gabarit = dy.String()
    station_deux_roues = dy.Bool()
    raccordement = dy.Enum(["Direct", "Indirect"], nullable=True)
    num_pdl = dy.String(nullable=True)
    date_mise_en_service = dy.Date(nullable=True)
    observations = dy.String(nullable=True)
    date_maj = dy.Date()
    cable_t2_attache = dy.Bool(nullable=True)


_OWN = ("observations", "cable_t2_attache")
"""The credit line replaces the city's remarks; the city does not say whether a cable is fixed."""
_PUBLISHED = ("coordonneesxy", "statut_pdc", "id_pdc")
_IN_SERVICE = "En service"
_SPELT: dict[str, list[str]] = {
    name: IrveStatique.columns()[name].categories  # type: ignore[attr-defined]
    for name in ("implantation_station", "condition_acces", "accessibilite_pmr", "raccordement")
}


def irve_statique(static: bytes) -> pl.DataFrame:
    """The rows of an export of the static dataset, by id, all as text; see `IrveStatique`.

    Args:
        static: the body, JSON or CSV of any vintage.

    Raises:
        UnreadableBody: neither, or broken off.
    """
    names = IrveStatique.column_names()
    texts = [name for name in (*names, *_PUBLISHED) if name not in _OWN]
    field_types: FieldTypes = {**dict.fromkeys(texts, pl.String), "coordonneesxy": COORDINATES}
    rows = read_export(static, field_types).rows
    point = charge_point_id(pl.coalesce("id_pdc_local", "id_pdc", "id_pdc_itinerance"))
    cells = {
        name: pl.col(name).str.strip_chars().replace("", None)
        for name in names
        if name in rows.columns
    }
    columns = {
        **cells,
        **{name: _switch(cells[name]) for name in _columns_of(dy.Bool) if name in cells},
        **{name: _canonical_spelling(cells[name], words) for name, words in _SPELT.items()},
        **{name: _day(cells[name]) for name in _columns_of(dy.Date)},
        "accessibilite_pmr": _canonical_spelling(cells["accessibilite_pmr"], _ACCESSIBLE).fill_null(
            "Accessibilité inconnue"
        ),
        "puissance_nominale": cells["puissance_nominale"].str.replace(",", "."),
        "coordonneesXY": _position(),
        "id_station_itinerance": NETWORK.roaming_id(NETWORK.station_id(point)),
        "id_station_local": NETWORK.station_id(point),
        "id_pdc_itinerance": NETWORK.roaming_id(point),
        "id_pdc_local": point,
        "observations": pl.lit(BELIB.line),
        "cable_t2_attache": pl.lit(None, dtype=pl.String),
    }
    return (
        rows.filter(pl.col("statut_pdc").fill_null(_IN_SERVICE) == _IN_SERVICE, point.is_not_null())
        .select(columns[name].alias(name) for name in names)
        .unique("id_pdc_itinerance", keep="last")
        .sort("id_pdc_itinerance")
    )


def _columns_of(kind: type[dy.Column]) -> list[str]:
    return [name for name, column in IrveStatique.columns().items() if isinstance(column, kind)]


def _switch(text: pl.Expr) -> pl.Expr:
    lower = text.str.to_lowercase()
    return lower.replace({"1": "true", "oui": "true", "0": "false", "non": "false"})


def _canonical_spelling(text: pl.Expr, words: list[str]) -> pl.Expr:
    """A word in the spelling of the schema: the city writes `direct` as well."""
    return text.str.to_lowercase().replace({word.lower(): word for word in words})


def _day(text: pl.Expr) -> pl.Expr:
    """A date, or the date in Paris of an instant, as text."""
    instant = text.str.to_datetime("%+", strict=False, time_zone="UTC")
    return pl.coalesce(date_in_paris(instant), text.str.to_date("%Y-%m-%d", strict=False)).cast(
        pl.String
    )


def _position() -> pl.Expr:
    place = pl.col("coordonneesxy").struct
    lon, lat = place.field("lon"), place.field("lat")
    return pl.when(NETWORK.bounds.contains(lat, lon)).then(pl.format("[{},{}]", lon, lat))
