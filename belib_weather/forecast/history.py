"""States of many units on one regular grid of time, as arrays.

What belongs here: the grid, and its frame with every fault that a frame can have. What does not:
what is computed from it (`features`).
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from belib_weather.forecast.errors import ForecastError

Codes = NDArray[np.int8]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

UNOBSERVED, TAKEN, FREE, OUT = -1, 0, 1, 2
"""States: not observed; in service and not free; free; not in service."""
HOUR = 3_600
DAY = 86_400
_NONE = -1
_MOST_CELLS = 120_000_000
"""Twenty bytes each are needed to learn from them."""
_LONGEST_DAYS = 3_660
_LONGEST_STEP = HOUR
_OPTIONAL = ("in_service", "group", "station_id")


@dataclass(frozen=True)
class History:
    """States of units on a regular grid.

    Attributes:
        units: ids in ascending order.
        start: UTC second of the first instant.
        step: seconds between instants.
        state: `UNOBSERVED`, `TAKEN`, `FREE` or `OUT`; shape (units, instants).
        knows_service: whether the source says what is out of service.
        group: number of each unit's group, -1 without one; shape (units,).
        groups: names of the groups.
        station: number of each unit's station, -1 without one; shape (units,).
        stations: ids of the stations.
    """

    units: tuple[str, ...]
    start: int
    step: int
    state: Codes
    knows_service: bool
    group: Ints
    groups: tuple[str, ...]
    station: Ints
    stations: tuple[str, ...]

    @property
    def instants(self) -> int:
        """Number of instants of the grid."""
        return int(self.state.shape[1])

    @property
    def end(self) -> int:
        """UTC second after the last instant, one step later."""
        return self.start + self.instants * self.step

    @property
    def days(self) -> float:
        """Length of the grid in days."""
        return self.instants * self.step / DAY

    def at(self, second: int) -> int:
        """Number of the newest instant at or before a UTC second."""
        return (second - self.start) // self.step

    def until(self, second: int) -> "History":
        """The instants at or before a UTC second; the later ones are left out.

        Raises:
            ForecastError: there are none.
        """
        count = self.at(second) + 1
        if count < 1:
            raise ForecastError(
                f"no state at or before {utc_text(second)}: the first is of {utc_text(self.start)}"
            )
        return replace(self, state=self.state[:, :count])

    def newest(self, days: float) -> "History":
        """The last days of it."""
        skipped = max(0, self.instants - round(days * DAY / self.step))
        start = self.start + skipped * self.step
        return replace(self, start=start, state=self.state[:, skipped:])


def utc_text(second: int) -> str:
    """A UTC second as text."""
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%d %H:%M} UTC"


def history_of(frame: pl.DataFrame) -> History:
    """The states of a frame (see the package) in any order of rows.

    Hours or days without rows are not observed. A unit out of service is not available, whatever
    `is_available` says.

    Raises:
        ForecastError: a column is missing or of a wrong type, a time has no zone or is off the
            grid, a unit has two rows of one instant, or nothing is observed.
    """
    frame = _checked(frame)
    seconds = frame["time"].dt.epoch("s")
    start, step = _grid(seconds)
    units = frame["unit_id"].unique().sort()
    instants = (int(seconds.max()) - start) // step + 1  # type: ignore[arg-type]
    if len(units) * instants > _MOST_CELLS or instants * step > _LONGEST_DAYS * DAY:
        raise ForecastError(
            f"{len(units):,} units from {utc_text(start)} on in {instants:,} steps of {step} s are"
            " too many: is every time right? Else give a shorter period"
        )
    row = frame["unit_id"].cast(pl.Enum(units)).to_physical().to_numpy().astype(np.int64)
    column = ((seconds - start) // step).to_numpy().astype(np.int64)
    state = np.full((len(units), instants), UNOBSERVED, dtype=np.int8)
    state.ravel()[row * instants + column] = _states(frame)
    group, groups = _labels(frame, "group", len(units), row)
    station, stations = _labels(frame, "station_id", len(units), row)
    return History(
        *(tuple(units.to_list()), start, step, state, "in_service" in frame.columns),
        *(group, groups, station, stations),
    )


def _checked(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns that are used, with their types; refuses what cannot be read."""
    required = {"unit_id", "time", "is_available"}
    if missing := sorted(required - set(frame.columns)):
        raise ForecastError(
            f"no column {', '.join(missing)}; there are {', '.join(frame.columns) or 'none'}."
            " Give unit_id (text), time (UTC), is_available (Boolean), and in_service if known"
        )
    frame = frame.select(*sorted(required), *(c for c in _OPTIONAL if c in frame.columns))
    if frame.is_empty():
        raise ForecastError("there are no rows")
    time = frame.schema["time"]
    if not isinstance(time, pl.Datetime):
        raise ForecastError(f"time is {time}: give instants, as Datetime in UTC")
    if time.time_zone is None:
        raise ForecastError(
            'time has no time zone: if it is in UTC, say so by `.dt.replace_time_zone("UTC")`'
        )
    for name in ("is_available", "in_service"):
        if name in frame.columns and frame.schema[name] not in (pl.Boolean, pl.Null):
            raise ForecastError(f"{name} is {frame.schema[name]}: give Boolean")
    for name in ("unit_id", "group", "station_id"):
        kind = frame.schema.get(name, pl.String())
        if not (kind.is_integer() or kind in (pl.String, pl.Categorical, pl.Enum, pl.Null)):
            raise ForecastError(f"{name} is {kind}: give text")
    for name in ("unit_id", "time"):
        if nulls := frame[name].null_count():
            raise ForecastError(f"{name} is null in {nulls:,} of {frame.height:,} rows")
    frame = frame.with_columns(
        pl.col("time").dt.convert_time_zone("UTC"),
        *(pl.col(c).cast(pl.String) for c in _NAMES if c in frame.columns),
    )
    if frame["is_available"].null_count() == frame.height:
        raise ForecastError("is_available is null in every row: nothing is observed")
    twice = frame.select(pl.struct("unit_id", "time").is_duplicated()).to_series()
    if twice.any():
        unit, time_of = frame.filter(twice).select("unit_id", "time").sort("time", "unit_id").row(0)
        raise ForecastError(
            f"{int(twice.sum()):,} rows share unit and time with another, such as {unit!r} at"
            f" {time_of}: give one row for each unit and instant"
        )
    return frame


