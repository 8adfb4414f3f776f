"""The forecast model: trained once a day, asked at every full hour.

What belongs here: training on a frame of states, forecasts of units and stations as frames. What
does not: how one kind of unit is fitted (`fitting`), the file of a model (`model_file`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import numpy as np
import polars as pl

from belib_weather.forecast.errors import ForecastError
from belib_weather.forecast.features import NAMES, Weather
from belib_weather.forecast.fitting import Fitted, fitted
from belib_weather.forecast.history import HOUR, Floats, History, Ints, history_of, utc_text
from belib_weather.forecast.states import States
from belib_weather.forecast.stations import (
    TAIL,
    CountSpread,
    fitted_spread,
    members,
    point_features,
    station_history,
)
from belib_weather.forecast.weather import weather_of

VERSION = 2
"""Of the features and rules; a model of another version is not read."""
BOOSTED, BLEND = "boosted", "blend"
ROWS = 350_000
"""Rows that a model learns from: less than a minute of one core."""
_ROWS_OF_STATIONS = 6
"""Stations learn from so many times fewer rows: each is asked for by its points."""
LONGEST_DAYS = 56
"""Older states teach no more."""
ZONE = "Europe/Paris"


@dataclass(frozen=True)
class Model:
    """A trained model.

    Attributes:
        version: `VERSION` of the code that trained it.
        zone: of the local clock.
        step: seconds between the instants that it learned from.
        trained_from: first instant of the training window.
        trained_to: its last instant.
        uses_weather: whether it learned from forecasts of the weather.
        units: model of the units.
        stations: model of the stations, where the units have some.
        spread: how the free points of a station vary together.
    """

    version: int
    zone: str
    step: int
    trained_from: datetime
    trained_to: datetime
    uses_weather: bool
    units: Fitted
    stations: Fitted | None
    spread: CountSpread | None

    @property
    def name(self) -> str:
        """`boosted`, or `blend` where the history was too short: of the stations, if any."""
        return BLEND if (self.stations or self.units).trees is None else BOOSTED

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features."""
        return NAMES

    def predict(
        self,
        recent: pl.DataFrame | History,
        origin: datetime,
        targets: Sequence[datetime],
        weather: pl.DataFrame | None = None,
    ) -> pl.DataFrame:
        """The chance of every unit of being free at each target.

        Args:
            recent: states of the last eight days at least, fourteen to know old changes (see the
                package); rows after the origin are not used.
            origin: instant with a time zone.
            targets: instants after the origin, at most 24 h.
            weather: forecasts as issued (`weather.weather_of`).

        Returns:
            `unit_id`, `target`, `chance`, and the chances by the baselines: `persistence`,
            `usual`, `blend`; by unit and target.

        Raises:
            ForecastError: a target is not within 24 h after the origin, or there is no state.
        """
        known, seconds = self._checked_history(recent, origin, targets)
        return _forecast_frame(self.units, known, self.zone, self._weather(weather), seconds)

    def predict_stations(
        self,
        recent: pl.DataFrame | History,
        origin: datetime,
        targets: Sequence[datetime],
        weather: pl.DataFrame | None = None,
    ) -> pl.DataFrame:
        """The chance of a free point at every station, and how many are expected.

        Args and errors as of `predict`; the units need `station_id`.

        Returns:
            `station_id`, `target`, `chance_free` (of at least one point), `expected_free_points`,
            `free_points_low`, `free_points_high` (an 80 % interval), and the chances of a free
            point by the baselines: `persistence`, `usual`, `blend`; by station and target.
        """
        known, seconds = self._checked_history(recent, origin, targets)
        if self.stations is None or self.spread is None:
            raise ForecastError("the model knows no stations: train it with `station_id`")
        issued = self._weather(weather)
        seconds = sorted(set(seconds))
        station, target = _unit_target_pairs(len(known.stations), seconds)
        unit, place = members(known, station)
        points, chances = self.units.ahead(known, self.zone, issued, (unit, target[place]))
        horizon = (target - known.start - (known.instants - 1) * known.step) / HOUR
        counted = self.spread.counted(chances["model"], place, horizon)
        running = np.cumsum(counted, axis=1)
        low, high = (running < TAIL).sum(axis=1), (running < 1 - TAIL).sum(axis=1)
        made = _forecast_frame(
            *(self.stations, station_history(known), self.zone, issued, seconds),
            of_points=point_features(points, place, counted),
        ).rename({"unit_id": "station_id", "chance": "chance_free"})
        return made.with_columns(
            pl.Series("expected_free_points", counted @ np.arange(counted.shape[1])),
            pl.Series("free_points_low", low.astype(np.int32)),
            pl.Series("free_points_high", high.astype(np.int32)),
        ).select(
            *("station_id", "target", "chance_free", "expected_free_points"),
            *("free_points_low", "free_points_high", "persistence", "usual", "blend"),
        )

    def _weather(self, weather: pl.DataFrame | None) -> Weather | None:
        return weather_of(weather) if self.uses_weather and weather is not None else None

    def _checked_history(
        self, recent: pl.DataFrame | History, origin: datetime, targets: Sequence[datetime]
    ) -> tuple[History, list[int]]:
        if origin.tzinfo is None or any(target.tzinfo is None for target in targets):
            raise ForecastError("origin and targets need a time zone")
        at = int(origin.timestamp())
        seconds = [int(target.timestamp()) for target in targets]
        for second in seconds:
            if not at < second <= at + 24 * HOUR:
                raise ForecastError(
                    f"the target {utc_text(second)} is not within 24 h after {utc_text(at)}"
                )
        history = recent if isinstance(recent, History) else history_of(recent)
        return history.until(at), seconds


