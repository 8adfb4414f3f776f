"""How near the forecast comes to the best possible one, in simulated cities of 60 days.

`make coverage-forecasts` runs it and writes its section of docs/accuracy.md. The best possible
forecast is the share of 500 futures of the simulator's own state at the origin (`futures`). The
model is trained again and again on the states before, as 15-minute polls would show them.
"""

import argparse
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from belib_weather.forecast.history import FREE, OUT, TAKEN, UNOBSERVED, History
from belib_weather.forecast.model import Model, train
from belib_weather.forecast.stations import station_history
from belib_weather.simulator.fleet import build_fleet
from belib_weather.simulator.paris_time import DAY, HOUR, second
from belib_weather.simulator.timeline import AVAILABLE, OCCUPIED, Timeline
from belib_weather.simulator.weather import Weather
from belib_weather.simulator.world import World
from belib_weather.vocabulary import STALENESS_SECONDS
from belib_weather_tests.coverage.futures import futures

PAGE = Path(__file__).parents[2] / "docs" / "accuracy.md"
BEGIN, END = "<!-- forecasts: begin -->", "<!-- forecasts: end -->"
HORIZONS = (0.25, 1.0, 3.0, 6.0, 24.0)
AIM = 0.8
"""Of the gain from the blend to the best possible forecast."""
_STEP = 900
_START = second(datetime(2026, 1, 4, 23, tzinfo=UTC))
_DAYS, _FIRST_DAYS, _REFIT_DAYS = 60, 28, 16
CITIES = (5, 17)
"""Seeds: levels, days and outages of one are not those of the other."""
POINTS, STATIONS = "charge points", "stations"


@dataclass
class Sums:
    """Squared errors of a horizon and kind of unit."""

    n: int = 0
    best: float = 0.0
    model: float = 0.0
    blend: float = 0.0
    persistence: float = 0.0

    @property
    def gain(self) -> float:
        """Share of the way from the blend to the best possible forecast."""
        return (self.blend - self.model) / (self.blend - self.best)


@dataclass
class Study:
    """What was found: by kind of unit, scope and horizon; and of the intervals by horizon."""

    sums: dict[tuple[str, str, float], Sums] = field(default_factory=lambda: defaultdict(Sums))
    covered: dict[float, list[float]] = field(default_factory=lambda: defaultdict(list))


def simulated(
    points: int, stations: int, days: int, seed: int = CITIES[0]
) -> tuple[History, Timeline, Weather]:
    """States of a city's points every 15 minutes; points that never appear are left out."""
    fleet, world = build_fleet(seed, points, stations), World()
    weather = Weather(world.seed(seed))
    timeline = Timeline(fleet, weather, world)
    state = _states(timeline, _START, _START + days * DAY)
    ids = np.array(fleet.ids)
    order = np.argsort(ids)
    names = np.array([station.id for station in fleet.stations])[fleet.station[order]]
    known = np.unique(names)
    history = History(
        units=tuple(ids[order].tolist()),
        start=_START,
        step=_STEP,
        state=state[order],
        knows_service=True,
        group=fleet.arrondissement[order],
        groups=tuple(str(number) for number in range(21)),
        station=np.searchsorted(known, names).astype(np.int64),
        stations=tuple(known.tolist()),
    )
    return history, timeline, weather


