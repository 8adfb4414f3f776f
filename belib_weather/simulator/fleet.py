"""The simulated charge points: identifiers, stations, rated power, and when each appeared.

The shapes of identifiers, the sizes of stations and the mix of powers are those of the real
network: `EPX15*04*3` (most), `E9015*02*1` (three-point stations), car-park hubs
(`EHBSAG*LOB*07*1`), two-digit last parts, and one foreign test point (`JE*TQA*E0001`).
"""

from dataclasses import dataclass

import numpy as np

from belib_weather.simulator.figures import POINTS_OF_ARRONDISSEMENT
from belib_weather.simulator.geography import Place, invent_place
from belib_weather.simulator.paris_time import DAY
from belib_weather.simulator.randomness import Floats, Ints, generator

ORIGIN = 1_756_684_800
"""2025-09-01T00:00Z: the model answers for instants from here on."""
FOREIGN_ID = "JE*TQA*E0001"
HUBS = (("EHBSAG", "LOB", 4, 21), ("EHBSAE", "PDA", 16, 15), ("EHBSAI", "AUG", 8, 15))
"""Car-park hubs: operator part, car park, arrondissement, number of points."""
DAYS_BETWEEN_ARRIVALS = 10
ALWAYS = 0
"""`appears` of a point that was there before the origin."""


@dataclass(frozen=True)
class Station:
    """A station: its id, where it is, and what kind of place it stands in."""

    id: str
    place: Place | None
    is_hub: bool = False


@dataclass(frozen=True)
class Fleet:
    """All charge points that ever exist, in one order; arrays have shape (points,).

    Attributes:
        ids: local identifiers (`id_pdc`).
        station: index into `stations`.
        power: rated power, kW.
        appears: second of the first record, `ALWAYS` for the initial points.
    """

    seed: int
    ids: tuple[str, ...]
    stations: tuple[Station, ...]
    station: Ints
    power: Floats
    appears: Ints

    @property
    def arrondissement(self) -> Ints:
        """Arrondissement by point, 0 for the foreign one."""
        of_station = [s.place.arrondissement if s.place else 0 for s in self.stations]
        return np.array(of_station, dtype=np.int64)[self.station]

    def __len__(self) -> int:
        return len(self.ids)


class _Builder:
    def __init__(self, seed: int) -> None:
        self.rng = generator(seed, "fleet")
        self.stations: list[Station] = []
        self.points: list[tuple[str, int, float, int]] = []
        self._numbers: dict[tuple[str, int], int] = {}

    def add_street_station(self, prefix: str, powers: list[float], appears: int = ALWAYS) -> None:
        arrondissement = self._draw_arrondissement()
        number = self._numbers.get((prefix, arrondissement), 0) + 1
        self._numbers[prefix, arrondissement] = number
        stem = f"FR*V75*E{prefix}{arrondissement:02d}*{number:02d}"
        digits = 2 if prefix == "PX" and (appears or self.rng.random() < 0.03) else 1
        self._add(
            Station(stem.replace("*E", "*P"), invent_place(self.rng, arrondissement)),
            [f"{stem}*{n:0{digits}d}" for n in range(1, len(powers) + 1)],
            powers,
            appears,
        )

    def add_hub(self, operator: str, car_park: str, arrondissement: int, size: int) -> None:
        ids = [f"FR*V75*{operator}*{car_park}*{n // 3 + 1:02d}*{n % 3 + 1}" for n in range(size)]
        station = f"FR*V75*P{operator[1:]}*{car_park}"
        place = invent_place(self.rng, arrondissement)
        self._add(Station(station, place, is_hub=True), ids, [7.0] * size, ALWAYS)

    def add_foreign(self) -> None:
        self._add(Station("JE*TQA*P0001", None), [FOREIGN_ID], [7.0], ALWAYS)

    def extend_station(self, appears: int) -> None:
        """One more point at a station of the street."""
        grown = self.rng.integers(1, len(self.points) // 2)
        while self.stations[self.points[grown][1]].is_hub or "EPX" not in self.points[grown][0]:
            grown = self.rng.integers(1, len(self.points) // 2)
        index = self.points[grown][1]
        siblings = [point[0].rsplit("*", 1) for point in self.points if point[1] == index]
        stem, last = max(siblings, key=lambda parts: int(parts[1]))
        self.points.append((f"{stem}*{int(last) + 1:0{len(last)}d}", index, 7.0, appears))

    def _draw_arrondissement(self) -> int:
        shares = np.array(list(POINTS_OF_ARRONDISSEMENT.values())) / sum(
            POINTS_OF_ARRONDISSEMENT.values()
        )
        return int(self.rng.choice(list(POINTS_OF_ARRONDISSEMENT), p=shares))

    def _add(self, station: Station, ids: list[str], powers: list[float], appears: int) -> None:
        index = len(self.stations)
        self.stations.append(station)
        self.points += [(name, index, kw, appears) for name, kw in zip(ids, powers, strict=True)]


def build_fleet(seed: int, charge_points: int, stations: int) -> Fleet:
    """Draw the fleet: `charge_points` in about `stations`, those still to appear included.

    Raises:
        ValueError: fewer than two or more than eight points per station are asked for.
    """
    if charge_points < 40 or not 2 <= charge_points / stations <= 8:
        raise ValueError(
            f"{charge_points} charge points in {stations} stations: give at least 40 points and "
            "two to eight per station, such as 2000 in 410"
        )
    build = _Builder(seed)
    build.add_foreign()
    if charge_points >= 400:
        for hub in HUBS:
            build.add_hub(*hub)
    three = round(0.13 * charge_points / 3)
    for _ in range(three):
        slow = 3.0 if build.rng.random() < 0.6 else 4.0
        build.add_street_station("90", [22.0, slow, slow])
    arrivals = _arrivals(charge_points)
    rest = charge_points - len(build.points) - sum(arrivals)
    sites = stations - len(build.stations) - sum(n > 1 for n in arrivals)
    for size in _sizes(build.rng, rest, max(1, sites)):
        build.add_street_station("PX", _powers(build.rng, size))
    for n, size in enumerate(arrivals):
        appears = ORIGIN + int((n + build.rng.random()) * DAYS_BETWEEN_ARRIVALS * DAY)
        if size == 1:
            build.extend_station(appears)
        else:
            build.add_street_station("PX", [7.0] * size, appears)
    ids, index, power, seconds = zip(*build.points, strict=True)
    return Fleet(
        seed=seed,
        ids=ids,
        stations=tuple(build.stations),
        station=np.array(index, dtype=np.int64),
        power=np.array(power, dtype=np.float64),
        appears=np.array(seconds, dtype=np.int64),
    )


def _arrivals(charge_points: int) -> list[int]:
    """Sizes of the groups of points that appear one after another over two years."""
    groups = min(73, charge_points // 27)
    return [3 if n % 3 == 2 else 1 for n in range(groups)]


def _sizes(rng: np.random.Generator, points: int, stations: int) -> list[int]:
    sizes = np.full(stations, points // stations)
    sizes[: points - int(sizes.sum())] += 1
    for _ in range(stations):
        one, other = rng.integers(0, stations, 2)
        if one != other and sizes[one] < 7 and sizes[other] > 3:
            sizes[one] += 1
            sizes[other] -= 1
    return [int(size) for size in sizes]


def _powers(rng: np.random.Generator, size: int) -> list[float]:
    kind = rng.random()
    if kind < 0.022:
        return [50.0] * size
    return [22.0, *[7.0] * (size - 1)] if kind < 0.20 else [7.0] * size
