"""From a stored body, JSON array or CSV, to a frame of its records as published.

What belongs here: the two file formats of the Explore API and the names of their fields. What
does not: what the values mean (`sightings`, `points`). The field names are those of the JSON
export; the CSV export carries French labels, which differ between vintages in case and wording.
"""

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from belib_weather.networks import NETWORK
from belib_weather.transform.errors import UnreadableBody

PLACE = pl.Struct({"lon": pl.Float64, "lat": pl.Float64})
FieldTypes = Mapping[str, type[pl.String] | pl.Struct]
BOM = b"\xef\xbb\xbf"


def read_records(body: bytes, fields: FieldTypes, what: str) -> pl.DataFrame:
    """Read the wanted fields of every record, as text (coordinates as a struct), in file order.

    Args:
        body: JSON array of objects in any key order, or CSV with `;` (a BOM is tolerated).
        fields: wanted field and type, text or `PLACE`; a field that the body lacks is null.
        what: names the body in errors, such as `the snapshot of 2023-01-27 16:20`.

    Raises:
        UnreadableBody: the body is neither; nothing of it is returned.
    """
    content = body.removeprefix(BOM).lstrip()
    if content.startswith(b"["):
        return _read_json(content, fields, what)
    if content.startswith((b"{", b"<")) or b";" not in content.split(b"\n", 1)[0]:
        raise UnreadableBody(
            f"{what} is neither a JSON array of records nor a CSV file"
            f" with `;`: it starts with {content[:60]!r}. Quarantine it."
        )
    return _with_fields(_read_csv(content, what), fields)


def feed_fields(body: bytes) -> set[str]:
    """Names of the fields of a body, as published (for CSV: as in the JSON export)."""
    content = body.removeprefix(BOM).lstrip()
    if content.startswith(b"["):
        return {key for record in _load(content, "the body") for key in record}
    return set(_read_csv(content, "the body").columns)


def _read_json(content: bytes, fields: FieldTypes, what: str) -> pl.DataFrame:
    names = {name: other for name, other in _OTHER_NAME.items() if name in fields}
    schema = dict(fields) | {other: fields[name] for name, other in names.items()}
    try:
        frame = pl.read_json(content, schema=schema)
    except pl.exceptions.PolarsError:
        records = [_as_text(record) for record in _load(content, what)]
        frame = _with_fields(pl.DataFrame(records, schema=dict.fromkeys(schema, pl.String)), schema)
    for name, other in names.items():
        # In place, and only where it is wanted: an expression a body costs as much as its parsing.
        elsewhere = frame.drop_in_place(other)
        if frame[name].null_count():
            frame = frame.with_columns(pl.coalesce(name, elsewhere).alias(name))
    return frame


_OTHER_NAME = {"id_pdc": "id_pdc_local"}
"""The static dataset's name of a field."""


def _load(content: bytes, what: str) -> list[dict[str, Any]]:
    """The slow way, for a body in which single values have unforeseen types."""
    try:
        records = json.loads(content)
    except ValueError as error:
        raise UnreadableBody(
            f"{what} breaks off or is not JSON: {error}. Quarantine it."
        ) from error
    return [record if isinstance(record, dict) else {} for record in records]


def _as_text(record: dict[str, Any]) -> dict[str, str | None]:
    return {
        key: value if value is None or isinstance(value, str) else json.dumps(value)
        for key, value in record.items()
    }


def _read_csv(content: bytes, what: str) -> pl.DataFrame:
    try:
        table = pl.read_csv(content, separator=";", infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise UnreadableBody(f"{what} is not a CSV file: {error}. Quarantine it.") from error
    fields = {label: _field_of(label) for label in table.columns}
    if len(set(fields.values())) < len(fields):
        raise UnreadableBody(f"{what} has two columns for one field: {table.columns}.")
    return table.rename(fields)


def _field_of(label: str) -> str:
    key = label.strip().lower()
    return NETWORK.field_of_label.get(key, key)


def _with_fields(table: pl.DataFrame, fields: FieldTypes) -> pl.DataFrame:
    def column(name: str, dtype: type[pl.String] | pl.Struct) -> pl.Expr:
        if name not in table.columns:
            return pl.lit(None, dtype=dtype).alias(name)
        return pl.col(name) if dtype is pl.String else _place(pl.col(name)).alias(name)

    return table.select(column(name, dtype) for name, dtype in fields.items())


def _place(text: pl.Expr) -> pl.Expr:
    """`"lat, lon"` of the CSV, or the JSON object as text, to the struct of the JSON export."""
    pair = text.str.extract_groups(r"^\s*(?<lat>-?[\d.]+)\s*,\s*(?<lon>-?[\d.]+)\s*$").struct

    def number(name: str) -> pl.Expr:
        in_object = text.str.extract(rf'"{name}":\s*(-?[\d.]+)')
        return pl.coalesce(pair.field(name), in_object).cast(pl.Float64, strict=False)

    return pl.struct(number("lon").alias("lon"), number("lat").alias("lat"))
