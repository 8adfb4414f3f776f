"""The connection to MongoDB: durable writes, UTC, errors without secrets."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymongo
from bson.codec_options import CodecOptions
from pymongo.database import Database
from pymongo.errors import (
    AutoReconnect,
    ConfigurationError,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
)
from pymongo.uri_parser import parse_uri

from belib_weather.lake.errors import LakeError, LakeUnavailable


def open_database(url: str, name: str, timeout_seconds: float) -> Database[dict[str, Any]]:
    """The database by its name; connects when first asked.

    A write is acknowledged once a majority has it in the journal.
    """
    milliseconds = int(timeout_seconds * 1000)
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(
        url,
        appname="belib_weather",
        w="majority",
        journal=True,
        retryWrites=True,
        serverSelectionTimeoutMS=milliseconds,
        connectTimeoutMS=milliseconds,
        socketTimeoutMS=max(milliseconds, 60_000),
    )
    return client.get_database(name, codec_options=CodecOptions(tz_aware=True))


def address_of(url: str) -> str:
    """Hosts and ports of a URL, without user and password."""
    try:
        nodes = parse_uri(url)["nodelist"]
    except (PyMongoError, ValueError):
        return "the configured address"
    return ", ".join(f"{host}:{port}" for host, port in nodes)


@contextmanager
def telling(address: str, action: str) -> Iterator[None]:
    """Turn what pymongo raises into a LakeError that says what was being done, and where."""
    try:
        yield
    except DuplicateKeyError:
        raise
    except (ConnectionFailure, AutoReconnect, ExecutionTimeout, ConfigurationError) as error:
        raise LakeUnavailable(
            f"MongoDB at {address} did not {action}: it does not answer"
            f" ({type(error).__name__}). Is it running? See `belib-weather doctor`."
        ) from None
    except OperationFailure as error:
        raise LakeError(
            f"MongoDB at {address} refused to {action}: {error.details or error}"
        ) from None
