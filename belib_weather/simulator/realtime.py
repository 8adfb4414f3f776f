"""The real-time feed: one record per charge point as the portal publishes it."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from belib_weather.simulator.attributes import AttributeBook
from belib_weather.simulator.paris_time import DAY, iso_stamps
from belib_weather.simulator.randomness import Ints
from belib_weather.simulator.spells import Spells
from belib_weather.simulator.timeline import Records, Timeline
from belib_weather.vocabulary import STATUSES

DATASET = "belib-points-de-recharge-pour-vehicules-electriques-disponibilite-temps-reel"
FIELDS = {
    "id_pdc": ("ID PDC local", "text"),
    "statut_pdc": ("Statut du point de recharge", "text"),
    "url_description_pdc": ("URL Description Point de charge", "text"),
    "last_updated": ("Heure mise à jour", "datetime"),
    "arrondissement": ("arrondissement", "text"),
    "adresse_station": ("adresse_station", "text"),
    "coordonneesxy": ("coordonneesXY", "geo_point_2d"),
    "code_insee_commune": ("code_insee_commune", "text"),
}
"""Name of each field, in the order of 2026: its label and type."""
LABELS = dict(
    zip(
        STATUSES,
        (
            *("Disponible", "Occupé (en charge)", "Réservé", "En maintenance"),
            *("Mise en service planifiée", "Supprimé", "Inconnu"),
        ),
        strict=True,
    )
)
_URL = (
    "https://parisdata.opendatasoft.com/explore/dataset/belib-points-de-recharge-pour-vehicules-"
    "electriques-donnees-statiques/table/?disjunctive.nbre_pdc&disjunctive.accessibilite&"
    "disjunctive.horaires_sav&disjunctive.postal_code&disjunctive.acces_recharge&"
    "disjunctive.type_prise&disjunctive.puiss_max&q="
)

Record = dict[str, Any]


class RealtimeFeed:
    """The records of a timeline as of any second, oldest stamp first."""

    def __init__(self, timeline: Timeline, book: AttributeBook) -> None:
        self._timeline = timeline
        self._book = book

    def records(
        self,
        at: int,
        *,
        fields: tuple[str, ...] = tuple(FIELDS),
        zone: str = "UTC",
        most: int | None = None,
    ) -> list[Record]:
        """The export at a second.

        Args:
            at: UTC second.
            fields: which fields, in this order.
            zone: time zone of `last_updated`; each stamp carries the offset of its own day.
            most: the first so many; all when left out.

        Raises:
            BeforeOriginError: `at` is before the model's origin.
        """
        now = self._timeline.at(at)
        attributes = self._book.at(at)
        stamps = self._stamps(at, now)
        order = stamps.argsort(kind="stable")[:most]
        points = now.point[order].tolist()
        ids = self._timeline.fleet.ids
        labels = [LABELS[status] for status in STATUSES]
        columns: dict[str, Callable[[], list[Any]]] = {
            "id_pdc": lambda: [ids[point] for point in points],
            "statut_pdc": lambda: [labels[status] for status in now.status[order].tolist()],
            "url_description_pdc": lambda: [_URL + ids[point] for point in points],
            "last_updated": lambda: iso_stamps(stamps[order], zone),
            "arrondissement": lambda: [attributes.label[point] for point in points],
            "adresse_station": lambda: [attributes.address[point] for point in points],
            "coordonneesxy": lambda: [attributes.coordinates[point] for point in points],
            "code_insee_commune": lambda: [attributes.insee[point] for point in points],
        }
        rows = zip(*(columns[field]() for field in fields), strict=True)
        return [dict(zip(fields, row, strict=True)) for row in rows]

    def modified(self, at: int) -> int:
        """Second of the newest stamp at a second: when the dataset last changed."""
        return int(self._timeline.at(at).updated.max())

    def count(self, at: int) -> int:
        """Number of records at a second."""
        return len(self._timeline.at(at).point)

    def _stamps(self, at: int, now: Records) -> Ints:
        """Published stamps; a few go backwards for a while under an unchanged record."""
        stamps = now.updated.copy()
        wrong = self._backward(at // DAY).within(at, at + 1)
        for point, start, shift in zip(wrong.point, wrong.start, wrong.value, strict=True):
            row = (now.point == point) & (now.updated <= start)
            stamps[row] -= shift
        return stamps

    @lru_cache(maxsize=8)  # noqa: B019 - one feed lives as long as its process
    def _backward(self, day: int) -> Spells:
        """Periods with a stamp that is too old that touch a UTC day."""
        return self._timeline.disturbances.backward_stamps(day * DAY, (day + 1) * DAY)
