"""What is known of a unit at an origin, as a row of numbers for each target.

What belongs here: features at (unit, origin, target), from states at or before the origin alone.
What does not: the usual week (`profiles`), the model.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from belib_weather.forecast.calendar import HOURS, WEEK_HOURS, LocalHours
from belib_weather.forecast.history import (
    DAY,
    FREE,
    HOUR,
    OUT,
    TAKEN,
    UNOBSERVED,
    Codes,
    Flags,
    Floats,
    History,
    Ints,
)
from belib_weather.forecast.profiles import Profile, Singles

NAMES = (
    *("horizon", "state", "since_change", "since_observed", "since_free", "since_service"),
    *("quarter_before", "hour_before", "day_before", "week_before"),
    *("free_3h", "free_day", "free_week", "out_day", "out_week", "changes_day", "changes_week"),
    *("usual", "usual_clock", "usual_level", "usual_now", "usual_out"),
    *("begin_rate", "end_rate", "relaxed", "today", "yesterday"),
    *("station_free", "station_out", "station_points", "station_day"),
    *("group_free", "group_usual", "hour", "weekday"),
    *("temperature", "precipitation", "together"),
)
"""Columns of the features, in order; `together` is filled in for stations (`stations`)."""
LONGEST_HOURS = 14 * 24.0
"""Times since something count as this where they are longer, or longer than the states known."""
REMEMBERED_HOURS = 24.0
"""A state observed so long ago still counts as the state now."""
FEWEST_WEATHER_DAYS = 28
"""Days of issued forecasts of the weather from which the model learns from them."""
Counts = NDArray[np.uint16]
Numbers = Mapping[str, Singles | Counts]
_LONG_AGO = 65_535
_MISSING = np.float32(np.nan)


@dataclass(frozen=True)
class Weather:
    """Forecasts of the weather as they were issued.

    Attributes:
        issued: UTC seconds, ascending; shape (issues,).
        first: UTC hour since 1970 of the first column.
        temperature: °C; shape (issues, hours), nan where it was not forecast.
        precipitation: mm, the same.
    """

    issued: Ints
    first: int
    temperature: Singles
    precipitation: Singles

    @property
    def is_enough(self) -> bool:
        """Whether issues of `FEWEST_WEATHER_DAYS` days are known: fewer teach nothing."""
        days = np.unique(self.issued // DAY)
        return len(days) >= FEWEST_WEATHER_DAYS

    def at(self, origins: Ints, targets: Ints) -> tuple[Singles, Singles]:
        """The newest forecast issued at or before each origin, for the hour of each target."""
        issue = np.searchsorted(self.issued, origins, side="right") - 1
        if not len(self.issued):
            nothing = np.full(len(origins), _MISSING)
            return nothing, nothing
        hour = targets // HOUR - self.first
        inside = (issue >= 0) & (hour >= 0) & (hour < self.temperature.shape[1])
        place = np.maximum(issue, 0), np.clip(hour, 0, self.temperature.shape[1] - 1)
        return (
            np.where(inside, self.temperature[place], _MISSING),
            np.where(inside, self.precipitation[place], _MISSING),
        )


class States:
    """Running sums and last events of a history, from which features are gathered.

    Every value at an instant rests on that instant and earlier ones alone.
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self.seen = history.state != UNOBSERVED
        last = _last(self.seen)
        filled = np.take_along_axis(history.state, np.maximum(last, 0), axis=1)
        self.state: Codes = np.where(last >= 0, filled, np.int8(UNOBSERVED))
        changes = np.zeros_like(self.seen)
        before, after = self.state[:, :-1], self.state[:, 1:]
        changes[:, 1:] = (before != after) & (before != UNOBSERVED)
        self.age = {
            "seen": _age(last),
            "change": _age(_last(changes)),
            "free": _age(_last(history.state == FREE)),
            "service": _age(_last(self.seen & (history.state != OUT))),
        }
        self.sums = {
            "free": _running(history.state == FREE),
            "out": _running(history.state == OUT),
            "seen": _running(self.seen),
            "changes": _running(changes),
        }

    @cached_property
    def of_station(self) -> Numbers:
        """Units seen, free and out, summed by station, now and (`… before`) over all earlier."""
        return self._by(self.history.station, len(self.history.stations))

    @cached_property
    def owner(self) -> Ints:
        """Number of each unit's station; of the unit itself where there are none."""
        if not self.history.stations:
            return np.arange(len(self.history.units), dtype=np.int64)
        alone = self.history.station < 0
        return np.where(alone, len(self.history.stations), self.history.station)

    @cached_property
    def of_owner(self) -> Numbers:
        """Sums as `of_station`, of what `owner` numbers."""
        if not self.history.stations:
            return {f"{name} before": values for name, values in self.sums.items()}
        return self._by(self.owner, len(self.history.stations) + 1)

    @cached_property
    def of_group(self) -> Numbers:
        """The same by group; where units have none, of all units."""
        if not self.history.groups:
            return self._by(np.zeros(len(self.history.units), dtype=np.int64), 1)
        return self._by(self.history.group, len(self.history.groups))

    def _by(self, number: Ints, count: int) -> Numbers:
        known = np.flatnonzero(number >= 0)
        found: dict[str, Singles | Counts] = {}
        for name, holds in (
            ("seen", self.seen),
            ("free", self.history.state == FREE),
            ("out", self.history.state == OUT),
        ):
            total = np.zeros((count, self.history.instants), dtype=np.float32)
            np.add.at(total, number[known], holds[known].astype(np.float32))
            found[name] = total
            found[f"{name} before"] = _running(total)
        return found

    def share(self, of: str, unit: Ints, at: Ints, hours: float) -> Singles:
        """Share of the observed instants of the last hours, `at` included; nan without any."""
        width = max(1, round(hours * HOUR / self.history.step))
        begin = np.maximum(at + 1 - width, 0)
        sums, seen = self.sums[of], self.sums["seen"]
        total = (seen[unit, at + 1] - seen[unit, begin]).astype(np.float32)
        found = (sums[unit, at + 1] - sums[unit, begin]).astype(np.float32)
        return np.where(total > 0, found / np.maximum(total, 1), _MISSING)

    def known(self, unit: Ints, at: Ints) -> Flags:
        """Whether the state now is known: observed at most `REMEMBERED_HOURS` before."""
        age = self.age["seen"][unit, at].astype(np.int64) * self.history.step
        return np.asarray(age <= REMEMBERED_HOURS * HOUR)

    def value(self, unit: Ints, at: Ints) -> Singles:
        """The state at instants as a number; nan where it is not observed or lies before all."""
        inside = (at >= 0) & (at < self.history.instants)
        found = self.history.state[unit, np.clip(at, 0, self.history.instants - 1)]
        return np.where(inside & (found != UNOBSERVED), found, _MISSING).astype(np.float32)


