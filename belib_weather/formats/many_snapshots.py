"""Tables of many snapshots, one row per charge point and snapshot: each becomes a body of its own.

What belongs here: finding the column that says when a row was captured, and cutting by it. What
does not: reading a body (`realtime`). Parquet is read here alone: no source publishes it.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import polars as pl
from polars.exceptions import PanicException

from belib_weather.formats.csv_table import csv_table, field_of
from belib_weather.formats.encodings import as_utf8, decoded
from belib_weather.formats.errors import UnreadableBody
from belib_weather.formats.files import PARQUET, kind_of
from belib_weather.formats.json_shapes import array_of
from belib_weather.formats.spelling import charge_point_id
from belib_weather.formats.stamps import LAST_SECOND, in_range
from belib_weather.networks import NETWORK

CAPTURE_COLUMNS = (
    "captured_at", "capture_time", "capture", "snapshot_at", "snapshot_time", "snapshot",
    "fetched_at", "polled_at", "retrieved_at", "requested_at", "collected_at", "scraped_at",
    "extracted_at", "downloaded_at", "horodatage", "date_capture", "timestamp", "datetime",
)  # fmt: skip
"""What people call the time at which they asked; the first that a table has counts."""
_ID = NETWORK.realtime.fields["charge_point_id"]
_AT = "\0captured"
_MOST_ROWS_PER_POINT = 2
"""A body in which points occur more often is not one snapshot."""
_FEW_ROWS = 1_000_000
_MOST_ROWS_PER_BYTE = 16
"""A Parquet file of more rows was made to fill the memory; snapshots have less than one a byte."""


@dataclass(frozen=True)
class RecordedBody:
    """One snapshot of a file, and when the file says that it was captured (None: it does not).

    Attributes:
        content: the bytes, or the rows that are written as such when they are asked for: thousands
            of snapshots are not held as text at once.
    """

    content: bytes | pl.DataFrame = field(repr=False)
    captured_at: datetime | None

    @property
    def body(self) -> bytes:
        """The bytes; those of rows are written again each time, and are the same."""
        return self.content if isinstance(self.content, bytes) else _json(self.content)


def snapshots_in(content: bytes, capture_column: str | None = None) -> Iterator[RecordedBody]:
    """The snapshots of a file, in time order; a file of one snapshot as it is, byte for byte.

    Args:
        content: JSON, CSV or Parquet.
        capture_column: the column that says when a row was captured; one of `CAPTURE_COLUMNS`
            where left out. Times without an offset are UTC.

    Raises:
        UnreadableBody: Parquet that is broken, a capture time that cannot be read, or points that
            occur many times without a column that says when.
    """
    if content.startswith(PARQUET):
        yield from _cut(_parquet(content), capture_column)
        return
    table = _text_table(content, capture_column)
    if table is None:
        yield RecordedBody(content, None)
        return
    bodies = list(_cut(table, capture_column))
    if len(bodies) == 1:
        bodies = [RecordedBody(content, bodies[0].captured_at)]
    yield from bodies


def _parquet(content: bytes) -> pl.DataFrame:
    try:
        rows = pl.scan_parquet(io.BytesIO(content)).select(pl.len()).collect().item()
        if rows > max(_FEW_ROWS, _MOST_ROWS_PER_BYTE * len(content)):
            raise UnreadableBody(f"a Parquet file of {rows:,} rows in {len(content):,} bytes")
        table = pl.read_parquet(io.BytesIO(content))
        return table.rename({name: field_of(name) for name in table.columns})
    except UnreadableBody:
        raise
    except (Exception, PanicException) as error:  # a damaged page makes polars panic
        raise UnreadableBody(f"a Parquet file that is broken: {str(error)[:200]}") from None


def _text_table(content: bytes, capture_column: str | None) -> pl.DataFrame | None:
    """The table of a text file that has a capture column, None of any other."""
    text = as_utf8(content).lstrip().rstrip(b" \r\n")
    names = (capture_column.lower(),) if capture_column else CAPTURE_COLUMNS
    head = text[:20_000].lower()
    if kind_of(text) is not None or not any(name.encode() in head for name in names):
        return None
    try:
        if not text.startswith((b"[", b"{")):
            table = csv_table(text)
        else:
            table = pl.read_json(array_of(decoded(text).encode()), infer_schema_length=None)
        table = table.rename({name: field_of(name) for name in table.columns})
    except (UnreadableBody, pl.exceptions.PolarsError):
        return None  # its reader says what is wrong with it
    return table if _capture_column(table, capture_column) else None


def _capture_column(table: pl.DataFrame, named: str | None) -> str | None:
    """The column that says when a row was captured.

    One that nobody named must look like it: rows of one time are most of the points, not one each.
    """
    if named is not None:
        if field_of(named) not in table.columns:
            raise UnreadableBody(f"it has no column {named!r}; it has {table.columns}")
        return field_of(named)
    for name in CAPTURE_COLUMNS:
        if name in table.columns:
            most = table.group_by(name).len()["len"].max()
            if isinstance(most, int) and most * 2 > _points(table):
                return name
    return None


def _points(table: pl.DataFrame) -> int:
    """The number of charge points in a table."""
    if _ID not in table.columns:
        raise UnreadableBody(f"a table without a column {_ID}; it has {table.columns[:20]}")
    return int(table.select(charge_point_id(pl.col(_ID).cast(pl.String)).n_unique()).item())


def _cut(table: pl.DataFrame, named: str | None) -> Iterator[RecordedBody]:
    if table.is_empty():
        raise UnreadableBody("a table without rows")
    column = _capture_column(table, named)
    if column is None:
        points = _points(table)
        if table.height > points * _MOST_ROWS_PER_POINT:
            raise UnreadableBody(
                f"{table.height:,} rows of {points:,} charge points are more than one snapshot, and"
                " no column says when each was captured; name it with --captured-column"
            )
        yield RecordedBody(table, None)
        return
    times = _instants(table[column])
    if times.null_count():
        raise UnreadableBody(
            f"{times.null_count():,} rows have a {column} that is no instant; write it like"
            " 2026-11-24T09:55:00Z"
        )
    parts = (
        table.drop(column)
        .with_columns(times.alias(_AT))
        .sort(_AT, maintain_order=True)
        .partition_by(_AT, as_dict=True, include_key=False, maintain_order=True)
    )
    for (instant, *_), part in parts.items():
        yield RecordedBody(part, instant)


def _instants(times: pl.Series) -> pl.Series:
    """Capture times in UTC, null where one is none of 2000-2100.

    Numbers are seconds, milliseconds… since 1970 by their size.
    """
    read = _read_instants(times).to_frame("at")
    believed = in_range(pl.col("at").dt.epoch("s"))
    return read.select(pl.when(believed).then("at").alias("at")).to_series()


def _read_instants(times: pl.Series) -> pl.Series:
    if isinstance(times.dtype, pl.Datetime):
        zoned = times.dt.replace_time_zone("UTC") if times.dtype.time_zone is None else times
        return zoned.dt.convert_time_zone("UTC").cast(pl.Datetime("us", "UTC"))
    if times.dtype.is_numeric():
        return _since_1970(times.cast(pl.Float64))
    texts = times.cast(pl.String).str.strip_chars()
    if (numbers := texts.cast(pl.Float64, strict=False)).null_count() == 0:
        return _since_1970(numbers)
    read = {text: _instant(text) for text in texts.unique().drop_nulls()}
    return texts.replace_strict(read, default=None, return_dtype=pl.Datetime("us", "UTC"))


def _instant(text: str) -> datetime | None:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    try:
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except OverflowError:
        return None


def _since_1970(numbers: pl.Series) -> pl.Series:
    """Seconds, or thousandths, millionths or billionths of one, until 2100."""
    largest = numbers.to_frame("n").select(pl.col("n").abs().max().fill_null(0)).item()
    scale = next((unit for unit in (1, 1e3, 1e6) if largest / unit < LAST_SECOND), 1e9)
    microseconds = (numbers / scale * 1e6).cast(pl.Int64, strict=False)
    return microseconds.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _json(table: pl.DataFrame) -> bytes:
    """Rows as a JSON array, times as text; the same rows give the same bytes."""
    texts = []
    for name, dtype in table.schema.items():
        if isinstance(dtype, pl.Datetime):
            zone = "%:z" if dtype.time_zone else ""
            texts.append(pl.col(name).dt.to_string(f"%Y-%m-%dT%H:%M:%S%.6f{zone}"))
        elif dtype.is_temporal() or isinstance(dtype, pl.Categorical | pl.Enum | pl.Decimal):
            texts.append(pl.col(name).cast(pl.String))
        elif isinstance(dtype, pl.Binary):
            texts.append(pl.col(name).cast(pl.String, strict=False))
    return table.with_columns(texts).write_json().encode()
