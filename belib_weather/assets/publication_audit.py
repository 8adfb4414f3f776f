"""Audit by value: what Elasticsearch holds against what PostgreSQL holds, hour by hour.

What belongs here: finding what differs, and publishing it. What does not: when to look
(`automation.publication`). Concept: docs/decisions/published-is-remembered.md
"""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from belib_weather.assets.publisher import (
    EVERYTHING,
    Publisher,
    days_of,
    hours_of,
    record_after_inspection,
    record_to_audit,
)
from belib_weather.partitions import contiguous
from belib_weather.search.encoding import document_ids, document_lines
from belib_weather.search.indices import months_of
from belib_weather.search.queries import EVERYTHING as EVERY_DOCUMENT
from belib_weather.search.queries import IndexReader, in_window
from belib_weather.warehouse import WarehouseTransaction
from belib_weather.window import Grain, Window, floor_day, floor_hour

MOST_OPERATIONS = 20_000
"""Up to so many foreign operations, their documents are looked up; beyond, all are compared."""
_HOURS_OF_A_DAY = 24


@dataclass
class AuditResult:
    """What an audit compared and repaired.

    Attributes:
        compared: hours (1 for an index that is published as a whole).
        repaired: those of them that differed and were published again.
        strays: documents removed that belong to no hour of the index.
        reason: what was suspicious before; None for a regular comparison.
    """

    compared: int = 0
    repaired: list[datetime] = field(default_factory=list)
    strays: int = 0
    reason: str | None = None


def month_of(instant: datetime) -> Window:
    """The UTC month that holds an instant."""
    first = instant.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return months_of(Window(first, first + timedelta(days=31)))[0]


def audit(publisher: Publisher, month: Window | None, *, anyway: bool = False) -> AuditResult:
    """Compare a month, or what is published as a whole, by value; publish what differs.

    Where the numbers show which documents another program wrote, only their days are compared. Days
    with nothing on both sides are left out; what is published to them meanwhile is the publisher's.

    Args:
        publisher: of the index.
        month: a whole UTC month; None for an index that is published as a whole.
        anyway: compare every hour also where nothing is suspicious.
    """
    name = publisher.search.index_of(publisher.publication.projection, month)
    with publisher.locked(month) as transaction:
        days, reason = _start_audit(publisher, transaction, name, month, anyway=anyway)
        filled = _filled_days(publisher, transaction, month) if month and days else set()
    result = AuditResult(reason=reason)
    if month is None:
        _compare_whole(publisher, result)
    for day in days:
        if day.start in filled:
            _compare_day(publisher, day, result)
        else:
            result.compared += len(day.hours)
    is_everything = month is None or len(days) == len(month.days)
    with publisher.locked(month) as transaction:
        if month is not None and is_everything:
            result.strays = _remove_strays(publisher, transaction, name, month)
        ledger = publisher.ledger(transaction)
        left = ledger.indices().get(name)
        if left is not None:
            if left.suspicion == reason:  # nothing new since the audit began
                left = replace(left, suspicion=None, suspected_from=None)
            ledger.save(replace(left, audited_at=publisher.now) if is_everything else left)
    return result


def _start_audit(
    publisher: Publisher,
    transaction: WarehouseTransaction,
    name: str,
    month: Window | None,
    *,
    anyway: bool,
) -> tuple[list[Window], str | None]:
    """Note the state from which on publishers count; the days to compare, and why."""
    ledger, every_day = publisher.ledger(transaction), list(days_of(month)) if month else []
    state = publisher.search.states(publisher.publication.projection).get(name)
    if state is None:
        # Nothing is published: after a kill here, every hour still differs from the ledger.
        ledger.delete([name])
        ledger.acknowledge(pl.DataFrame(), month, {})
        return every_day, f"{name} is gone"
    publisher.search.show(publisher.publication.projection, month)
    found = record_after_inspection(ledger.indices().get(name), state, publisher.alias)
    if anyway and found.suspected_from is None:
        found = record_to_audit(found, "compared as a whole", EVERYTHING)
    ledger.save(found)
    if found.suspected_from is None:
        return [], None
    if month is None or found.suspected_from == EVERYTHING:
        return every_day, found.suspicion
    touched = _days_touched(publisher, name, found.suspected_from, state.max_seq_no)
    if touched is None or not touched <= {day.start for day in every_day}:
        return every_day, found.suspicion
    return [day for day in every_day if day.start in touched], found.suspicion


def _filled_days(
    publisher: Publisher, transaction: WarehouseTransaction, month: Window
) -> set[datetime]:
    """Days of a month with rows, documents or acknowledged hours: one question for each."""
    days = publisher.ledger(transaction).days(publisher.publication.content, month)
    if reader := _reader(publisher, month):
        time = publisher.publication.projection.time
        days |= set(reader.counts(time, in_window(time, month), Grain.DAY)[time])
    return days


