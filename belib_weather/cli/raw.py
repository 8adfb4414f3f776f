"""`raw`: the stored and the refused responses, without code.

What belongs here: listing and unpacking them, and taking single ones out of use. What does not:
their meaning, and taking refused ones in (`raw_accept`).
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from rich.console import JustifyMethod
from rich.json import JSON
from rich.markup import escape
from rich.table import Table

from belib_weather.cli.options import instant
from belib_weather.lake import Lake, NoSuchDocument, QuarantinedDocument, RawDocument
from belib_weather.lake.schema import QUARANTINE, RAW
from belib_weather.local.console import CommandError, out
from belib_weather.local.stores import find_stores
from belib_weather.settings import Settings
from belib_weather.window import DAY, Window

COLLECTIONS = RAW
NEWEST = "newest"
_ID = re.compile("[0-9a-f]{24}")
_FIRST = datetime(2010, 1, 1, tzinfo=UTC)
LISTING_WIDTH = 190
"""Also in a narrower terminal, so that ids are complete and can be copied."""
_COLUMNS = ("captured_at", "dataset", "source", "records", "bytes", "sha256", "id", "note")


@contextmanager
def open_lake(settings: Settings) -> Iterator[Lake]:
    """The lake of a mode, to read.

    Raises:
        EmbeddedError: its server does not run, or does not answer.
    """
    urls = find_stores(settings, "mongo")
    with Lake(urls.mongo, settings.mongo_database) as lake:
        yield lake


def collection_of(dataset: str) -> str:
    """The collection that a name or its beginning means: `raw_weather`, `weather`.

    Raises:
        CommandError: there is none, or more than one.
    """
    names = (*COLLECTIONS, QUARANTINE)
    found = [name for name in names if dataset in {name, name.removeprefix("raw_")}]
    found = found or [name for name in names if dataset in name]
    if len(found) != 1:
        raise CommandError(f"there is no dataset {dataset!r}; there are {', '.join(names)}")
    return found[0]


def newest_first(
    lake: Lake, collections: Sequence[str], start: datetime | None, end: datetime | None, limit: int
) -> pl.DataFrame:
    """The newest documents captured in [start, end), at most `limit`, with their `dataset`."""
    end = end or datetime.now(UTC) + DAY
    found: list[pl.DataFrame] = []
    for collection in collections:
        count = 0
        for window in _windows_backwards(start or _FIRST, end):
            frame = _listed(lake, collection, window, limit - count)
            found.append(frame.with_columns(dataset=pl.lit(collection)))
            count += frame.height
            if count >= limit:
                break
    if not found:
        return pl.DataFrame()
    return pl.concat(found).sort("captured_at", descending=True, maintain_order=True).head(limit)


def _listed(lake: Lake, collection: str, window: Window, limit: int) -> pl.DataFrame:
    """Documents of a window, newest first, with a `note`: why set aside, or why refused."""
    if collection == QUARANTINE:
        found = lake.quarantined(window, limit).rename({"reason": "note"})
        found = found.with_columns(pl.lit(None, dtype=pl.Int64).alias("record_count"))
    else:
        set_aside = pl.format("set aside: {}", "set_aside")
        found = lake.list_documents(collection, window).head(limit).with_columns(note=set_aside)
    return found.select("captured_at", "source", "record_count", "size", "sha256", "id", "note")


def _windows_backwards(start: datetime, end: datetime) -> Iterator[Window]:
    """Windows from the end to the start, each longer: the newest few are found quickly."""
    length = DAY
    while end > start:
        begin = max(start, end - length) if end - start > length else start
        yield Window(begin, end)
        end, length = begin, length * 4


def listing(documents: pl.DataFrame) -> Table:
    """The documents as a table of text."""
    table = Table(box=None, pad_edge=False)
    for column in _COLUMNS:
        is_number = column in {"records", "bytes"}
        side: JustifyMethod = "right" if is_number else "left"
        table.add_column(column, justify=side, no_wrap=column != "note", overflow="fold")
    for row in documents.iter_rows(named=True):
        table.add_row(
            f"{row['captured_at']:%Y-%m-%dT%H:%M:%SZ}",
            row["dataset"],
            row["source"],
            "" if row["record_count"] is None else f"{row['record_count']:,}",
            f"{row['size']:,}",
            row["sha256"][:12],
            row["id"],
            escape(row["note"] or ""),
        )
    return table


def find(lake: Lake, collection: str, key: str) -> RawDocument | QuarantinedDocument:
    """One document by id, by its second, or the newest.

    Raises:
        CommandError: there is none.
    """
    found: RawDocument | QuarantinedDocument | None
    if collection == QUARANTINE:
        found = lake.quarantined_document(_id_in_quarantine(lake, key))
    elif key == NEWEST:
        found = lake.newest(collection)
    else:
        found = lake.get(collection, key if _ID.fullmatch(key) else instant(key))
    if found is None:
        raise CommandError(
            f"{collection} holds no document {key}; `belib-weather raw list --dataset"
            f" {collection}` lists them"
        )
    return found


def _id_in_quarantine(lake: Lake, key: str) -> str:
    if _ID.fullmatch(key):
        return key
    end = datetime.now(UTC) + DAY if key == NEWEST else instant(key) + timedelta(seconds=1)
    start = _FIRST if key == NEWEST else instant(key)
    found = lake.quarantined(Window(start, end), 1)["id"]
    return "" if found.is_empty() else str(found[0])


def set_aside(lake: Lake, document_id: str, reason: str, by: str | None) -> None:
    """Take a document out of use and say so.

    Raises:
        CommandError: there is none with this id.
    """
    try:
        mark = lake.set_aside(document_id, reason, by)
    except NoSuchDocument as error:
        raise CommandError(str(error)) from error
    out.print(
        f"{mark.document_id}: set aside ({mark.source}, captured at"
        f" {mark.captured_at:%Y-%m-%dT%H:%M:%SZ}); a running platform rebuilds what was computed"
        f" from it. To undo: belib-weather raw take-back {mark.document_id}",
        markup=False,
        soft_wrap=True,
    )


def take_back(lake: Lake, document_id: str) -> None:
    """Bring a document back into use and say so.

    Raises:
        CommandError: it was not set aside.
    """
    if not lake.take_back(document_id):
        raise CommandError(
            f"{document_id} was not set aside; `belib-weather raw list` shows what is"
        )
    out.print(f"{document_id}: in use again", markup=False)


def show(document: RawDocument | QuarantinedDocument, *, is_body_only: bool) -> None:
    """Print the body as it was received, or everything as readable JSON."""
    if is_body_only:
        sys.stdout.buffer.write(document.body)
        return
    content = {
        "id": document.id,
        "source": document.source,
        "captured_at": document.captured_at,
        "ingested_at": document.ingested_at,
        "request": document.request,
        "response": document.response,
        "sha256": document.sha256,
        **_details(document),
        "body": _readable(document.body),
    }
    text = json.dumps(content, ensure_ascii=False, indent=2, default=_as_text)
    if out.is_terminal:
        out.print(JSON(text, ensure_ascii=False))
    else:
        sys.stdout.write(f"{text}\n")


def _details(document: RawDocument | QuarantinedDocument) -> dict[str, Any]:
    if isinstance(document, QuarantinedDocument):
        return {
            "size": document.size,
            "is_truncated": document.is_truncated,
            "reason": document.reason,
        }
    return {
        "size": len(document.body),
        "record_count": document.record_count,
        "expected_count": document.expected_count,
        "summary": document.summary,
    }


def _readable(body: bytes) -> Any:
    text = body.decode("utf-8-sig", "replace")
    try:
        return json.loads(text)
    except ValueError:
        return text.splitlines()


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
