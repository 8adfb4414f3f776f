"""The bodies of imported files: read, checked, and handed on to be stored or refused.

What belongs here: the decision on each body. What does not: finding files and messages
(`importing`), the doubts themselves (`import_checks`), storing (`import_landing`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import polars as pl
from polars.exceptions import PanicException

from belib_weather.cli.import_checks import (
    new_ids,
    reason_to_refuse,
    spelling_notes,
)
from belib_weather.cli.import_landing import Accepted, Landing, Outcome, refused
from belib_weather.formats.errors import UnreadableBody
from belib_weather.formats.files import PARQUET, Part, kind_of
from belib_weather.formats.many_snapshots import RecordedBody, snapshots_in
from belib_weather.formats.parsed import ParsedBody
from belib_weather.formats.realtime import RealtimeBody
from belib_weather.lake import RAW_SNAPSHOTS, Lake, LakeError
from belib_weather.lake.schema import RAW_STATIC, RAW_WEATHER
from belib_weather.settings import Settings
from belib_weather.sources.errors import InvalidBody, SourceError
from belib_weather.sources.invalid_body import as_invalid_body
from belib_weather.sources.recorded import RecordedDataset, Recording, accepted_recording
from belib_weather.sources.response import Answer, Response

COLLECTIONS = {
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


@dataclass
class ImportRun:
    """A run of the command.

    Attributes:
        landing: where accepted bodies wait to be stored.
        known: ids that the platform has seen, those of this run among them.
    """

    settings: Settings
    options: ImportOptions
    lake: Lake
    landing: Landing
    known: set[str]
    now: datetime


Unread = Callable[[], Recording]
"""Makes the bytes of a body: those of a table's rows are written when they are needed."""
Read = tuple[Response, ParsedBody]


def unread_bodies(run: ImportRun, part: Part, written_at: datetime) -> Iterator[Unread | Exception]:
    """The bodies of a part, or why it holds none.

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
        yield error
        return
    for body in bodies:
        at = options.captured_at or body.captured_at
        name = part.name if len(bodies) == 1 else f"{part.name}#{at:%Y-%m-%dT%H:%M:%SZ}"
        yield partial(_recording, whole, name, body, at)


def read_body(run: ImportRun, unread: Unread) -> Read | SourceError:
    """A body as it is read, and whether it is accepted; needs nothing but itself."""
    recording = unread()
    try:
        return accepted_recording(
            recording,
            minimum_charge_points=run.settings.minimum_charge_points,
            weather_source=run.options.weather_source,
        )
    except SourceError as error:
        return error
    except (Exception, PanicException) as error:  # whatever it is, it costs this body alone
        return _unreadable(error, recording.answer)


def accept_body(run: ImportRun, read: Read | Exception) -> Outcome:
    """Store a body with the next batch, or refuse it."""
    if isinstance(read, tuple):
        response, body = read
        try:
            accepted = _accepted(run, response, body)
            run.landing.add(accepted)
            return accepted.outcome
        except SourceError as error:
            read = error
        except LakeError:
            raise  # not the file's fault
        except (Exception, PanicException) as error:
            read = _unreadable(error, response)
    outcome = Outcome()
    outcome.set_result(refused(run.lake, read))
    return outcome


def _recording(
    whole: Recording, name: str, body: RecordedBody, captured_at: datetime | None
) -> Recording:
    return replace(whole, name=name, body=body.body, captured_at=captured_at)


def _unreadable(error: BaseException, answer: Answer) -> InvalidBody:
    reason = f"it cannot be read: {type(error).__name__}: {str(error)[:300]}"
    return InvalidBody(reason, answer)


@as_invalid_body
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


def _accepted(run: ImportRun, response: Response, body: ParsedBody) -> Accepted:
    """A body to be stored.

    Raises:
        InvalidBody: its ids or labels are in doubt, and nobody said --force.
    """
    if not isinstance(body, RealtimeBody):
        points = body.records[_KEYS[run.options.dataset]].n_unique()
        return Accepted(response, body, points, [])
    ids = set(body.records["charge_point_id"].cast(pl.String))
    new = new_ids(ids, run.known)
    reason = reason_to_refuse(body, new)
    if reason is not None and not run.options.force:
        raise InvalidBody(f"{reason} --force takes the file as it is.", response)
    run.known |= ids
    return Accepted(response, body, len(ids), spelling_notes(body, new))
