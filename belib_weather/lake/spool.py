"""The spool: envelopes on disk, from the moment they are fetched until MongoDB holds them.

What belongs here: one file per envelope, and appending them. What does not: the envelope
(`envelope`), and when to append (`assets.polling`, `local`).

A missed poll cannot be repeated, so an answer is on disk before MongoDB gets it: a store
that is away or hangs, and a run that is killed, cost no snapshot.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bson
from bson import ObjectId
from bson.codec_options import CodecOptions
from bson.errors import BSONError

from belib_weather.files import write_file
from belib_weather.lake.errors import LakeConflictError, LakeError, LakeValidationError
from belib_weather.lake.raw import RawResponses
from belib_weather.lake.schema import QUARANTINE

_SUFFIX = ".bson"
_REFUSED = ".refused"
_STAMP = "%Y%m%dT%H%M%S.%fZ"
_CODEC: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True, tzinfo=UTC)
_MB = 2**20


class SpoolError(LakeError):
    """The spool cannot take an envelope: it is full, or its folder cannot be written."""


@dataclass(frozen=True)
class SpooledEnvelope:
    """One envelope that waits."""

    path: Path
    captured_at: datetime
    collection: str


@dataclass(frozen=True)
class DrainResult:
    """The result for the envelopes that waited.

    Attributes:
        appended: documents that MongoDB holds now; those that it held already are not counted.
        problems: a sentence about each envelope that MongoDB did not take as it was.
    """

    appended: int
    problems: list[str]


class Spool:
    """Envelopes in a folder, one file each, in the order of their capture times.

    Safe with several processes at once: a file appears in one step, and appending it twice makes
    one document.

    Args:
        folder: created when something is put into it.
        most_mb: the spool takes nothing beyond this size.
    """

    def __init__(self, folder: Path, most_mb: int) -> None:
        self.folder, self.most_mb = folder, most_mb

    def put(self, collection: str, document: Mapping[str, Any]) -> Path:
        """Write an envelope; it is on disk when this returns.

        Raises:
            SpoolError: the spool is full, or its folder cannot be written.
            LakeValidationError: it has values that no document can hold.
        """
        size = self.size()
        try:
            body = bson.encode({"_id": ObjectId(), **document})
        except BSONError as error:
            raise LakeValidationError(f"MongoDB could not hold the answer: {error}") from error
        if size + len(body) > self.most_mb * _MB:
            raise SpoolError(
                f"the spool {self.folder} is full ({size / _MB:.0f} MB of {self.most_mb}); bring"
                " MongoDB back, which empties it, or raise BELIB_SPOOL_MAX_MB"
            )
        stamp = document["captured_at"].astimezone(UTC).strftime(_STAMP)
        name = f"{stamp}_{collection}_{document['sha256'][:12]}{_SUFFIX}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_file(self.folder / name, body)
            _sync_folder(self.folder)
        except OSError as error:
            raise SpoolError(
                f"the spool {self.folder} cannot be written: {error.strerror}; see to its folder"
                " or set BELIB_SPOOL_FOLDER"
            ) from error
        return self.folder / name

    def waiting(self) -> list[SpooledEnvelope]:
        """The envelopes that wait, oldest first."""
        return [_spooled(path) for path in sorted(self.folder.glob(f"[0-9]*{_SUFFIX}"))]

    def refused(self) -> list[Path]:
        """Envelopes that MongoDB does not take, left for a person to look at."""
        return sorted(self.folder.glob(f"[0-9]*{_SUFFIX}{_REFUSED}"))

    def size(self) -> int:
        """Bytes on disk, refused envelopes included."""
        return sum(_size(path) for path in self.folder.glob(f"[0-9]*{_SUFFIX}*"))

    def drain(self, lake: RawResponses) -> DrainResult:
        """Append what waits, oldest first; each file goes when MongoDB has acknowledged it.

        Raises:
            LakeError: MongoDB is away or refuses us; what is not appended stays.
        """
        appended, problems = 0, []
        for spooled in self.waiting():
            try:
                document = bson.decode(spooled.path.read_bytes(), _CODEC)
                appended += _append(lake, spooled.collection, document)
            except FileNotFoundError:
                continue  # another process appended it
            except (LakeConflictError, LakeValidationError, BSONError, KeyError) as error:
                problems.append(_quarantine_or_keep(lake, spooled, str(error)))
            spooled.path.unlink(missing_ok=True)
        return DrainResult(appended, problems)


def _append(lake: RawResponses, collection: str, document: dict[str, Any]) -> int:
    # The present: late documents are found by it.
    document["ingested_at"] = datetime.now(UTC)
    if collection == QUARANTINE:
        lake.quarantine_document(document)
        return 1
    return int(lake.append_document(collection, document).is_new)


def _quarantine_or_keep(lake: RawResponses, spooled: SpooledEnvelope, reason: str) -> str:
    """Quarantine an envelope that the lake does not take, or leave it on disk; says which."""
    try:
        document = bson.decode(spooled.path.read_bytes(), _CODEC)
        lake.quarantine_document(_quarantine_envelope(document, reason))
    except (LakeValidationError, BSONError) as error:
        refused = spooled.path.with_name(spooled.path.name + _REFUSED)
        spooled.path.rename(refused)
        return f"{refused} cannot be stored, and stays on disk: {error}"
    return f"{spooled.path.name} went to quarantine: {reason}"


def _quarantine_envelope(document: Mapping[str, Any], reason: str) -> dict[str, Any]:
    """The envelope as quarantine holds it."""
    left_out = {"record_count", "expected_count", "summary", "cadence_seconds", "ingest_id"}
    envelope = {name: value for name, value in document.items() if name not in left_out}
    return envelope | {"is_truncated": False, "reason": reason}


def _spooled(path: Path) -> SpooledEnvelope:
    stamp, _, rest = path.name.partition("_")
    at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    return SpooledEnvelope(path, at, rest.rpartition("_")[0])


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # appended meanwhile
        return 0


def _sync_folder(folder: Path) -> None:
    """Bring the new name to disk as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
