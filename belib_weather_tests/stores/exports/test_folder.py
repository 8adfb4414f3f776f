"""Files appear whole or not at all, in a folder as in an object store; failures say what to do."""

import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import fsspec  # type: ignore[import-untyped]
import pytest

from belib_weather.exports.errors import ExportDriverMissing, ExportError
from belib_weather.exports.folder import ExportFolder
from belib_weather.exports.layout import csv_name
from belib_weather.exports.tables import AVAILABILITY_FILES
from belib_weather_tests.stores.exports.conftest import AUTUMN, Exporter
from belib_weather_tests.stores.exports.reading import body_of, csv_rows

FILE = "availability/csv/2026-10-25.csv"
# The server of files kills, or refuses, a process that writes more than a thousand bytes.
CUT_SHORT = """
import resource, signal, sys
from belib_weather.exports.folder import ExportFolder
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
signal.signal(signal.SIGXFSZ, signal.{handler})
ExportFolder(sys.argv[1]).write(sys.argv[2], b"new " * 1000)
"""


def cut_short(folder: Path, handler: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CUT_SHORT.format(handler=handler), str(folder), FILE]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.mark.parametrize("former", [None, b"former"])
def test_a_kill_while_writing_leaves_no_partial_file(tmp_path: Path, former: bytes | None) -> None:
    folder = ExportFolder(str(tmp_path))
    if former:
        folder.write(FILE, former)

    killed = cut_short(tmp_path, "SIG_DFL")

    assert killed.returncode == -signal.SIGXFSZ, killed.stderr
    assert any(path.stat().st_size == 1000 for path in tmp_path.rglob("*"))  # it was half way
    assert folder.read(FILE) == former
    assert folder.names("availability/csv") == ([Path(FILE).name] if former else [])

    folder.write(FILE, b"whole")

    assert folder.read(FILE) == b"whole"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [Path(FILE).name]


def test_a_full_disk_is_reported_with_the_file_and_the_folder(tmp_path: Path) -> None:
    refused = cut_short(tmp_path, "SIG_IGN")

    assert refused.returncode == 1
    last = refused.stderr.strip().splitlines()[-1]
    assert "ExportError" in last
    assert FILE in last
    assert str(tmp_path) in last
    assert ExportFolder(str(tmp_path)).read(FILE) is None


def test_a_driver_that_is_not_installed_is_named(tmp_path: Path) -> None:
    without = "import sys; sys.modules['s3fs'] = None; from belib_weather.exports.folder import *;"
    code = f"{without} ExportFolder('s3://bucket/belib')"
    failed = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True
    )

    assert "ExportDriverMissing" in failed.stderr
    assert "belib-weather[s3]" in failed.stderr.strip().splitlines()[-1]
    with pytest.raises(ExportDriverMissing, match="nonsense"):
        ExportFolder("nonsense://bucket/belib")


def test_a_url_of_a_local_folder_is_shown_as_its_path(tmp_path: Path) -> None:
    folder = ExportFolder(f"file://{tmp_path}/exports/")

    folder.write("a.csv", b"1")

    assert folder.is_local
    assert folder.address == f"{tmp_path}/exports"
    assert (tmp_path / "exports" / "a.csv").read_bytes() == b"1"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bucket on an S3-compatible server, which the standard variables lead to."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "geheim")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    name = f"t{uuid.uuid4().hex[:16]}"  # the server's memory outlives it
    fsspec.filesystem("s3", skip_instance_cache=True).mkdir(name)
    yield f"s3://{name}/belib"
    server.stop()


def test_an_object_store_holds_the_same_bytes_as_a_folder(exporter: Exporter, bucket: str) -> None:
    _, local = exporter.export(AUTUMN)
    remote = exporter.into(ExportFolder(bucket))

    _, package = remote.export(AUTUMN)
    assert remote.export(AUTUMN)[1] == package == local

    assert not remote.folder.is_local
    assert remote.folder.address == bucket
    root = bucket.removeprefix("s3://")
    found = fsspec.filesystem("s3", skip_instance_cache=True).find(root)
    names = [path.removeprefix(f"{root}/") for path in found]
    assert len(names) == 13
    for name in names:
        assert body_of(remote.folder, name) == body_of(exporter.folder, name)
    assert csv_rows(
        remote.folder, csv_name(AVAILABILITY_FILES, AUTUMN), "availability_hours"
    ) == exporter.hours_in_sql(AUTUMN)


def test_an_object_of_a_date_without_rows_is_removed(exporter: Exporter, bucket: str) -> None:
    folder = ExportFolder(bucket)
    folder.write("a.csv", b"1")

    folder.remove("a.csv")
    folder.remove("a.csv")

    assert folder.read("a.csv") is None
    assert folder.names("") == []


def test_a_bucket_that_does_not_exist_is_reported(bucket: str) -> None:
    with pytest.raises(ExportError, match=r"could not write a\.csv under s3://nowhere") as caught:
        ExportFolder("s3://nowhere/belib").write("a.csv", b"1")

    assert "geheim" not in str(caught.value)
