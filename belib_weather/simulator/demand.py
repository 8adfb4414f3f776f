"""Charging sessions: an alternating renewal process per charge point, drawn week by week.

A free point waits for the next arrival, whose intensity follows the clock in Paris, the point's
own level, the day's demand (`days`) and (ASSUMPTION) rain and cold; it is then occupied for a
lognormal dwell, longer (ASSUMPTION) in frost. Each point's process starts afresh once a week at a
moment of its own, in its equilibrium, so that any week can be drawn without those before it.
"""

from functools import lru_cache

import numpy as np

from belib_weather.simulator import figures
from belib_weather.simulator.days import day_levels
from belib_weather.simulator.fleet import Fleet
from belib_weather.simulator.paris_time import HOUR, WEEK, local_day, week_hour
from belib_weather.simulator.randomness import Floats, Ints, generator
from belib_weather.simulator.spells import Spells
from belib_weather.simulator.weather import Weather
from belib_weather.simulator.world import World

_MEAN_DWELL = float(np.exp(figures.DWELL_MU + figures.DWELL_SIGMA**2 / 2))
_SHORTEST_GAP = 30 / HOUR
_RENEWAL_JITTER = 12 * HOUR
_MILD_C = 15.0
_HOURS = 24 * 18
CITY, FIFTEENTH = 0, 1
_WEEKLY = (
    np.array([*figures.CITY_WEEKDAY * 5, *figures.CITY_WEEKEND * 2]),
    np.array([*figures.FIFTEENTH_WEEKDAY * 5, *figures.CITY_WEEKEND * 2]),
)
USUAL, FULL, IDLE = 0, 1, 2
"""Kinds of station: nearly always full, nearly never used, or neither."""


