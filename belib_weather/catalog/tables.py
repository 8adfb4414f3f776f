"""Small tables of the catalog: the figures of a run, as Markdown.

What belongs here: which figures an asset shows. What does not: pictures (`images`).
Dagster shows Markdown of up to a thousand characters at once, and longer one on demand.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import dagster as dg
import polars as pl

from belib_weather.datasets.figures import CHANCE_OF_A_FREE_POINT as CHANCE
from belib_weather.datasets.marts import ARRONDISSEMENT, CITY
from belib_weather.panels import (
    Dataset,
    Hour,
    Language,
    Measure,
    Message,
    Panel,
    Ratio,
    Shape,
    number_formats,
)
from belib_weather.panels import figures as f
from belib_weather.panels.dashboard_panels.now import FREE_BY_ARRONDISSEMENT, FREE_STATIONS
from belib_weather.panels.evaluate import evaluate
from belib_weather.vocabulary import EdgeKind
from belib_weather.window import HOUR

HOUR_SECONDS, MINUTE_SECONDS = 3600, 60

HOURS_MADE = Panel(
    "hours-made",
    Message("Hours of this run"),
    Dataset.AVAILABILITY,
    Shape.TABLE,
    (f.SHARE_AVAILABLE, f.OCCUPANCY, f.SHARE_UNKNOWN),
    (Hour(),),
)
STATIONS_BY_ARRONDISSEMENT = Panel(
    "stations-by-arrondissement",
    Message("Stations by arrondissement"),
    Dataset.STATIONS,
    Shape.TABLE,
    (f.STATIONS, f.CHARGE_POINTS),
    (f.ARRONDISSEMENT,),
)
STATES_BY_ARRONDISSEMENT = Panel(
    "states-by-arrondissement",
    Message("Free now, by arrondissement"),
    Dataset.STATIONS,
    Shape.TABLE,
    (*FREE_STATIONS.measures, *FREE_BY_ARRONDISSEMENT.measures),
    (f.ARRONDISSEMENT,),
)
_SEEN = [EdgeKind.EXACT, EdgeKind.POLLED]
_CONNECTORS = {
    "has_ef": "E/F",
    "has_type_2": "type 2",
    "has_combo_ccs": "Combo CCS",
    "has_chademo": "CHAdeMO",
}


def markdown(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> dg.MarkdownMetadataValue:
    """A Markdown table, numbers to the right; a dash where there is no value."""
    names = list(columns)
    cells = [[*names], ["---:"] * len(names), *([_text(value) for value in row] for row in rows)]
    return dg.MetadataValue.md("\n".join(f"|{'|'.join(line)}|" for line in cells))


def panel_table(panel: Panel, rows: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """A panel evaluated over rows of its dataset, in English."""
    return _result_table(panel, evaluate(panel, rows))


def hour_tables(facts: pl.DataFrame) -> dict[datetime, dg.MarkdownMetadataValue]:
    """The figures of each hour of facts (`AvailabilityFact`), on the clock of Paris.

    The partition beside the table is the hour in UTC; coverage and staleness are metadata.
    """
    measures = HOURS_MADE.measures
    columns = ("hour in Paris", *(measure.title.en for measure in measures))
    tables = {}
    for hour, *values in evaluate(HOURS_MADE, facts).rows():
        end = number_formats.time_of_day(hour + HOUR, Language.ENGLISH)
        written = map(_figure, measures, values)
        tables[hour] = markdown(columns, [(f"{number_formats.stamp(hour)}–{end}", *written)])
    return tables


def points_table(points: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """Current charge points (`ChargePoint`) by power and connectors, the most frequent first."""
    connectors = pl.concat_str(
        [pl.when(pl.col(column)).then(pl.lit(name)) for column, name in _CONNECTORS.items()],
        separator=" + ",
        ignore_nulls=True,
    )
    counted = (
        points.filter(pl.col("valid_to").is_null())
        .group_by("power_kw", connectors.replace("", None).alias("connectors"))
        .agg(pl.len().alias("points"))
        .sort("points", "power_kw", "connectors", descending=[True, False, False])
    )
    return markdown(("power (kW)", "connectors", "charge points"), counted.head(12).iter_rows())


def snapshot_tables(hours: pl.DataFrame, now: datetime) -> dict[datetime, dg.MarkdownMetadataValue]:
    """What is stored of each hour against what its polls should store.

    Args:
        hours: `FeedHour` rows.
        now: nothing is expected yet of an hour that goes on.
    """
    columns = ("snapshots", "expected", "refused", "time observed", "longest gap (min)")
    tables = {}
    for row in hours.iter_rows(named=True):
        is_over = row["hour"] + HOUR <= now
        observed = None if row["is_provisional"] else row["observed_seconds"] / HOUR_SECONDS
        cells = (
            row["snapshots"],
            row["expected_snapshots"] if is_over else None,
            row["refused"],
            number_formats.share(observed, Language.ENGLISH),
            f"{row['longest_gap_seconds'] / MINUTE_SECONDS:.1f}",
        )
        tables[row["hour"]] = markdown(columns, [cells])
    return tables


def profile_table(profile: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """The city's typical day (`OccupancyProfile`), working days and weekends apart."""
    is_weekend = pl.col("local_weekday") > 5
    columns = {"Monday to Friday": ~is_weekend, "Saturday, Sunday": is_weekend}
    free, known = (pl.sum_horizontal(names) for names in (CHANCE.numerator, CHANCE.denominator))
    hours = (
        profile.filter(pl.col("scope") == CITY)
        .group_by("local_hour")
        .agg(
            *(
                (free.filter(days).sum() / known.filter(days).sum()).alias(title)
                for title, days in columns.items()
            )
        )
        .sort("local_hour")
    )
    rows = (
        (f"{hour}:00", *(number_formats.share(share, Language.ENGLISH) for share in shares))
        for hour, *shares in hours.iter_rows()
    )
    return markdown((f"hour in Paris; {CHANCE.title}", *columns), rows)


