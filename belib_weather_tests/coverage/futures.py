"""The best possible forecast of a simulated city: many futures from its own state at an origin.

The state is what the simulator knows then: running sessions and outages with their age, silent and
frozen records, the day's demand. Each future draws what is not decided yet, from the simulator's
own parameters. Left out are the minutes for which outages return, and new frozen records.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from belib_weather.simulator import figures
from belib_weather.simulator.days import day_levels
from belib_weather.simulator.lasting import OUT_OF_ORDER, WITHOUT_COMMUNICATION, LengthMix
from belib_weather.simulator.paris_time import BLOCK, DAY, HOUR, WEEK, local_day, week_hour
from belib_weather.simulator.spells import Spells
from belib_weather.simulator.timeline import AVAILABLE, Timeline
from belib_weather.simulator.weather import Weather
from belib_weather.vocabulary import STALENESS_SECONDS

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
_SPAN = 26
_NEVER = 1e9


@dataclass(frozen=True)
class Futures:
    """Whether points are freshly available at targets; shape (targets, points, futures)."""

    free: Flags


class _Dice:
    """Draws for every point and future of one origin; times are hours from the origin."""

    def __init__(self, timeline: Timeline, weather: Weather, origin: int, count: int) -> None:
        self.timeline, self.weather, self.origin = timeline, weather, origin
        self.fleet, self.world = timeline.fleet, timeline.world
        self.rng = np.random.default_rng(origin)
        self.shape = (len(self.fleet), count)
        self.stations = (len(self.fleet.stations), count)

    def of_points(self, by_station: Floats) -> Floats:
        """What each station's points share."""
        return np.asarray(by_station[self.fleet.station])

    def rest(self, mix: LengthMix, age_hours: float, count: int) -> Floats:
        """Hours that something still lasts that has lasted for `age_hours`."""
        drawn = mix.draw(self.rng, 40 * count) / HOUR
        longer = drawn[drawn > age_hours]
        if not len(longer):
            return np.full(count, 1.0)
        return np.asarray(self.rng.choice(longer, count) - age_hours)

    def down(self, spells: Spells, mix: LengthMix) -> Floats:
        """Until when points are down that are down now; shape of points and futures."""
        until = np.zeros(self.shape)
        now = spells.where((spells.start <= self.origin) & (spells.end > self.origin))
        for point, start in zip(now.point.tolist(), now.start.tolist(), strict=True):
            rest = self.rest(mix, (self.origin - start) / HOUR, self.shape[1])
            until[point] = np.maximum(until[point], rest)
        return until

    def begins(self, rate: float, shape: tuple[int, int]) -> Floats:
        """When something begins that begins `rate` times in 28 days; `_NEVER` if not soon."""
        at = self.rng.exponential(BLOCK / HOUR / max(rate, 1e-12), shape)
        return np.where(at < _SPAN, at, _NEVER)


def futures(
    timeline: Timeline, weather: Weather, origin: int, hours: tuple[float, ...], count: int = 500
) -> Futures:
    """Draw futures of every point of the fleet after an origin (a UTC second)."""
    dice = _Dice(timeline, weather, origin, count)
    idle = _sessions(dice, hours)
    up = _service(dice, hours)
    free = idle & up
    return Futures(_published(dice, hours, free))


def _sessions(dice: _Dice, hours: tuple[float, ...]) -> Flags:
    """Whether no session runs at each target."""
    arrivals = _Arrivals(dice)
    running, since, at_renewal = _running(dice)
    everywhere = np.ones(dice.shape, dtype=bool)
    busy = running[:, None] & everywhere
    age = np.where(busy, (dice.origin - since)[:, None] / HOUR, 0.0)
    rest = np.where(busy, _rest_of_dwell(dice, age, at_renewal[:, None] & busy), 0.0)
    renewal = _renewals(dice)[:, None] * everywhere
    taken = np.zeros((len(hours), *dice.shape), dtype=bool)
    _run(dice, arrivals, hours, taken, np.zeros(dice.shape), rest, renewal)
    fresh = arrivals.runs_at(renewal)
    rest = np.where(fresh, _rest_of_dwell(dice, np.zeros(dice.shape), everywhere), 0.0)
    _run(dice, arrivals, hours, taken, renewal, renewal + rest, np.full(dice.shape, _NEVER))
    return ~taken


def _run(
    dice: _Dice,
    arrivals: "_Arrivals",
    hours: tuple[float, ...],
    taken: Flags,
    now: Floats,
    ends: Floats,
    stop: Floats,
) -> None:
    """Mark in `taken` the sessions from `now`, where one runs until `ends`, to `stop`."""
    begin, end = now, ends
    for _ in range(60):
        end = np.minimum(end, stop)
        for number, at in enumerate(hours):
            taken[number] |= (begin <= at) & (at < end)
        begin = arrivals.next(np.maximum(begin, end))
        begin = np.where(begin < stop, begin, _NEVER)
        if not (begin <= max(hours)).any():
            return
        length = np.exp(
            figures.DWELL_MU + figures.DWELL_SIGMA * dice.rng.standard_normal(dice.shape)
        )
        end = begin + np.clip(length * arrivals.cold(begin), *figures.DWELL_LIMITS_HOURS)


