"""The lake: what the public APIs answered, byte for byte, in MongoDB, and the live state beside it.

What belongs here: the raw envelope, its collections, validators and indexes; append and read;
`belib_current`. What does not: where responses come from (`sources`) and what they mean
(`transform`).
"""

from belib_weather.lake.current import CURRENT_COLUMNS, CurrentWritten
from belib_weather.lake.envelope import RawDocument, RejectedLike, ResponseLike
from belib_weather.lake.errors import (
    CorruptDocumentError,
    LakeAccessError,
    LakeBusyError,
    LakeConflictError,
    LakeError,
    LakeUnavailable,
    LakeValidationError,
)
from belib_weather.lake.raw import INVENTORY_COLUMNS, Appended, Verified
from belib_weather.lake.schema import BELIB_CURRENT, RAW_SNAPSHOTS, RAW_STATIC, RAW_WEATHER
from belib_weather.lake.store import Lake

__all__ = [
    "BELIB_CURRENT",
    "CURRENT_COLUMNS",
    "INVENTORY_COLUMNS",
    "RAW_SNAPSHOTS",
    "RAW_STATIC",
    "RAW_WEATHER",
    "Appended",
    "CorruptDocumentError",
    "CurrentWritten",
    "Lake",
    "LakeAccessError",
    "LakeBusyError",
    "LakeConflictError",
    "LakeError",
    "LakeUnavailable",
    "LakeValidationError",
    "RawDocument",
    "RejectedLike",
    "ResponseLike",
    "Verified",
]
