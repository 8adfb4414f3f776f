"""Bodies that are stored together: one look-up and one insert for a batch of them.

What belongs here: what is stored already, what is new, and what became of each body. What does not:
reading and doubting bodies (`import_bodies`).
"""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime

from polars.exceptions import PanicException

from belib_weather.cli.import_checks import Stored, stored_duplicate
from belib_weather.formats.parsed import ParsedBody
from belib_weather.lake import Lake, LakeConflictError, LakeError, LakeValidationError
from belib_weather.sources.errors import InvalidBody, SourceError
from belib_weather.sources.response import Response

MOST_BODIES = 32
_MOST_BYTES = 32_000_000


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


Outcome = Future[Landed | str]
"""What became of a body: where it is, or why it is refused; known once its batch is stored."""


def refused(lake: Lake, error: Exception) -> str:
    """Keep what was refused in quarantine; gives the reason."""
    if isinstance(error, SourceError) and error.response is not None:
        lake.quarantine(error.response)
    if isinstance(error, LakeConflictError):
        return (
            "another body of that second is stored already, and raw is never changed; if this one"
            " was captured at another time, say when with --captured-at"
        )
    return str(error)


@dataclass(frozen=True)
class Accepted:
    """A body that can be stored, and what there is to say about it."""

    response: Response
    body: ParsedBody
    points: int
    notes: list[str]
    outcome: Outcome = field(default_factory=Outcome)

    def landed(self, document: str, *, is_new: bool) -> None:
        """Say that it is stored."""
        at = self.response.captured_at
        self.outcome.set_result(Landed(at, self.points, document, is_new, self.notes))


class Landing:
    """Accepted bodies that wait until a batch of them is stored.

    A body is reported after its batch is acknowledged: what is lost with a process was not
    reported, and the next import stores it.

    Args:
        lake: where they are stored.
        collection: of the bodies.
        any_time: the same bytes are the same, whenever they are said to be captured; for bodies
            that do not say their time.
    """

    def __init__(self, lake: Lake, collection: str, *, any_time: bool) -> None:
        self._lake, self._collection, self._any_time = lake, collection, any_time
        self._waiting: list[Accepted] = []
        self._keys: set[object] = set()
        self._bytes = 0

    def add(self, accepted: Accepted) -> None:
        """Store a body soon, compared with all bodies that were added before it."""
        keys = set(self._keys_of(accepted.response))
        if keys & self._keys:
            self.store()
        self._waiting.append(accepted)
        self._keys |= keys
        self._bytes += len(accepted.response.body)
        if len(self._waiting) >= MOST_BODIES or self._bytes >= _MOST_BYTES:
            self.store()

    def store(self) -> None:
        """Store what waits and is not stored yet; every outcome is known then.

        Raises:
            LakeError: MongoDB fails; of what waits nothing is reported.
        """
        waiting, self._waiting = self._waiting, []
        self._keys.clear()
        self._bytes = 0
        new = list(self._not_stored(waiting)) if waiting else []
        results = self._lake.append_all(self._collection, [one.response for one in new])
        for one, result in zip(new, results, strict=True):
            if isinstance(result, LakeValidationError):
                error = InvalidBody(f"{_name(one.response)}: {result}", one.response)
                one.outcome.set_result(refused(self._lake, error))
            elif isinstance(result, LakeConflictError):
                one.outcome.set_result(refused(self._lake, result))
            else:
                one.landed(result.document_id, is_new=result.is_new)

    def _not_stored(self, waiting: list[Accepted]) -> Iterator[Accepted]:
        """Those that no stored document says; of the others that is the outcome."""
        times = [one.response.captured_at for one in waiting]
        stored = Stored(self._lake, self._collection, times, any_time=self._any_time)
        for one in waiting:
            try:
                document = stored_duplicate(stored, one.response, one.body)
            except LakeError:
                raise  # not the body's fault
            except (Exception, PanicException) as error:  # whatever it is, it costs this body alone
                reason = f"it cannot be read: {type(error).__name__}: {str(error)[:300]}"
                one.outcome.set_result(refused(self._lake, InvalidBody(reason, one.response)))
                continue
            if document is None:
                yield one
            else:
                one.landed(document, is_new=False)

    def _keys_of(self, response: Response) -> Iterator[object]:
        """By what two bodies may turn out to be the same."""
        yield response.source, response.captured_at.replace(microsecond=0)
        if self._any_time:
            yield response.source, response.sha256


def _name(response: Response) -> str:
    return response.request_url.removeprefix("file:")
