"""Small tables of the catalog: the figures of what was just made, as Markdown.

What belongs here: which figures an asset tells of itself. What does not: pictures (`images`).
Dagster shows Markdown of up to a thousand characters at once, and longer one on demand.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import dagster as dg
import polars as pl

from belib_weather.panels import (
    Dataset,
    Hour,
    Language,
    Measure,
    Panel,
    Ratio,
    Shape,
    Text,
    number_formats,
)
from belib_weather.panels import figures as f
from belib_weather.panels.dashboard_panels import FREE_BY_ARRONDISSEMENT, FREE_STATIONS
from belib_weather.panels.evaluate import evaluate
from belib_weather.window import HOUR, Window

TICK = timedelta(minutes=5)
"""The live tick takes a snapshot this often."""

HOURS_MADE = Panel(
    "hours-made",
    Text("The hours made", "Les heures faites"),
    Dataset.AVAILABILITY,
    Shape.TABLE,
    (f.STATIONS, f.COVERAGE, f.SHARE_AVAILABLE, f.OCCUPANCY, f.SHARE_STALE, f.SHARE_UNKNOWN),
    (Hour(),),
)
STATIONS_BY_ARRONDISSEMENT = Panel(
    "stations-by-arrondissement",
    Text("Stations by arrondissement", "Stations par arrondissement"),
    Dataset.STATIONS,
    Shape.TABLE,
    (f.STATIONS, f.CHARGE_POINTS),
    (f.ARRONDISSEMENT,),
)
STATES_BY_ARRONDISSEMENT = Panel(
    "states-by-arrondissement",
    Text("Free now, by arrondissement", "Libres maintenant, par arrondissement"),
    Dataset.STATIONS,
    Shape.TABLE,
    (*FREE_STATIONS.measures, *FREE_BY_ARRONDISSEMENT.measures),
    (f.ARRONDISSEMENT,),
)
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
    """A panel reckoned over rows of its dataset, in English."""
    return _reckoned_table(panel, evaluate(panel, rows))


def hour_tables(facts: pl.DataFrame) -> dict[datetime, dg.MarkdownMetadataValue]:
    """The figures of each hour of facts (`AvailabilityFact`)."""
    reckoned = evaluate(HOURS_MADE, facts).partition_by("hour", as_dict=True)
    return {hour: _reckoned_table(HOURS_MADE, own) for (hour,), own in reckoned.items()}


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


def snapshots_table(held: pl.DataFrame, hour: datetime, now: datetime) -> dg.MarkdownMetadataValue:
    """What is stored of an hour against a snapshot every five minutes.

    Args:
        held: the inventory of the hour's snapshots.
        hour: start of the hour.
        now: an hour that is going on is expected up to here.
    """
    end = min(hour + HOUR, now)
    seen = pl.concat([pl.Series([hour]), held["captured_at"], pl.Series([end])])
    longest: timedelta = seen.cast(pl.Datetime("us", "UTC")).sort().diff().max()  # type: ignore[assignment]
    return markdown(
        ("snapshots", "expected", "longest gap (min)", "records", "bytes"),
        [
            (
                held.height,
                expected_snapshots(hour, now),
                f"{longest.total_seconds() / 60:.1f}",
                int(held["record_count"].sum()),
                int(held["size"].sum()),
            )
        ],
    )


def expected_snapshots(hour: datetime, now: datetime) -> int:
    """Ticks of an hour, up to now while it is going on."""
    length = min(HOUR, now - hour)
    return max(0, -(-length // TICK))


def snapshots_by_hour(stored: pl.DataFrame, window: Window, now: datetime) -> pl.DataFrame:
    """`hour`, `snapshots`, `expected` of each hour of a window (`stored`: its inventory)."""
    hours = window.hours
    counted = stored.group_by(pl.col("captured_at").dt.truncate("1h").alias("hour"))
    return (
        pl.DataFrame(
            {"hour": hours, "expected": [expected_snapshots(hour, now) for hour in hours]},
            schema_overrides={"hour": stored.schema["captured_at"]},
        )
        .join(counted.len("snapshots"), on="hour", how="left")
        .with_columns(pl.col("snapshots").fill_null(0))
        .sort("hour")
    )


def weather_table(day: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """The weather (`WeatherHour`) of a day in one row."""
    figures = day.select(
        pl.len(),
        pl.col("temperature_c").min().alias("low"),
        pl.col("temperature_c").max().alias("high"),
        pl.col("precipitation_mm").sum().round(1),
        pl.col("weather_class").cast(pl.String).drop_nulls().mode().sort().first(),
    )
    return markdown(
        ("hours", "lowest °C", "highest °C", "precipitation mm", "most often"), figures.iter_rows()
    )


def _reckoned_table(panel: Panel, result: pl.DataFrame) -> dg.MarkdownMetadataValue:
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
