"""The static dataset: 42 columns per charge point, as the recorded JSON export has them.

Every value is a text, booleans in both spellings (`"false"`, `"False"`), lists are lists. About
2.5 % of the real-time points are missing here, and some points stand here only.
"""

from functools import lru_cache
from typing import Any

import numpy as np

from belib_weather.simulator.attributes import AttributeBook
from belib_weather.simulator.fleet import FOREIGN_ID, ORIGIN, Fleet, Station
from belib_weather.simulator.geography import Place, invent_place
from belib_weather.simulator.paris_time import DAY, HOUR, instant, iso_stamps
from belib_weather.simulator.randomness import generator

DATASET = "belib-points-de-recharge-pour-vehicules-electriques-donnees-statiques"
FIELDS = {
    "id_pdc_local": ("ID PDC local", "text"),
    "statut_pdc": ("Statut du Point de charge", "text"),
    "arrondissement": ("Arrondissement", "text"),
    "id_station_local": ("ID Station local", "text"),
    "id_station_itinerance": ("ID Station itinérance", "text"),
    "nom_station": ("Nom station", "text"),
    "code_insee_commune": ("Code INSEE commune", "text"),
    "implantation_station": ("Type implantation", "text"),
    "nbre_pdc": ("Nombre point de recharge", "text"),
    "date_maj": ("Date mise à jour", "date"),
    "condition_acces": ("Conditions d'accès", "text"),
    "adresse_station": ("Adresse station", "text"),
    "coordonneesxy": ("Coordonnées géographiques", "geo_point_2d"),
    "gratuit": ("Gratuité", "text"),
    "paiement_acte": ("Paiement à l'acte", "text"),
    "paiement_cb": ("Paiement CB", "text"),
    "paiement_autre": ("Paiement autres", "text"),
    "reservation": ("Réservation", "text"),
    "observations": ("Observations", "text"),
    "num_pdl": ("Numéro point livraison électricité", "text"),
    "siren_amenageur": ("SIREN aménageur", "text"),
    "contact_amenageur": ("Contact aménageur", "text"),
    "nom_amenageur": ("Nom aménageur", "text"),
    "nom_operateur": ("Nom opérateur", "text"),
    "contact_operateur": ("Contact opérateur", "text"),
    "telephone_operateur": ("Téléphone opérateur", "text"),
    "nom_enseigne": ("Nom enseigne", "text"),
    "tarification": ("Tarification", "text"),
    "id_pdc_itinerance": ("ID PDC itinérance", "text"),
    "date_mise_en_service": ("Date mise en service", "datetime"),
    "accessibilite_pmr": ("Accessibilité PMR", "text"),
    "restriction_gabarit": ("Restriction gabarit", "text"),
    "station_deux_roues": ("Stationnement 2 roues", "text"),
    "puissance_nominale": ("Puissance max KW", "text"),
    "prise_type_ef": ("Prise type EF", "text"),
    "prise_type_2": ("Prise type 2", "text"),
    "prise_type_combo_ccs": ("Prise type Combo CCS", "text"),
    "prise_type_chademo": ("Prise type Chademo", "text"),
    "prise_type_autre": ("Prise type Autre", "text"),
    "prise_type_3": ("Prise type 3", "text"),
    "horaires": ("Horaires", "text"),
    "raccordement": ("Raccordement", "text"),
}
"""Name of each field: its label and type."""

Record = dict[str, Any]


