"""The static dataset: equipment and place of charge points, JSON or CSV of any vintage."""

from collections.abc import Mapping

import polars as pl

from belib_weather.dates import date_in_paris
from belib_weather.formats.export import read_export
from belib_weather.formats.parsed import REJECTED, ParsedBody
from belib_weather.formats.place import field_types, places, within
from belib_weather.formats.spelling import charge_point_id
from belib_weather.formats.storable import encodable, id_problem, storable
from belib_weather.networks import NETWORK

_TEXTS = ("station_name", "opening_hours", "accessibility")
_SWITCHES = ("has_ef", "has_type_2", "has_combo_ccs", "has_chademo")
EQUIPMENT_COLUMNS = (*_TEXTS, "power_kw", *_SWITCHES, "commissioned_on")
"""What only the static dataset has."""


def read_static(body: bytes) -> ParsedBody:
    """Read an export of the static dataset.

    Returns:
        `records`: `charge_point_id`, `PLACE_COLUMNS` and `EQUIPMENT_COLUMNS`, in the order of the
        body; an id may be repeated. `rejected`: rows without an id (points under test).
        `summary`: `fields` as published.

    Raises:
        UnreadableBody: neither a JSON array nor CSV, or broken off.
    """
    fields = NETWORK.static.fields
    export = read_export(body, field_types(fields))
    # The JSON export calls the id by another name than the CSV export and the real-time feed.
    identity = charge_point_id(pl.coalesce(fields["charge_point_id"], fields["local_id"]))
    problem = id_problem(identity)
    has_id = problem.is_null()
    rows = export.rows.filter(has_id)
    records = rows.select(identity.alias("charge_point_id"), *_equipment(fields)).hstack(
        places(rows, fields)
    )
    rejected = export.rows.filter(~has_id).select(
        pl.lit(None, dtype=pl.String).alias("charge_point_id"),
        problem.alias("reason"),
        pl.struct(pl.all()).struct.json_encode().alias("record"),
    )
    return ParsedBody(
        records=records,
        rejected=rejected if rejected.height else REJECTED.to_frame(),
        record_count=export.rows.height,
        summary={"fields": sorted(map(encodable, export.fields))},
    )


def _equipment(fields: Mapping[str, str]) -> tuple[pl.Expr, ...]:
    power = pl.col(fields["power_kw"]).str.replace(",", ".").cast(pl.Float64, strict=False)
    return (
        *(storable(pl.col(fields[name])).alias(name) for name in _TEXTS),
        within(power, 0, 1000).alias("power_kw"),
        *(_switch(pl.col(fields[name])).alias(name) for name in _SWITCHES),
        _local_date(pl.col(fields["commissioned_on"])).alias("commissioned_on"),
    )


def _switch(text: pl.Expr) -> pl.Expr:
    """`true`, `False`, `1`…: the dataset spells its booleans in several ways."""
    lower = text.str.strip_chars().str.to_lowercase()
    return (
        pl.when(lower.is_in(["true", "1", "oui"]))
        .then(True)
        .when(lower.is_in(["false", "0", "non"]))
        .then(False)
    )


def _local_date(text: pl.Expr) -> pl.Expr:
    """A date, or a date-time whose date in Paris counts."""
    instant = text.str.to_datetime("%+", strict=False, time_zone="UTC")
    return pl.coalesce(date_in_paris(instant), text.str.to_date("%Y-%m-%d", strict=False))
