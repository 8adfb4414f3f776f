"""Time to repair and failure rate: Kaplan-Meier over outages, and a bootstrap of stations.

What belongs here: figures of a set of outages, and which sets there are. What does not: the
outages themselves (`outages`). Definitions: docs/metrics.md.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist

import dataframely as dy
import numpy as np
import polars as pl

from belib_weather.datasets.reliability import TimeToRepair
from belib_weather.transform.sources import union_of_sources
from belib_weather.vocabulary import OutageEnd, OutageKind, RepairArea

CONFIDENCE = 0.95
RESAMPLES = 2000
LEAST_STATIONS = 5
"""Fewer do not show how much stations differ: no interval."""
LEAST_ENDED = 10
"""Ended outages of a station in twelve months, below which it has no row."""
_SECONDS = 3600.0
_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
_LOWEST_KW, _SLOW_KW, _NORMAL_KW = 4.0, 7.4, 22.0


@dataclass(frozen=True)
class Quantile:
    """A time by which a share of outages has ended, with its interval; hours, None unreached."""

    hours: float | None
    low: float | None
    high: float | None


def quantiles(seconds: pl.Series, is_ended: pl.Series, shares: tuple[float, ...]) -> list[Quantile]:
    """Kaplan-Meier: the times by which shares of outages have ended.

    Args:
        seconds: for how long each was followed.
        is_ended: whether it then ended; false is censored.
        shares: between 0 and 1.

    Returns:
        For each share its time, and the times at which the log-log interval of the curve crosses.
    """
    if not is_ended.any():
        return [Quantile(None, None, None) for _ in shares]
    times, *lines = _survival(seconds.to_numpy(), is_ended.to_numpy())
    return [
        Quantile(*(_first_at_most(times, line, 1 - share) for line in lines)) for share in shares
    ]


def _survival(seconds: np.ndarray, is_ended: np.ndarray) -> tuple[np.ndarray, ...]:
    """Different times in order; the share that lasts longer, and the ends of its interval.

    The interval is Greenwood's, log-log; NaN where the curve is 1 or 0.
    """
    times, of_time, counts = np.unique(seconds, return_inverse=True, return_counts=True)
    ended = np.bincount(of_time, is_ended)
    at_risk = len(seconds) - np.cumsum(counts) + counts
    curve = np.cumprod((at_risk - ended) / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(ended / (at_risk * (at_risk - ended))) / np.log(curve) ** 2
        middle, reach = np.log(-np.log(curve)), _Z * np.sqrt(variance)
        return times, curve, np.exp(-np.exp(middle + reach)), np.exp(-np.exp(middle - reach))


def _first_at_most(times: np.ndarray, line: np.ndarray, level: float) -> float | None:
    reached = np.flatnonzero(line <= level + 1e-12)
    return float(times[reached[0]]) / _SECONDS if reached.size else None


def rate_interval(begun: np.ndarray, up_seconds: np.ndarray) -> tuple[float, float] | None:
    """95 % interval of outages begun per 1,000 point-hours up, by a bootstrap of stations.

    Args:
        begun: outages begun, by station.
        up_seconds: point-seconds up, by station.

    Returns:
        None for fewer than five stations, and where no outage began.
    """
    stations = len(begun)
    if stations < LEAST_STATIONS or not begun.sum():
        return None
    drawn = np.random.default_rng(stations).multinomial(
        stations, np.full(stations, 1 / stations), size=RESAMPLES
    )
    hours = drawn @ up_seconds / (1000 * _SECONDS)
    rates = (drawn @ begun)[hours > 0] / hours[hours > 0]
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(rates, (tail, 100 - tail))
    return float(low), float(high)


def time_to_repair(
    outages: pl.DataFrame, months: pl.DataFrame, stations: pl.DataFrame, observed_to: date
) -> dy.DataFrame[TimeToRepair]:
    """Figures of the city, its arrondissements and power classes by quarter, of stations by year.

    Args:
        outages: `Outage` rows.
        months: `StationReliability` rows of months.
        stations: `Station` rows; each counts with its newest version.
        observed_to: date in Paris of the end of the observed time: the year of a station is the
            month that holds it and the eleven before.
    """
    begun = outages.filter(
        pl.col("is_begun") & (pl.col("kind").cast(pl.String) == OutageKind.OUTAGE)
    ).select(
        "station_id",
        "local_date",
        pl.col("duration_seconds").alias("seconds"),
        (pl.col("end_kind").cast(pl.String) == OutageEnd.RETURNED).alias("is_ended"),
    )
    up = months.select("station_id", "starts_on", "up_seconds", "source")
    areas = _areas(stations)
    rows: list[dict[str, object]] = []
    for first, following in _quarters(up["starts_on"]):
        own, own_up = _between(begun, first, following), _between(up, first, following)
        rows += _rows(first, following, own, own_up, areas)
    last = observed_to.replace(day=1)
    first, following = last.replace(year=last.year - 1), _next_month(last)
    first = _next_month(first)
    recent, up_recent = (_between(frame, first, following) for frame in (begun, up))
    ended = (
        recent.filter("is_ended").group_by("station_id").len().filter(pl.col("len") >= LEAST_ENDED)
    )
    own = ended.select(
        pl.lit(RepairArea.STATION.value).alias("scope"),
        pl.col("station_id").alias("area"),
        "station_id",
    )
    rows += _rows(first, following, recent, up_recent, own)
    return TimeToRepair.validate(
        pl.DataFrame(rows, TimeToRepair.create_empty().schema).sort(TimeToRepair.primary_key())
    )


def _areas(stations: pl.DataFrame) -> pl.DataFrame:
    """`scope`, `area`, `station_id`: to which areas each station belongs."""
    newest = stations.sort("valid_from").unique("station_id", keep="last", maintain_order=True)
    power = pl.col("power_kw")
    power_class = (
        pl.when(power <= _LOWEST_KW)
        .then(pl.lit("up to 4 kW"))
        .when(power <= _SLOW_KW)
        .then(pl.lit("up to 7.4 kW"))
        .when(power <= _NORMAL_KW)
        .then(pl.lit("up to 22 kW"))
        .when(power > _NORMAL_KW)
        .then(pl.lit("over 22 kW"))
    )
    area_of = {
        RepairArea.CITY: pl.lit("city"),
        RepairArea.ARRONDISSEMENT: pl.col("arrondissement").cast(pl.String),
        RepairArea.POWER_CLASS: power_class,
    }
    return pl.concat(
        [
            newest.select(pl.lit(scope.value).alias("scope"), area.alias("area"), "station_id")
            for scope, area in area_of.items()
        ]
    ).drop_nulls("area")


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _quarters(months: pl.Series) -> list[tuple[date, date]]:
    """First date of each quarter that holds a month, and the date after its last."""
    firsts = months.dt.truncate("1q").unique().sort()
    ends = firsts.dt.offset_by("3mo")
    return list(zip(firsts, ends, strict=True))


def _between(frame: pl.DataFrame, first: date, following: date) -> pl.DataFrame:
    day = "local_date" if "local_date" in frame.columns else "starts_on"
    return frame.filter(pl.col(day).is_between(first, following, closed="left"))


def _rows(
    first: date, following: date, begun: pl.DataFrame, up: pl.DataFrame, areas: pl.DataFrame
) -> list[dict[str, object]]:
    """A row for each area with a station that has a point listed in the period."""
    by_station = (
        up.group_by("station_id")
        .agg(pl.col("up_seconds").sum())
        .join(
            begun.group_by("station_id").agg(pl.len().alias("begun")), on="station_id", how="left"
        )
        .with_columns(pl.col("begun").fill_null(0))
        .join(areas, on="station_id")
    )
    with_area = begun.join(areas, on="station_id")
    source = up.select(union_of_sources(pl.col("source"))).item()
    rows = []
    for (scope, area), stations in by_station.sort("scope", "area", "station_id").group_by(
        "scope", "area", maintain_order=True
    ):
        own = with_area.filter((pl.col("scope") == scope) & (pl.col("area") == area))
        rows.append(
            {"scope": scope, "area": area, "starts_on": first, "ends_on": following}
            | _figures(own, stations)
            | {"source": source}
        )
    return rows


def _figures(begun: pl.DataFrame, stations: pl.DataFrame) -> dict[str, object]:
    median, p90 = quantiles(begun["seconds"], begun["is_ended"], (0.5, 0.9))
    up, followed = (
        int(stations["up_seconds"].sum()),
        begun.select(pl.col("seconds").max() / _SECONDS),
    )
    counts, seconds = stations["begun"].to_numpy(), stations["up_seconds"].to_numpy()
    low, high = rate_interval(counts, seconds) or (None, None)
    return {
        "stations": stations.height,
        "outages_begun": begun.height,
        "outages_ended": begun["is_ended"].sum(),
        "longest_followed_hours": followed.item(),
        "median_hours": median.hours,
        "median_hours_low": median.low,
        "median_hours_high": median.high,
        "p90_hours": p90.hours,
        "p90_hours_low": p90.low,
        "p90_hours_high": p90.high,
        "up_seconds": up,
        "outages_per_1000_hours": begun.height * 1000 * _SECONDS / up if up else None,
        "outages_per_1000_hours_low": low,
        "outages_per_1000_hours_high": high,
    }