class StaticFeed:
    """The static dataset of a fleet; it changes once a day, at 03:00 UTC."""

    def __init__(self, fleet: Fleet, book: AttributeBook) -> None:
        self._fleet = fleet
        self._book = book
        rng = generator(fleet.seed, "static")
        self._missing = rng.random(len(fleet)) < 0.025
        self._opened = ORIGIN - rng.integers(30 * DAY, 1_600 * DAY, len(fleet))
        self._only_here = [
            (f"FR*V75*EPX{n % 20 + 1:02d}*{900 + n}", invent_place(rng, n % 20 + 1))
            for n in range(max(1, len(fleet) // 250))
        ]

    def modified(self, at: int) -> int:
        """Second of the last daily update at or before `at`."""
        return (at - 3 * HOUR) // DAY * DAY + 3 * HOUR

    def records(
        self,
        at: int,
        *,
        fields: tuple[str, ...] = tuple(FIELDS),
        zone: str = "UTC",
        most: int | None = None,
    ) -> list[Record]:
        """The export at a second, or its first rows; `zone` is that of `date_mise_en_service`."""
        rows = self._rows(self.modified(at), zone)[:most]
        return [{field: row[field] for field in fields} for row in rows]

    def count(self, at: int) -> int:
        """Number of records at a second."""
        return len(self.records(at, fields=("id_pdc_local",)))

    @lru_cache(maxsize=4)  # noqa: B019 - one feed lives as long as its process
    def _rows(self, at: int, zone: str) -> list[Record]:
        fleet, places = self._fleet, self._book.places(at)
        listed = (fleet.appears <= at) & ~self._missing
        opened = np.where(fleet.appears > 0, fleet.appears, self._opened)
        opened_texts = iso_stamps(opened, zone)
        sizes = np.bincount(fleet.station[fleet.appears <= at], minlength=len(fleet.stations))
        updated = f"{instant(at - DAY):%Y-%m-01}"
        rows = []
        for point in np.flatnonzero(listed).tolist():
            station = int(fleet.station[point])
            place = places[station]
            if fleet.ids[point] == FOREIGN_ID or place is None:
                continue
            rows.append(
                _record(fleet.ids[point], fleet.stations[station], place, float(fleet.power[point]))
                | {
                    "nbre_pdc": str(sizes[station]),
                    "date_maj": updated,
                    "num_pdl": f"{50_000_000_000_000 + station * 7_919}",
                    "date_mise_en_service": opened_texts[point],
                }
            )
        for stem, place in self._only_here:
            station_only = Station(stem.replace("*E", "*P"), place)
            row = _record(f"{stem}*1", station_only, place, 7.0)
            extra = {"nbre_pdc": "1", "date_maj": updated, "statut_pdc": "En test"}
            rows.append(row | extra)
        return rows


def _record(charge_point: str, station: Station, place: Place, power: float) -> Record:
    """One row in the order and the spellings of the recorded export."""
    is_fast, is_slow = power >= 43, power <= 4
    values = {
        "id_pdc_local": charge_point,
        "statut_pdc": "En service",
        "arrondissement": place.label,
        "id_station_local": station.id.replace("PPX12*19", "BPX12*19"),  # a typo of the source
        "id_station_itinerance": station.id.replace("*", ""),
        "nom_station": f"Paris | {place.street} {place.number}",
        "code_insee_commune": place.insee,
        "implantation_station": "Parking public" if station.is_hub else "Voirie",
        "condition_acces": "Accès libre",
        "adresse_station": place.address,
        "coordonneesxy": {"lon": place.longitude, "lat": place.latitude},
        "gratuit": "false",
        "paiement_acte": "true",
        "paiement_cb": "false" if is_slow else "true",
        "paiement_autre": "true",
        "reservation": "false",
        "observations": ["Données simulées", "Point de charge d'une ville inventée"],
        "siren_amenageur": "000000000",
        "contact_amenageur": "simulateur@example.org",
        "nom_amenageur": "SIMULATEUR",
        "nom_operateur": "SIMULATEUR",
        "contact_operateur": "simulateur@example.org",
        "telephone_operateur": "01 00 00 00 00",
        "nom_enseigne": "Belib' (simulé)",
        "tarification": "https://example.org/tarifs",
        "id_pdc_itinerance": charge_point.replace("*", ""),
        "accessibilite_pmr": "Réservé PMR" if place.number % 40 == 7 else "Non accessible",
        "restriction_gabarit": "Hauteur maximale 1.90m" if station.is_hub else "aucune restriction",
        "station_deux_roues": "True" if power == 3 else "False",
        "puissance_nominale": f"{power:g}",
        "prise_type_ef": "False" if station.is_hub else "True",
        "prise_type_2": "False" if is_slow else "True",
        "prise_type_combo_ccs": "True" if is_fast or power == 22 else "False",
        "prise_type_chademo": "True" if is_fast or power == 22 else "False",
        "prise_type_autre": "False",
        "prise_type_3": "True" if power == 22 else "False",
        "horaires": "24/7",
        "raccordement": "direct" if station.is_hub else "Direct",
    }
    return {field: values.get(field) for field in FIELDS}
