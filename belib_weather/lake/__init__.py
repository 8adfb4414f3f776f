"""MongoDB: responses as received, and the live state.

What belongs here: the raw envelope, collections, appending and reading. What does not: what a
body means (`transform`) and where it came from (`sources`).
"""

from belib_weather.lake.current import CurrentWritten
from belib_weather.lake.envelope import RawDocument
from belib_weather.lake.errors import (
    CorruptDocumentError,
    LakeConflictError,
    LakeError,
    LakeUnavailable,
)
from belib_weather.lake.store import Appended, Lake, Verified

__all__ = [
    "Appended",
    "CorruptDocumentError",
    "CurrentWritten",
    "Lake",
    "LakeConflictError",
    "LakeError",
    "LakeUnavailable",
    "RawDocument",
    "Verified",
]
