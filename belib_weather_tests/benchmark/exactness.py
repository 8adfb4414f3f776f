"""The stored facts compared with what really happened, and with a slow second reading.

What polls cannot know, and what the truth is therefore compared without: a gap between two polls
of a point in which several records were published, or one that the nightly resync stamped.
"""

import random
from datetime import timedelta

import polars as pl

from belib_weather.datasets import STATUS_SECONDS
from belib_weather.formats.realtime import read_realtime
from belib_weather.networks import NETWORK
from belib_weather.simulator.truth import Truth
from belib_weather.transform.input_hashes import MARGIN
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_FACTS
from belib_weather.window import Window, second_of
from belib_weather_tests.benchmark.cases import SEED, Case
from belib_weather_tests.benchmark.clock import Figures
from belib_weather_tests.unit.transform.reference import Sighting, facts_of_hour

KEY = ["station_id", "hour"]
COUNTED = [*STATUS_SECONDS, "stale_seconds"]
READ_AGAIN_STATIONS = 5
READ_AGAIN_HOURS = (3, 12, 18)
"""Hours of the last day; 04:30 in Paris is in the first, in winter."""


def exactness(case: Case, warehouse: Warehouse) -> Figures:
    """Point-seconds that differ from the truth, and values that differ from the slow reading."""
    truth = Truth(seed=SEED, charge_points=case.charge_points)
    rows = warehouse.read(AVAILABILITY_FACTS, case.window)
    return _against_truth(case, truth, rows) | _against_slow_reading(case, truth, rows)


def _against_truth(case: Case, truth: Truth, rows: pl.DataFrame) -> Figures:
    happened = _by_hour(pl.DataFrame(truth.segments(case.window.start, case.window.end)))
    compared = (
        rows.filter(pl.col("unobserved_seconds") == 0)
        .select(*KEY, pl.col(*COUNTED).cast(pl.Int64))
        .join(happened, on=KEY, how="left", suffix="_true")
        .with_columns(pl.col(f"{name}_true").fill_null(0) for name in COUNTED)
    )
    # A second under a wrong status is missing from one column and too many in another.
    off = pl.sum_horizontal((pl.col(name) - pl.col(f"{name}_true")).abs() for name in COUNTED) // 2
    compared = compared.with_columns(off.alias("off"), pl.sum_horizontal(COUNTED).alias("seconds"))
    known = compared.join(_unknowable(case, truth), on=KEY, how="anti")
    return {
        "station-hours": compared.height,
        "seconds": int(compared["seconds"].sum()),
        "seconds off": int(compared["off"].sum()),
        "knowable station-hours": known.height,
        "knowable seconds off": int(known["off"].sum()),
    }


def _by_hour(segments: pl.DataFrame) -> pl.DataFrame:
    """True point-seconds of every station and hour in the columns of the facts."""
    start, end, hour = pl.col("start"), pl.col("end"), pl.col("hour")
    within = pl.min_horizontal(end, hour + 3600) - pl.max_horizontal(start, hour)
    column = pl.when("is_stale").then(pl.lit("stale")).otherwise("status") + "_seconds"
    return (
        segments.with_columns(
            pl.int_ranges(start // 3600 * 3600, end, 3600).alias("hour"), column.alias("column")
        )
        .explode("hour")
        .select(_station(), _instant(hour).alias("hour"), "column", within.alias("seconds"))
        .group_by(*KEY)
        .agg(
            pl.col("seconds").filter(pl.col("column") == name).sum().alias(f"{name}_true")
            for name in COUNTED
        )
    )


def _unknowable(case: Case, truth: Truth) -> pl.DataFrame:
    """Stations and hours with a gap in which the polls cannot know what happened."""
    start, end = case.window.start, case.window.end
    step = int(case.step.total_seconds())
    published = pl.DataFrame(truth.records(start, end)).filter(
        # What was in force before the window was not published in it.
        pl.col("start") > second_of(start)
    )
    stamped = _instant(pl.col("updated")).dt.convert_time_zone(NETWORK.zone).dt
    resync = (stamped.hour() == 4) & (stamped.minute() == 30)
    gap = (pl.col("start") - 1) // step * step
    return (
        published.group_by("charge_point_id", gap.alias("gap"))
        .agg(pl.len().alias("records"), resync.any().alias("resync"))
        .filter((pl.col("records") > 1) | pl.col("resync"))
        .select(_station(), _instant(pl.col("gap") // 3600 * 3600).alias("hour"))
        .unique()
    )


def _against_slow_reading(case: Case, truth: Truth, rows: pl.DataFrame) -> Figures:
    stations = rows["station_id"].unique().sort().to_list()
    chosen = random.Random(SEED).sample(stations, READ_AGAIN_STATIONS)  # noqa: S311 - no secret
    compared = wrong = 0
    for number in READ_AGAIN_HOURS:
        hour = Window.hour(case.window.end - timedelta(hours=24 - number))
        seen = _seen(case, truth, hour, chosen)
        slowly = facts_of_hour(
            seen, {s.point: _station_of(s.point) for s in seen}, second_of(hour.start)
        )
        quickly = {
            row["station_id"]: row
            for row in rows.filter(pl.col("hour") == hour.start).iter_rows(named=True)
        }
        for station in chosen:
            for name, value in slowly[station].items():
                compared += 1
                wrong += value != quickly[station][name]
    return {"values read again": compared, "values read otherwise": wrong}


def _seen(case: Case, truth: Truth, hour: Window, stations: list[str]) -> list[Sighting]:
    """The polls around an hour, of some stations."""
    around = hour.widened(MARGIN, MARGIN)
    frames = [
        read_realtime(truth.poll(at)).sightings(at).cast({"charge_point_id": pl.String})
        for at in case.polls
        if around.start <= at < around.end
    ]
    rows = pl.concat(frames).filter(NETWORK.station_id(pl.col("charge_point_id")).is_in(stations))
    return [Sighting(*row) for row in rows.iter_rows()]


def _station() -> pl.Expr:
    return NETWORK.station_id(pl.col("charge_point_id")).alias("station_id")


def _station_of(point: str) -> str:
    found: str = pl.select(NETWORK.station_id(pl.lit(point))).item()
    return found


def _instant(second: pl.Expr) -> pl.Expr:
    return pl.from_epoch(second, time_unit="s").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
