"""Belib, the charge points of the City of Paris.

What belongs here: what the portal opendata.paris.fr and the operator publish, and how. What does
not: rules of other networks.
"""

from datetime import time

import polars as pl

from belib_weather.networks.declaration import Bounds, Dataset, Network
from belib_weather.vocabulary import Status

_DATASET = "belib-points-de-recharge-pour-vehicules-electriques"
_PLACE = {
    "coordinates": "coordonneesxy",
    "address": "adresse_station",
    "insee_code": "code_insee_commune",
    "district": "arrondissement",
}
_STATUS_OF_LABEL = {
    "Disponible": Status.AVAILABLE,
    "Occupé (en charge)": Status.OCCUPIED,
    "Occupé": Status.OCCUPIED,
    "Réservé": Status.RESERVED,
    "Réservée": Status.RESERVED,
    "En maintenance": Status.OUT_OF_ORDER,
    "Mise en service planifiée": Status.PLANNED,
    "En cours de mise en service": Status.PLANNED,
    "Pas implémenté": Status.PLANNED,
    "Pas implémentée": Status.PLANNED,
    "Supprimé": Status.REMOVED,
    "Supprimée": Status.REMOVED,
    "Inconnu": Status.UNKNOWN,
}
"""Labels of `statut_pdc` in the real-time feed; those of the static dataset are not read."""
_FIELD_OF_NATIONAL_LABEL = {
    "id station local": "id_station_local",
    "id station itinérance": "id_station_itinerance",
    "type implantation": "implantation_station",
    "nombre point de recharge": "nbre_pdc",
    "date mise à jour": "date_maj",
    "conditions d'accès": "condition_acces",
    "gratuité": "gratuit",
    "paiement à l'acte": "paiement_acte",
    "paiement cb": "paiement_cb",
    "paiement autres": "paiement_autre",
    "réservation": "reservation",
    "siren aménageur": "siren_amenageur",
    "contact aménageur": "contact_amenageur",
    "nom aménageur": "nom_amenageur",
    "nom opérateur": "nom_operateur",
    "contact opérateur": "contact_operateur",
    "téléphone opérateur": "telephone_operateur",
    "nom enseigne": "nom_enseigne",
    "restriction gabarit": "restriction_gabarit",
    "stationnement 2 roues": "station_deux_roues",
    "prise type autre": "prise_type_autre",
    "numéro point livraison électricité": "num_pdl",
}
"""Labels of what the static dataset has of the national schema and only `live_files` reads."""
_FIELD_OF_LABEL = {
    "id pdc local": "id_pdc",
    "statut du point de recharge": "statut_pdc",
    "statut du point de charge": "statut_pdc",
    "heure mise à jour": "last_updated",
    "coordonnées géographiques": "coordonneesxy",
    "adresse station": "adresse_station",
    "code insee commune": "code_insee_commune",
    "id pdc itinérance": "id_pdc_itinerance",
    "nom station": "nom_station",
    "date mise en service": "date_mise_en_service",
    "accessibilité pmr": "accessibilite_pmr",
    "puissance max kw": "puissance_nominale",
    "puissance nominale": "puissance_nominale",
    "prise type ef": "prise_type_ef",
    "prise type 2": "prise_type_2",
    "prise type combo ccs": "prise_type_combo_ccs",
    "prise type chademo": "prise_type_chademo",
    "horaires": "horaires",
    "id_pdc_local": "id_pdc",
    **_FIELD_OF_NATIONAL_LABEL,
}


_ROAMING = (
    (r"^FRV75(E(?:PX\d\d|\d{4}))(\d\d)(\d\d?)$", "FR*V75*${1}*${2}*${3}"),
    (r"^FRV75(EHB[A-Z]{3})([A-Z]{3})(\d\d)(\d\d?)$", "FR*V75*${1}*${2}*${3}*${4}"),
)
"""Roaming spellings and the local ones; they turn back every pair that was ever published."""


def local_id(charge_point_id: pl.Expr) -> pl.Expr:
    """Local id from either spelling: `FRV75EPX08116` → `FR*V75*EPX08*11*6`."""
    for pattern, local in _ROAMING:
        charge_point_id = charge_point_id.str.replace(pattern, local)
    return charge_point_id


