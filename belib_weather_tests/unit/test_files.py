"""Files are replaced in one step."""

import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from belib_weather.embedded.processes import OWN_UMASK, PRIVATE_UMASK, launch
from belib_weather.exports.folder import ExportFolder
from belib_weather.files import PUBLIC, write_file


def test_a_reader_sees_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    bodies = [letter * 200_000 for letter in "ab"]
    write_file(path, bodies[0])
    is_over = threading.Event()

    def rewrite() -> None:
        for count in range(100):
            write_file(path, bodies[count % 2])
        is_over.set()

    writer = threading.Thread(target=rewrite)
    writer.start()
    seen = set()
    while not is_over.is_set():
        seen.add(path.read_text())
    writer.join()
    assert seen <= set(bodies)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("umask", "page"), [(0o022, 0o644), (0o002, 0o664), (0o077, 0o600)])
def test_a_file_is_private_unless_it_is_published(tmp_path: Path, umask: int, page: int) -> None:
    before = os.umask(umask)
    try:
        write_file(tmp_path / "secret", "x")
        write_file(tmp_path / "page", b"x", mode=PUBLIC)
        ExportFolder(str(tmp_path)).write("exported/a.csv", b"x")
    finally:
        os.umask(before)
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.rglob("*") if p.is_file()}
    assert modes == {"secret": 0o600, "page": page, "a.csv": page}
    assert stat.S_IMODE((tmp_path / "exported").stat().st_mode) == 0o777 & ~umask


def test_a_leftover_of_a_killed_writer_is_replaced(tmp_path: Path) -> None:
    (tmp_path / ".a.csv.unfinished").write_text("half")
    write_file(tmp_path / "a.csv", "whole", is_only_writer=True)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.csv": "whole"}


@pytest.mark.parametrize(("umask", "mode"), [(PRIVATE_UMASK, 0o600), (OWN_UMASK, 0o640)])
def test_published_files_follow_the_umask_and_files_of_a_store_are_private(
    tmp_path: Path, umask: int, mode: int
) -> None:
    write = "from pathlib import Path; Path('page').touch()"
    before = os.umask(0o027)
    try:
        launch(
            [sys.executable, "-c", write],
            folder=tmp_path,
            log=tmp_path / "log",
            environment={},
            umask=umask,
        ).wait()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "page").stat().st_mode) == mode


def test_a_failed_write_leaves_the_old_file_and_no_temporary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.json"
    write_file(path, "before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_file(path, "after")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