class _Arrivals:
    """The arrivals after an origin, of every point in every future."""

    def __init__(self, dice: _Dice) -> None:
        self._dice, self._demand = dice, dice.timeline.demand
        first = dice.origin // HOUR
        self._offset = (dice.origin - first * HOUR) / HOUR
        stamps = np.arange(first, first + _SPAN + 2, dtype=np.int64)
        self._week_hour = week_hour(stamps)
        sample = dice.weather.truth(first, len(stamps) + 1)
        warm = sample.values["temperature_2m"][:-1]
        rain = np.where(sample.wet[1:] > 0, dice.world.wet_arrival_factor, 1.0)
        rates = self._demand._intensity[:, self._week_hour] * rain
        rates = rates * np.exp(dice.world.arrivals_per_degree * np.maximum(15.0 - warm, 0))
        self._cold = np.where(warm <= figures.COLD_C, dice.world.cold_dwell_factor, 1.0)
        self._edges = np.arange(len(stamps) + 1) - self._offset
        self._total = np.concatenate([np.zeros((2, 1)), np.cumsum(rates, axis=1)], axis=1)
        self._factor = self._demand.factor[:, None] * np.ones(dice.shape)
        self._today, self._tomorrow, self._midnight = _levels(dice)

    def next(self, begin: Floats) -> Floats:
        """When the next session of a point that is free from `begin` on starts."""
        waited = self._dice.rng.exponential(size=begin.shape) / self._factor
        found = np.empty(begin.shape)
        for own, total in enumerate(self._total):
            here = self._demand._curve == own
            start = np.interp(begin[here], self._edges, total)
            middle = float(np.interp(self._midnight, self._edges, total))
            low, high = np.exp(self._today[here]), np.exp(self._tomorrow[here])
            before = np.maximum(middle - start, 0) * low
            left = waited[here]
            late = np.maximum(middle, start) + (left - before) / high
            goal = np.where(left <= before, start + left / low, late)
            reached = np.interp(goal, total, self._edges)
            found[here] = np.where(goal < total[-1], reached, _NEVER)
        return found

    def runs_at(self, at: Floats) -> Flags:
        """Whether a session runs where a point's process starts afresh at `at`."""
        level = np.where(at < self._midnight, self._today, self._tomorrow)
        share = self._demand._occupancy[
            self._demand._curve[:, None], self._week_hour[self._row(at)]
        ]
        odds = self._factor * np.exp(level) * share / (1 - share)
        return np.asarray(self._dice.rng.random(at.shape) < odds / (1 + odds))

    def cold(self, at: Floats) -> Floats:
        """Factor on the dwell of sessions that start then."""
        return np.asarray(self._cold[self._row(at)])

    def _row(self, at: Floats) -> Ints:
        return np.clip((at + self._offset).astype(np.int64), 0, len(self._week_hour) - 1)


def _levels(dice: _Dice) -> tuple[Floats, Floats, float]:
    """The day's demand of each point today and tomorrow, and the hour of local midnight."""
    world, stations = dice.world, len(dice.fleet.stations)
    first = dice.origin // HOUR
    stamps = np.arange(first, first + 26, dtype=np.int64)
    days = local_day(stamps)
    midnight = float(np.flatnonzero(days > days[0])[0]) - (dice.origin - first * HOUR) / HOUR
    seed = world.seed(dice.fleet.seed)
    own = day_levels(world, seed, stations, first=int(days[0]), count=1)[0]
    r = world.day_correlation
    spread = float(np.hypot(world.city_day_spread, world.station_day_spread))
    # City and station have one correlation, so their sum is one such process.
    normal = dice.rng.standard_normal(dice.stations)
    new = r * own[:, None] + np.sqrt(1 - r * r) * spread * normal
    today = dice.of_points(own[:, None] * np.ones(dice.stations))
    return today, dice.of_points(new), midnight


def _running(dice: _Dice) -> tuple[Flags, Ints, Flags]:
    """Of each point: whether a session runs, since when, and whether it began at a renewal."""
    demand, origin, points = dice.timeline.demand, dice.origin, len(dice.fleet)
    running, since = np.zeros(points, bool), np.zeros(points, dtype=np.int64)
    renewed = np.zeros(points, bool)
    week = origin // WEEK
    for number in range(week - 2, week + 1):
        spells = demand.sessions(number)
        now = spells.where((spells.start <= origin) & (spells.end > origin))
        running[now.point], since[now.point] = True, now.start
        renewed[now.point] = np.abs(now.start - demand._renewal(number)[now.point]) < 2
    return running, since, renewed


def _renewals(dice: _Dice) -> Floats:
    """Hours until each point's process starts afresh."""
    demand, week = dice.timeline.demand, dice.origin // WEEK
    times = np.stack([demand._renewal(number) for number in range(week - 1, week + 2)])
    after = np.where(times > dice.origin, times - dice.origin, 1 << 40)
    return np.asarray(after.min(axis=0) / HOUR)


