"""Files are replaced in one step."""

import os
import stat
import threading
from pathlib import Path

import pytest

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


def test_a_file_is_private_unless_it_is_meant_for_others(tmp_path: Path) -> None:
    write_file(tmp_path / "secret", "x")
    write_file(tmp_path / "page", b"x", mode=PUBLIC)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"secret": 0o600, "page": 0o644}


def test_a_failed_write_leaves_the_file_and_no_remains(
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
