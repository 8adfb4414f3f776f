"""What the feed says about where a charge point is, with the faults that the real one has.

INSEE codes are `75056` for most stations (as in 2026); of the others some name a neighbouring
arrondissement and some carry the typo `16116`. Attributes are null in `nameless` periods, and a
station sometimes gets a new address.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from belib_weather.simulator.disturbances import Disturbances
from belib_weather.simulator.fleet import ORIGIN, Fleet
from belib_weather.simulator.geography import Place, invent_place
from belib_weather.simulator.paris_time import DAY
from belib_weather.simulator.randomness import generator
from belib_weather.simulator.spells import Spells

DAYS_BETWEEN_MOVES = 20
_WHOLE_CITY = "75056"
_TYPO = "16116"


@dataclass(frozen=True)
class Attributes:
    """Address, coordinates, INSEE code and arrondissement label of every point, in fleet order."""

    address: list[str | None]
    coordinates: list[dict[str, float] | None]
    insee: list[str | None]
    label: list[str | None]


class AttributeBook:
    """The published attributes of a fleet at any instant."""

    def __init__(self, fleet: Fleet, disturbances: Disturbances) -> None:
        self._fleet = fleet
        self._disturbances = disturbances
        self._moves = self._draw_moves()
        self._insee = self._draw_insee()

    def places(self, at: int) -> list[Place | None]:
        """Where each station is at a second; None for the foreign one."""
        return self._places(self._moves_before(at))

    def at(self, at: int) -> Attributes:
        """The attributes as published at a second."""
        insee: list[str | None] = list(self._insee)
        address, coordinates, label = map(list, self._columns(self._moves_before(at)))
        for point in self._nameless(at // DAY).within(at, at + 1).point.tolist():
            address[point] = coordinates[point] = insee[point] = label[point] = None
        return Attributes(address, coordinates, insee, label)

    @lru_cache(maxsize=8)  # noqa: B019 - one book lives as long as its process
    def _nameless(self, day: int) -> Spells:
        """Periods without attributes that touch a UTC day."""
        return self._disturbances.nameless(day * DAY, (day + 1) * DAY)

    def _moves_before(self, at: int) -> int:
        return bisect_right(self._moves, at, key=lambda move: move[0])

    def _places(self, moves: int) -> list[Place | None]:
        places = [station.place for station in self._fleet.stations]
        for _, station, place in self._moves[:moves]:
            places[station] = place
        return places

    @lru_cache(maxsize=4)  # noqa: B019 - one book lives as long as its process
    def _columns(self, moves: int) -> tuple[tuple[Any, ...], ...]:
        """Address, coordinates and label of every point after so many moves."""
        stations = [_published(place) for place in self._places(moves)]
        rows = [stations[index] for index in self._fleet.station.tolist()]
        return tuple(zip(*rows, strict=True))

    def _draw_moves(self) -> list[tuple[int, int, Place]]:
        """(second, station, new place), one in twenty days over four years."""
        rng = generator(self._fleet.seed, "moves")
        streets = [i for i, s in enumerate(self._fleet.stations) if s.place and not s.is_hub]
        moves = []
        for n in range(4 * 365 // DAYS_BETWEEN_MOVES):
            second = ORIGIN + int((n + rng.random()) * DAYS_BETWEEN_MOVES * DAY)
            station = streets[int(rng.integers(len(streets)))]
            old = self._fleet.stations[station].place
            if old is not None:
                moves.append((second, station, invent_place(rng, old.arrondissement)))
        return moves

    def _draw_insee(self) -> list[str]:
        rng = generator(self._fleet.seed, "insee")
        codes = []
        for station in self._fleet.stations:
            place, luck = station.place, rng.random()
            if place is None or luck < 0.6:
                codes.append(_WHOLE_CITY)
            elif luck < 0.62:
                codes.append(f"751{place.arrondissement % 20 + 1:02d}")
            elif place.arrondissement == 16 and luck < 0.70:
                codes.append(_TYPO)
            else:
                codes.append(place.insee)
        return [codes[index] for index in self._fleet.station.tolist()]


def _published(place: Place | None) -> tuple[Any, Any, Any]:
    if place is None:
        return None, None, None
    return place.address, {"lon": place.longitude, "lat": place.latitude}, place.label