def _rest_of_dwell(dice: _Dice, age: Floats, is_rest: Flags) -> Floats:
    """Hours that sessions still last after `age` hours; `is_rest` where they began at a renewal."""
    rng = np.random.default_rng(7)
    low, high = figures.DWELL_LIMITS_HOURS
    whole = np.exp(figures.DWELL_MU + figures.DWELL_SIGMA * rng.standard_normal(400_000))
    long = np.exp(
        figures.DWELL_MU
        + figures.DWELL_SIGMA**2
        + figures.DWELL_SIGMA * rng.standard_normal(400_000)
    )
    made = np.empty(dice.shape)
    for chosen, lengths in (
        (~is_rest, np.clip(whole, low, high)),
        (is_rest, np.minimum(long, high) * rng.random(400_000)),
    ):
        lengths = np.sort(lengths)  # noqa: PLW2901
        own = age[chosen]
        first = np.searchsorted(lengths, own, side="right")
        place = first + (dice.rng.random(len(own)) * (len(lengths) - first)).astype(np.int64)
        made[chosen] = lengths[np.minimum(place, len(lengths) - 1)] - own
    return np.maximum(made, 0)


def _service(dice: _Dice, hours: tuple[float, ...]) -> Flags:
    """Whether points work and communicate at each target."""
    other, origin = dice.timeline.disturbances, dice.origin
    drawn = other.point_outages(origin, origin + 1)
    own = Spells.of(drawn.unit, drawn.start, drawn.end)
    until = dice.down(own, OUT_OF_ORDER)
    begin = dice.begins(dice.world.outages_per_point, dice.shape)
    length = OUT_OF_ORDER.draw(dice.rng, begin.size).reshape(begin.shape) / HOUR
    spells = [(np.zeros(dice.shape), until), (begin, begin + length)]
    for drawn_now, rate, mix in (
        (other.station_outages, dice.world.outages_per_station, WITHOUT_COMMUNICATION),
        (other.city_outages, figures.CITY_OUTAGE_STATION_SHARE, _CITY),
    ):
        spells.append((np.zeros(dice.shape), dice.down(drawn_now(origin, origin + 1), mix)))
        first = dice.begins(rate, dice.stations)
        last = first + mix.draw(dice.rng, first.size).reshape(first.shape) / HOUR
        joins = dice.rng.random(dice.shape) < figures.OUTAGE_POINT_SHARE
        spells.append((np.where(joins, dice.of_points(first), _NEVER), dice.of_points(last)))
    up = np.ones((len(hours), *dice.shape), dtype=bool)
    planned = other.planned()
    for number, at in enumerate(hours):
        for start, end in spells:
            up[number] &= ~((start <= at) & (at < end))
        second = origin + at * HOUR
        late = planned.where((planned.start <= second) & (planned.end > second))
        up[number, late.point] = False
    return up


_CITY = LengthMix((1.0,), (12.0,), (0.35,))
"""City-wide outages last 4 to 20 hours."""


def _published(dice: _Dice, hours: tuple[float, ...], free: Flags) -> Flags:
    """What the records say: those of silent and frozen points stand still, then go stale."""
    other, origin = dice.timeline.disturbances, dice.origin
    silent = other.silences(origin, origin + 1)
    for is_silent, spells in ((True, silent), (False, other.frozen(origin, origin + 1))):
        now = spells.where((spells.start <= origin) & (spells.end > origin))
        for row in range(len(now.point)):
            point, start = int(now.point[row]), int(now.start[row])
            rest = _rest_of_silence(dice, is_silent, (origin - start) / DAY)
            if not is_silent and now.end[row] - start > 100 * DAY:
                rest = np.full(dice.shape[1], _NEVER)
            for number, at in enumerate(hours):
                shown = now.value[row] - 1 == AVAILABLE
                shown &= origin + at * HOUR < start + STALENESS_SECONDS
                free[number, point] = np.where(rest > at, shown, free[number, point])
    begin = dice.begins(dice.world.silences_per_station, dice.stations)
    labels = dice.rng.random(dice.shape) < figures.SILENCE_LABELS[AVAILABLE]
    for number, at in enumerate(hours):
        hit = dice.of_points(begin) <= at
        free[number] = np.where(hit, labels, free[number])
    return free


def _rest_of_silence(dice: _Dice, is_silent: bool, age_days: float) -> Floats:
    """Hours that a record still stands still."""
    if is_silent:
        spread = np.exp(figures.SILENCE_SIGMA * dice.rng.standard_normal(20_000))
        days = np.clip(dice.world.silence_median_days * spread, *figures.SILENCE_DAYS)
    else:
        days = dice.rng.uniform(*figures.FREEZE_DAYS, 20_000)
    longer = days[days > age_days]
    if not len(longer):
        return np.full(dice.shape[1], 1.0)
    return np.asarray((dice.rng.choice(longer, dice.shape[1]) - age_days) * 24)
