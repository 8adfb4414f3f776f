"""When an export of the Explore API is whole, and what it holds at a glance.

What belongs here: completeness and summary. What does not: requests (`explore`) and cleaning.
"""

import csv
from datetime import UTC, datetime, timedelta

import polars as pl

from belib_weather.networks import NETWORK
from belib_weather.sources.errors import IncompleteBody, InvalidBody
from belib_weather.sources.response import Answer, Response, accepted, json_in
from belib_weather.vocabulary import STALENESS_SECONDS

LEAST_FRESH_SHARE = 0.5
"""On real days 3 to 6 % of the records are older than 26 h; a filtered body is nothing else."""
UPDATED = (
    pl.col("last_updated").cast(pl.String).str.to_datetime("%+", strict=False, time_zone="UTC")
)
"""The instant of a record's stamp; null where it cannot be read or has no offset."""
_STREAM_BROKE = b"Streaming interrupted due to the following error"


def checked_export(
    answer: Answer,
    records: pl.DataFrame,
    *,
    expected: int | None,
    minimum: int,
    published_fields: frozenset[str] = frozenset(),
) -> Response:
    """A whole real-time export as a response.

    Args:
        answer: JSON array of the API, or its CSV.
        records: its `records_of`.
        expected: records announced; None when nobody announced any (a file).
        minimum: fewer charge points than this cannot be the whole city.
        published_fields: fields of the feed beyond those that were asked for.

    Raises:
        InvalidBody: not such an export.
        IncompleteBody: not all of it.
    """
    _refuse_another_count(answer, records.height, expected)
    told = _told(answer, records)
    if records.height < minimum:
        raise IncompleteBody(
            f"{answer.source}: {records.height} records are fewer than the {minimum} of a whole"
            " export (BELIB_MINIMUM_CHARGE_POINTS); was it filtered or paged?",
            answer,
        )
    points = told["id_pdc"].drop_nulls().n_unique()
    if points < minimum:
        raise IncompleteBody(
            f"{answer.source}: {records.height} records are of {points} charge points only; was it"
            " put together from pages that repeat each other?",
            answer,
        )
    newest = told["updated"].max()
    if not isinstance(newest, datetime):
        raise InvalidBody(f"{answer.source}: no record has a readable last_updated", answer)
    _refuse_mostly_stale(answer, told["updated"], newest)
    statuses = told.group_by(pl.col("statut_pdc").fill_null("null")).len().sort("statut_pdc")
    return accepted(
        answer,
        record_count=records.height,
        expected_count=expected,
        summary={
            "statuses": dict(statuses.iter_rows()),
            "newest_update": newest,
            "fields": sorted(published_fields | set(records.columns)),
        },
    )


def _refuse_mostly_stale(answer: Answer, updated: pl.Series, newest: datetime) -> None:
    """Refuse what a filter by `last_updated` leaves: old records with hardly a fresh one.

    Old is measured from the newest stamp, so a feed that stands still is whole: its records age
    together, and the reckoning calls them stale.
    """
    # A stamp in the future must not make all others old.
    fresh_since = min(newest, answer.captured_at) - timedelta(seconds=STALENESS_SECONDS)
    fresh = int((updated >= fresh_since).sum())
    if fresh < updated.len() * LEAST_FRESH_SHARE:
        raise IncompleteBody(
            f"{answer.source}: {updated.len() - fresh} of {updated.len()} records are more than"
            " 26 h older than the newest; was the feed filtered by last_updated?",
            answer,
        )


def _told(answer: Answer, records: pl.DataFrame) -> pl.DataFrame:
    """`id_pdc` and `statut_pdc` as text, and `updated`, the readable instants of `last_updated`."""
    for name in ("id_pdc", "statut_pdc", "last_updated"):
        if name not in records.columns:
            raise InvalidBody(f"{answer.source}: records have no {name}", answer)
    try:
        return records.select(pl.col("id_pdc", "statut_pdc").cast(pl.String), updated=UPDATED)
    except pl.exceptions.PolarsError as error:
        raise InvalidBody(f"{answer.source}: {str(error)[:200]}", answer) from None


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
        newest = records.select(UPDATED.max()).item()
        if isinstance(newest, datetime):
            return newest
    raise InvalidBody(
        f"{name}: no last_updated tells when it was captured; give --captured-at", answer
    )


def announced_in(answer: Answer) -> tuple[int, frozenset[str]]:
    """`total_count` of a `/records` answer, and the fields of the records in it.

    Raises:
        InvalidBody: it tells no count.
    """
    try:
        said = json_in(answer.body)
        return int(said["total_count"]), frozenset().union(*map(dict.keys, said["results"]))
    except (ValueError, KeyError, TypeError, OverflowError):
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
    try:
        lines = [body.split(b"\n", 1)[0].decode(), body.rsplit(b"\n", 1)[-1].decode()]
        header, last = csv.reader(lines, delimiter=";")
        names = [NETWORK.field_of_label.get(label.strip().lower(), label) for label in header]
        # A file that breaks off within a row would otherwise pass, the row filled with nulls.
        if len(last) != len(header):
            raise InvalidBody(f"{answer.source}: the CSV file breaks off in a row", answer)
        return pl.read_csv(
            body,
            separator=";",
            infer_schema=False,
            has_header=False,
            skip_lines=1,
            new_columns=names,
        )
    except (pl.exceptions.PolarsError, UnicodeError, ValueError, csv.Error) as error:
        raise InvalidBody(
            f"{answer.source}: the CSV file is broken: {str(error)[:200]}", answer
        ) from None
