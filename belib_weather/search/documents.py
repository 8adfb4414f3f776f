"""Facts joined with their station's attributes: the documents of `belib-availability`.

What belongs here: pure functions polars to polars. What does not: requests, and JSON (`encoding`).
"""

import dataframely as dy
import polars as pl

from belib_weather.datasets.availability import STATION_ATTRIBUTES, AvailabilityAtStation


class AvailabilityDocument(AvailabilityAtStation):
    """A fact with its station as it was on the UTC day of the hour: `belib-availability`."""


def availability_documents(
    facts: pl.DataFrame, stations: pl.DataFrame
) -> dy.DataFrame[AvailabilityDocument]:
    """Join facts (`AvailabilityFact`) with the station versions (`Station`) of their UTC day.

    Versions begin with UTC days: it is the last that began at or before the hour; before the first
    one it is the first. A fact of an unknown station keeps its row, with null attributes.

    Returns:
        One `AvailabilityDocument` per fact, sorted by station and hour.
    """
    versions = stations.select("station_id", "valid_from", *STATION_ATTRIBUTES).sort(
        "station_id", "valid_from"
    )
    ordered = facts.sort("station_id", "hour")
    valid = ordered.join_asof(
        versions.with_columns(is_known=True),
        left_on="hour",
        right_on="valid_from",
        by="station_id",
        check_sortedness=False,  # both are sorted by station, then time; polars sees only by-keys
    )
    first = versions.unique("station_id", keep="first", maintain_order=True).drop("valid_from")
    documents = valid.join(
        first, on="station_id", how="left", suffix="_first", maintain_order="left"
    ).with_columns(
        # Column by column would mix two versions where the valid one holds nulls.
        pl.when("is_known").then(pl.col(name)).otherwise(pl.col(f"{name}_first")).alias(name)
        for name in STATION_ATTRIBUTES
    )
    return AvailabilityDocument.cast(documents.select(AvailabilityDocument.column_names()))
