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
_MOST_TIMES = 200
"""All files of an archive together unpack to this many times its size, and `MOST_BYTES`, at most.

Exports shrink to a thirtieth; what shrinks to a thousandth was made to fill disks.
"""
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_MOST_NULS = 10
"""A text may hold one by mistake; a binary file begins with many."""
_PIECE = 2**20
_DEEPEST = 3
"""Archives within archives: a zip of zips of gzip files, and no deeper; gzip of gzip as well."""
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


class _ArchiveTooLarge(UnreadableBody):
    """All files of an archive together are too large: the rest of it is not unpacked."""


@dataclass
class _Budget:
    """The bytes that a file may still unpack to."""

    left: int

    def read_all(self, stream: IO[bytes]) -> bytes:
        """All of a stream.

        Raises:
            UnreadableBody: too large.
        """
        content = read_all(stream)
        self.left -= len(content)
        if self.left < 0:
            raise _ArchiveTooLarge(
                f"all of it together unpacks to more than {_MOST_TIMES} times its size"
            )
        return content


def parts_of(name: str, content: bytes) -> Iterator[Part]:
    """The files that a file holds; itself, where it is no archive.

    A broken one is a part with a problem, so that the others are still taken.
    """
    try:
        yield from _parts(name, content, _Budget(MOST_BYTES + _MOST_TIMES * len(content)), 0)
    except _ArchiveTooLarge as error:
        yield Part(name, content, str(error))


def _parts(name: str, content: bytes, budget: _Budget, depth: int) -> Iterator[Part]:
    try:
        plain = _unpacked(content, budget)
        archive = _archive_of(plain)
        if archive is None:
            yield Part(name, plain)
            return
        if depth == _DEEPEST:
            raise UnreadableBody(f"archives within archives, more than {_DEEPEST} deep")
        is_empty = True
        for inner, body in archive(plain, budget):
            is_empty = False
            yield from _parts(f"{name}/{inner}", body, budget, depth + 1)
        if is_empty:
            raise UnreadableBody("an archive without files")
    except _ArchiveTooLarge:
        raise
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


Archive = Callable[[bytes, _Budget], Iterator[tuple[str, bytes]]]


def _archive_of(content: bytes) -> Archive | None:
    if content.startswith(_ZIP):
        return _in_zip
    return _in_tar if content[_TAR_AT:].startswith(_TAR) else None


def _unpacked(content: bytes, budget: _Budget) -> bytes:
    """The content without the compression around it.

    Raises:
        UnreadableBody: broken, too large, or compressed again and again.
    """
    for _ in range(_DEEPEST + 1):
        packed = next((each for each in _COMPRESSED if content.startswith(each)), None)
        if packed is None:
            return content
        kind, opened = _COMPRESSED[packed]
        try:
            with opened(io.BytesIO(content)) as stream:
                content = budget.read_all(stream)
        except (OSError, EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError) as error:
            raise UnreadableBody(f"{kind} that is broken or cut off: {error}") from None
    raise UnreadableBody(f"compressed more than {_DEEPEST} times over")


def _in_zip(content: bytes, budget: _Budget) -> Iterator[tuple[str, bytes]]:
    """The files of a zip archive.

    Raises:
        UnreadableBody: it is broken; or some of its files are, after the others were given.
    """
    problems: list[str] = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            for place, kind in _OFFICE.items():
                if any(entry.filename.startswith(place) for entry in entries):
                    raise UnreadableBody(kind)
            entries = [entry for entry in entries if not _is_ignored(entry.filename)]
            for entry in sorted(entries, key=lambda entry: entry.filename):
                try:
                    with archive.open(entry) as stream:
                        body = budget.read_all(stream)
                except _ArchiveTooLarge:
                    raise
                except (UnreadableBody, *_IN_ZIP) as error:
                    problems.append(f"{entry.filename}: {error}")
                else:
                    yield entry.filename, body
    except _IN_ZIP as error:
        raise UnreadableBody(f"a zip archive that is broken or cut off: {error}") from None
    if problems:
        raise UnreadableBody(
            f"{len(problems):,} of the {len(entries):,} files of a zip archive cannot be unpacked"
            f" ({problems[0][:200]})"
        )


def _in_tar(content: bytes, budget: _Budget) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for entry in archive:
                stream = archive.extractfile(entry) if entry.isfile() else None
                if stream is not None and not _is_ignored(entry.name):
                    yield entry.name, budget.read_all(stream)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise UnreadableBody(f"a tar archive that is broken or cut off: {error}") from None


_IN_ZIP = (
    zipfile.BadZipFile,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    OSError,
    RuntimeError,  # encrypted
    NotImplementedError,  # packed in a rare way
)


def _is_ignored(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith(".")


def too_large() -> str:
    """What is said of a body that is."""
    return f"it holds more than {MOST_BYTES // 2**20} MB"


def read_all(stream: IO[bytes]) -> bytes:
    """All of a stream, in pieces, so that a small file cannot fill the memory.

    Raises:
        UnreadableBody: too large.
    """
    content = io.BytesIO()
    while piece := stream.read(_PIECE):
        content.write(piece)
        if content.tell() > MOST_BYTES:
            raise UnreadableBody(too_large())
    return content.getvalue()


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
