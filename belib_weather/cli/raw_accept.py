"""`raw accept`: a refused response is tried again, by the rules by which it would be taken today.

What belongs here: which rules. What does not: the rules themselves (`sources`).
"""

from datetime import datetime

from belib_weather.lake import (
    RAW_ARRONDISSEMENTS,
    RAW_SNAPSHOTS,
    RAW_STATIC,
    RAW_WEATHER,
    Lake,
    LakeConflictError,
    QuarantinedDocument,
)
from belib_weather.lake.envelope import FILE
from belib_weather.local.console import CommandError, out
from belib_weather.networks import NETWORK
from belib_weather.settings import Settings
from belib_weather.sources.completeness import (
    accepted_outlines,
    accepted_snapshot,
    accepted_static,
    parsed_outlines,
    parsed_realtime,
    parsed_static,
)
from belib_weather.sources.errors import SourceError
from belib_weather.sources.explore import response_of_export
from belib_weather.sources.response import Answer, Response
from belib_weather.sources.weather_bodies import accepted_weather
from belib_weather.vocabulary import SIMULATED


def accept(settings: Settings, lake: Lake, document_id: str, captured_at: datetime | None) -> None:
    """Store a quarantined response in raw, if it is accepted now, and say where it is.

    Raises:
        CommandError: there is none, or it is refused again; nothing was changed.
    """
    found = lake.quarantined_document(document_id)
    if found is None:
        raise CommandError(
            f"quarantine holds no document {document_id}; `belib-weather raw list --dataset"
            " quarantine` lists them"
        )
    if found.is_truncated:
        raise CommandError(
            f"only the first {len(found.body):,} of its {found.size:,} bytes were kept, so it"
            " cannot be taken in"
        )
    try:
        collection, response = _accepted(settings, found, captured_at)
        appended = lake.accept_quarantined(collection, response, found.id)
    except (SourceError, LakeConflictError) as error:
        raise CommandError(f"refused again: {error}") from error
    out.print(
        f"{collection}: landed, {response.record_count} records captured at"
        f" {response.captured_at:%Y-%m-%dT%H:%M:%SZ}, document {appended.document_id}",
        markup=False,
        soft_wrap=True,
    )


def _accepted(
    settings: Settings, found: QuarantinedDocument, captured_at: datetime | None
) -> tuple[str, Response]:
    answer = Answer(
        source=found.source,
        captured_at=found.captured_at,
        request_url=found.request["url"],
        request_params=found.request["params"],
        status=found.response["status"],
        headers=found.response["headers"],
        body=found.body,
    )
    source, minimum = found.source.removeprefix(SIMULATED), settings.minimum_charge_points
    if source == NETWORK.static.source:
        return RAW_STATIC, accepted_static(answer, parsed_static(answer), expected=None)
    if source == NETWORK.outlines.source:
        body = parsed_outlines(answer)
        return RAW_ARRONDISSEMENTS, accepted_outlines(answer, body, expected=None)
    if source != NETWORK.realtime.source:
        return RAW_WEATHER, accepted_weather(answer, expected=None)
    if answer.request_url.startswith(FILE):
        return RAW_SNAPSHOTS, response_of_export(
            found.body,
            captured_at=captured_at,
            name=answer.request_url.removeprefix(FILE),
            minimum_charge_points=minimum,
        )
    snapshot = parsed_realtime(answer)
    return RAW_SNAPSHOTS, accepted_snapshot(answer, snapshot, expected=None, minimum=minimum)
