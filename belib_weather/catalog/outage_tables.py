"""Small tables of the catalog about outages and repairs.

What belongs here: which rows are shown of them. What does not: other assets (`tables`).
"""

import dagster as dg
import polars as pl

from belib_weather.catalog.tables import markdown
from belib_weather.panels import Language, number_formats
from belib_weather.vocabulary import OutageEnd, OutageKind, PeriodKind, RepairArea, Standing

MOST = 10
_HOUR = 3600


def outages_table(outages: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """The longest outages (`Outage`) that last at the end of the observed time."""
    lasting = outages.filter(
        (pl.col("kind") == OutageKind.OUTAGE.value) & (pl.col("end_kind") == OutageEnd.LASTS.value)
    ).sort("since", "outage_of")
    rows = (
        (
            row["outage_of"],
            number_formats.stamp(row["since"]),
            _hours(row["duration_seconds"] / _HOUR),
        )
        for row in lasting.head(MOST).iter_rows(named=True)
    )
    return markdown(("out of order now", "since, in Paris", "hours down"), rows)


def reliability_table(stations: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """The worst stations (`ReliabilityOfStation`) of the newest week."""
    weeks = stations.filter(pl.col("period") == PeriodKind.WEEK.value)
    newest = weeks.filter(pl.col("starts_on") == weeks["starts_on"].max())
    worst = newest.drop_nulls("place").sort("place").head(MOST)
    rows = (
        (
            row["place"],
            row["address"] or row["station_id"],
            number_formats.share(row["technical_availability"], Language.ENGLISH)
            if row["standing"] == Standing.RANKED.value
            else row["standing"],
            row["outages_begun"],
            _hours(row["hours_down"]),
        )
        for row in worst.iter_rows(named=True)
    )
    return markdown(
        ("place", "station, newest week", "technical availability", "outages", "hours down"), rows
    )


def repair_table(repairs: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """Time to repair (`TimeToRepair`) of the city by quarter, and by power class in the newest."""
    newest = repairs["starts_on"].max()
    chosen = repairs.filter(
        (pl.col("scope") == RepairArea.CITY.value)
        | ((pl.col("scope") == RepairArea.POWER_CLASS.value) & (pl.col("ends_on") > newest))
    ).sort("starts_on", "scope", "area")
    rows = (
        (
            f"{row['area']}, from {row['starts_on']}",
            row["outages_begun"],
            _hours(row["median_hours"]),
            f"{_hours(row['median_hours_low'])} to {_hours(row['median_hours_high'])}",
            _hours(row["outages_per_1000_hours"]),
        )
        for row in chosen.iter_rows(named=True)
    )
    return markdown(
        ("area, quarter", "outages", "median hours", "95 %", "per 1,000 point-hours up"), rows
    )


def _hours(hours: float | None) -> str:
    return "–" if hours is None else f"{hours:,.1f}"
