"""What really happened in the simulated city: the reference for facts computed from its polls.

`Truth` needs no server and gives the same answers as one started with the same seed and size.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import orjson

from belib_weather.simulator.city import CHARGE_POINTS, City
from belib_weather.simulator.demand import FULL, IDLE, USUAL
from belib_weather.simulator.paris_time import HOUR, second
from belib_weather.simulator.randomness import Floats, Ints
from belib_weather.simulator.realtime import FIELDS
from belib_weather.simulator.world import World
from belib_weather.vocabulary import STALENESS_SECONDS, STATUSES

POLLED_FIELDS = tuple(field for field in FIELDS if field != "url_description_pdc")

Column = list[str] | list[bool] | Ints | Floats
Frame = dict[str, Column]


@dataclass(frozen=True)
class TrueHours:
    """Weather by stamp: `stamps` in UTC hours since 1970, values by Open-Meteo variable."""

    stamps: Ints
    values: dict[str, Floats]


class Truth:
    """The exact course of a simulated city.

    Args:
        seed: seed of the city.
        charge_points: size of the city.
        stations: 410 per 2,000 points unless given.
        world: parameters of its demand, outages and weather effects.
    """

    def __init__(
        self,
        seed: int = 1,
        charge_points: int = CHARGE_POINTS,
        stations: int | None = None,
        world: World | None = None,
    ) -> None:
        self.city = City(seed, charge_points, stations, world)

    def segments(self, start: datetime, end: datetime) -> Frame:
        """Maximal stretches of one (status, is_stale) per charge point, clipped to [start, end).

        Points that have not appeared yet have no stretch. Staleness follows the stamp: from 26 h
        after it until a fresher record is published.

        Returns:
            Columns `charge_point_id`, `start`, `end` (UTC seconds), `status` (canonical, as
            published also when stale) and `is_stale`, by point and start; feed it to
            `polars.DataFrame`.

        Raises:
            ValueError: a bound has no offset, or `start` is before the city's origin.
        """
        point, begin, finish, status, updated = self._records(second(start), second(end))
        turn = np.clip(updated + STALENESS_SECONDS, begin, finish)
        rows = np.arange(len(point))
        row = np.concatenate([rows, rows])
        stale = np.concatenate([np.zeros_like(rows), np.ones_like(rows)])
        begins, ends = np.concatenate([begin, turn]), np.concatenate([turn, finish])
        order = np.lexsort((begins, point[row]))
        order = order[ends[order] > begins[order]]
        row, stale, begins, ends = row[order], stale[order], begins[order], ends[order]
        key = (point[row] * len(STATUSES) + status[row]) * 2 + stale
        opens = np.flatnonzero((np.diff(key, prepend=-1) != 0) | (begins != np.roll(ends, 1)))
        closes = np.append(opens[1:], len(key)) - 1
        return {
            "charge_point_id": [self.city.fleet.ids[p] for p in point[row][opens].tolist()],
            "start": begins[opens],
            "end": ends[closes],
            "status": [STATUSES[code] for code in status[row][opens].tolist()],
            "is_stale": [bool(flag) for flag in stale[opens].tolist()],
        }

    def records(self, start: datetime, end: datetime) -> Frame:
        """Every record in force within [start, end), clipped to it, with its stamp.

        Returns:
            Columns `charge_point_id`, `start`, `end`, `status`, `updated` (UTC seconds), by point
            and start. Two records of one status follow each other where the resync stamped.
        """
        point, begin, finish, status, updated = self._records(second(start), second(end))
        return {
            "charge_point_id": [self.city.fleet.ids[p] for p in point.tolist()],
            "start": begin,
            "end": finish,
            "status": [STATUSES[code] for code in status.tolist()],
            "updated": updated,
        }

    def poll(self, at: datetime, *, fields: tuple[str, ...] = POLLED_FIELDS) -> bytes:
        """The body of a full real-time export at an instant, in UTC, ordered by `id_pdc`."""
        rows = self.city.realtime.records(second(at), fields=fields)
        rows.sort(key=lambda record: str(record["id_pdc"]))
        return orjson.dumps(rows)

    def static(self, at: datetime) -> bytes:
        """The body of a full static export at an instant, ordered by `id_pdc_local`."""
        rows = self.city.static.records(second(at))
        rows.sort(key=lambda record: str(record["id_pdc_local"]))
        return orjson.dumps(rows)

    def weather(self, start: datetime, end: datetime) -> TrueHours:
        """The true weather at the hour stamps in [start, end)."""
        first, last = -(-second(start) // HOUR), -(-second(end) // HOUR)
        hours = self.city.weather.truth(first, last - first)
        return TrueHours(hours.stamps, hours.values)

    def outages(self, start: datetime, end: datetime) -> Frame:
        """Outages that overlap [start, end), whole, as drawn: before what hides them is laid on.

        One that returns for minutes is one row. A row of a station is a loss of communication of
        most of its points.

        Returns:
            Columns `unit` (charge point or station id), `is_station`, `start`, `end` (UTC
            seconds), `returns`, by beginning of points, then of stations.
        """
        low, high = second(start), second(end)
        other, fleet = self.city.timeline.disturbances, self.city.fleet
        frames = []
        for drawn in (other.point_outages(low, high), other.communication_outages(low, high)):
            rows = np.flatnonzero(drawn.end > low)
            frames.append(drawn.take(rows[np.argsort(drawn.start[rows], kind="stable")]))
        points, stations = frames
        names = [fleet.ids[unit] for unit in points.unit.tolist()]
        return {
            "unit": names + [fleet.stations[unit].id for unit in stations.unit.tolist()],
            "is_station": [False] * len(points.unit) + [True] * len(stations.unit),
            "start": np.concatenate([points.start, stations.start]),
            "end": np.concatenate([points.end, stations.end]),
            "returns": np.concatenate([points.returns, stations.returns]),
        }

    def silences(self, start: datetime, end: datetime) -> Frame:
        """Periods that overlap [start, end), whole, in which a point's record stands still.

        Returns:
            Columns `charge_point_id`, `start`, `end` (UTC seconds).
        """
        found = self.city.timeline.disturbances.silences(second(start), second(end))
        ids = [self.city.fleet.ids[point] for point in found.point.tolist()]
        return {"charge_point_id": ids, "start": found.start, "end": found.end}

    def stations(self) -> Frame:
        """What sets the stations apart, in the order of the fleet.

        Returns:
            Columns `station_id`, `kind` (`usual`, `full`, `idle`) and `odds`: geometric mean over
            its points of the odds of being occupied, as a factor on the city's.
        """
        fleet, demand = self.city.fleet, self.city.timeline.demand
        kinds = {USUAL: "usual", FULL: "full", IDLE: "idle"}
        count = np.bincount(fleet.station)
        logs = np.bincount(fleet.station, weights=np.log(demand.factor))
        return {
            "station_id": [station.id for station in fleet.stations],
            "kind": [kinds[kind] for kind in demand.kind.tolist()],
            "odds": np.exp(logs / count),
        }

    def _records(self, start: int, end: int) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        rows = self.city.timeline.between(start, end)
        begin = np.maximum(rows.second, start)
        follows = np.append(np.diff(rows.point) == 0, False)
        finish = np.where(follows, np.append(rows.second[1:], end), end)
        return rows.point, begin, finish, rows.status, rows.updated