def _states(timeline: Timeline, start: int, end: int) -> np.typing.NDArray[np.int8]:
    rows = timeline.between(start, end)
    far = 1 << 42
    grid = np.arange(start, end, _STEP)
    wanted = (np.arange(len(timeline.fleet))[:, None] * far + grid[None, :]).ravel()
    row = np.searchsorted(rows.point * far + rows.second, wanted, side="right") - 1
    own = np.maximum(row, 0)
    exists = (row >= 0) & (rows.point[own] == wanted // far)
    stale = wanted % far - rows.updated[own] >= STALENESS_SECONDS
    status = rows.status[own]
    found = np.select(
        [~exists, stale, status == AVAILABLE, status == OCCUPIED],
        [UNOBSERVED, OUT, FREE, TAKEN],
        OUT,
    )
    return found.reshape(len(timeline.fleet), len(grid)).astype(np.int8)


def studied(
    *,
    points: int = 400,
    stations: int = 84,
    origins: int = 100,
    count: int = 500,
    rows: int = 300_000,
) -> Study:
    """Ask model and futures at origins of each city drawn from the days after four weeks."""
    study = Study()
    hours = np.arange(_FIRST_DAYS * 24, _DAYS * 24)
    for seed in CITIES:
        history, timeline, weather = simulated(points, stations, _DAYS + 1, seed)
        order = np.argsort(np.array(timeline.fleet.ids))
        rng, trained, model = np.random.default_rng(seed), -1, None
        for hour in np.sort(rng.choice(hours, origins, replace=False)).tolist():
            origin = _START + hour * HOUR
            fold = (hour // 24 - _FIRST_DAYS) // _REFIT_DAYS
            if model is None or fold != trained:
                cut = _START + (_FIRST_DAYS + fold * _REFIT_DAYS) * DAY
                model, trained = train(history.until(cut - _STEP), rows=rows), fold
            drawn = futures(timeline, weather, origin, HORIZONS, count).free[:, order]
            _add(study, history, model, origin, drawn)
    return study


def _add(
    study: Study, history: History, model: Model, origin: int, drawn: np.typing.NDArray[np.bool_]
) -> None:
    """Add what came after one origin."""
    at = datetime.fromtimestamp(origin, UTC)
    targets = [at + timedelta(hours=hours) for hours in HORIZONS]
    recent = history.until(origin).newest(15)
    of_points = model.predict(recent, at, targets)
    of_stations = model.predict_stations(recent, at, targets)
    stations = station_history(history)
    size = len(HORIZONS)
    low, high = (
        of_stations[f"free_points_{end}"].to_numpy().reshape(-1, size) for end in ("low", "high")
    )
    for number, hours in enumerate(HORIZONS):
        place = history.at(origin + round(hours * HOUR))
        counts = np.zeros((len(history.stations), drawn.shape[2]), dtype=np.int64)
        np.add.at(counts, history.station, drawn[number])
        best = {POINTS: drawn[number].mean(axis=1), STATIONS: (counts > 0).mean(axis=1)}
        for kind, states, made, name in (
            (POINTS, history, of_points, "chance"),
            (STATIONS, stations, of_stations, "chance_free"),
        ):
            now, then = states.state[:, history.at(origin)], states.state[:, place]
            chances = [best[kind]] + [
                made[column].to_numpy().reshape(-1, size)[:, number]
                for column in (name, "blend", "persistence")
            ]
            for scope, chosen in (
                ("all", now != UNOBSERVED),
                ("in service", (now == FREE) | (now == TAKEN)),
            ):
                rows = chosen & (then != UNOBSERVED)
                sums = study.sums[kind, scope, hours]
                sums.n += int(rows.sum())
                errors = [float(((c - (then == FREE))[rows] ** 2).sum()) for c in chances]
                sums.best += errors[0]
                sums.model += errors[1]
                sums.blend += errors[2]
                sums.persistence += errors[3]
        free = np.bincount(history.station, weights=history.state[:, place] == FREE)
        study.covered[hours].append(
            float(((low[:, number] <= free) & (free <= high[:, number])).mean())
        )


def section(study: Study, origins: int, count: int) -> str:
    """The section of the page."""
    lines = [
        BEGIN,
        "## How near the forecast comes to the best possible one",
        "",
        "`make coverage-forecasts` writes this section. Two simulated cities of"
        f" {_DAYS} days are asked at {origins} origins each, after the first {_FIRST_DAYS}"
        f" days; the model is trained again every {_REFIT_DAYS} days. The best possible forecast"
        " knows the simulator's own state and parameters at the origin and draws"
        f" {count} futures: levels of every point,"
        " the day's demand, the age of every session and outage. *Gain* is the share of the way"
        f" from the blend to it; the aim is {AIM:.0%}. Brier scores:",
        "",
        "| | ahead | forecasts | persistence | blend | model | best possible | skill over blend |"
        " skill of the best | gain |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for (kind, scope, hours), s in sorted(study.sums.items()):
        own = (s.persistence, s.blend, s.model, s.best)
        lines.append(
            f"| {kind}, {scope} | {hours:g} h | {s.n:,} |"
            + "".join(f" {value / s.n:.4f} |" for value in own)
            + f" {1 - s.model / s.blend:.1%} | {1 - s.best / s.blend:.1%} | {s.gain:.0%} |"
        )
    lines += [
        "",
        "The 80 % interval of free points of a station holds the number that came (whole numbers,"
        " so it may hold more than it says):",
        "",
        "| ahead | covered |",
        "|---|---|",
        *(f"| {hours:g} h | {np.mean(own):.1%} |" for hours, own in study.covered.items()),
        END,
    ]
    return "\n".join(lines) + "\n"


def with_section(page: str, own: str) -> str:
    """The page with this section at its end, in place of an older one."""
    rest, _, after = page.partition(BEGIN)
    _, _, behind = after.partition(END)
    return rest.rstrip() + "\n\n" + own + behind.lstrip()


def existing_section(page: str) -> str:
    """The section as a page has it; empty without one."""
    _, begin, rest = page.partition(BEGIN)
    own, end, _ = rest.partition(END)
    return f"{begin}{own}{end}\n" if end else ""


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--origins", type=int, default=100, help="of each city")
    parser.add_argument("--futures", type=int, default=500)
    given = parser.parse_args()
    began = time.monotonic()
    study = studied(origins=given.origins, count=given.futures)
    text = section(study, given.origins, given.futures)
    PAGE.write_text(with_section(PAGE.read_text(), text))
    sys.stdout.write(f"{text}\n{time.monotonic() - began:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