def station_id(charge_point_id: pl.Expr) -> pl.Expr:
    """Local id of the station: `FR*V75*EPX08*11*6` → `FR*V75*PPX08*11`.

    The third segment's leading E (equipment) becomes P (pool) and the last segment is dropped; of
    car-park hubs (`EHB…`) the last two. A three-part foreign id (`JE*TQA*E0001`) keeps them all.
    Both published static datasets give the same station ids.
    """
    segments = charge_point_id.str.splitn("*", 4).struct
    first, second, third, rest = (segments.field(f"field_{number}") for number in range(4))
    pool = pl.when(third.str.starts_with("E")).then("P" + third.str.slice(1)).otherwise(third)
    more = rest.str.count_matches("*", literal=True)
    # Without groups, which a regular expression finds slowly.
    without_one = pl.when(more > 0).then(rest.str.replace(r"\*[^*]*$", ""))
    without_two = pl.when(more > 1).then(rest.str.replace(r"\*[^*]*\*[^*]*$", ""))
    of_hub = without_two.when(more == 0).then(rest)
    kept = pl.when(third.str.starts_with("EHB")).then(of_hub).otherwise(without_one)
    station = pl.concat_str(first, second, pool, kept, separator="*", ignore_nulls=True)
    return pl.when(third.is_null()).then(charge_point_id).otherwise(station)


def roaming_id(charge_point_id: pl.Expr) -> pl.Expr:
    """Roaming id (`id_pdc_itinerance`): the local id without `*`."""
    return charge_point_id.str.replace_all("*", "", literal=True)


def arrondissement(address: pl.Expr, insee: pl.Expr, label: pl.Expr) -> pl.Expr:
    """Arrondissement 1-20, null where none of the three gives it.

    The postal code at the end of the address counts first (75001-75020, and 75116, which is the
    16th too), then the INSEE code (75101-75120; 75056 is the whole city), then the label
    (`05e Arrondissement`; `Paris centre` is four of them, so it gives none).
    """
    postal = address.str.extract(r"^.*\b75[01](\d{2})\b").cast(pl.Int16, strict=False)
    code = insee.str.extract(r"^751(\d{2})$").cast(pl.Int16, strict=False)
    named = label.str.extract(r"^0?(\d{1,2})\s*er?\b").cast(pl.Int16, strict=False)
    return pl.coalesce(*(pl.when(n.is_between(1, 20)).then(n) for n in (postal, code, named)))


PARIS = Network(
    name="paris",
    zone="Europe/Paris",
    bounds=Bounds(south=48.70, north=49.00, west=2.10, east=2.60),
    cadence_seconds=300,
    resync=time(4, 30),
    realtime=Dataset(
        source="opendata_paris/realtime",
        id=f"{_DATASET}-disponibilite-temps-reel",
        fields={
            "charge_point_id": "id_pdc",
            "status_label": "statut_pdc",
            "updated": "last_updated",
            **_PLACE,
        },
        # 300 constant characters and the id, half of the payload; recorded exports hold it.
        ignored_fields=frozenset({"url_description_pdc"}),
    ),
    static=Dataset(
        source="opendata_paris/static",
        id=f"{_DATASET}-donnees-statiques",
        fields={
            "charge_point_id": "id_pdc",
            "local_id": "id_pdc_local",
            **_PLACE,
            "station_name": "nom_station",
            "opening_hours": "horaires",
            "accessibility": "accessibilite_pmr",
            "power_kw": "puissance_nominale",
            "has_ef": "prise_type_ef",
            "has_type_2": "prise_type_2",
            "has_combo_ccs": "prise_type_combo_ccs",
            "has_chademo": "prise_type_chademo",
            "commissioned_on": "date_mise_en_service",
        },
    ),
    outlines=Dataset(
        source="opendata_paris/arrondissements",
        id="arrondissements",
        fields={"arrondissement": "c_ar", "name": "l_aroff", "surface_m2": "surface"},
    ),
    status_of_label=_STATUS_OF_LABEL,
    field_of_label=_FIELD_OF_LABEL,
    local_id=local_id,
    station_id=station_id,
    roaming_id=roaming_id,
    arrondissement=arrondissement,
)
