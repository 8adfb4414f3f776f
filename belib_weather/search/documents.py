"""Rows joined with the attributes of their station or charge point: documents.

What belongs here: pure functions polars to polars. What does not: requests, and JSON (`encoding`).
"""

import dataframely as dy
import polars as pl

from belib_weather.datasets.availability import STATION_ATTRIBUTES, AvailabilityAtStation
from belib_weather.datasets.episodes import POINT_ATTRIBUTES, EpisodeAtPoint
from belib_weather.vocabulary import EdgeKind


class AvailabilityDocument(AvailabilityAtStation):
    """A fact with its station as it was on the UTC day of the hour: `belib-availability`."""


class EpisodeDocument(EpisodeAtPoint):
    """A segment with its charge point as it was on the UTC day: `belib-episodes`."""


def availability_documents(
    facts: pl.DataFrame, stations: pl.DataFrame
) -> dy.DataFrame[AvailabilityDocument]:
    """Join facts (`AvailabilityFact`) with the station versions (`Station`) of their UTC day.

    Returns:
        One `AvailabilityDocument` per fact, sorted by station and hour.
    """
    documents = with_attributes_in_force(
        facts, stations, ("station_id", "hour"), STATION_ATTRIBUTES
    )
    return AvailabilityDocument.cast(documents.select(AvailabilityDocument.column_names()))


def episode_documents(
    episodes: pl.DataFrame, points: pl.DataFrame
) -> dy.DataFrame[EpisodeDocument]:
    """Join segments (`StatusEpisode`) with the versions (`ChargePoint`) of their UTC day.

    Returns:
        One `EpisodeDocument` per segment, sorted by charge point and begin.
    """
    key = ("charge_point_id", "started_at")
    is_known = pl.col("start_kind", "end_kind").is_in([EdgeKind.EXACT, EdgeKind.POLLED])
    documents = with_attributes_in_force(episodes, points, key, POINT_ATTRIBUTES).with_columns(
        pl.all_horizontal(is_known).alias("is_whole"),
        (pl.col("seconds") / 60).round(2).alias("minutes"),
    )
    return EpisodeDocument.cast(documents.select(EpisodeDocument.column_names()))


def with_attributes_in_force(
    rows: pl.DataFrame, versions: pl.DataFrame, key: tuple[str, str], attributes: tuple[str, ...]
) -> pl.DataFrame:
    """Rows with the attributes of the version in force at their time, by `key`: whose, and when.

    Versions begin with UTC days: it is the last that began at or before the time; before the first
    one it is the first. A row without any keeps null attributes.
    """
    whose, when = key
    ordered = versions.select(whose, "valid_from", *attributes).sort(whose, "valid_from")
    valid = rows.sort(whose, when).join_asof(
        ordered.with_columns(is_known=True),
        left_on=when,
        right_on="valid_from",
        by=whose,
        check_sortedness=False,  # both are sorted by key, then time; polars sees only by-keys
    )
    first = ordered.unique(whose, keep="first", maintain_order=True).drop("valid_from")
    return valid.join(
        first, on=whose, how="left", suffix="_first", maintain_order="left"
    ).with_columns(
        # Column by column would mix two versions where the valid one holds nulls.
        pl.when("is_known").then(pl.col(name)).otherwise(pl.col(f"{name}_first")).alias(name)
        for name in attributes
    )
