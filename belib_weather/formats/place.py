"""Where a charge point is, as both datasets of the network publish it."""

from collections.abc import Mapping

import polars as pl

from belib_weather.formats.export import COORDINATES, FieldTypes
from belib_weather.formats.storable import storable
from belib_weather.networks import NETWORK

PLACE_COLUMNS = ("address", "latitude", "longitude", "arrondissement")


def field_types(fields: Mapping[str, str]) -> FieldTypes:
    """The type in which each field of a dataset is read: text, or `COORDINATES`."""
    return {
        name: COORDINATES if column == "coordinates" else pl.String
        for column, name in fields.items()
    }


def places(rows: pl.DataFrame, fields: Mapping[str, str]) -> pl.DataFrame:
    """`PLACE_COLUMNS` of every row of a dataset.

    Coordinates outside the network's bounds are null, as is an address that no store can hold.
    """
    coordinates = pl.col(fields["coordinates"]).struct
    latitude, longitude = coordinates.field("lat"), coordinates.field("lon")
    is_inside = NETWORK.bounds.contains(latitude, longitude)
    return rows.select(
        storable(pl.col(fields["address"])).alias("address"),
        pl.when(is_inside).then(latitude).alias("latitude"),
        pl.when(is_inside).then(longitude).alias("longitude"),
        _arrondissements(rows, fields).alias("arrondissement"),
    )


def within(number: pl.Expr, lowest: float, highest: float) -> pl.Expr:
    """The number where it lies within the limits, else null."""
    return pl.when(number.is_between(lowest, highest)).then(number)


def _arrondissements(rows: pl.DataFrame, fields: Mapping[str, str]) -> pl.Series:
    """The arrondissement of every row, read once per distinct place: many points share one."""
    names = ("address", "insee_code", "district")
    texts = rows.select(pl.col(fields[name]).alias(name) for name in names)
    number = NETWORK.arrondissement(*(pl.col(name) for name in names))
    distinct = texts.unique().with_columns(number.alias("number"))
    return texts.join(distinct, on=names, how="left", nulls_equal=True, maintain_order="left")[
        "number"
    ]
