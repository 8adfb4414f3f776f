"""The connection to MongoDB: durable writes, bounded waits, and a name without secrets."""

from contextlib import AbstractContextManager
from datetime import UTC
from typing import Any

import pymongo
from bson.codec_options import CodecOptions
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import ConfigurationError, InvalidURI

from belib_weather.lake.errors import LakeError, translated

ANSWER_FACTOR = 6
"""A single answer may take this many times as long as finding the server."""


class Connection:
    """A lazily connected client of one database.

    Writes are acknowledged by a majority, from the journal; instants come back in UTC.

    Raises:
        LakeError: the URL is malformed.
    """

    def __init__(self, url: str, database: str, timeout_seconds: float) -> None:
        host = url.partition("://")[2].rpartition("@")[2].partition("/")[0].partition("?")[0]
        self.server = f"at {host}, database {database}"
        self.timeout_seconds = timeout_seconds
        wait = round(timeout_seconds * 1000)
        try:
            self.client: MongoClient[dict[str, Any]] = MongoClient(
                url,
                connect=False,
                appname="belib_weather",
                w="majority",
                journal=True,
                wTimeoutMS=wait,
                retryWrites=True,
                serverSelectionTimeoutMS=wait,
                connectTimeoutMS=wait,
                socketTimeoutMS=wait * ANSWER_FACTOR,
            )
        except (InvalidURI, ConfigurationError, ValueError):
            # The driver's own words may repeat parts of the URL.
            raise LakeError(
                f"BELIB_MONGO_URL is not a MongoDB URL (host {host or 'missing'}); it looks like "
                "mongodb://user:password@host:27017, special characters percent-encoded"
            ) from None
        codec: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True, tzinfo=UTC)
        self.database: Database[dict[str, Any]] = self.client.get_database(database, codec)

    def translated(self, doing: str) -> AbstractContextManager[None]:
        """Turn driver errors inside the block into `LakeError`s that say what was being done."""
        return translated(self.server, doing)


def time_limit(seconds: float) -> AbstractContextManager[None]:
    """Bound all requests to MongoDB inside the block, retries included."""
    return pymongo.timeout(seconds)
