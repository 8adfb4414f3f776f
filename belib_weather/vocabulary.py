"""The words of the domain: charge point statuses, weather classes, and the labels they come from.

What belongs here: closed vocabularies and the mapping of foreign labels onto them.
What does not: rules that need a clock, a store or a frame.
"""

from enum import StrEnum


class Status(StrEnum):
    """Canonical status of a charge point, in the order that breaks ties between sightings.

    Of two sightings of one point in one second with the same stamp, the status *latest in this
    list* counts.
    """

    AVAILABLE = "available"
    OCCUPIED = "occupied"
    RESERVED = "reserved"
    OUT_OF_ORDER = "out_of_order"
    PLANNED = "planned"
    REMOVED = "removed"
    UNKNOWN = "unknown"


STATUSES: tuple[str, ...] = tuple(status.value for status in Status)


class StationStatus(StrEnum):
    """One word for a whole station now; the first that applies, in this order."""

    AVAILABLE = "available"
    FULL = "full"
    SILENT = "silent"
    OUT_OF_ORDER = "out_of_order"


STATION_STATUSES: tuple[str, ...] = tuple(status.value for status in StationStatus)

STATUS_OF_LABEL: dict[str, Status] = {
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
"""Labels of the real-time feed (`statut_pdc`); any other label is `unknown` and is reported."""


FEED_FIELDS: frozenset[str] = frozenset(
    {
        "id_pdc",
        "statut_pdc",
        "last_updated",
        "coordonneesxy",
        "adresse_station",
        "code_insee_commune",
        "arrondissement",
    }
)
"""Fields of the real-time feed that are asked for."""
LEFT_OUT_FIELD = "url_description_pdc"
"""300 constant characters and the id, half of the payload; recorded exports hold it."""


FIELD_OF_LABEL: dict[str, str] = {
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
}
"""Field of a lower-case CSV label, or of the other name that a field has in one dataset."""


class WeatherClass(StrEnum):
    """Coarse class of a WMO weather code, for grouping and filtering."""

    CLEAR = "clear"
    CLOUDY = "cloudy"
    FOG = "fog"
    DRIZZLE = "drizzle"
    RAIN = "rain"
    SNOW = "snow"
    THUNDERSTORM = "thunderstorm"


WEATHER_CLASSES: tuple[str, ...] = tuple(weather.value for weather in WeatherClass)

WEATHER_CLASS_OF_CODE: dict[int, WeatherClass] = {
    0: WeatherClass.CLEAR,
    **dict.fromkeys((1, 2, 3), WeatherClass.CLOUDY),
    **dict.fromkeys((45, 48), WeatherClass.FOG),
    **dict.fromkeys((51, 53, 55, 56, 57), WeatherClass.DRIZZLE),
    **dict.fromkeys((61, 63, 65, 66, 67, 80, 81, 82), WeatherClass.RAIN),
    **dict.fromkeys((71, 73, 75, 77, 85, 86), WeatherClass.SNOW),
    **dict.fromkeys((95, 96, 99), WeatherClass.THUNDERSTORM),
}
"""WMO 4677 subset that Open-Meteo publishes; showers go with what falls."""

PARIS = "Europe/Paris"
GAP_LIMIT_SECONDS = 1_800
"""Two sightings further apart than this leave the time between them unobserved."""
STALENESS_SECONDS = 93_600
"""A record whose stamp is older than this (26 h) no longer tells the present."""
SIMULATED = "simulator:"
"""Begins the `source` of whatever rests on simulated responses."""
