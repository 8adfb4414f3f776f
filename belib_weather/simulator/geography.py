"""Where the simulated stations stand: plausible, invented addresses inside Paris.

Street names are made up; postal codes, the labels of the arrondissements and the rough position of
each arrondissement are right.
"""

from dataclasses import dataclass

import numpy as np

CENTRES = {
    1: (48.8625, 2.3364),
    2: (48.8684, 2.3425),
    3: (48.8630, 2.3594),
    4: (48.8546, 2.3577),
    5: (48.8444, 2.3507),
    6: (48.8494, 2.3327),
    7: (48.8562, 2.3120),
    8: (48.8728, 2.3125),
    9: (48.8772, 2.3377),
    10: (48.8762, 2.3606),
    11: (48.8590, 2.3798),
    12: (48.8405, 2.3950),
    13: (48.8283, 2.3624),
    14: (48.8296, 2.3266),
    15: (48.8401, 2.2929),
    16: (48.8590, 2.2720),
    17: (48.8874, 2.3074),
    18: (48.8925, 2.3484),
    19: (48.8870, 2.3842),
    20: (48.8634, 2.4010),
}
"""Latitude and longitude of the middle of each arrondissement."""

_KINDS = ("Rue", "Rue", "Rue", "Rue", "rue", "Avenue", "Boulevard", "boulevard", "Quai", "Place")
_NAMES = (
    *("des Glycines", "du Vieux Lavoir", "de la Tourelle", "des Trois Tilleuls", "du Pré Fleuri"),
    *("de l'Écluse Neuve", "des Relieurs", "du Colombier", "de la Verrerie Basse", "des Cordiers"),
    *("du Moulin Gris", "des Orfèvres Réunis", "de la Glacière Haute", "du Puits Carré"),
    *("des Maraîchers", "de l'Horloger", "du Clos Renard", "des Lavandières", "du Bac Couvert"),
    *("de la Treille", "des Imprimeurs", "du Cadran Solaire", "de la Pépinière Royale"),
    *("des Tonneliers", "du Champ Long", "de l'Arbre Rond", "des Ferronniers", "du Four Banal"),
    *("de la Citerne", "des Vanniers", "du Petit Pont Vert", "de l'Estrapade Neuve"),
)


@dataclass(frozen=True)
class Place:
    """An address in Paris with its coordinates."""

    arrondissement: int
    number: int
    street: str
    postal_code: str
    latitude: float
    longitude: float

    @property
    def address(self) -> str:
        """The address as the feed writes it: number, street, postal code, Paris."""
        return f"{self.number} {self.street} {self.postal_code} Paris"

    @property
    def insee(self) -> str:
        """INSEE code of the arrondissement."""
        return f"751{self.arrondissement:02d}"

    @property
    def label(self) -> str:
        """The arrondissement as the feed names it: the first four are one, "Paris centre"."""
        if self.arrondissement <= 4:
            return "Paris centre"
        return f"{self.arrondissement:02d}e Arrondissement"


def invent_place(rng: np.random.Generator, arrondissement: int) -> Place:
    """Invent an address in an arrondissement; the 16th is written 75016 or 75116."""
    latitude, longitude = CENTRES[arrondissement]
    reach = 0.35 if arrondissement <= 4 else 0.65 if arrondissement <= 11 else 1.0
    north, east = rng.uniform(-1, 1, 2) * reach
    street = f"{_KINDS[rng.integers(len(_KINDS))]} {_NAMES[rng.integers(len(_NAMES))]}"
    old_code = arrondissement == 16 and rng.random() < 0.5
    return Place(
        arrondissement=arrondissement,
        number=int(rng.integers(1, 180)),
        street=street,
        postal_code="75116" if old_code else f"750{arrondissement:02d}",
        latitude=round(latitude + 0.0075 * float(north), 6),
        longitude=round(longitude + 0.0110 * float(east), 6),
    )