class Demand:
    """The sessions of a fleet under its weather."""

    def __init__(self, fleet: Fleet, weather: Weather, world: World) -> None:
        self._fleet = fleet
        self._weather = weather
        self._world = world
        self._seed = world.seed(fleet.seed)
        self._occupancy = np.stack(_WEEKLY)
        self._intensity = _weekly_intensity()
        self._curve = np.where(fleet.arrondissement == 15, FIFTEENTH, CITY)
        self._curve_of_station = np.zeros(len(fleet.stations), dtype=np.int64)
        self._curve_of_station[fleet.station] = self._curve
        self.kind = self._draw_kinds()
        self.factor = self._factors()
        rng = generator(fleet.seed, "renewal")
        self._phase = rng.integers(0, WEEK, len(fleet))

    @lru_cache(maxsize=4)  # noqa: B019 - one demand lives as long as its city
    def sessions(self, week: int) -> Spells:
        """Sessions of the renewal week `week` of every point (weeks since 1970, each its phase)."""
        start, end = self._renewal(week), self._renewal(week + 1)
        rng = generator(self._seed, "sessions", week)
        first_hour = week * WEEK // HOUR - 24
        hazard = _Hazard(self._conditions(first_hour))
        cold = self._dwell_factor(first_hour)
        origin = first_hour * HOUR
        points = np.arange(len(self._fleet), dtype=np.int64)
        now, limit = (start - origin) / HOUR, (end - origin) / HOUR
        lots = [self._running_at(now, limit, points, first_hour, rng)]
        now = np.maximum(now, lots[0][2])
        while len(points):
            station, factor = self._fleet.station[points], self.factor[points]
            now = hazard.next(now, station, rng.exponential(size=len(now)) / factor)
            dwell = self._dwell(now, cold, rng)
            begun = now < limit
            points, now, dwell, limit = points[begun], now[begun], dwell[begun], limit[begun]
            lots.append((points, now, np.minimum(now + dwell, limit)))
            now = now + dwell + _SHORTEST_GAP
        point, begin, finish = (np.concatenate(column) for column in zip(*lots, strict=True))
        begun_at, ended_at = (np.round(hours * HOUR).astype(np.int64) for hours in (begin, finish))
        return Spells.of(point.astype(np.int64), begun_at + origin, ended_at + origin)

    def _renewal(self, week: int) -> Ints:
        jitter = generator(self._seed, "renewal", week).integers(
            0, _RENEWAL_JITTER, len(self._fleet)
        )
        return np.asarray(week * WEEK + self._phase + jitter, dtype=np.int64)

    def _conditions(self, first_hour: int) -> Floats:
        """Arrivals per hour and free point of factor 1; shape (stations, hours)."""
        stamps = np.arange(first_hour, first_hour + _HOURS, dtype=np.int64)
        sample = self._weather.truth(first_hour, _HOURS + 1)
        rain = np.where(sample.wet[1:] > 0, self._world.wet_arrival_factor, 1.0)
        below = np.maximum(_MILD_C - sample.values["temperature_2m"][:-1], 0)
        weather = rain * np.exp(self._world.arrivals_per_degree * below)
        by_curve = self._intensity[:, week_hour(stamps)] * weather
        levels = np.exp(self._levels(stamps)).T
        return np.asarray(by_curve[self._curve_of_station] * levels, dtype=np.float64)

    def _levels(self, hours: Ints) -> Floats:
        """The day's demand of each station at each UTC hour; shape (hours, stations)."""
        day = local_day(hours)
        first, count = int(day[0]), int(day[-1] - day[0]) + 1
        levels = day_levels(
            self._world, self._seed, len(self._fleet.stations), first=first, count=count
        )
        return levels[day - first]

    def _dwell_factor(self, first_hour: int) -> Floats:
        temperature = self._weather.truth(first_hour, _HOURS + 1).values["temperature_2m"]
        return np.where(temperature <= figures.COLD_C, self._world.cold_dwell_factor, 1.0)

    def _running_at(
        self, now: Floats, limit: Floats, points: Ints, first_hour: int, rng: np.random.Generator
    ) -> tuple[Ints, Floats, Floats]:
        """What runs at each point's renewal: (point, begin, end), end = begin where it is free."""
        hour = now.astype(np.int64)
        share = self._occupancy[self._curve, week_hour(first_hour + hour)]
        hours = np.arange(first_hour, first_hour + _HOURS, dtype=np.int64)
        level = self._levels(hours)[hour, self._fleet.station]
        odds = self.factor * np.exp(level) * share / (1 - share)
        busy = rng.random(len(points)) < odds / (1 + odds)
        whole = np.exp(
            figures.DWELL_MU
            + figures.DWELL_SIGMA**2
            + figures.DWELL_SIGMA * rng.standard_normal(len(points))
        )
        rest = np.minimum(whole, figures.DWELL_LIMITS_HOURS[1]) * rng.random(len(points))
        return points, now, np.where(busy, np.minimum(now + rest, limit), now)

    def _dwell(self, now: Floats, cold: Floats, rng: np.random.Generator) -> Floats:
        drawn = np.exp(figures.DWELL_MU + figures.DWELL_SIGMA * rng.standard_normal(len(now)))
        hour = np.minimum(now.astype(np.int64), len(cold) - 1)
        return np.clip(drawn * cold[hour], *figures.DWELL_LIMITS_HOURS)

    def _draw_kinds(self) -> Ints:
        """Kind of each station; hubs, fast chargers and the foreign one are usual."""
        fleet, luck = self._fleet, generator(self._fleet.seed, "kinds")
        draw = luck.random(len(fleet.stations))
        full, idle = self._world.full_station_share, self._world.idle_station_share
        kinds = np.select([draw < full, draw < full + idle], [FULL, IDLE], USUAL)
        special = np.array([s.is_hub or s.place is None for s in fleet.stations])
        special[fleet.station[fleet.power >= 50]] = True
        return np.where(special, USUAL, kinds).astype(np.int64)

    def _factors(self) -> Floats:
        """How much busier than the curve each point is, as a factor on arrivals; shape (points,).

        Levels are drawn in logits around power, arrondissement and station, then shifted together
        so that the mean over the fleet is the curve's mean. Full and idle stations have their own.
        """
        fleet, rng = self._fleet, generator(self._fleet.seed, "levels")
        power = np.array([figures.OCCUPANCY_OF_POWER[kw] for kw in fleet.power.tolist()])
        areas = {0: 0.05, **figures.OCCUPANCY_OF_ARRONDISSEMENT}
        area = np.array([areas[n] for n in fleet.arrondissement.tolist()])
        station = rng.standard_normal(len(fleet.stations))[fleet.station]
        own = rng.standard_normal(len(fleet))
        level = _logit(power) + _logit(area)
        level += figures.LEVEL_SPREAD_STATION * station + figures.LEVEL_SPREAD_POINT * own
        kind = self.kind[fleet.station]
        own_levels = {FULL: figures.FULL_LEVEL, IDLE: figures.IDLE_LEVEL}

        def levels(shift: float) -> Floats:
            fixed = [np.full_like(level, value) for value in own_levels.values()]
            return np.select([kind == k for k in own_levels], fixed, level + shift)

        mean = float(self._occupancy[CITY].mean())
        low, high = -10.0, 10.0
        while high - low > 1e-6:
            middle = (low + high) / 2
            above = float((1 / (1 + np.exp(-levels(middle)))).mean()) > mean
            low, high = (low, middle) if above else (middle, high)
        return np.asarray(np.exp(levels(low) - _logit(np.array([mean]))), dtype=np.float64)