_NAMES = ("unit_id", "group", "station_id")


def _grid(seconds: pl.Series) -> tuple[int, int]:
    """First second and step of the grid: the commonest step, if all others are multiples of it."""
    distinct = seconds.unique().sort()
    start = int(distinct[0])
    if len(distinct) < 2:
        raise ForecastError("all rows are of one instant: give a series over days")
    steps = distinct.diff().drop_nulls().value_counts().sort(["count", "time"], descending=True)
    step = int(steps["time"][0])
    off = (distinct - start) % step != 0
    if off.any() or step > _LONGEST_STEP:
        odd = f", such as {utc_text(int(distinct.filter(off)[0]))}" if off.any() else ""
        raise ForecastError(
            f"steps are irregular or too long: most are {step} s from {utc_text(start)} on,"
            f" {int(off.sum()):,} of {len(distinct):,} instants are off that grid{odd}. Give a"
            ' regular grid of an hour at most, such as `pl.col("time").dt.round("15m")` with one'
            " row per unit and instant"
        )
    return start, step


def _states(frame: pl.DataFrame) -> Codes:
    available = pl.col("is_available")
    state = pl.when(available).then(FREE).when(~available).then(TAKEN).otherwise(UNOBSERVED)
    if "in_service" in frame.columns:
        state = pl.when(available.is_not_null() & ~pl.col("in_service")).then(OUT).otherwise(state)
    return frame.select(state.cast(pl.Int8)).to_series().to_numpy()


def _labels(frame: pl.DataFrame, name: str, units: int, row: Ints) -> tuple[Ints, tuple[str, ...]]:
    """The newest label of each unit as a number, and the names; -1 without one."""
    found = np.full(units, _NONE, dtype=np.int64)
    if name not in frame.columns or frame[name].null_count() == frame.height:
        return found, ()
    names = frame[name].drop_nulls().unique().sort()
    newest = (
        frame.select(pl.Series("row", row), "time", pl.col(name).cast(pl.Enum(names)))
        .drop_nulls(name)
        .group_by("row")
        .agg(pl.col(name).sort_by("time").last())
    )
    found[newest["row"].to_numpy()] = newest[name].to_physical().to_numpy()
    return found, tuple(names.to_list())
