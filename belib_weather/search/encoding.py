"""Frames as bulk request bodies: NDJSON written by polars, without a Python loop over rows."""

from collections.abc import Iterator

import polars as pl

from belib_weather.search.projections import LATITUDE, LOCATION, LONGITUDE, Projection

DOCUMENTS_PER_REQUEST = 5_000


def document_ids(frame: pl.DataFrame, projection: Projection) -> pl.Series:
    """`_id` of each row: its primary key, times in ISO 8601, joined by `|`."""
    key = frame.select(_as_json(frame, name) for name in projection.id_columns)
    return key.select(pl.concat_str(pl.all(), separator="|").alias("_id")).to_series()


def document_lines(frame: pl.DataFrame, ids: pl.Series) -> pl.Series:
    """Two lines of JSON for each row: the bulk action and the document.

    Times are ISO 8601 in UTC. Nulls are written, not left out: Elasticsearch indexes neither, and
    a reader of a document sees that a value is missing, not that a field does not exist.
    """
    place = {LATITUDE, LONGITUDE} <= set(frame.columns)
    fields = [
        _as_json(frame, name)
        for name in frame.columns
        if not (place and name in (LATITUDE, LONGITUDE))
    ]
    if place:
        point = pl.struct(lat=LATITUDE, lon=LONGITUDE)
        is_known = pl.col(LATITUDE).is_not_null() & pl.col(LONGITUDE).is_not_null()
        fields.append(pl.when(is_known).then(point).alias(LOCATION))
    action = pl.struct(pl.struct(ids.alias("_id")).alias("index"))
    return frame.select(
        pl.concat_str(
            action.struct.json_encode(), pl.struct(fields).struct.json_encode(), separator="\n"
        ).alias("lines")
    ).to_series()


def batches(frame: pl.DataFrame, ids: pl.Series) -> Iterator[tuple[pl.Series, pl.Series]]:
    """Ids and lines, at most `DOCUMENTS_PER_REQUEST` at a time, each encoded when asked for."""
    for part, part_ids in zip(frame.iter_slices(DOCUMENTS_PER_REQUEST), _slices(ids), strict=True):
        yield part_ids, document_lines(part, part_ids)


def body_of(lines: pl.Series) -> bytes:
    """The body of one bulk request."""
    return ("\n".join(lines.to_list()) + "\n").encode()


def _slices(ids: pl.Series) -> Iterator[pl.Series]:
    for start in range(0, ids.len(), DOCUMENTS_PER_REQUEST):
        yield ids.slice(start, DOCUMENTS_PER_REQUEST)


def _as_json(frame: pl.DataFrame, name: str) -> pl.Expr:
    dtype, column = frame.schema[name], pl.col(name)
    if isinstance(dtype, pl.Datetime):
        return column.dt.convert_time_zone("UTC").dt.to_string("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(dtype, pl.Date):
        return column.dt.to_string("%Y-%m-%d")
    return column
