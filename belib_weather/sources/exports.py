"""When an export of the Explore API is whole, and what it holds at a glance.

What belongs here: completeness and summary. What does not: requests (`explore`) and cleaning.
"""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from belib_weather.sources.errors import IncompleteBody, InvalidBody
from belib_weather.sources.response import Answer, Response, accepted
from belib_weather.vocabulary import FIELD_OF_LABEL, STALENESS_SECONDS

MOST_STALE_SHARE = 0.5
"""On real days 3 to 6 % of the records are older than 26 h; a filtered body is nothing else."""
_STREAM_BROKE = b"Streaming interrupted due to the following error"


def checked_export(
    answer: Answer, records: pl.DataFrame, *, expected: int | None, minimum: int
) -> Response:
    """A whole real-time export as a response.

    Args:
        answer: JSON array of the API, or its CSV.
        records: its `records_of`.
        expected: records announced; None when nobody announced any (a file).
        minimum: fewer records than this cannot be the whole city.

    Raises:
        InvalidBody: not such an export.
        IncompleteBody: not all of it.
    """
    for name in ("id_pdc", "statut_pdc", "last_updated"):
        if name not in records.columns:
            raise InvalidBody(f"{answer.source}: records have no {name}", answer)
    _refuse_another_count(answer, records.height, expected)
    if records.height < minimum:
        raise IncompleteBody(
            f"{answer.source}: {records.height} records are fewer than the {minimum} of a whole"
            " export (BELIB_MINIMUM_CHARGE_POINTS); was it filtered or paged?",
            answer,
        )
    stamps = records.select(
        pl.col("last_updated").cast(pl.String).str.to_datetime("%+", strict=False, time_zone="UTC")
    ).to_series()
    newest = stamps.max()
    if not isinstance(newest, datetime):
        raise InvalidBody(f"{answer.source}: no record has a readable last_updated", answer)
    fresh_since = min(answer.captured_at, datetime.now(UTC)) - timedelta(seconds=STALENESS_SECONDS)
    stale = int((stamps < fresh_since).sum())
    if stale > records.height * MOST_STALE_SHARE:
        raise IncompleteBody(
            f"{answer.source}: {stale} of {records.height} records are older than 26 h; was the"
            " feed filtered by last_updated, or is the capture time wrong?",
            answer,
        )
    statuses = records.group_by(pl.col("statut_pdc").fill_null("null")).len().sort("statut_pdc")
    return accepted(
        answer,
        record_count=records.height,
        expected_count=expected,
        summary={
            "statuses": dict(statuses.iter_rows()),
            "newest_update": newest,
            "fields": sorted(records.columns),
        },
    )


def checked_static(answer: Answer, records: pl.DataFrame, *, expected: int | None) -> Response:
    """A whole static export as a response.

    Raises:
        InvalidBody: not such an export.
        IncompleteBody: empty, or another count than announced.
    """
    if not {"id_pdc_local", "id_pdc"} & set(records.columns):
        raise InvalidBody(f"{answer.source}: records have no id_pdc_local", answer)
    _refuse_another_count(answer, records.height, expected)
    return accepted(
        answer,
        record_count=records.height,
        expected_count=expected,
        summary={"fields": sorted(records.columns)},
    )


def newest_update(body: bytes, name: str) -> datetime:
    """The newest `last_updated` in an export: the capture time of a file that has no other.

    Raises:
        InvalidBody: the file is not an export.
    """
    answer = Answer(name, datetime.now(UTC), name, {}, 200, {}, body)
    records = records_of(answer)
    if "last_updated" in records.columns:
        stamps = records["last_updated"].cast(pl.String)
        newest = stamps.str.to_datetime("%+", strict=False, time_zone="UTC").max()
        if isinstance(newest, datetime):
            return newest
    raise InvalidBody(
        f"{name}: no last_updated tells when it was captured; give --captured-at", answer
    )


def total_count_of(answer: Answer) -> int:
    """`total_count` of a `/records` answer.

    Raises:
        InvalidBody: it tells none.
    """
    try:
        return int(json.loads(answer.body)["total_count"])
    except (ValueError, KeyError, TypeError):
        raise InvalidBody(f"{answer.source}: /records tells no total_count", answer) from None


def _refuse_another_count(answer: Answer, count: int, expected: int | None) -> None:
    if count == 0 or (expected is not None and count != expected):
        announced = "none announced" if expected is None else f"{expected} announced"
        raise IncompleteBody(f"{answer.source}: {count} records, {announced}", answer)


def records_of(answer: Answer) -> pl.DataFrame:
    """The records as published, one column a field; CSV labels become the API's field names.

    Raises:
        InvalidBody: neither a JSON array nor a CSV file, or broken off.
    """
    body = answer.body.removeprefix(b"\xef\xbb\xbf").strip()
    if _STREAM_BROKE in body[:2000] or _STREAM_BROKE in body[-2000:]:
        said = body[body.rindex(_STREAM_BROKE) :][:300].decode("utf-8", "replace")
        raise InvalidBody(f"{answer.source}: the export broke off: {said}", answer)
    if body.startswith(b"["):
        return _json_records(answer, body)
    first_line = body.split(b"\n", 1)[0]
    if body.startswith((b"<", b"{")) or b";" not in first_line:
        raise InvalidBody(
            f"{answer.source}: neither a JSON array nor a CSV file, it begins with {body[:60]!r}",
            answer,
        )
    return _csv_records(answer, body)


def _json_records(answer: Answer, body: bytes) -> pl.DataFrame:
    if body == b"[]":
        return pl.DataFrame()
    try:
        return pl.read_json(body, infer_schema_length=None)
    except pl.exceptions.PolarsError as error:
        raise InvalidBody(
            f"{answer.source}: the JSON array is broken or cut off: {str(error)[:200]}", answer
        ) from None


def _csv_records(answer: Answer, body: bytes) -> pl.DataFrame:
    header = next(csv.reader(io.StringIO(body.split(b"\n", 1)[0].decode()), delimiter=";"))
    names: list[Any] = [FIELD_OF_LABEL.get(label.strip().lower(), label) for label in header]
    try:
        return pl.read_csv(body, separator=";", infer_schema=False, new_columns=names)
    except pl.exceptions.PolarsError as error:
        raise InvalidBody(
            f"{answer.source}: the CSV file is broken: {str(error)[:200]}", answer
        ) from None
