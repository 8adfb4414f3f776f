"""Events of a charge point other than charging sessions, and errors of the feed about it.

Each kind is drawn in blocks of 28 days, so that any period can be drawn without the
blocks before it. What belongs here: maintenance, lost communication, planned points, frozen
and silent records, missing attributes, stamps that go backwards. What does not: sessions (see
`demand`), lengths of outages (see `lasting`).
"""

from dataclasses import dataclass, field

import numpy as np

from belib_weather.simulator import figures
from belib_weather.simulator.fleet import FOREIGN_ID, ORIGIN, Fleet
from belib_weather.simulator.lasting import (
    LONGEST,
    OUT_OF_ORDER,
    WITHOUT_COMMUNICATION,
    LengthMix,
    Outages,
    merged,
)
from belib_weather.simulator.paris_time import BLOCK, DAY, HOUR
from belib_weather.simulator.randomness import Flags, Ints, generator
from belib_weather.simulator.spells import Spells
from belib_weather.simulator.world import World
from belib_weather.vocabulary import STATUSES, Status

MASS_FREEZE = ORIGIN - 80 * DAY + 2 * HOUR + 30 * 60 + 1
"""2025-06-13T04:30:01 in Paris: the resync after which half of the zombies sent nothing more."""
FOR_EVER = 1 << 40
_FREEZE_LOTS = 5


@dataclass(frozen=True)
class _Kind:
    """A kind of lasting outage: of how many units, how often in a block, and for how long."""

    name: str
    units: int
    rate: float
    lengths: LengthMix


