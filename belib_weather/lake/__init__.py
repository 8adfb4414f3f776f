"""The lake: responses of the public APIs, byte for byte, and the live state, in MongoDB.

What belongs here: the raw envelope, its collections, validators and indexes; append and read;
`belib_current`; the spool. What does not: requests (`sources`) and parsing (`formats`).
"""

from belib_weather.lake.current import CURRENT_COLUMNS, CurrentWritten
from belib_weather.lake.envelope import PackedDocument, RawDocument, RejectedLike, ResponseLike
from belib_weather.lake.errors import (
    CorruptDocumentError,
    LakeAccessError,
    LakeBusyError,
    LakeConflictError,
    LakeError,
    LakeUnavailable,
    LakeValidationError,
)
from belib_weather.lake.newest import FUTURE, last_that_counts
from belib_weather.lake.quarantined import QUARANTINE_COLUMNS, QuarantinedDocument
from belib_weather.lake.raw import INVENTORY_COLUMNS, Appended, Verified
from belib_weather.lake.schema import (
    BELIB_CURRENT,
    RAW_ARRONDISSEMENTS,
    RAW_SNAPSHOTS,
    RAW_STATIC,
    RAW_WEATHER,
)
from belib_weather.lake.set_aside import Mark, NoSuchDocument
from belib_weather.lake.spool import DrainResult, Spool, SpoolError
from belib_weather.lake.store import Lake

__all__ = [
    "BELIB_CURRENT",
    "CURRENT_COLUMNS",
    "FUTURE",
    "INVENTORY_COLUMNS",
    "QUARANTINE_COLUMNS",
    "RAW_ARRONDISSEMENTS",
    "RAW_SNAPSHOTS",
    "RAW_STATIC",
    "RAW_WEATHER",
    "Appended",
    "CorruptDocumentError",
    "CurrentWritten",
    "DrainResult",
    "Lake",
    "LakeAccessError",
    "LakeBusyError",
    "LakeConflictError",
    "LakeError",
    "LakeUnavailable",
    "LakeValidationError",
    "Mark",
    "NoSuchDocument",
    "PackedDocument",
    "QuarantinedDocument",
    "RawDocument",
    "RejectedLike",
    "ResponseLike",
    "Spool",
    "SpoolError",
    "Verified",
    "last_that_counts",
]
