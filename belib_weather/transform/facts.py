"""From sightings to availability facts: station x UTC hour, joined with the hour's weather.

What belongs here: what is counted and summed per station and hour. What does not: which record is
in force when (`intervals`) and which weather sample is best (`weather`). Definitions:
docs/metrics.md.
"""

from datetime import datetime

import dataframely as dy
import numpy as np
import numpy.typing as npt
import polars as pl

from belib_weather.datasets import STATUS_SECONDS, AvailabilityFact
from belib_weather.dates import local_calendar
from belib_weather.transform.cells import Cells, Numbers
from belib_weather.transform.errors import BrokenHours
from belib_weather.transform.intervals import moments, numbered_instants, pieces_of
from belib_weather.transform.points import codes_of, points_of
from belib_weather.vocabulary import STATUSES, Status
from belib_weather.window import HOUR, Window, floor_hour, second_of

_HOUR = 3600
_AVAILABLE = STATUSES.index(Status.AVAILABLE)
_BUSY = [STATUSES.index(status) for status in (Status.OCCUPIED, Status.RESERVED)]


def availability_facts(
    sightings: pl.DataFrame,
    *,
    window: Window,
    weather: pl.DataFrame,
    newest_snapshot: datetime | None,
    sources: pl.DataFrame,
) -> dy.DataFrame[AvailabilityFact]:
    """The facts of every hour of the window.

    They depend on the sightings in (start - 30 min, end + 30 min) alone, in any order: more of
    them, or a longer window, change no row.

    Args:
        sightings: by `SIGHTINGS`, of the window and 30 minutes on either side.
        window: whole UTC hours.
        weather: WeatherHour rows of the window's hours and of its end; missing ones leave nulls.
        newest_snapshot: newest snapshot that raw holds of all; later hours are provisional.
        sources: `hour`, `source` of every hour with a snapshot (`sources_by`).

    Returns:
        Validated AvailabilityFact rows, by station and hour.

    Raises:
        BrokenHours: the window does not start and end on full hours.
        dataframely.exc.ValidationError: a row would break an invariant.
    """
    if (floor_hour(window.start), floor_hour(window.end)) != (window.start, window.end):
        raise BrokenHours(f"facts are of full UTC hours, not of {window}; widen the window to them")
    ids = sightings["charge_point_id"]
    points = _by_station(ids)
    codes, station_of = codes_of(ids, points), points["station"]
    pieces = pieces_of(moments(sightings, pl.lit(codes)), window).with_columns(
        _gather(station_of, pl.col("point"))
    )
    stations = points["station_id"].unique(maintain_order=True)
    cells = Cells(stations.len(), second_of(window.start), second_of(window.end))
    facts = (
        cells.frame(
            **_sighting_counts(
                codes.to_numpy(), sightings["second"].to_numpy(), station_of.to_numpy(), cells
            ),
            **_point_seconds(pieces, cells),
            **_station_seconds(pieces, cells),
        )
        .filter(pl.col("charge_points") > 0)
        .with_columns(
            _gather(stations, pl.col("station")).alias("station_id"),
            pl.from_epoch(pl.col("hour") * _HOUR, time_unit="s")
            .cast(pl.Datetime("us"))
            .dt.replace_time_zone("UTC"),
        )
        .join(sources, on="hour", how="left", maintain_order="left")
        .with_columns(
            _unobserved(), _is_provisional(newest_snapshot), *local_calendar(pl.col("hour"))
        )
    )
    # Cast first: what `validate` casts itself it keeps twice.
    return AvailabilityFact.validate(AvailabilityFact.cast(_with_weather(facts, weather)))


def _by_station(ids: pl.Series) -> pl.DataFrame:
    """Points by station: `charge_point_id`, `station_id`, `station` (dense code, in order)."""
    return (
        points_of(ids)
        .sort("station_id", "charge_point_id")
        .with_columns((pl.col("station_id").rank("dense").cast(pl.Int64) - 1).alias("station"))
    )


def _gather(values: pl.Series, index: pl.Expr) -> pl.Expr:
    return pl.lit(values).gather(index)


