"""When an export of the Explore API is whole.

What belongs here: counts, and what a filtered or paged export looks like. What does not: requests
(`explore`) and reading the body (`formats`).
"""

from belib_weather.formats.outlines import read_outlines
from belib_weather.formats.parsed import ParsedBody
from belib_weather.formats.realtime import RealtimeBody, read_realtime
from belib_weather.formats.static import read_static
from belib_weather.networks import NETWORK
from belib_weather.sources.errors import IncompleteBody, InvalidBody
from belib_weather.sources.invalid_body import as_invalid_body
from belib_weather.sources.response import Answer, Response, accepted, json_in
from belib_weather.vocabulary import STALENESS_SECONDS
from belib_weather.window import second_of

LEAST_FRESH_SHARE = 0.5
"""On real days 3 to 6 % of the records are older than 26 h; of a filtered body nearly all are."""


@as_invalid_body
def parsed_realtime(answer: Answer) -> RealtimeBody:
    """The body of an answer, read as a snapshot.

    Raises:
        InvalidBody: it is none.
    """
    return read_realtime(answer.body, sha256=answer.sha256)


@as_invalid_body
def parsed_static(answer: Answer) -> ParsedBody:
    """The body of an answer, read as an export of the static dataset.

    Raises:
        InvalidBody: it is none.
    """
    return read_static(answer.body)


@as_invalid_body
def parsed_outlines(answer: Answer) -> ParsedBody:
    """The body of an answer, read as an export of outlines.

    Raises:
        InvalidBody: it is none.
    """
    return read_outlines(answer.body)


@as_invalid_body
def accepted_snapshot(
    answer: Answer,
    body: RealtimeBody,
    *,
    expected: int | None,
    minimum: int,
    published_fields: frozenset[str] = frozenset(),
) -> Response:
    """A whole real-time export as a response.

    Args:
        answer: JSON array of the API, or its CSV.
        body: its `parsed_realtime`.
        expected: records announced; None when nobody announced any (a file).
        minimum: fewer charge points than this cannot be the whole city.
        published_fields: fields of the feed beyond those that were requested.

    Raises:
        InvalidBody: not such an export.
        IncompleteBody: not all of it.
    """
    _refuse_another_count(answer, body.record_count, expected)
    _refuse_unreadable(answer, body)
    if body.record_count < minimum:
        raise IncompleteBody(
            f"{answer.source}: {body.record_count} records are fewer than the {minimum} of a whole"
            " export (BELIB_MINIMUM_CHARGE_POINTS); was it filtered or paged?",
            answer,
        )
    points = body.records["charge_point_id"].n_unique()
    if points < minimum:
        raise IncompleteBody(
            f"{answer.source}: {body.record_count} records are of {points} charge points only; was"
            " it put together from pages that repeat each other?",
            answer,
        )
    _refuse_mostly_stale(answer, body)
    fields = sorted(published_fields.union(body.summary["fields"]))
    return accepted(
        answer,
        record_count=body.record_count,
        expected_count=expected,
        summary={**body.summary, "fields": fields},
    )


@as_invalid_body
def accepted_static(answer: Answer, body: ParsedBody, *, expected: int | None) -> Response:
    """A whole static export as a response.

    Raises:
        InvalidBody: not such an export.
        IncompleteBody: empty, or another count than announced.
    """
    identities = {NETWORK.static.fields[name] for name in ("charge_point_id", "local_id")}
    if body.record_count and not identities & set(body.summary["fields"]):
        raise InvalidBody(f"{answer.source}: records have no id_pdc_local", answer)
    _refuse_another_count(answer, body.record_count, expected)
    return accepted(
        answer,
        record_count=body.record_count,
        expected_count=expected,
        summary=body.summary,
    )


@as_invalid_body
def accepted_outlines(answer: Answer, body: ParsedBody, *, expected: int | None) -> Response:
    """A whole export of outlines as a response.

    Raises:
        InvalidBody: no outline in it can be read.
        IncompleteBody: empty, or another count than announced.
    """
    _refuse_another_count(answer, body.record_count, expected)
    if body.records.is_empty():
        reasons = ", ".join(sorted(set(body.rejected["reason"]))[:3])
        raise InvalidBody(f"{answer.source}: no outline can be read: {reasons}", answer)
    return accepted(
        answer,
        record_count=body.record_count,
        expected_count=expected,
        summary=body.summary,
    )


@as_invalid_body
def announced_count(answer: Answer) -> tuple[int, frozenset[str]]:
    """`total_count` of a `/records` answer, and the fields of the records in it.

    Raises:
        InvalidBody: it has no count.
    """
    try:
        page = json_in(answer.body)
        return int(page["total_count"]), frozenset().union(*map(dict.keys, page["results"]))
    except (ValueError, KeyError, TypeError, OverflowError):
        raise InvalidBody(f"{answer.source}: /records has no total_count", answer) from None


def _refuse_another_count(answer: Answer, count: int, expected: int | None) -> None:
    if count == 0 or (expected is not None and count != expected):
        announced = "none announced" if expected is None else f"{expected} announced"
        raise IncompleteBody(f"{answer.source}: {count} records, {announced}", answer)


def _refuse_unreadable(answer: Answer, body: RealtimeBody) -> None:
    """Refuse what lacks ids, labels or stamps as a whole; single records may."""
    fields = NETWORK.realtime.fields
    for name in ("charge_point_id", "status_label", "updated"):
        if fields[name] not in body.summary["fields"]:
            raise InvalidBody(f"{answer.source}: records have no {fields[name]}", answer)
    if body.summary["newest_update"] is None:
        raise InvalidBody(f"{answer.source}: no record has a readable {fields['updated']}", answer)
    if body.summary["statuses"].keys() == {"null"}:
        raise InvalidBody(f"{answer.source}: no record has a {fields['status_label']}", answer)


def _refuse_mostly_stale(answer: Answer, body: RealtimeBody) -> None:
    """Refuse what a filter by `last_updated` leaves: old records with hardly a fresh one.

    Old is measured from the newest plausible stamp, so a feed that stands still is whole: its
    records age together, and the facts count them as stale. One stamp in the future makes no other
    old.
    """
    newest = body.newest_plausible
    if newest is None:
        return
    distance = (body.records["updated"] - second_of(newest)).abs()
    fresh = int((distance <= STALENESS_SECONDS).sum())
    if fresh < body.record_count * LEAST_FRESH_SHARE:
        raise IncompleteBody(
            f"{answer.source}: {body.record_count - fresh} of {body.record_count} records are more"
            " than 26 h from the newest; was the feed filtered by last_updated?",
            answer,
        )