def features(
    states: States,
    profile: Profile,
    hours: LocalHours,
    rows: tuple[Ints, Ints, Ints],
    weather: Weather | None = None,
) -> Singles:
    """One row of `NAMES` for each (unit, origin, target).

    Args:
        states: of a history that may go on after the origins; what follows one is not used.
        profile: the usual week as known at the origins; rows are those of the history's units.
        hours: local clock of all origins and targets.
        rows: unit numbers, instants of the origin, UTC seconds of the target; shape (n,) each.
        weather: forecasts as issued.

    Returns:
        Shape (n, number of `NAMES`); nan where something is not known.
    """
    unit, at, target = rows
    history = states.history
    origin = history.start + at * history.step
    step_hours = history.step / HOUR
    now = np.where(states.known(unit, at), states.state[unit, at], _MISSING)
    back = np.maximum(1, round(HOUR / 4 / history.step))
    cell = hours.week_hour[hours.row(target)]
    cell_now = hours.week_hour[hours.row(origin)]

    def since(event: str) -> Singles:
        age = states.age[event][unit, at] * np.float32(step_hours)
        return np.asarray(np.minimum(age, LONGEST_HOURS), dtype=np.float32)

    def before(seconds: int) -> Singles:
        place = (target - seconds - history.start) // history.step
        state = states.value(unit, np.where(place <= at, place, -1))
        return np.where(np.isnan(state), _MISSING, state == FREE)

    nothing = np.full(len(unit), _MISSING)
    forecast = weather.at(origin, target) if weather else (nothing, nothing)
    columns = (
        *((target - origin) / HOUR, now, since("change"), since("seen")),
        *(since("free"), since("service")),
        states.value(unit, at - back),
        states.value(unit, at - max(1, round(HOUR / history.step))),
        *(before(DAY), before(7 * DAY)),
        *(states.share("free", unit, at, length) for length in (3, 24, 168)),
        *(states.share("out", unit, at, length) for length in (24, 168)),
        *(states.share("changes", unit, at, length) for length in (24, 168)),
        *(profile.cell[unit, cell], profile.clock[unit, cell], profile.level[unit]),
        *(profile.cell[unit, cell_now], profile.out[unit]),
        *(profile.begin_rate[unit], profile.end_rate[unit]),
        _relaxed(profile, unit, now, (target - origin) / HOUR, (cell, cell_now)),
        *_days(states, profile, unit, at, cell_now),
        *_siblings(states, unit, at),
        *_neighbours(states, profile, unit, at, cell_now),
        *(cell % HOURS, cell // HOURS),
        *forecast,
        nothing,
    )
    made = np.empty((len(unit), len(NAMES)), dtype=np.float32)
    for number, column in enumerate(columns):
        made[:, number] = column
    return made


def _relaxed(
    profile: Profile, unit: Ints, now: Singles, horizon: Floats, cells: tuple[Ints, Ints]
) -> Singles:
    """The chance if the state went back to the usual at the unit's own pace; nan out of service."""
    target, origin = cells
    pace = profile.begin_rate[unit] + profile.end_rate[unit]
    away = (now == FREE) - profile.cell[unit, origin]
    found = profile.cell[unit, target] + away * np.exp(-pace * horizon)
    return np.where((now == FREE) | (now == TAKEN), found, _MISSING)


def _days(
    states: States, profile: Profile, unit: Ints, at: Ints, cell_now: Ints
) -> tuple[Singles, Singles]:
    """How much freer than usual the station (else the unit) is today, and was yesterday.

    Share free of the time in service since local midnight, and of the 24 hours before it, less
    the mean of the usual over these hours; nan where it was not in service.
    """
    owner, sums = states.owner, states.of_owner
    count = int(owner.max()) + 1 if len(owner) else 0
    usual = np.zeros((count, WEEK_HOURS))
    np.add.at(usual, owner, profile.cell)
    usual /= np.maximum(np.bincount(owner, minlength=count), 1)[:, None]
    before = np.zeros((count, 2 * WEEK_HOURS + 1))
    np.cumsum(np.concatenate([usual, usual], axis=1), axis=1, out=before[:, 1:])
    whose = owner[unit]
    hour = cell_now % HOURS
    found = []
    for first, last in ((-hour, np.ones_like(hour)), (-hour - HOURS, -hour)):
        begin, end = (
            np.clip(at + 1 + (shift - 1) * HOUR // states.history.step, 0, at + 1)
            for shift in (first, last)
        )
        totals = [
            (sums[name][whose, end] - sums[name][whose, begin]).astype(np.float32)
            for name in ("free before", "seen before", "out before")
        ]
        served = totals[1] - totals[2]
        low, high = WEEK_HOURS + cell_now + first, WEEK_HOURS + cell_now + last
        mean = (before[whose, high] - before[whose, low]) / np.maximum(high - low, 1)
        share = totals[0] / np.maximum(served, 1)
        found.append(np.where(served > 0, share - mean, _MISSING).astype(np.float32))
    return found[0], found[1]


def _siblings(states: States, unit: Ints, at: Ints) -> tuple[Singles, Singles, Singles, Singles]:
    """Of the other units of the station: share free and out now, number, share free of the day."""
    station = states.history.station[unit]
    if not states.history.stations:
        nothing = np.full(len(unit), _MISSING)
        return nothing, nothing, nothing, nothing
    sums = states.of_station
    own = states.history.state[unit, at]
    place = np.maximum(station, 0), at
    others = sums["seen"][place] - (own != UNOBSERVED)
    alone = (station < 0) | (others <= 0)
    divided = np.maximum(others, 1)
    free = np.where(alone, _MISSING, (sums["free"][place] - (own == FREE)) / divided)
    out = np.where(alone, _MISSING, (sums["out"][place] - (own == OUT)) / divided)
    day = _recent(sums, station, at, round(DAY / states.history.step))
    return free, out, np.where(station < 0, _MISSING, sums["seen"][place]), day


def _recent(sums: Numbers, number: Ints, at: Ints, width: int) -> Singles:
    """Share free of the last `width` instants of a station or group; nan without any."""
    begin = np.maximum(at + 1 - width, 0)
    place = np.maximum(number, 0)
    totals = []
    for name in ("free", "seen"):
        running = sums[f"{name} before"]
        totals.append((running[place, at + 1] - running[place, begin]).astype(np.float32))
    known = (number >= 0) & (totals[1] > 0)
    return np.where(known, totals[0] / np.maximum(totals[1], 1), _MISSING).astype(np.float32)


def _neighbours(
    states: States, profile: Profile, unit: Ints, at: Ints, cell_now: Ints
) -> tuple[Singles, Singles]:
    """Share of the group free now, and what is usual in the whole city at this hour."""
    sums = states.of_group
    number = states.history.group[unit] if states.history.groups else np.zeros_like(unit)
    place = np.maximum(number, 0), at
    served = sums["seen"][place] - sums["out"][place]
    known = (number >= 0) & (served > 0)
    free = np.where(known, sums["free"][place] / np.maximum(served, 1), _MISSING)
    return free, profile.city[cell_now]


def _last(holds: Flags) -> NDArray[np.int32]:
    """Newest instant at or before each one at which it holds, -1 where none does."""
    instants = np.arange(holds.shape[1], dtype=np.int32)
    found = np.where(holds, instants, np.int32(-1))
    return np.maximum.accumulate(found, axis=1)


def _age(last: NDArray[np.int32]) -> Counts:
    """Instants since the last event, `_LONG_AGO` where there was none or it is longer ago."""
    instants = np.arange(last.shape[1], dtype=np.int32)
    age = np.where(last >= 0, instants - last, _LONG_AGO)
    return np.minimum(age, _LONG_AGO).astype(np.uint16)


def _running(values: Flags | Singles) -> Counts:
    """Sum of the instants before each one; shape (rows, instants + 1).

    It goes round at 65,536, which differences of two do not notice.
    """
    sums = np.zeros((values.shape[0], values.shape[1] + 1), dtype=np.uint16)
    np.cumsum(values, axis=1, dtype=np.uint16, out=sums[:, 1:])
    return sums