@dataclass(frozen=True)
class Disturbances:
    """All disturbances of a fleet."""

    fleet: Fleet
    world: World = field(default_factory=World)

    def maintenance(self, start: int, end: int) -> Spells:
        """Points out of order, for hours, days or weeks; some outages return for minutes."""
        return merged(self.point_outages(start, end).spells().within(start, end))

    def point_outages(self, start: int, end: int) -> Outages:
        """Outages of points as drawn, of which a part may lie in [start, end)."""
        kind = _Kind("maintenance", len(self.fleet), self.world.outages_per_point, OUT_OF_ORDER)
        return self._lasting(kind, start, end)

    def station_outages(self, start: int, end: int) -> Spells:
        """Stations without communication; most of their points within two minutes."""
        drawn = self.communication_outages(start, end)
        row, point = np.nonzero(drawn.unit[:, None] == self.fleet.station[None, :])
        # Drawn from the outage's own start, so that no other outage or period changes it.
        luck = _scattered(drawn.start[row] * 7919 + point)
        joins = luck % 1000 < 1000 * figures.OUTAGE_POINT_SHARE
        row, point, late = row[joins], point[joins], (luck[joins] // 1000) % 90
        spells = drawn.take(row).spells()
        owner = np.repeat(np.arange(len(row)), drawn.returns[row] + 1)
        shifted = Spells.of(point[owner], spells.start + late[owner], spells.end + 2 * late[owner])
        return merged(shifted.within(start, end))

    def communication_outages(self, start: int, end: int) -> Outages:
        """Losses of communication of stations as drawn, of which a part may lie in [start, end)."""
        rate, count = self.world.outages_per_station, len(self.fleet.stations)
        kind = _Kind("outage", count, rate, WITHOUT_COMMUNICATION)
        return self._lasting(kind, start, end)

    def silences(self, start: int, end: int) -> Spells:
        """Records of stations that stand still for days; `value` is status code + 1."""
        lots = []
        count = len(self.fleet.stations)
        # Each station's blocks begin at a moment of its own, and no two of its silences overlap.
        phase = self._rng("silence phase").integers(0, BLOCK, count)
        for block in _blocks(start - BLOCK, end, BLOCK):
            rng = self._rng("silence", block)
            hit = rng.random(count) < self.world.silences_per_station
            spread = np.exp(figures.SILENCE_SIGMA * rng.standard_normal(count))
            days = np.clip(self.world.silence_median_days * spread, *figures.SILENCE_DAYS)
            length = (days * DAY).astype(np.int64)
            begin = block * BLOCK + phase + (rng.random(count) * (BLOCK - length)).astype(np.int64)
            point = np.flatnonzero(hit[self.fleet.station] & (self.fleet.appears == 0))
            station = self.fleet.station[point]
            status = rng.choice(len(STATUSES), len(self.fleet), p=figures.SILENCE_LABELS)[point]
            lots.append(Spells(point, begin[station], (begin + length)[station], status + 1))
        found = Spells.joined(lots)
        found = found.where(found.start > ORIGIN).within(start, end)
        return found.where(~self._meets_frozen(found))

    def city_outages(self, start: int, end: int) -> Spells:
        """Once in 28 days one station in fourteen loses communication at the same time."""
        lots = []
        for block in _blocks(start, end, BLOCK):
            rng = self._rng("city outage", block)
            count = len(self.fleet.stations)
            hit = rng.random(count) < figures.CITY_OUTAGE_STATION_SHARE
            moment = block * BLOCK + int(rng.integers(0, BLOCK - DAY))
            begin = moment + rng.integers(0, 5 * 60, count)
            length = rng.integers(4 * HOUR, 20 * HOUR, count)
            lots.append(self._silenced(rng, hit, begin, length, (block + 1) * BLOCK))
        return Spells.joined(lots).within(start, end)

    def planned(self) -> Spells:
        """Points not yet in service: the new ones for some days, a few always."""
        rng = generator(self.fleet.seed, "planned")
        new = np.flatnonzero(self.fleet.appears > 0)
        first_days = rng.integers(DAY, 6 * DAY, len(new))
        old = rng.choice(np.flatnonzero(self.fleet.appears == 0), max(1, len(self.fleet) // 350))
        old = np.unique(old[old > 0])
        return Spells.joined(
            [
                Spells.of(new, self.fleet.appears[new], self.fleet.appears[new] + first_days),
                Spells.of(old, np.zeros_like(old), np.full_like(old, FOR_EVER)),
            ]
        )

    def frozen(self, start: int, end: int) -> Spells:
        """Records that no longer change, whatever their point does; `value` is status code + 1.

        The record freezes with a last stamp, at the spell's start.
        """
        first, last = start // BLOCK - 4, (end - 1) // BLOCK
        lots = [self._zombies()]
        lots += [self._freezes(block) for block in range(first, last + 1) if block * BLOCK > ORIGIN]
        return Spells.joined(lots).within(start, end)

    def nameless(self, start: int, end: int) -> Spells:
        """Periods in which a point's address, coordinates, INSEE code and district are null."""
        new = np.flatnonzero(self.fleet.appears > 0)
        days = generator(self.fleet.seed, "nameless").integers(DAY // 2, 5 * DAY, len(new))
        foreign = np.array([self.fleet.ids.index(FOREIGN_ID)])
        lots = [
            Spells.of(foreign, np.array([0]), np.array([FOR_EVER])),
            Spells.of(new, self.fleet.appears[new], self.fleet.appears[new] + days),
        ]
        for block in _blocks(start - 5 * DAY, end, BLOCK):
            rng = self._rng("nameless", block)
            points = rng.choice(len(self.fleet), max(1, len(self.fleet) // 55), replace=False)
            begin = block * BLOCK + rng.integers(0, BLOCK, len(points))
            lots.append(
                Spells.of(points, begin, begin + rng.integers(DAY // 2, 5 * DAY, len(points)))
            )
        return Spells.joined(lots).within(start, end)

    def backward_stamps(self, start: int, end: int) -> Spells:
        """Periods in which a point's stamp is published too old, by `value` seconds."""
        lots = []
        for block in _blocks(start - DAY, end, BLOCK):
            rng = self._rng("backward", block)
            points = rng.integers(0, len(self.fleet), 2)
            begin = block * BLOCK + rng.integers(0, BLOCK, 2)
            length, shift = rng.integers(2 * HOUR, 10 * HOUR, 2), rng.integers(1_800, 5_400, 2)
            lots.append(Spells(points, begin, begin + length, shift))
        return Spells.joined(lots).within(start, end)

    def _meets_frozen(self, spells: Spells) -> Flags:
        """Which spells overlap a frozen period of their point."""
        if not len(spells.point):
            return np.zeros(0, dtype=np.bool_)
        frozen = self.frozen(int(spells.start.min()), int(spells.end.max()))
        row, other = np.nonzero(spells.point[:, None] == frozen.point[None, :])
        meets = (frozen.start[other] < spells.end[row]) & (frozen.end[other] > spells.start[row])
        found = np.zeros(len(spells.point), dtype=np.bool_)
        found[row[meets]] = True
        return found

    def _lasting(self, kind: "_Kind", start: int, end: int) -> Outages:
        lots = []
        for block in _blocks(start - LONGEST, end, BLOCK):
            rng = self._rng(kind.name, block)
            unit = np.flatnonzero(rng.random(kind.units) < kind.rate)
            begin = block * BLOCK + rng.integers(0, BLOCK, len(unit))
            length = kind.lengths.draw(rng, len(unit))
            lots.append(Outages.draw(rng, unit, begin, length, self.world.flapping_share))
        drawn = Outages.joined(lots)
        return drawn.take(np.flatnonzero((drawn.start < end) & (drawn.end + HOUR > start)))

    def _rng(self, name: str, block: int = 0) -> np.random.Generator:
        return generator(self.world.seed(self.fleet.seed), name, block)

    def _silenced(
        self, rng: np.random.Generator, hit: Flags, begin: Ints, length: Ints, limit: int
    ) -> Spells:
        """Spells of the points of silent stations, cut at `limit`, the end of their block."""
        station = self.fleet.station
        points = len(station)
        joins = hit[station] & (rng.random(points) < figures.OUTAGE_POINT_SHARE)
        start = begin[station] + rng.integers(0, 90, points)
        finish = begin[station] + length[station] + rng.integers(90, 600, points)
        finish = np.minimum(finish, limit)
        return Spells.of(np.flatnonzero(joins), start[joins], finish[joins])

    def _zombies(self) -> Spells:
        """Half of them are single points, half are whole stations without communication."""
        rng = generator(self.fleet.seed, "zombies")
        old = np.flatnonzero(self.fleet.appears == 0)[1:]
        half = figures.ZOMBIE_SHARE / 2
        scattered = rng.choice(old, round(half * len(old)), replace=False)
        labels = rng.choice(len(STATUSES), len(scattered), p=figures.ZOMBIE_LABELS)
        dead_stations = np.flatnonzero(rng.random(len(self.fleet.stations)) < half)
        dead = np.setdiff1d(old[np.isin(self.fleet.station[old], dead_stations)], scattered)
        points = np.concatenate([scattered, dead])
        unknown = np.full_like(dead, STATUSES.index(Status.UNKNOWN))
        since = ORIGIN - rng.integers(20 * DAY, 280 * DAY, len(points))
        start = np.where(rng.random(len(points)) < 0.5, MASS_FREEZE, since)
        value = np.concatenate([labels, unknown]) + 1
        return Spells(points, start, np.full(len(points), FOR_EVER), value)

    def _freezes(self, block: int) -> Spells:
        """New zombies of one block; each block takes other points, so none freezes twice."""
        rng = self._rng("freeze", block)
        candidates = np.flatnonzero(self.fleet.appears == 0)[
            1 + block % _FREEZE_LOTS :: _FREEZE_LOTS
        ]
        candidates = np.setdiff1d(candidates, self._zombies().point)
        count = rng.poisson(figures.FREEZES_PER_BLOCK * len(self.fleet) / 2_000)
        points = rng.choice(candidates, min(count, len(candidates)), replace=False)
        start = block * BLOCK + rng.integers(0, BLOCK, len(points))
        low, high = (int(days * DAY) for days in figures.FREEZE_DAYS)
        status = rng.choice(len(STATUSES), len(points), p=figures.ZOMBIE_LABELS)
        return Spells(points, start, start + rng.integers(low, high, len(points)), status + 1)


def _blocks(start: int, end: int, size: int) -> range:
    return range(start // size, (end - 1) // size + 1)


def _scattered(keys: Ints) -> Ints:
    """Whole numbers from 0 to 2^31 that depend on each key alone (SplitMix64)."""
    x = keys.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((x ^ (x >> np.uint64(31))) >> np.uint64(33)).astype(np.int64)