class _Hazard:
    """Cumulative arrival intensity of every station, and the instants at which it is reached."""

    def __init__(self, intensity: Floats) -> None:
        stations, hours = intensity.shape
        self._intensity = np.concatenate([intensity, np.zeros((stations, 1))], axis=1)
        cumulative = np.zeros((stations, hours + 1))
        np.cumsum(intensity, axis=1, out=cumulative[:, 1:])
        # One ascending array for all stations, so that one search finds the hour of any of them.
        above = np.arange(stations)[:, None] * (float(cumulative[:, -1].max()) + 1)
        self._cumulative = cumulative + above
        self._flat = self._cumulative.ravel()

    def next(self, now: Floats, station: Ints, waited: Floats) -> Floats:
        """When `waited` more arrivals are expected than at `now`, both in hours from the first."""
        hours = self._cumulative.shape[1] - 1
        hour = np.minimum(now.astype(np.int64), hours)
        target = self._cumulative[station, hour] + (now - hour) * self._intensity[station, hour]
        target = np.minimum(target + waited, self._cumulative[station, -1])
        row = np.searchsorted(self._flat, target, side="left") - station * (hours + 1) - 1
        row = np.clip(row, 0, hours - 1)
        rest = target - self._cumulative[station, row]
        return np.asarray(row + rest / self._intensity[station, row], dtype=np.float64)


@lru_cache(maxsize=1)
def _weekly_intensity() -> Floats:
    return np.stack([arrival_intensity(curve) for curve in _WEEKLY])


def arrival_intensity(occupancy: Floats) -> Floats:
    """Arrivals per hour and free point that yield a weekly occupancy curve; shape (168,) each.

    Starts per hour are found by Richardson-Lucy deconvolution of the curve with the survival of
    the dwell, which keeps them positive; they are then divided by the share that is free.
    """
    age = np.arange(168) + 0.5
    survival = 1 - _normal_cdf((np.log(age) - figures.DWELL_MU) / figures.DWELL_SIGMA)
    survival *= _MEAN_DWELL / survival.sum()
    kernel = np.fft.rfft(np.roll(survival, 1))  # at a full hour, only earlier hours' starts run
    starts = occupancy / _MEAN_DWELL
    for _ in range(400):
        resulting = np.fft.irfft(np.fft.rfft(starts) * kernel, 168)
        ratio = np.fft.rfft(occupancy / np.maximum(resulting, 1e-9))
        starts = starts * np.fft.irfft(ratio * kernel.conj(), 168) / _MEAN_DWELL
    return np.asarray(starts / (1 - occupancy), dtype=np.float64)


def _logit(share: Floats) -> Floats:
    return np.asarray(np.log(share / (1 - share)), dtype=np.float64)


def _normal_cdf(value: Floats) -> Floats:
    """Standard normal distribution function (Abramowitz and Stegun 26.2.17, error < 1e-7)."""
    size = np.abs(value)
    t = 1 / (1 + 0.2316419 * size)
    terms = (0.319381530, -0.356563782, 1.781477937, -1.821255978, 1.330274429)
    tail = np.exp(-size * size / 2) / np.sqrt(2 * np.pi)
    tail *= sum(c * t ** (n + 1) for n, c in enumerate(terms))
    return np.asarray(np.where(value > 0, 1 - tail, tail), dtype=np.float64)
