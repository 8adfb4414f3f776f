"""The Explore API v2.1 of opendata.paris.fr: both Belib datasets, whole or not at all.

Contract: https://help.opendatasoft.com/apis/ods-explore-v2/. What belongs here: which requests,
and when an export is complete. What does not: cleaning records (`transform`).
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

import polars as pl

from belib_weather.networks import NETWORK, Dataset
from belib_weather.sources.errors import InvalidBody, RequestRefused
from belib_weather.sources.exports import (
    announced_in,
    checked_export,
    checked_static,
    newest_update,
    records_of,
)
from belib_weather.sources.http import HttpClient
from belib_weather.sources.response import Answer, Response, json_in, utc

_UNKNOWN_FIELD = "Unknown field"
"""How the API refuses a selection of a field that does not exist (400, `ODSQLError`)."""


class ExploreApi:
    """Full exports of the Belib datasets.

    Args:
        client: how to ask.
        base_url: `https://opendata.paris.fr/api/explore/v2.1`.
        minimum_charge_points: an export with fewer rows is refused.
    """

    def __init__(self, client: HttpClient, base_url: str, *, minimum_charge_points: int) -> None:
        self._client = client
        self._datasets = f"{base_url}/catalog/datasets"
        self._minimum = minimum_charge_points

    def realtime(self, *, at: datetime | None = None) -> Response:
        """The status of every charge point; stamps in UTC, without the constant description URL.

        The order is asked for so that bodies compress alike; nothing relies on it. A field that
        the feed has lost makes the API refuse the selection; then everything is taken, so that a
        lost field is reported and costs no snapshot. A new one shows in the summary only.

        Raises:
            IncompleteBody: another number of records than `total_count` before and after, fewer
                than the minimum, or mostly stale ones (a filter was at work).
            SourceError: any other failure; nothing is worth storing.
        """
        params = {
            "select": ",".join(sorted(NETWORK.realtime.fields)),
            "order_by": "id_pdc",
            "timezone": "UTC",
        }
        export = partial(self._whole_export, NETWORK.realtime, at=at)
        try:
            whole = export(params)
        except RequestRefused as refusal:
            if _UNKNOWN_FIELD not in str(refusal):
                raise
            whole = export({"timezone": "UTC"})
        return checked_export(
            whole.answer,
            whole.records,
            expected=whole.expected,
            minimum=self._minimum,
            published_fields=whole.published_fields,
        )

    def static(self, *, at: datetime | None = None) -> Response:
        """Equipment of every charge point (42 columns).

        Raises:
            SourceError: as for `realtime`.
        """
        params = {"timezone": "UTC"}
        whole = self._whole_export(NETWORK.static, params, at=at)
        return checked_static(whole.answer, whole.records, expected=whole.expected)

    def modified(self, dataset: str) -> datetime:
        """When a dataset was last modified, as its catalog entry says.

        Raises:
            InvalidBody: the entry does not say.
            SourceError: any other failure.
        """
        answer = self._client.get(dataset, f"{self._datasets}/{dataset}", {})
        try:
            modified = json_in(answer.body)["metas"]["default"]["modified"]
            return utc(datetime.fromisoformat(modified))
        except (ValueError, KeyError, TypeError, OverflowError):
            raise InvalidBody(f"{dataset}: the catalog tells no modification", answer) from None

    def _whole_export(
        self, dataset: Dataset, params: dict[str, str], *, at: datetime | None
    ) -> "_WholeExport":
        """An export and what it is held against.

        The feed may change between the two requests, so a count that differs is asked for again.
        """
        counted, export = (
            f"{self._datasets}/{dataset.id}/{what}" for what in ("records", "exports/json")
        )
        count = partial(self._client.get, dataset.source, counted, {"limit": "1"}, at=at)
        expected, fields = announced_in(count())
        answer = self._client.get(dataset.source, export, params, at=at)
        records = records_of(answer)
        if records.height != expected:
            expected, fields = announced_in(count())
        return _WholeExport(answer, records, expected, fields)


@dataclass(frozen=True)
class _WholeExport:
    answer: Answer
    records: pl.DataFrame
    expected: int
    published_fields: frozenset[str]


def response_of_export(
    body: bytes, *, captured_at: datetime | None, name: str, minimum_charge_points: int
) -> Response:
    """A recorded real-time export, JSON array or CSV of the API, as a response.

    Args:
        body: the file as it is.
        captured_at: when it was captured; the newest `last_updated` in it when left out.
        name: file name, kept in the envelope.
        minimum_charge_points: an export with fewer rows is refused.

    Raises:
        InvalidBody: not such an export.
        IncompleteBody: too few records, or mostly stale ones.
    """
    captured_at = captured_at or newest_update(body, name)
    answer = Answer(NETWORK.realtime.source, captured_at, f"file:{name}", {}, 200, {}, body)
    return checked_export(answer, records_of(answer), expected=None, minimum=minimum_charge_points)