def _days_touched(publisher: Publisher, name: str, since: int, newest: int) -> set[datetime] | None:
    """Days of the documents written after operation `since`; None where they are not all known.

    A removed document has no number any more; one that was written twice has only the last.
    """
    count = newest - since
    if count > MOST_OPERATIONS:
        return None
    reader = publisher.search.written(name)
    written = list(reader.sources({"range": {"_seq_no": {"gt": since}}}))
    if len(written) != count:
        return None
    days = set()
    for document_id, source in written:
        of_id = _instant(document_id.rpartition("|")[2])
        of_field = _instant(source.get(publisher.publication.projection.time))
        if of_id is None or of_field is None:
            return None
        days |= {floor_day(at) for at in (of_id, of_field)}
    return days


def _compare_day(publisher: Publisher, day: Window, result: AuditResult) -> None:
    with publisher.locked(day) as transaction:
        ledger = publisher.ledger(transaction)
        content = ledger.content(publisher.publication.content, day)
        frame, refused = publisher.publication.read(transaction, day), ledger.refused(day)
        wrong = _wrong_hours(publisher, frame, day, {i for ids in refused.values() for i in ids})
        for window in contiguous(wrong, most=_HOURS_OF_A_DAY):
            publisher.publish_within(transaction, window)
        right = set(day.hours) - wrong
        for window in contiguous(right, most=_HOURS_OF_A_DAY):
            own = content.filter(pl.col("start").is_between(window.start, window.end, "left"))
            ledger.acknowledge(own, window, refused)
    result.compared += len(day.hours)
    result.repaired += sorted(wrong)


def _wrong_hours(
    publisher: Publisher, frame: pl.DataFrame, day: Window, refused: set[str]
) -> set[datetime]:
    """Hours of a day whose documents are not those of the rows."""
    projection = publisher.publication.projection
    reader = _reader(publisher, day)
    ids = document_ids(frame, projection)
    hours = dict(zip(ids.to_list(), hours_of(frame, projection), strict=True))
    expected = _expected(frame, ids)
    wrong = set()
    for document_id, source in reader.sources(in_window(projection.time, day)) if reader else ():
        if document_id in refused:
            continue
        if expected.pop(document_id, None) == source:
            continue
        hour = hours.get(document_id) or _instant(source.get(projection.time))
        # A time in a foreign format: any hour of the day may hold it.
        wrong |= {floor_hour(hour)} if hour else set(day.hours)
    return (wrong | {hours[i] for i in expected if i not in refused}) & set(day.hours)


def _compare_whole(publisher: Publisher, result: AuditResult) -> None:
    with publisher.locked(None) as transaction:
        ledger = publisher.ledger(transaction)
        content = ledger.content(publisher.publication.content, None)
        frame, refused = publisher.publication.read(transaction, None), ledger.refused(None)
        ids = document_ids(frame, publisher.publication.projection)
        expected = _expected(frame, ids)
        reader = _reader(publisher, None)
        actual = dict(reader.sources(EVERY_DOCUMENT)) if reader else {}
        left_out = {i for of_hour in refused.values() for i in of_hour}
        is_same = {i: d for i, d in expected.items() if i not in left_out} == {
            i: d for i, d in actual.items() if i not in left_out
        }
        if is_same:
            ledger.acknowledge(content, None, refused)
        else:
            publisher.publish_within(transaction, None)
            result.repaired.append(publisher.now)
    result.compared += 1


def _reader(publisher: Publisher, window: Window | None) -> IndexReader | None:
    """Of the index that the window is published to; None where there is none."""
    projection = publisher.publication.projection
    name = publisher.search.index_of(projection, window)
    return publisher.search.written(name) if name in publisher.search.states(projection) else None


def _expected(frame: pl.DataFrame, ids: pl.Series) -> dict[str, Any]:
    """Documents of the rows, as Elasticsearch would hold them, by id."""
    lines = document_lines(frame, ids).to_list()
    return {i: json.loads(line.partition("\n")[2]) for i, line in zip(ids, lines, strict=True)}


def _remove_strays(
    publisher: Publisher, transaction: WarehouseTransaction, name: str, month: Window
) -> int:
    """Remove the documents of a month's index whose time is not in the month."""
    projection = publisher.publication.projection
    if name not in publisher.search.states(projection):
        return 0
    outside = {"bool": {"must_not": [in_window(projection.time, month)]}}
    if not publisher.search.written(name).count(outside):
        return 0
    removed = publisher.search.remove(name, outside)
    publisher.note(publisher.ledger(transaction), name, removed.operations)
    return removed.updated


def _instant(text: object) -> datetime | None:
    """A time in our format; None for any other format."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None


def rebuild(publisher: Publisher, month: Window) -> int:
    """Publish a month again whose index has an older mapping, then show it; returns documents.

    If it is interrupted, readers still see the old index, and it can be started again.
    """
    days = (publisher.publish(day).published for day in days_of(month))
    index = publisher.search.rebuild(publisher.publication.projection, month, days)
    name = publisher.search.index_of(publisher.publication.projection, month)
    with publisher.locked(month) as transaction:
        ledger = publisher.ledger(transaction)
        stem = name.rpartition("-")[0]
        known = [other for other in ledger.indices() if other.startswith(f"{stem}-")]
        ledger.delete([other for other in known if other != name])
    return index.count