def train(
    history: pl.DataFrame | History,
    *,
    zone: str = ZONE,
    weather: pl.DataFrame | None = None,
    rows: int = ROWS,
    seed: int = 0,
) -> Model:
    """Train on the newest `LONGEST_DAYS`: with fewer than seven the model is the blend.

    Args:
        history: see the package; four to eight weeks are best. Order of rows does not matter.
        zone: of the local clock, for the hour of the week.
        weather: forecasts as issued (`weather.weather_of`); used from 28 days of them on.
        rows: how many rows to learn from; time of training grows with them.
        seed: the same history and seed give the same model.

    Raises:
        ForecastError: the history cannot be read.
    """
    known = history if isinstance(history, History) else history_of(history)
    known = known.newest(LONGEST_DAYS)
    issued = None if weather is None else weather_of(weather)
    if issued is not None and not issued.is_enough:
        issued = None
    units = fitted(known, zone, issued, most=rows, seed=seed)
    stations, spread = None, None
    if known.stations:
        points = States(known)
        spread = fitted_spread(points, units, zone, issued, seed=seed)
        stations = fitted(
            *(station_history(known), zone, issued),
            most=rows // _ROWS_OF_STATIONS,
            seed=seed,
            of_points=partial(spread.of_points, points, units, zone, issued),
        )
    return Model(
        version=VERSION,
        zone=zone,
        step=known.step,
        trained_from=datetime.fromtimestamp(known.start, UTC),
        trained_to=datetime.fromtimestamp(known.end - known.step, UTC),
        uses_weather=issued is not None,
        units=units,
        stations=stations,
        spread=spread,
    )


def _unit_target_pairs(units: int, targets: list[int]) -> tuple[Ints, Ints]:
    """Each unit at each target."""
    unit = np.repeat(np.arange(units, dtype=np.int64), len(targets))
    return unit, np.tile(np.array(targets, dtype=np.int64), units)


def _forecast_frame(
    fit: Fitted,
    known: History,
    zone: str,
    weather: Weather | None,
    targets: list[int],
    *,
    of_points: Mapping[str, Floats] | None = None,
) -> pl.DataFrame:
    unit, target = _unit_target_pairs(len(known.units), targets)
    _, chances = fit.ahead(known, zone, weather, (unit, target), of_points)
    ids = pl.Series("unit_id", known.units, dtype=pl.String).gather(unit)
    times = pl.from_epoch(pl.Series("target", target), "s").dt.cast_time_unit("us")
    return pl.DataFrame(
        [
            *(ids, times.dt.replace_time_zone("UTC")),
            pl.Series("chance", chances["model"]),
            *(pl.Series(name, chances[name]) for name in ("persistence", "usual", "blend")),
        ]
    )
