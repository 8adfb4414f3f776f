"""The Explore API v2.1 of opendata.paris.fr: its datasets, complete or not at all.

Contract: https://help.opendatasoft.com/apis/ods-explore-v2/. What belongs here: which requests.
What does not: when an export is whole (`completeness`) and reading it (`formats`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Generic

from belib_weather.clock import utc_now
from belib_weather.formats.json_shapes import total_in
from belib_weather.formats.parsed import Parsed
from belib_weather.networks import NETWORK, Dataset
from belib_weather.sources.attempts import Attempts
from belib_weather.sources.capture_times import capture_time_problem
from belib_weather.sources.completeness import (
    accepted_outlines,
    accepted_snapshot,
    accepted_static,
    announced_count,
    parsed_outlines,
    parsed_realtime,
    parsed_static,
)
from belib_weather.sources.errors import InvalidBody, RequestRefused
from belib_weather.sources.http import HttpClient
from belib_weather.sources.response import Answer, Response, json_in, utc

_UNKNOWN_FIELD = "Unknown field"
"""How the API refuses a selection of a field that does not exist (400, `ODSQLError`)."""


class ExploreApi:
    """Full exports of the Belib datasets and of the outlines of the arrondissements.

    Args:
        client: sends the requests.
        base_url: `https://opendata.paris.fr/api/explore/v2.1`.
        minimum_charge_points: an export with fewer rows is refused.
    """

    def __init__(self, client: HttpClient, base_url: str, *, minimum_charge_points: int) -> None:
        self._client = client
        self._datasets = f"{base_url}/catalog/datasets"
        self._minimum = minimum_charge_points

    def realtime(self, *, at: datetime | None = None) -> Response:
        """The status of every charge point; stamps in UTC, without the constant description URL.

        The order is requested so that bodies compress alike; nothing relies on it. A field that
        the feed has lost makes the API refuse the selection; then everything is taken, so that a
        lost field is reported and costs no snapshot. A new one shows in the summary only.

        Raises:
            IncompleteBody: another number of records than `total_count` before and after, fewer
                than the minimum, or mostly stale ones (a filter was at work).
            SourceError: any other failure; nothing is to be stored.
        """
        return self._client.retry_unreadable(partial(self._snapshot, at))

    def _snapshot(self, at: datetime | None, attempts: Attempts) -> Response:
        params = {
            "select": ",".join(sorted(NETWORK.realtime.field_names)),
            "order_by": "id_pdc",
            "timezone": "UTC",
        }
        export = partial(self._export, NETWORK.realtime, parsed_realtime, at=at, attempts=attempts)
        try:
            whole = export(params)
        except RequestRefused as refusal:
            if _UNKNOWN_FIELD not in str(refusal):
                raise
            whole = export({"timezone": "UTC"})
        return accepted_snapshot(
            whole.answer,
            whole.body,
            expected=whole.expected,
            minimum=self._minimum,
            published_fields=whole.published_fields,
        )

    def static(self, *, at: datetime | None = None) -> Response:
        """Equipment of every charge point (42 columns).

        Raises:
            SourceError: as for `realtime`.
        """

        def equipment(attempts: Attempts) -> Response:
            params = {"timezone": "UTC"}
            whole = self._export(NETWORK.static, parsed_static, params, at=at, attempts=attempts)
            return accepted_static(whole.answer, whole.body, expected=whole.expected)

        return self._client.retry_unreadable(equipment)

    def outlines(self, *, at: datetime | None = None) -> Response:
        """Outlines of the arrondissements, as GeoJSON.

        Raises:
            SourceError: as for `realtime`.
        """

        def export(attempts: Attempts) -> Response:
            whole = self._export(
                NETWORK.outlines, parsed_outlines, {}, kind="geojson", at=at, attempts=attempts
            )
            return accepted_outlines(whole.answer, whole.body, expected=whole.expected)

        return self._client.retry_unreadable(export)

    def modified(self, dataset: str) -> datetime:
        """When a dataset was last modified, as its catalog entry says.

        Raises:
            InvalidBody: the entry does not say.
            SourceError: any other failure.
        """

        def entry(attempts: Attempts) -> datetime:
            url = f"{self._datasets}/{dataset}"
            answer = self._client.get(dataset, url, {}, attempts=attempts)
            try:
                modified = json_in(answer.body)["metas"]["default"]["modified"]
                return utc(datetime.fromisoformat(modified))
            except (ValueError, KeyError, TypeError, OverflowError):
                raise InvalidBody(f"{dataset}: the catalog names no modification", answer) from None

        return self._client.retry_unreadable(entry)

    def _export(
        self,
        dataset: Dataset,
        parse: Callable[[Answer], Parsed],
        params: dict[str, str],
        *,
        kind: str = "json",
        at: datetime | None,
        attempts: Attempts,
    ) -> "_Export[Parsed]":
        """An export and what it is compared with; `kind` is its file format.

        The feed may change between the two requests, so a count that differs is requested again.
        """
        counted, export = (
            f"{self._datasets}/{dataset.id}/{what}" for what in ("records", f"exports/{kind}")
        )
        get = partial(self._client.get, dataset.source, at=at, attempts=attempts)
        count = partial(get, counted, {"limit": "1"})
        expected, fields = announced_count(count())
        answer = get(export, params)
        body = parse(answer)
        if body.record_count != expected:
            expected, fields = announced_count(count())
        return _Export(answer, body, expected, fields)


@dataclass(frozen=True)
class _Export(Generic[Parsed]):
    answer: Answer
    body: Parsed
    expected: int
    published_fields: frozenset[str]


def response_of_export(
    body: bytes,
    *,
    captured_at: datetime | None,
    name: str,
    minimum_charge_points: int,
    now: datetime | None = None,
) -> Response:
    """A recorded real-time export, JSON or CSV in any shape, as a response.

    Args:
        body: the file as it is.
        captured_at: when it was captured; its newest plausible `last_updated` when left out.
        name: file name, kept in the envelope.
        minimum_charge_points: an export with fewer rows is refused.
        now: the present; that of this machine's clock when left out.

    Raises:
        InvalidBody: not such an export, or one that cannot have been captured then.
        IncompleteBody: too few records, or mostly stale ones.
    """
    source, url, now = NETWORK.realtime.source, f"file:{name}", now or utc_now()
    answer = Answer(source, captured_at or now, url, {}, 200, {}, body)
    parsed = parsed_realtime(answer)
    if captured_at is None:
        if parsed.newest_plausible is None:
            raise InvalidBody(
                f"{name}: no last_updated says when it was captured; give --captured-at", answer
            )
        answer = replace(answer, captured_at=parsed.newest_plausible)
    if doubt := capture_time_problem(answer.captured_at, parsed, now):
        advice = "correct --captured-at" if captured_at else "say when with --captured-at"
        raise InvalidBody(f"{name}: {doubt}; {advice}", replace(answer, captured_at=now))
    return accepted_snapshot(answer, parsed, expected=total_in(body), minimum=minimum_charge_points)
