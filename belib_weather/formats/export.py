"""The exports of the Explore API v2.1, in JSON or CSV, as a table of their fields.

What belongs here: the requested fields, and their types. What does not: the shapes of JSON
(`json_shapes`) and CSV (`csv_table`), and what values mean (`realtime`, `static`). Field names are
those of the JSON export.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from belib_weather.formats.csv_table import csv_table
from belib_weather.formats.encodings import as_utf8, decoded
from belib_weather.formats.errors import UnreadableBody
from belib_weather.formats.files import kind_of
from belib_weather.formats.json_shapes import array_of
from belib_weather.formats.storable import encodable

COORDINATES = pl.Struct({"lon": pl.Float64, "lat": pl.Float64})
FieldTypes = Mapping[str, type[pl.String] | pl.Struct]
_STREAM_BROKE = b"Streaming interrupted due to the following error"
MOST_RECORDS = 500_000
"""A body with more is no export of one time; all of France has a quarter."""
_EDGE = 2000
"""An error of the API stands at one end of a body; the middle is not searched."""


@dataclass(frozen=True)
class Export:
    """An export as a table.

    Attributes:
        rows: one row per record, in file order; the wanted fields as text, coordinates as a
            struct. A field that the body lacks is null.
    """

    rows: pl.DataFrame
    _content: bytes = field(repr=False)
    _published: frozenset[str] | None = None

    @cached_property
    def fields(self) -> frozenset[str]:
        """Names of the published fields.

        The API gives all records the same fields; of a body that polars read these are
        the fields of its first record and every wanted field that has a value anywhere.
        """
        if self._published is not None:
            return self._published
        with_values = (column.name for column in self.rows if column.null_count() < column.len())
        return frozenset(with_values) | _keys_of_first_record(self._content)


def read_export(body: bytes, field_types: FieldTypes) -> Export:
    """Read the requested fields of every record.

    Args:
        body: JSON (an array of objects, lines, the API's pages, GeoJSON) or CSV; a BOM is
            tolerated.
        field_types: field and type, text or `COORDINATES`.

    Raises:
        UnreadableBody: the body is neither, broken off, or of too many records; nothing of it is
            returned.
    """
    content = content_of(body)
    if content.startswith((b"[", b"{")):
        # Before it is parsed: empty records take a hundred times their bytes. One is an object, and
        # some of its fields may be.
        _refuse_too_many(content.count(b"{") // 4)
        try:
            return _read_json(array_of(content), field_types)
        except UnreadableBody:
            with suppress(UnreadableBody):
                if (text := decoded(content).encode()) != content:  # of Windows, as CSV may be
                    return _read_json(array_of(text), field_types)
            raise
    table = csv_table(content)
    _refuse_too_many(table.height)
    return Export(_with_types(table, field_types), content, frozenset(table.columns))


def _refuse_too_many(records: int) -> None:
    if records > MOST_RECORDS:
        raise UnreadableBody(f"more than {MOST_RECORDS:,} records are no export of one time")


def content_of(body: bytes) -> bytes:
    """What of a body is data, in UTF-8.

    Raises:
        UnreadableBody: it is none, or the export broke off.
    """
    content = as_utf8(body).lstrip().rstrip(b" \r\n")  # a tab at the end is an empty cell
    if (kind := kind_of(content)) is not None:
        raise UnreadableBody(kind)
    if _STREAM_BROKE in content[:_EDGE] or _STREAM_BROKE in content[-_EDGE:]:
        message = content[content.rindex(_STREAM_BROKE) :][:300].decode("utf-8", "replace")
        raise UnreadableBody(f"the export broke off: {message}")
    return content


def rows_of_json(content: bytes, field_types: FieldTypes) -> pl.DataFrame:
    """The requested fields of every record of a JSON array.

    Raises:
        polars.exceptions.PolarsError: it is none, or a value is of an unexpected type.
    """
    return pl.read_json(content, schema=dict(field_types))


def _read_json(content: bytes, field_types: FieldTypes) -> Export:
    try:
        return Export(rows_of_json(content, field_types), content)
    except pl.exceptions.PolarsError:
        return _read_json_slowly(content, field_types)


def _read_json_slowly(content: bytes, field_types: FieldTypes) -> Export:
    """Slower, for a body in which single values have unexpected types."""
    try:
        records = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableBody(f"the JSON array is broken or cut off: {str(error)[:200]}") from None
    objects = [record if isinstance(record, dict) else {} for record in records]
    if records and not any(objects):
        raise UnreadableBody(f"a JSON array, but not of records, it begins with {content[:60]!r}")
    rows = [
        {name: _as_text(record.get(name), dtype) for name, dtype in field_types.items()}
        for record in objects
    ]
    table = pl.DataFrame(rows, schema=dict.fromkeys(field_types, pl.String))
    published: frozenset[str] = frozenset().union(*objects)
    return Export(_with_types(table, field_types), content, published)


def _as_text(value: Any, dtype: type[pl.String] | pl.Struct) -> str | None:
    """A value as text; a list or an object where text is due is no value."""
    if value is None or (dtype is pl.String and isinstance(value, list | dict)):
        return None
    if not isinstance(value, str):
        return json.dumps(value)
    # A lone surrogate has no encoding: no store can hold such a text, so it is as one with a NUL.
    return value if encodable(value) == value else "\0"


def _keys_of_first_record(content: bytes) -> frozenset[str]:
    start = content.find(b"{")
    if start < 0:
        return frozenset()
    end = start + _EDGE
    while True:
        try:
            text = content[start:end].decode("utf-8", "ignore")
            return frozenset(json.JSONDecoder().raw_decode(text)[0])
        except ValueError:
            if end >= len(content):
                raise
            end += len(content)


def _with_types(table: pl.DataFrame, field_types: FieldTypes) -> pl.DataFrame:
    def column(name: str, dtype: type[pl.String] | pl.Struct) -> pl.Expr:
        if name not in table.columns:
            return pl.lit(None, dtype=dtype).alias(name)
        return pl.col(name) if dtype is pl.String else _coordinates(pl.col(name)).alias(name)

    return table.select(column(name, dtype) for name, dtype in field_types.items())


def _coordinates(text: pl.Expr) -> pl.Expr:
    """`"lat, lon"` of the CSV, or the JSON object as text, as the struct of the JSON export."""
    pair = text.str.extract_groups(r"^\s*(?<lat>-?[\d.]+)\s*,\s*(?<lon>-?[\d.]+)\s*$").struct

    def number(name: str) -> pl.Expr:
        in_object = text.str.extract(rf'"{name}":\s*(-?[\d.]+)')
        return pl.coalesce(pair.field(name), in_object).cast(pl.Float64, strict=False)

    return pl.struct(number("lon").alias("lon"), number("lat").alias("lat"))