def saturation_table(weeks: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """The last week (`Saturation`) by arrondissement, the fullest first."""
    last = weeks.filter(
        pl.col("scope") == ARRONDISSEMENT, pl.col("week") == pl.col("week").max()
    ).sort("saturation", "area", descending=[True, False], nulls_last=True)
    columns = ("week from", "arrondissement", "saturation", "points in service", "fullest")
    rows = (
        (
            f"{row['week']}",
            row["arrondissement"],
            number_formats.share(row["saturation"], Language.ENGLISH),
            number_formats.number(row["points_in_service"], Language.ENGLISH, 1),
            row["fullest_hours"],
        )
        for row in last.iter_rows(named=True)
    )
    return markdown(columns, rows)


def episodes_table(day: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """The segments (`StatusEpisode`) of a day by status: how many, how long, both ends seen."""
    whole = pl.all_horizontal(pl.col("start_kind", "end_kind").is_in(_SEEN))
    hours = pl.col("seconds").cast(pl.Int64).sum() / HOUR_SECONDS
    counted = (
        day.group_by("status", "is_stale")
        .agg(
            pl.len().alias("segments"),
            hours.round(1).alias("point-hours"),
            whole.sum().alias("both ends seen"),
            (pl.col("seconds").filter(whole).median() / MINUTE_SECONDS).round(0),
            pl.col("restamps").sum(),
        )
        .sort("status", "is_stale")
    )
    columns = ("status", "segments", "point-hours", "both ends seen")
    rows = (
        (f"{status} (stale)" if stale else status, *figures)
        for status, stale, *figures in counted.iter_rows()
    )
    return markdown((*columns, "their median (min)", "restamps"), rows)


def weather_association_table(found: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """What goes with the weather in the city (`WeatherAssociation`), in points of occupancy."""
    city = found.filter(pl.col("scope") == CITY).sort("temperature_c", nulls_last=True)
    columns = ("weather", "compared with", "points of occupancy", "95 % interval", "hours", "days")
    rows = (
        (
            row["condition"],
            row["compared_with"],
            *_difference(row),
            row["hours"],
            row["days"],
            row["reason"] or row["standing"],
        )
        for row in city.iter_rows(named=True)
    )
    return markdown((*columns, "standing"), rows)


def _difference(row: dict[str, Any]) -> tuple[str | None, str | None]:
    """A difference and its interval in percentage points, signed."""
    if row["difference"] is None:
        return None, None
    low, high = row["difference_low"], row["difference_high"]
    return f"{100 * row['difference']:+.1f}", f"{100 * low:+.1f} to {100 * high:+.1f}"


def weather_table(day: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """The weather (`WeatherHour`) of a day in one row."""
    figures = day.select(
        pl.col("temperature_c").min().alias("low"),
        pl.col("temperature_c").max().alias("high"),
        pl.col("precipitation_mm").sum().round(1),
        pl.col("weather_class").cast(pl.String).drop_nulls().mode().sort().first(),
    )
    return markdown(
        ("lowest °C", "highest °C", "precipitation mm", "most often"), figures.iter_rows()
    )


def _result_table(panel: Panel, result: pl.DataFrame) -> dg.MarkdownMetadataValue:
    titles = [d.title.en for d in panel.by] + [m.title.en for m in panel.measures]
    rows = (
        [*row[: len(panel.by)], *map(_figure, panel.measures, row[len(panel.by) :])]
        for row in result.rows()
    )
    return markdown(titles, rows)


def _figure(measure: Measure, value: float | None) -> str:
    if isinstance(measure, Ratio):
        return number_formats.share(value, Language.ENGLISH, measure.decimals)
    return number_formats.number(value, Language.ENGLISH, measure.decimals)


def _text(value: object) -> str:
    if value is None:
        return number_formats.NOTHING
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else str(value)
