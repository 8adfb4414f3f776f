"""Copies of collections as files of BSON documents, as mongodump writes them.

What belongs here: all documents of a collection, byte for byte. What does not: which collections,
and where the files go (`local.backup`).
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import bson
from bson.codec_options import CodecOptions
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument

from belib_weather.lake.connection import Connection
from belib_weather.lake.errors import LakeValidationError

_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
_BATCH = 100


def dump(connection: Connection, collection: str, file: BinaryIO) -> int:
    """Write every document of a collection; returns how many."""
    stored = connection.database.with_options(codec_options=_RAW)[collection]
    documents = 0
    with connection.translated(f"copying {collection}"):
        for document in stored.find({}, batch_size=_BATCH):
            file.write(document.raw)
            documents += 1
    return documents


def load(connection: Connection, collection: str, path: Path) -> int:
    """Insert the documents of a file; returns how many.

    Raises:
        LakeValidationError: the file holds something else.
        LakeError: one of them is there already, or the server fails.
    """
    target = connection.database.with_options(codec_options=_RAW)[collection]
    documents = 0
    with path.open("rb") as file, connection.translated(f"restoring {collection}"):
        for batch in _batches(file, path):
            target.insert_many(batch, ordered=False)
            documents += len(batch)  # the driver gives no ids of raw documents
    return documents


def _batches(file: BinaryIO, path: Path) -> Iterator[list[RawBSONDocument]]:
    waiting = bson.decode_file_iter(file, codec_options=_RAW)
    try:
        while batch := list(islice(waiting, _BATCH)):
            yield batch
    except BSONError as error:
        raise LakeValidationError(f"{path} holds no BSON documents: {error}") from None
