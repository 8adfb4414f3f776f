"""The folder of the site: only what differs is written, and what others keep there stays."""

from pathlib import Path

import pytest

from belib_weather.site.folder import LIST, File, SiteFolderError, write


def test_an_unchanged_file_keeps_its_time_and_a_missing_one_is_removed(
    tmp_path: Path,
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "current.json").write_text("{}")
    (tmp_path / "robots.txt").write_text("of somebody else")
    write(tmp_path, [File("a/index.html", b"a"), File("b/c/index.html", b"b"), File("d", b"1")])
    before = (tmp_path / "a" / "index.html").stat().st_mtime_ns

    written = write(tmp_path, [File("a/index.html", b"a"), File("d", b"2")])

    assert (written.files, written.changed, written.removed, written.bytes) == (2, 1, 1, 2)
    assert (tmp_path / "a" / "index.html").stat().st_mtime_ns == before
    assert (tmp_path / "d").read_bytes() == b"2"
    left = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert left == {"a/index.html", "d", "data/current.json", "robots.txt", LIST}
    assert not (tmp_path / "b").exists()


def test_files_of_a_killed_run_are_removed_by_a_later_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, [File("a", b"1")])
    from belib_weather.site import folder

    replaced = folder._replace_if_changed

    def killed(path: Path, body: bytes) -> bool:
        if path.name == "c":
            raise KeyboardInterrupt
        return replaced(path, body)

    monkeypatch.setattr(folder, "_replace_if_changed", killed)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, [File("b", b"1"), File("c", b"1")])
    monkeypatch.undo()

    write(tmp_path, [File("d", b"1")])

    assert {p.name for p in tmp_path.iterdir()} == {"d", LIST}


@pytest.mark.parametrize("damage", ["", "[", "3", '["../outside", "a"]'])
def test_a_damaged_list_removes_nothing_outside_of_the_folder(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "site"
    write(folder, [File("a", b"1")])
    (tmp_path / "outside").write_text("x")
    (folder / LIST).write_text(damage)

    write(folder, [File("b", b"1")])

    assert (tmp_path / "outside").exists()


def test_a_folder_that_cannot_be_created_is_named_with_its_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SiteFolderError, match=r"file/site.*BELIB_SITE_FOLDER"):
        write(tmp_path / "file" / "site", [])