def _sighting_counts(
    point: Numbers, second: Numbers, station_of: Numbers, cells: Cells
) -> dict[str, Numbers]:
    """`charge_points` and `snapshots` of every station and hour.

    Args:
        point: of every sighting, a dense code.
        second: of every sighting, also of those outside the hours.
        station_of: the station of every point.
        cells: the stations and hours.
    """
    instants, number = numbered_instants(second)
    is_inside = (instants >= cells.start) & (instants < cells.end)
    # Sightings outside the hours have a column of their own, which is faster than to filter them.
    hour = np.where(is_inside, (instants - cells.start) // _HOUR, cells.hours)
    point_seen = _marked(point, hour[number], len(station_of), cells.hours + 1)
    station_seen = _marked(station_of[point], number, cells.stations, len(instants))
    points, hours = np.nonzero(point_seen[:, : cells.hours])
    stations, seen = np.nonzero(station_seen[:, is_inside])
    return {
        "charge_points": cells.counted(station_of[points] * cells.hours + hours),
        "snapshots": cells.counted(stations * cells.hours + hour[is_inside][seen]),
    }


def _marked(row: Numbers, column: Numbers, rows: int, columns: int) -> npt.NDArray[np.bool_]:
    """A table in which the cells of these rows and columns are true."""
    table = np.zeros(rows * columns, bool)
    table[row * columns + column] = True  # a flat index is twice as fast as two
    return table.reshape(rows, columns)


def _cut_at_hours(spans: pl.DataFrame) -> pl.DataFrame:
    """Spans with `start` and `end` become one row per hour, with `hour` and `seconds` in it."""
    start, end, hour = pl.col("start"), pl.col("end"), pl.col("hour")
    seconds = pl.min_horizontal(end, (hour + 1) * _HOUR) - pl.max_horizontal(start, hour * _HOUR)
    return (
        spans.with_columns(pl.int_ranges(start // _HOUR, (end - 1) // _HOUR + 1).alias("hour"))
        .explode("hour")
        .with_columns(seconds.alias("seconds"))
    )


def _point_seconds(pieces: pl.DataFrame, cells: Cells) -> dict[str, Numbers]:
    stale = len(STATUS_SECONDS)
    cut = _cut_at_hours(pieces).select(
        "station",
        "hour",
        "seconds",
        pl.when("is_stale").then(pl.lit(stale)).otherwise(pl.col("status")).alias("kind"),
    )
    names = (*STATUS_SECONDS, "stale_seconds")
    return {
        name: cells.summed(cut.filter(pl.col("kind") == kind)) for kind, name in enumerate(names)
    }


def _station_seconds(pieces: pl.DataFrame, cells: Cells) -> dict[str, Numbers]:
    """Seconds in which some point is observed, some is available, or the station is full.

    A sweep: every piece counts its point in at its start and out at its end, so a running sum
    over a station's sorted boundaries is how many are observed, available, busy until the next.
    """
    fresh = ~pl.col("is_stale")
    counted = {
        "observed": pl.lit(1),
        "available": (fresh & (pl.col("status") == _AVAILABLE)).cast(pl.Int64),
        "busy": (fresh & pl.col("status").is_in(_BUSY)).cast(pl.Int64),
    }
    ins = pieces.select("station", pl.col("start"), **counted)
    outs = pieces.select(
        "station", pl.col("end").alias("start"), **{name: -one for name, one in counted.items()}
    )
    spans = (
        pl.concat([ins, outs])
        .sort("station", "start")
        # Every station's counts end at zero, so one running sum serves them all.
        .with_columns(pl.col(*counted).cum_sum(), pl.col("start").shift(-1).alias("end"))
        .filter((pl.col("observed") > 0) & (pl.col("start") < pl.col("end")))
    )
    cut = _cut_at_hours(spans)
    available, busy = pl.col("available") > 0, pl.col("busy") > 0
    return {
        "any_observed_seconds": cells.summed(cut),
        "any_available_seconds": cells.summed(cut.filter(available)),
        "full_seconds": cells.summed(cut.filter(~available & busy)),
    }


def _unobserved() -> pl.Expr:
    observed = pl.sum_horizontal(*STATUS_SECONDS, "stale_seconds")
    total = pl.col("charge_points").cast(pl.Int64) * _HOUR
    return (total - observed).alias("unobserved_seconds")


def _is_provisional(newest_snapshot: datetime | None) -> pl.Expr:
    if newest_snapshot is None:
        return pl.lit(True).alias("is_provisional")
    newest = pl.lit(newest_snapshot).cast(pl.Datetime("us", "UTC"))
    return (pl.col("hour") + HOUR > newest).alias("is_provisional")


def _with_weather(facts: pl.DataFrame, weather: pl.DataFrame) -> pl.DataFrame:
    """Instants of the sample stamped at the hour's start, sums and codes of that at its end."""
    instants = weather.select(
        "hour", "temperature_c", "wind_speed_kmh", pl.col("source").alias("instant_source")
    )
    sums = weather.select(
        pl.col("hour") - HOUR,
        "precipitation_mm",
        "weather_code",
        "weather_class",
        pl.col("source").alias("sum_source"),
    )
    instant_source, sum_source = pl.col("instant_source"), pl.col("sum_source")
    return (
        facts.join(instants, on="hour", how="left", maintain_order="left")
        .join(sums, on="hour", how="left", maintain_order="left")
        .with_columns(
            pl.when(instant_source != sum_source)
            .then(pl.concat_str(instant_source, sum_source, separator=" + "))
            .otherwise(pl.coalesce(instant_source, sum_source))
            .alias("weather_source")
        )
    )
