"""The published record of every charge point through time: status and stamp, second by second.

Sessions and disturbances are combined by priority, and every change of the visible
status is a new record stamped with its second. At 04:30 in Paris the nightly resync stamps every
record that is not frozen or silent, changed or not. Those change only when that ends.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import RLock

import numpy as np

from belib_weather.simulator.demand import Demand
from belib_weather.simulator.disturbances import Disturbances
from belib_weather.simulator.fleet import ORIGIN, Fleet
from belib_weather.simulator.paris_time import DAY, WEEK, days_of, instant, resync_minute
from belib_weather.simulator.randomness import Flags, Ints, generator
from belib_weather.simulator.spells import Spells
from belib_weather.simulator.weather import Weather
from belib_weather.simulator.world import World
from belib_weather.vocabulary import STATUSES, Status

AVAILABLE, OCCUPIED, OUT_OF_ORDER, PLANNED, UNKNOWN = (
    STATUSES.index(status)
    for status in (
        *(Status.AVAILABLE, Status.OCCUPIED, Status.OUT_OF_ORDER),
        *(Status.PLANNED, Status.UNKNOWN),
    )
)
_LEAD = 2 * DAY  # long enough for a resync before the week, so stamps do not depend on the cut
_SPAN = WEEK + _LEAD
_CACHED_RECORDS = 2_500_000
_CACHED_SECONDS = 8
"""A poll asks for one second several times: its count, its records, its stamps."""
_SESSION, _MAINTENANCE, _OUTAGE, _CITY_OUTAGE, _PLANNED, _FROZEN, _SILENT, _MARK = range(8)


class BeforeOriginError(ValueError):
    """An instant before the first that the model knows was asked for."""


@dataclass(frozen=True)
class Records:
    """Records in force, one per row; arrays have shape (n,).

    Attributes:
        point: index of the charge point in the fleet.
        second: UTC second from which the record is published.
        status: index into `vocabulary.STATUSES`.
        updated: its stamp, UTC second; earlier than `second` only for records older than the cut.
    """

    point: Ints
    second: Ints
    status: Ints
    updated: Ints

    def take(self, rows: Ints | Flags) -> "Records":
        """The rows with these numbers, or where a mask is true."""
        return Records(self.point[rows], self.second[rows], self.status[rows], self.updated[rows])


class Timeline:
    """Records of a fleet, drawn week by week when needed, and cached up to a limit.

    Safe to use from several threads.
    """

    def __init__(self, fleet: Fleet, weather: Weather, world: World | None = None) -> None:
        self.fleet = fleet
        self.world = world or World()
        self.disturbances = Disturbances(fleet, self.world)
        self.demand = Demand(fleet, weather, self.world)
        self._weeks: OrderedDict[int, _Week] = OrderedDict()
        self._seconds: OrderedDict[int, Records] = OrderedDict()
        self._everyone = np.arange(len(fleet), dtype=np.int64)
        self._lock = RLock()

    def at(self, at: int) -> Records:
        """The record of every point that exists at a second, in fleet order.

        Raises:
            BeforeOriginError: `at` is before the model's origin.
        """
        with self._lock:
            if at not in self._seconds:
                self._seconds[at] = self._week(at).last_before(at, self._everyone)
                if len(self._seconds) > _CACHED_SECONDS:
                    self._seconds.popitem(last=False)
            return self._seconds[at]

    def between(self, start: int, end: int) -> Records:
        """Every record in force at some second of [start, end), by point and second.

        The first of a point may begin before `start`.

        Raises:
            BeforeOriginError: `start` is before the model's origin.
        """
        lots = [self.at(start)]
        for week_start in range(start - start % WEEK, end, WEEK):
            low, high = max(start + 1, week_start), min(end, week_start + WEEK)
            if low < high:
                rows = self._week(low).records
                lots.append(rows.take((rows.second >= low) & (rows.second < high)))
        columns = [
            np.concatenate([getattr(lot, name) for lot in lots])
            for name in ("point", "second", "status", "updated")
        ]
        rows = Records(*columns)
        return rows.take(np.lexsort((rows.second, rows.point)))

    def _week(self, at: int) -> "_Week":
        if at < ORIGIN:
            raise BeforeOriginError(
                f"the simulated city begins at {instant(ORIGIN):%Y-%m-%d}; {instant(at)} is before"
            )
        week = at // WEEK
        with self._lock:
            if week not in self._weeks:
                self._weeks[week] = _Week(self._draw(week))
                cached = sum(len(drawn.records.point) for drawn in self._weeks.values())
                while cached > _CACHED_RECORDS and len(self._weeks) > 2:
                    cached -= len(self._weeks.popitem(last=False)[1].records.point)
            self._weeks.move_to_end(week)
            return self._weeks[week]

    def _draw(self, week: int) -> Records:
        start, end = week * WEEK - _LEAD, (week + 1) * WEEK
        sessions = Spells.joined([self.demand.sessions(k) for k in range(week - 2, week + 1)])
        other = self.disturbances
        layers = [
            sessions.within(start, end),
            other.maintenance(start, end),
            other.station_outages(start, end),
            other.city_outages(start, end),
            other.planned().within(start, end),
            other.frozen(start, end),
            other.silences(start, end),
        ]
        events = _Events.of(layers, self._marks(start, end), start, end)
        still = Spells.joined([layers[_FROZEN], layers[_SILENT]])
        return events.records(self.fleet, still.within(start, start + 1))

    def _marks(self, start: int, end: int) -> Spells:
        """Instants at which all records but the frozen are published: cut, arrivals, resyncs."""
        everyone = np.arange(len(self.fleet), dtype=np.int64)
        new = everyone[(self.fleet.appears >= start) & (self.fleet.appears < end)]
        points, seconds = [everyone, new], [np.full_like(everyone, start), self.fleet.appears[new]]
        for day in days_of(start, end):
            rng = generator(self.world.seed(self.fleet.seed), "resync", day.toordinal())
            late = int(rng.integers(0, 50)) + rng.integers(0, 10, len(everyone))
            stamp = resync_minute(day) + late
            inside = (stamp >= start) & (stamp < end)
            points.append(everyone[inside])
            seconds.append(stamp[inside])
        point, second = np.concatenate(points), np.concatenate(seconds)
        return Spells(point, second, second, np.ones_like(point))


class _Week:
    """The records of a week, and a number by which those of a point and second are found.

    Args:
        records: by point and second.
    """

    def __init__(self, records: Records) -> None:
        self.records = records
        self._first = int(records.second.min())
        self._keys = self._key(records.point, records.second)

    def last_before(self, at: int, points: Ints) -> Records:
        """Of each point, its last record published at or before `at`."""
        rows = np.searchsorted(self._keys, self._key(points, at), side="right") - 1
        found = (rows >= 0) & (self.records.point[rows] == points)
        return self.records.take(rows[found])

    def _key(self, points: Ints, seconds: Ints | int) -> Ints:
        return points * (2 * _SPAN) + (seconds - self._first)


@dataclass(frozen=True)
class _Events:
    """Begins (value > 0) and ends (value 0) of spells by layer, ordered by point and second."""

    point: Ints
    second: Ints
    layer: Ints
    value: Ints

    @classmethod
    def of(cls, layers: list[Spells], marks: Spells, start: int, end: int) -> "_Events":
        point, second, layer, value = [marks.point], [marks.start], [], [marks.value]
        layer.append(np.full(len(marks.point), _MARK, dtype=np.int64))
        for number, spells in enumerate(layers):
            ends = spells.where(spells.end < end)
            point += [spells.point, ends.point]
            second += [np.maximum(spells.start, start), ends.end]
            value += [spells.value, np.zeros_like(ends.value)]
            layer.append(np.full(len(spells.point) + len(ends.point), number, dtype=np.int64))
        columns = [np.concatenate(parts) for parts in (point, second, layer, value)]
        key = ((columns[0] * _SPAN + columns[1] - start) * 8 + columns[2]) * 2 + (columns[3] > 0)
        order = np.argsort(key, kind="stable")
        return cls(*(column[order] for column in columns))

    def records(self, fleet: Fleet, frozen: Spells) -> Records:
        """Combine the layers and keep what is published; `frozen` stands still at the cut."""
        first_row = np.searchsorted(self.point, self.point)
        in_force = [self._filled(number, first_row) for number in range(_MARK)]
        status = np.where(in_force[_SESSION] > 0, OCCUPIED, AVAILABLE)
        status = np.where(in_force[_PLANNED] > 0, PLANNED, status)
        status = np.where(in_force[_MAINTENANCE] > 0, OUT_OF_ORDER, status)
        silent = (in_force[_OUTAGE] > 0) | (in_force[_CITY_OUTAGE] > 0)
        status = np.where(silent, UNKNOWN, status)
        still = np.where(in_force[_FROZEN] > 0, in_force[_FROZEN], in_force[_SILENT])
        is_frozen = still > 0
        status = np.where(is_frozen, still - 1, status)

        moment = self.point * _SPAN + (self.second - self.second[0])
        marked = np.maximum.reduceat(self.layer, np.flatnonzero(np.diff(moment, prepend=-1)))
        last = np.flatnonzero(np.diff(moment, append=moment[-1] + 1))
        point, second = self.point[last], self.second[last]
        status, is_frozen = status[last], is_frozen[last]
        begins = np.diff(point, prepend=-1) != 0
        thaws_or_freezes = np.diff(is_frozen.astype(np.int8), prepend=0) != 0
        changed = np.diff(status, prepend=-1) != 0
        resync = (marked == _MARK) & ~is_frozen
        keep = begins | thaws_or_freezes | changed | resync
        keep &= second >= fleet.appears[point]
        updated = second.copy()
        since = dict(zip(frozen.point.tolist(), frozen.start.tolist(), strict=True))
        for row in np.flatnonzero(begins & is_frozen):
            updated[row] = since[int(point[row])]
        return Records(point[keep], second[keep], status[keep], updated[keep])

    def _filled(self, number: int, first_row: Ints) -> Ints:
        """Value of a layer in force at each row: its last event of the same point, or 0."""
        rows = np.where(self.layer == number, np.arange(len(self.layer)), -1)
        last = np.maximum.accumulate(rows)
        return np.where(last >= first_row, self.value[last], 0)
