"""Charging sessions: an alternating renewal process per charge point, drawn week by week.

A free point waits for the next arrival, whose intensity follows the clock in Paris, the point's
own level and (ASSUMPTION) rain; it is then occupied for a lognormal dwell, longer (ASSUMPTION) in
frost. Each point's process starts afresh once a week at a moment of its own, in its equilibrium,
so that any week can be drawn without those before it.
"""

import numpy as np

from belib_weather.simulator import figures
from belib_weather.simulator.fleet import Fleet
from belib_weather.simulator.paris_time import HOUR, WEEK, week_hour
from belib_weather.simulator.randomness import Floats, Ints, generator
from belib_weather.simulator.spells import Spells
from belib_weather.simulator.weather import Weather

_MEAN_DWELL = float(np.exp(figures.DWELL_MU + figures.DWELL_SIGMA**2 / 2))
_SHORTEST_GAP = 30 / HOUR
_RENEWAL_JITTER = 12 * HOUR
CITY, FIFTEENTH = 0, 1


class Demand:
    """The sessions of a fleet under its weather."""

    def __init__(self, fleet: Fleet, weather: Weather) -> None:
        self._fleet = fleet
        self._weather = weather
        weekly = [
            np.array([*figures.CITY_WEEKDAY * 5, *figures.CITY_WEEKEND * 2]),
            np.array([*figures.FIFTEENTH_WEEKDAY * 5, *figures.CITY_WEEKEND * 2]),
        ]
        self._occupancy = np.stack(weekly)
        self._intensity = np.stack([arrival_intensity(curve) for curve in weekly])
        self._curve = np.where(fleet.arrondissement == 15, FIFTEENTH, CITY)
        self._factor = self._factors()
        rng = generator(fleet.seed, "renewal")
        self._phase = rng.integers(0, WEEK, len(fleet))

    def sessions(self, week: int) -> Spells:
        """Sessions of the renewal week `week` of every point (weeks since 1970, each its phase)."""
        start, end = self._renewal(week), self._renewal(week + 1)
        rng = generator(self._fleet.seed, "sessions", week)
        first_hour = week * WEEK // HOUR - 24
        hazard, cold = self._conditions(first_hour, hours=24 * 18)
        origin = first_hour * HOUR
        now = (start - origin) / HOUR
        limit = (end - origin) / HOUR
        points = np.arange(len(self._fleet), dtype=np.int64)
        lots = [self._running_at(now, limit, points, first_hour, rng)]
        now = np.maximum(now, lots[0][2])
        while (now < limit).any():
            now = self._next_arrival(now, hazard, rng)
            dwell = self._dwell(now, cold, rng)
            begun = now < limit
            lots.append((points[begun], now[begun], np.minimum(now + dwell, limit)[begun]))
            now = now + dwell + _SHORTEST_GAP
        point, begin, finish = (np.concatenate(column) for column in zip(*lots, strict=True))
        begun_at, ended_at = (np.round(hours * HOUR).astype(np.int64) for hours in (begin, finish))
        return Spells.of(point.astype(np.int64), begun_at + origin, ended_at + origin)

    def _renewal(self, week: int) -> Ints:
        jitter = generator(self._fleet.seed, "renewal", week).integers(
            0, _RENEWAL_JITTER, len(self._fleet)
        )
        return np.asarray(week * WEEK + self._phase + jitter, dtype=np.int64)

    def _conditions(self, first_hour: int, hours: int) -> tuple[Floats, Floats]:
        """Cumulative arrival intensity per curve, shape (2, hours + 1), and the dwell factor."""
        stamps = np.arange(first_hour, first_hour + hours, dtype=np.int64)
        sample = self._weather.truth(first_hour, hours + 1)
        rain = np.where(sample.wet[1:] > 0, figures.WET_ARRIVAL_FACTOR, 1.0)
        intensity = self._intensity[:, week_hour(stamps)] * rain
        cumulative = np.concatenate([np.zeros((2, 1)), np.cumsum(intensity, axis=1)], axis=1)
        frost = sample.values["temperature_2m"] <= figures.COLD_C
        return cumulative, np.where(frost, figures.COLD_DWELL_FACTOR, 1.0)

    def _running_at(
        self, now: Floats, limit: Floats, points: Ints, first_hour: int, rng: np.random.Generator
    ) -> tuple[Ints, Floats, Floats]:
        """What runs at each point's renewal: (point, begin, end), end = begin where it is free."""
        hour = week_hour(first_hour + now.astype(np.int64))
        share = self._occupancy[self._curve, hour]
        odds = self._factor * share / (1 - share)
        busy = rng.random(len(points)) < odds / (1 + odds)
        whole = np.exp(
            figures.DWELL_MU
            + figures.DWELL_SIGMA**2
            + figures.DWELL_SIGMA * rng.standard_normal(len(points))
        )
        rest = np.minimum(whole, figures.DWELL_LIMITS_HOURS[1]) * rng.random(len(points))
        return points, now, np.where(busy, np.minimum(now + rest, limit), now)

    def _next_arrival(self, now: Floats, hazard: Floats, rng: np.random.Generator) -> Floats:
        waited = rng.exponential(size=len(now)) / self._factor
        hours = np.arange(hazard.shape[1], dtype=np.float64)
        arrival = np.empty_like(now)
        for curve in (CITY, FIFTEENTH):
            of_curve = self._curve == curve
            reached = np.interp(now[of_curve], hours, hazard[curve]) + waited[of_curve]
            arrival[of_curve] = np.interp(reached, hazard[curve], hours)
        return arrival

    def _dwell(self, now: Floats, cold: Floats, rng: np.random.Generator) -> Floats:
        drawn = np.exp(figures.DWELL_MU + figures.DWELL_SIGMA * rng.standard_normal(len(now)))
        hour = np.minimum(now.astype(np.int64), len(cold) - 1)
        return np.clip(drawn * cold[hour], *figures.DWELL_LIMITS_HOURS)

    def _factors(self) -> Floats:
        """How much busier than the curve each point is, as a factor on arrivals; shape (points,).

        Levels are drawn in logits around power, arrondissement and station, then shifted together
        so that the mean over the fleet is the curve's mean.
        """
        fleet, rng = self._fleet, generator(self._fleet.seed, "levels")
        power = np.array([figures.OCCUPANCY_OF_POWER[kw] for kw in fleet.power.tolist()])
        areas = {0: 0.05, **figures.OCCUPANCY_OF_ARRONDISSEMENT}
        area = np.array([areas[n] for n in fleet.arrondissement.tolist()])
        station = rng.standard_normal(len(fleet.stations))[fleet.station]
        own = rng.standard_normal(len(fleet))
        level = _logit(power) + _logit(area)
        level += figures.LEVEL_SPREAD_STATION * station + figures.LEVEL_SPREAD_POINT * own
        mean = float(self._occupancy[CITY].mean())
        low, high = -10.0, 10.0
        while high - low > 1e-6:
            middle = (low + high) / 2
            above = float((1 / (1 + np.exp(-level - middle))).mean()) > mean
            low, high = (low, middle) if above else (middle, high)
        return np.asarray(np.exp(level + low - _logit(np.array([mean]))), dtype=np.float64)


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
        made = np.fft.irfft(np.fft.rfft(starts) * kernel, 168)
        ratio = np.fft.rfft(occupancy / np.maximum(made, 1e-9))
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
