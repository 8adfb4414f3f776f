"""Files that are made to fill memory and time, or that break off inside: refused in one line."""

import gzip
import io
import struct
import zipfile
from pathlib import Path

import polars as pl
import pytest

from belib_weather.cli.importing import read_unchanged
from belib_weather.formats import files
from belib_weather.formats.errors import UnreadableBody
from belib_weather.formats.export import MOST_RECORDS
from belib_weather.formats.files import Part, parts_of
from belib_weather.formats.many_snapshots import snapshots_in
from belib_weather.formats.realtime import read_realtime
from belib_weather_tests.unit.formats.test_file_kinds import BODY, parquet, zipped

THREE = {"a.json": BODY, "b.json": BODY[::-1], "c.json": BODY}


def with_password(archive: bytes, name: str) -> bytes:
    """The archive, with the flag of a password on one of its files."""
    flagged = bytearray(archive)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        local = opened.getinfo(name).header_offset
    central = archive.index(name.encode(), local + 40) - 46
    for place in (local + 6, central + 8):
        flagged[place : place + 2] = struct.pack("<H", 1)
    return bytes(flagged)


def with_other_bytes(archive: bytes, name: str) -> bytes:
    """The archive, with the checksum of one of its files damaged."""
    damaged = bytearray(archive)
    damaged[archive.rindex(name.encode()) - 46 + 16] ^= 0xFF
    return bytes(damaged)


@pytest.mark.parametrize(
    ("archive", "reason"),
    [
        (with_password(zipped(**THREE), "b.json"), "is encrypted"),
        (with_other_bytes(zipped(**THREE), "b.json"), "Bad CRC"),
    ],
)
def test_an_unreadable_file_of_an_archive_affects_no_other(archive: bytes, reason: str) -> None:
    *taken, refused = parts_of("week.zip", archive)
    assert taken == [Part("week.zip/a.json", BODY), Part("week.zip/c.json", BODY)]
    assert refused.name == "week.zip"
    problem = refused.problem or ""
    assert problem.startswith("1 of the 3 files of a zip archive cannot be unpacked (b.json: ")
    assert reason in problem


def test_an_archive_that_unpacks_to_hundreds_of_times_its_size_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 1_000_000)
    zeros = bytes(900_000)
    flat = zipped(**{f"{n}.json": zeros for n in range(30)})
    nested = zipped(**{f"{n}.zip": zipped(a=zeros, b=zeros) for n in range(15)})
    for bomb in (flat, nested):
        *taken, refused = parts_of("bomb.zip", bomb)
        assert 1 <= len(taken) < 1 + 200 * len(bomb) / len(zeros) + 2
        assert (refused.name, refused.content) == ("bomb.zip", bomb)
        assert refused.problem == "all of it together unpacks to more than 200 times its size"


def test_repeatedly_compressed_files_are_refused() -> None:
    packed = BODY
    for _ in range(4):
        packed = gzip.compress(packed)
    assert list(parts_of("x", packed)) == [Part("x", packed, "compressed more than 3 times over")]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"x" * 200_000, "its first line has more than 100,000 characters"),
        (b"id_pdc;" + b";" * 200_000 + b"\nX\n", "its first line has more than"),
        (b"[" + b"{}," * 5 * MOST_RECORDS + b"{}]", "more than 500,000 records"),
        (b"{}\n" * 5 * MOST_RECORDS, "more than 500,000 records"),
        (b"id_pdc\n" + b"X\n" * (MOST_RECORDS + 1), "more than 500,000 records"),
    ],
    ids=["one line", "a header of columns", "a JSON array", "JSON lines", "CSV"],
)
def test_a_body_that_would_take_many_times_its_bytes_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(UnreadableBody, match=reason):
        read_realtime(body)


def test_a_parquet_file_of_one_value_a_million_times_is_refused() -> None:
    bomb = parquet(pl.DataFrame({"id_pdc": pl.repeat(0, 5_000_000, dtype=pl.Int8, eager=True)}))
    with pytest.raises(UnreadableBody, match="a Parquet file of 5,000,000 rows in"):
        list(snapshots_in(bomb))


class Written(io.FileIO):
    """A file that something writes while it is read."""

    def __init__(self, path: Path, content: bytes) -> None:
        super().__init__(path)
        self._content = content

    def read(self, size: int | None = -1, /) -> bytes:
        Path(str(self.name)).write_bytes(self._content)
        return super().read(size) or b""


@pytest.mark.parametrize(
    "content", [b"id_pdc\nX\n", b"id_pdc\nX\nY\nZ\n"], ids=["shorter", "longer"]
)
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(b"id_pdc\nX\nY\n")
    with path.open("rb") as still:
        assert read_unchanged(still) == b"id_pdc\nX\nY\n"
    with Written(path, content) as stream, pytest.raises(UnreadableBody, match="it changed while"):
        read_unchanged(stream)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    with path.open("wb") as sparse:
        sparse.truncate(files.MOST_BYTES + 1)
    with path.open("rb") as stream:
        with pytest.raises(UnreadableBody, match="more than 1024 MB"):
            read_unchanged(stream)
        assert stream.tell() == 0
