"""Files of people: packed or not, one body or many; and what a file is that holds none.

What belongs here: unpacking, in memory, and names for what cannot be taken. What does not: disks
and folders (`cli`), and reading a body (`export`, `weather`).
"""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, cast

import zstandard

from belib_weather.formats.errors import UnreadableBody

MOST_BYTES = 2**30
"""A body that unpacks to more is refused; a year of weather is a thousandth of it."""
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_MOST_NULS = 10
"""A text may hold one by mistake; a binary file begins with many."""
_PIECE = 2**20
_DEEPEST = 3
"""Archives within archives: a zip of zips of gzip files, and no deeper."""
PARQUET = b"PAR1"
_ZIP = b"PK\x03\x04"
_TAR, _TAR_AT = b"ustar", 257
_KINDS = {
    b"PK\x05\x06": "a zip archive without files",
    b"%PDF": "a PDF document; export the data as JSON or CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (xls); save it as CSV UTF-8",
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive; unpack it, or pack it as zip",
    b"Rar!": "a RAR archive; unpack it, or pack it as zip",
    b"SQLite format 3\x00": "a SQLite database; export its table as CSV",
    b"ARROW1": "an Arrow file; write it as Parquet",
    b"\x89HDF": "an HDF5 file; write it as Parquet",
}
_OFFICE = {
    "xl/": "an Excel workbook (xlsx); save it as CSV UTF-8",
    "word/": "a Word document",
    "content.xml": "an OpenDocument file; save it as CSV UTF-8",
}


@dataclass(frozen=True)
class Part:
    """One file, unpacked.

    Attributes:
        name: of the file, with its place in an archive: `week.zip/monday.json`.
        content: its bytes; as they are, where it could not be unpacked.
        problem: why it could not be unpacked.
    """

    name: str
    content: bytes = field(repr=False)
    problem: str | None = None


def parts_of(name: str, content: bytes, depth: int = 0) -> Iterator[Part]:
    """The files that a file holds; itself, where it is no archive.

    A broken one is a part with a problem, so that the others are still taken.
    """
    try:
        plain = _unpacked(content)
        archive = _archive_of(plain)
        if archive is None:
            yield Part(name, plain)
            return
        if depth == _DEEPEST:
            raise UnreadableBody(f"archives within archives, more than {_DEEPEST} deep")
        is_empty = True
        for inner, body in archive(plain):
            is_empty = False
            yield from parts_of(f"{name}/{inner}", body, depth + 1)
        if is_empty:
            raise UnreadableBody("an archive without files")
    except UnreadableBody as error:
        yield Part(name, content, str(error))
    except (
        Exception
    ) as error:  # what the libraries meet in a damaged archive is not listed anywhere
        yield Part(name, content, f"a damaged archive: {type(error).__name__}: {str(error)[:200]}")


def kind_of(content: bytes) -> str | None:
    """What bytes are that hold no data for us; None where they may be text with data."""
    start = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        return "an empty file" if not content.strip() else "a file of blanks"
    packed = {
        magic: f"packed with {kind}, which was not said" for magic, (kind, _) in _COMPRESSED.items()
    }
    for magic, kind in (_KINDS | packed).items():
        if content.startswith(magic):
            return kind
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start:
        return "a web page (HTML), no data: the download led to a page that says something else"
    if start.startswith(b"<"):
        return "an XML file; export the data as JSON or CSV"
    if content[:2000].count(b"\0") > _MOST_NULS and not content.startswith(UTF_16):
        return "a binary file of an unknown kind"
    return None


Archive = Callable[[bytes], Iterator[tuple[str, bytes]]]


def _archive_of(content: bytes) -> Archive | None:
    if content.startswith(_ZIP):
        return _in_zip
    return _in_tar if content[_TAR_AT:].startswith(_TAR) else None


def _unpacked(content: bytes) -> bytes:
    """The content without the compression around it, however often it was compressed.

    Raises:
        UnreadableBody: broken, or too large.
    """
    for magic, (kind, opened) in _COMPRESSED.items():
        if content.startswith(magic):
            try:
                with opened(io.BytesIO(content)) as stream:
                    return _unpacked(whole(stream))
            except (OSError, EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError) as error:
                raise UnreadableBody(f"{kind} that is broken or cut off: {error}") from None
    return content


def _in_zip(content: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            for place, kind in _OFFICE.items():
                if any(entry.filename.startswith(place) for entry in entries):
                    raise UnreadableBody(kind)
            for entry in sorted(entries, key=lambda entry: entry.filename):
                if not _is_ignored(entry.filename):
                    with archive.open(entry) as stream:
                        yield entry.filename, whole(stream)
    except (zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError, OSError) as error:
        raise UnreadableBody(f"a zip archive that is broken or cut off: {error}") from None
    except (RuntimeError, NotImplementedError) as error:  # encrypted, or packed in a rare way
        raise UnreadableBody(f"a zip archive that cannot be opened: {error}") from None


def _in_tar(content: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for entry in archive:
                stream = archive.extractfile(entry) if entry.isfile() else None
                if stream is not None and not _is_ignored(entry.name):
                    yield entry.name, whole(stream)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise UnreadableBody(f"a tar archive that is broken or cut off: {error}") from None


def _is_ignored(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith(".")


def whole(stream: IO[bytes]) -> bytes:
    """All of a stream, in pieces, so that a small file cannot fill the memory.

    Raises:
        UnreadableBody: too large.
    """
    content = bytearray()
    while piece := stream.read(_PIECE):
        content += piece
        if len(content) > MOST_BYTES:
            raise UnreadableBody(f"it holds more than {MOST_BYTES // 2**20} MB")
    return bytes(content)


def _gzip(stream: IO[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", gzip.GzipFile(fileobj=stream))


def _zstd(stream: IO[bytes]) -> IO[bytes]:
    return zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True)


_COMPRESSED: dict[bytes, tuple[str, Callable[[IO[bytes]], IO[bytes]]]] = {
    b"\x1f\x8b": ("gzip", _gzip),
    b"BZh": ("bzip2", bz2.BZ2File),
    b"\xfd7zXZ\x00": ("xz", lzma.LZMAFile),
    b"\x28\xb5\x2f\xfd": ("zstd", _zstd),
}
