"""The bodies of one imported file: read, checked, stored or refused.

What belongs here: the decision on each body. What does not: finding files and messages
(`importing`), and the doubts themselves (`import_checks`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl
from polars.exceptions import PanicException

from belib_weather.cli.import_checks import (
    doubt,
    new_ids,
    remarks,
    stored_alike,
)
from belib_weather.formats.errors import UnreadableBody
from belib_weather.formats.files import PARQUET, Part, kind_of
from belib_weather.formats.many_snapshots import RecordedBody, snapshots_in
from belib_weather.formats.realtime import RealtimeBody
from belib_weather.lake import (
    RAW_SNAPSHOTS,
    Lake,
    LakeConflictError,
    LakeError,
    LakeValidationError,
)
from belib_weather.lake.schema import RAW_STATIC, RAW_WEATHER
from belib_weather.settings import Settings
from belib_weather.sources.errors import InvalidBody, SourceError
from belib_weather.sources.reading import refuses_what_it_cannot_read
from belib_weather.sources.recorded import RecordedDataset, Recording, accepted_recording
from belib_weather.sources.response import Answer, Response

_COLLECTIONS = {
    RecordedDataset.REALTIME: RAW_SNAPSHOTS,
    RecordedDataset.STATIC: RAW_STATIC,
    RecordedDataset.WEATHER: RAW_WEATHER,
}
_KEYS = {
    RecordedDataset.REALTIME: "charge_point_id",
    RecordedDataset.STATIC: "charge_point_id",
    RecordedDataset.WEATHER: "hour",
}


@dataclass(frozen=True)
class ImportOptions:
    """What a person says about the files.

    Attributes:
        dataset: what they hold.
        captured_at: when they were captured; None: they say it themselves.
        captured_column: the column of a table that says it.
        weather_source: raw source of weather bodies; None: their shape decides.
        force: take also what is in doubt.
    """

    dataset: RecordedDataset = RecordedDataset.REALTIME
    captured_at: datetime | None = None
    captured_column: str | None = None
    weather_source: str | None = None
    force: bool = False


@dataclass(frozen=True)
class Landed:
    """A body that is stored.

    Attributes:
        captured_at: when it was captured.
        points: charge points, or hours, in it.
        document: id of its document.
        is_new: whether this command stored it.
        notes: what a person should know of its spellings.
    """

    captured_at: datetime
    points: int
    document: str
    is_new: bool
    notes: list[str]


@dataclass
class ImportRun:
    """A run of the command.

    Attributes:
        known: ids that the platform has seen, those of this run among them.
    """

    settings: Settings
    options: ImportOptions
    lake: Lake
    known: set[str]
    now: datetime


def import_part(run: ImportRun, part: Part, written_at: datetime) -> Iterator[Landed | str]:
    """What of a part is stored, and why the rest of it is refused.

    Args:
        run: of the command.
        part: a file, unpacked.
        written_at: when the file was last written.
    """
    options = run.options
    at = options.captured_at
    whole = Recording(options.dataset, part.name, part.content, at, written_at, run.now)
    try:
        bodies = _bodies(whole.answer, options, part)
    except SourceError as error:
        yield _refused(run.lake, error)
        return
    for body in bodies:
        at = options.captured_at or body.captured_at
        name = part.name if len(bodies) == 1 else f"{part.name}#{at:%Y-%m-%dT%H:%M:%SZ}"
        recording = replace(whole, name=name, body=body.body, captured_at=at)
        try:
            yield _import(run, recording)
        except (SourceError, LakeConflictError) as error:
            yield _refused(run.lake, error)
        except LakeError:
            raise  # not the file's fault
        except (Exception, PanicException) as error:  # whatever it is, it costs this body alone
            reason = f"it cannot be read: {type(error).__name__}: {str(error)[:300]}"
            yield _refused(run.lake, InvalidBody(reason, recording.answer))


@refuses_what_it_cannot_read
def _bodies(answer: Answer, options: ImportOptions, part: Part) -> list[RecordedBody]:
    """The bodies of a part.

    Raises:
        InvalidBody: it holds no data; says what it is.
    """
    is_parquet = part.content.startswith(PARQUET)
    problem = part.problem or (None if is_parquet else kind_of(part.content))
    if problem is not None:
        raise InvalidBody(problem, answer)
    if options.dataset is not RecordedDataset.REALTIME:
        if is_parquet:
            raise InvalidBody("a Parquet file: read for real-time snapshots only", answer)
        return [RecordedBody(part.content, None)]
    try:
        bodies = list(snapshots_in(part.content, options.captured_column))
    except UnreadableBody as error:
        raise InvalidBody(str(error), answer) from None
    if len(bodies) > 1 and options.captured_at is not None:
        raise InvalidBody(
            f"{len(bodies)} snapshots, each captured at a time of its own; leave out --captured-at",
            answer,
        )
    return bodies


def _import(run: ImportRun, recording: Recording) -> Landed:
    """Store one body, unless what it says is stored already.

    Raises:
        SourceError: it is not accepted.
        LakeConflictError: something else is stored of that instant.
    """
    options = run.options
    response, body = accepted_recording(
        recording,
        minimum_charge_points=run.settings.minimum_charge_points,
        weather_source=options.weather_source,
    )
    notes = _spelling_notes(run, response, body) if isinstance(body, RealtimeBody) else []
    collection = _COLLECTIONS[options.dataset]
    points = body.records[_KEYS[options.dataset]].n_unique()
    has_time = options.dataset is not RecordedDataset.WEATHER or options.captured_at is not None
    same = stored_alike(run.lake, collection, response, body, any_time=not has_time)
    if same is not None:
        return Landed(response.captured_at, points, same, False, notes)
    try:
        appended = run.lake.append(collection, response)
    except LakeValidationError as error:
        raise InvalidBody(f"{recording.name}: {error}", response) from error
    return Landed(response.captured_at, points, appended.document_id, appended.is_new, notes)


def _spelling_notes(run: ImportRun, response: Response, body: RealtimeBody) -> list[str]:
    """What to say about ids and labels.

    Raises:
        InvalidBody: they are in doubt, and nobody said --force.
    """
    new = new_ids(body, run.known)
    reason = doubt(body, new)
    if reason is not None and not run.options.force:
        raise InvalidBody(f"{reason} --force takes the file as it is.", response)
    run.known |= set(body.records["charge_point_id"].cast(pl.String))
    return remarks(body, new)


def _refused(lake: Lake, error: Exception) -> str:
    """Keep what was refused in quarantine; gives the reason."""
    if isinstance(error, SourceError) and error.response is not None:
        lake.quarantine(error.response)
    if isinstance(error, LakeConflictError):
        return (
            "another body of that second is stored already, and raw is never changed; if this one"
            " was captured at another time, say when with --captured-at"
        )
    return str(error)
