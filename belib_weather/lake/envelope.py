"""The raw envelope: one MongoDB document per HTTP response, whatever its source.

`body` holds the bytes as received, compressed with zstd; `sha256` and `size` are those of the
uncompressed bytes, so that every read proves them. Compressed bodies, not one document per
record: 18 times fewer bytes, and faster to read.
"""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import zstandard
from bson import Binary

from belib_weather.lake.errors import CorruptDocumentError, LakeValidationError

ZSTD_LEVEL = 3
"""A real export takes 35 kB in 0.6 ms at level 3, 31 kB in 5 ms at 12, 28 kB in 0.3 s at 19."""
QUARANTINED_BYTES = 4 * 2**20
"""A rejected body is stored up to here; enough to see what was wrong with it."""
FILE = "file:"
"""Begins the request's address of an imported file."""


class ResponseLike(Protocol):
    """A complete HTTP response (see `sources.response.Response`)."""

    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def captured_at(self) -> datetime: ...  # noqa: D102
    @property
    def request_url(self) -> str: ...  # noqa: D102
    @property
    def request_params(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def status(self) -> int: ...  # noqa: D102
    @property
    def headers(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def body(self) -> bytes: ...  # noqa: D102
    @property
    def record_count(self) -> int: ...  # noqa: D102
    @property
    def expected_count(self) -> int | None: ...  # noqa: D102
    @property
    def summary(self) -> Mapping[str, Any]: ...  # noqa: D102
    @property
    def cadence_seconds(self) -> int | None: ...  # noqa: D102


class RejectedLike(Protocol):
    """A response that was refused, and why (see `sources.errors.RejectedResponse`)."""

    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def captured_at(self) -> datetime: ...  # noqa: D102
    @property
    def request_url(self) -> str: ...  # noqa: D102
    @property
    def request_params(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def status(self) -> int: ...  # noqa: D102
    @property
    def headers(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def body(self) -> bytes: ...  # noqa: D102
    @property
    def reason(self) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class RawDocument:
    """A stored response; `body` is uncompressed and matches `sha256`. Instants are UTC."""

    id: str
    source: str
    captured_at: datetime
    body: bytes
    sha256: str
    record_count: int
    expected_count: int | None
    summary: dict[str, Any]
    ingested_at: datetime
    request: dict[str, Any]
    response: dict[str, Any]


@dataclass(frozen=True)
class PackedDocument:
    """A response as it is stored; its body is not read yet. Instants are UTC."""

    stored: Mapping[str, Any] = field(repr=False)

    @property
    def id(self) -> str:
        """Of the document."""
        return str(self.stored["_id"])

    @property
    def source(self) -> str:
        """Of the response."""
        source: str = self.stored["source"]
        return source

    @property
    def captured_at(self) -> datetime:
        """When it was captured."""
        captured_at: datetime = self.stored["captured_at"]
        return captured_at

    @property
    def sha256(self) -> str:
        """The hash that its body must have."""
        sha256: str = self.stored["sha256"]
        return sha256

    @property
    def record_count(self) -> int:
        """Records in the body."""
        record_count: int = self.stored["record_count"]
        return record_count

    def body(self) -> bytes | CorruptDocumentError:
        """The body, verified, or how it is damaged."""
        try:
            return raw_document(self.stored).body
        except CorruptDocumentError as error:
            return error


def milliseconds(instant: datetime) -> datetime:
    """`instant` in UTC, cut to the milliseconds that MongoDB keeps.

    Raises:
        LakeValidationError: it has no offset.
    """
    if instant.tzinfo is None:
        raise LakeValidationError(f"an instant in the lake needs an offset, {instant!r} has none")
    utc = instant.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def document_of(response: ResponseLike) -> dict[str, Any]:
    """The envelope of `response`, with an `ingest_id` of its own, which identifies this write."""
    return _exchange(response) | {
        "body": compressed(response.body),
        "record_count": response.record_count,
        "expected_count": response.expected_count,
        "summary": dict(response.summary),
        "cadence_seconds": response.cadence_seconds,
        "ingest_id": uuid.uuid4().hex,
    }


def quarantined(rejected: RejectedLike) -> dict[str, Any]:
    """The envelope of a refused response: its body up to `QUARANTINED_BYTES`, and the reason.

    `sha256` and `size` are those of the whole body that was read.
    """
    return _exchange(rejected) | {
        "body": compressed(rejected.body[:QUARANTINED_BYTES]),
        "is_truncated": len(rejected.body) > QUARANTINED_BYTES,
        "reason": encodable(rejected.reason) or "no reason given",
    }


def raw_document(stored: Mapping[str, Any]) -> RawDocument:
    """Unpack a stored envelope and verify its bytes.

    Raises:
        CorruptDocumentError: the body does not decompress to the bytes that were hashed.
    """
    body = uncompressed(stored)
    if len(body) != stored["size"] or _sha256(body) != stored["sha256"]:
        raise _corrupt(stored, "its body does not match its size and sha256")
    return RawDocument(
        id=str(stored["_id"]),
        source=stored["source"],
        captured_at=stored["captured_at"],
        body=body,
        sha256=stored["sha256"],
        record_count=stored["record_count"],
        expected_count=stored["expected_count"],
        summary=stored["summary"],
        ingested_at=stored["ingested_at"],
        request=stored["request"],
        response=stored["response"],
    )


def uncompressed(stored: Mapping[str, Any]) -> bytes:
    """The body of a stored envelope.

    Raises:
        CorruptDocumentError: it does not decompress.
    """
    try:
        return zstandard.decompress(stored["body"])
    except zstandard.ZstdError as error:
        raise _corrupt(stored, f"its body does not decompress ({error})") from error


def _exchange(response: ResponseLike | RejectedLike) -> dict[str, Any]:
    return {
        "source": response.source,
        "captured_at": milliseconds(response.captured_at),
        "request": {"url": response.request_url, "params": dict(response.request_params)},
        "response": {"status": response.status, "headers": dict(response.headers)},
        "sha256": _sha256(response.body),
        "size": len(response.body),
        "ingested_at": milliseconds(datetime.now(UTC)),
    }


def compressed(body: bytes) -> Binary:
    """A body as envelopes hold it."""
    return Binary(zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(body))


def encodable(text: str) -> str:
    """A text in which what has no encoding (a lone surrogate of a body) is a question mark."""
    return text.encode("utf-8", "replace").decode()


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _corrupt(stored: Mapping[str, Any], what: str) -> CorruptDocumentError:
    return CorruptDocumentError(
        f"document {stored['_id']} of {stored['source']}, captured at "
        f"{stored['captured_at']:%FT%TZ}, is damaged: {what}. Restore it from a "
        "backup of the lake (it cannot be fetched again), or take it out of use with "
        f"`belib-weather raw set-aside {stored['_id']}`.",
        document_id=str(stored["_id"]),
        captured_at=stored["captured_at"],
        source=stored["source"],
        sha256=stored["sha256"],
    )
