"""What can go wrong between us and MongoDB, and the translation of the driver's errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from bson.errors import BSONError
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DocumentTooLarge,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WTimeoutError,
)

_FAILED_VALIDATION = 121
_NO_ACCESS = {13, 18, 8000}  # Unauthorized, AuthenticationFailed, Atlas' own


class LakeError(Exception):
    """Base of all errors of the lake; messages never carry a password."""


class LakeUnavailable(LakeError):
    """The server could not be reached, or did not acknowledge in time."""


class LakeAccessError(LakeError):
    """The server refused the user or the password, or the user may not do this."""


class LakeValidationError(LakeError):
    """A document does not fit the envelope, or is larger than MongoDB allows."""


class LakeConflictError(LakeError):
    """Other bytes are already stored for this source and instant; raw is never changed."""


class CorruptDocumentError(LakeError):
    """The stored bytes of a document no longer match their sha256.

    Attributes:
        document_id: of the document, hexadecimal.
        captured_at: capture time of the document.
        source: raw source of the document.
        sha256: that its bytes should have.
    """

    def __init__(
        self, message: str, *, document_id: str, captured_at: datetime, source: str, sha256: str
    ) -> None:
        super().__init__(message)
        self.document_id, self.captured_at = document_id, captured_at
        self.source, self.sha256 = source, sha256


class LakeBusyError(LakeError):
    """Another writer had `belib_current` for too long, or took it over."""


@contextmanager
def translated(server: str, doing: str) -> Iterator[None]:
    """Raise the driver's errors as `LakeError`; `server` names host and database, no secrets."""
    try:
        yield
    except (ConnectionFailure, WTimeoutError, ExecutionTimeout) as error:
        raise LakeUnavailable(
            f"MongoDB {server} could not be reached while {doing}: {_reason(error)}. Check that "
            "it is running (`belib-weather doctor`) and that BELIB_MONGO_URL is right."
        ) from None
    except (DocumentTooLarge, BSONError) as error:
        raise LakeValidationError(
            f"MongoDB cannot hold the document while {doing}: {error}"
        ) from error
    except BulkWriteError as error:
        if concerns := error.details.get("writeConcernErrors"):
            raise LakeUnavailable(
                f"MongoDB {server} did not acknowledge while {doing}: {concerns[0].get('errmsg')}"
            ) from error
        first = (error.details.get("writeErrors") or [{}])[0]
        raise _of_code(server, doing, first.get("code"), str(first.get("errmsg"))) from error
    except OperationFailure as error:
        raise _of_code(server, doing, error.code, _reason(error)) from error
    except PyMongoError as error:
        raise LakeError(f"MongoDB {server} failed while {doing}: {_reason(error)}") from error


def _of_code(server: str, doing: str, code: int | None, reason: str) -> LakeError:
    if code in _NO_ACCESS:
        return LakeAccessError(
            f"MongoDB {server} refused access while {doing}: {reason}. Check the user and "
            "password in BELIB_MONGO_URL, and the user's roles."
        )
    if code == _FAILED_VALIDATION:
        return LakeValidationError(f"MongoDB {server} refused the document while {doing}: {reason}")
    return LakeError(f"MongoDB {server} failed while {doing}: {reason} (code {code})")


def _reason(error: PyMongoError) -> str:
    """The driver's message without its dump of topology and reply."""
    text = str(error)
    for tail in (" (configured timeouts", ", full error:", ", Timeout:"):
        text = text.split(tail, 1)[0]
    return text
