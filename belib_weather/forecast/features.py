"""What is known of a unit at an origin, as a row of numbers for each target.

What belongs here: features at (unit, origin, target), from states at or before the origin alone.
What does not: the usual week (`profiles`), the model.
"""

from dataclasses import dataclass

import numpy as np

from belib_weather.forecast.calendar import HOURS, WEEK_HOURS, LocalHours
from belib_weather.forecast.history import (
    DAY,
    FREE,
    HOUR,
    OUT,
    TAKEN,
    UNOBSERVED,
    Floats,
    Ints,
    Singles,
)
from belib_weather.forecast.pace import paces
from belib_weather.forecast.profiles import Profile
from belib_weather.forecast.renewal import Origins, renewal_chances
from belib_weather.forecast.states import MISSING, Numbers, States

NAMES = (
    *("horizon", "state", "since_change", "since_observed", "since_free", "since_service"),
    *("quarter_before", "hour_before", "day_before", "week_before"),
    *("free_3h", "free_day", "free_week", "out_day", "out_week", "changes_day", "changes_week"),
    *("usual", "usual_clock", "usual_level", "usual_now", "usual_out"),
    *("arrive", "arrive_then", "pace", "leave", "relaxed", "today", "yesterday"),
    *("renewed", "pace_today", "pace_yesterday", "missed", "still", "kept"),
    *("station_free", "station_out", "station_points", "station_day"),
    *("group_free", "group_usual", "hour", "weekday"),
    *("temperature", "precipitation", "together"),
)
"""Columns of the features, in order; `together` is filled in for stations (`stations`)."""
LONGEST_HOURS = 14 * 24.0
"""Times since something count as this where they are longer, or longer than the states known."""
FEWEST_WEATHER_DAYS = 28
"""Days of issued forecasts of the weather from which the model learns from them."""


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
            nothing = np.full(len(origins), MISSING)
            return nothing, nothing
        hour = targets // HOUR - self.first
        inside = (issue >= 0) & (hour >= 0) & (hour < self.temperature.shape[1])
        place = np.maximum(issue, 0), np.clip(hour, 0, self.temperature.shape[1] - 1)
        return (
            np.where(inside, self.temperature[place], MISSING),
            np.where(inside, self.precipitation[place], MISSING),
        )


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
    now = np.where(states.known(unit, at), states.state[unit, at], MISSING)
    back = np.maximum(1, round(HOUR / 4 / history.step))
    cell = hours.week_hour[hours.row(target)]
    cell_now = hours.week_hour[hours.row(origin)]

    def since(event: str) -> Singles:
        age = states.age[event][unit, at] * np.float32(step_hours)
        return np.asarray(np.minimum(age, LONGEST_HOURS), dtype=np.float32)

    def before(seconds: int) -> Singles:
        place = (target - seconds - history.start) // history.step
        state = states.value(unit, np.where(place <= at, place, -1))
        return np.where(np.isnan(state), MISSING, state == FREE)

    nothing = np.full(len(unit), MISSING)
    rates, leave = profile.rates, profile.rates.leave.mean(axis=1)
    busy = paces(states, rates, hours, unit, at)
    starts = Origins.of(states, unit, at, (target - origin) // history.step, busy)
    chance = renewal_chances(rates, profile.cell, hours, history, starts)
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
        *(rates.arrive[unit, cell_now], rates.arrive[unit, cell], rates.pace[unit], leave[unit]),
        _mean_reverting_chance(profile, unit, now, (target - origin) / HOUR, (cell, cell_now)),
        *_days(states, profile, unit, at, cell_now),
        *(chance, busy.today, busy.yesterday, busy.missed, busy.still),
        since("change") + (target - origin) / HOUR,
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


def _mean_reverting_chance(
    profile: Profile, unit: Ints, now: Singles, horizon: Floats, cells: tuple[Ints, Ints]
) -> Singles:
    """The chance if the state went back to the usual at the unit's own pace; nan out of service."""
    target, origin = cells
    pace = (profile.rates.arrive.mean(axis=1) + profile.rates.leave.mean(axis=1))[unit]
    away = (now == FREE) - profile.cell[unit, origin]
    found = profile.cell[unit, target] + away * np.exp(-pace * horizon)
    return np.where((now == FREE) | (now == TAKEN), found, MISSING)


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
        found.append(np.where(served > 0, share - mean, MISSING).astype(np.float32))
    return found[0], found[1]


def _siblings(states: States, unit: Ints, at: Ints) -> tuple[Singles, Singles, Singles, Singles]:
    """Of the other units of the station: share free and out now, number, share free of the day."""
    station = states.history.station[unit]
    if not states.history.stations:
        nothing = np.full(len(unit), MISSING)
        return nothing, nothing, nothing, nothing
    sums = states.of_station
    own = states.history.state[unit, at]
    place = np.maximum(station, 0), at
    others = sums["seen"][place] - (own != UNOBSERVED)
    alone = (station < 0) | (others <= 0)
    divided = np.maximum(others, 1)
    free = np.where(alone, MISSING, (sums["free"][place] - (own == FREE)) / divided)
    out = np.where(alone, MISSING, (sums["out"][place] - (own == OUT)) / divided)
    day = _recent(sums, station, at, round(DAY / states.history.step))
    return free, out, np.where(station < 0, MISSING, sums["seen"][place]), day


def _recent(sums: Numbers, number: Ints, at: Ints, width: int) -> Singles:
    """Share free of the last `width` instants of a station or group; nan without any."""
    begin = np.maximum(at + 1 - width, 0)
    place = np.maximum(number, 0)
    totals = []
    for name in ("free", "seen"):
        running = sums[f"{name} before"]
        totals.append((running[place, at + 1] - running[place, begin]).astype(np.float32))
    known = (number >= 0) & (totals[1] > 0)
    return np.where(known, totals[0] / np.maximum(totals[1], 1), MISSING).astype(np.float32)


def _neighbours(
    states: States, profile: Profile, unit: Ints, at: Ints, cell_now: Ints
) -> tuple[Singles, Singles]:
    """Share of the group free now, and what is usual in the whole city at this hour."""
    sums = states.of_group
    number = states.history.group[unit] if states.history.groups else np.zeros_like(unit)
    place = np.maximum(number, 0), at
    served = sums["seen"][place] - sums["out"][place]
    known = (number >= 0) & (served > 0)
    free = np.where(known, sums["free"][place] / np.maximum(served, 1), MISSING)
    return free, profile.city[cell_now]
