"""The folder of the site: files that differ are replaced, files that vanished are removed.

A list of our own files lies beside them, so that what others keep in the folder stays: live files,
feeds, and whatever else a web server offers from there.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from belib_weather.files import PUBLIC, Trial, raise_at_once, write_file

LIST = ".site.json"


class SiteFolderError(Exception):
    """The folder of the site cannot be written to; the message says which and what to do."""


@dataclass(frozen=True)
class File:
    """A file of the site.

    Attributes:
        path: relative to the folder, such as `station/FRV75PPX0811/index.html`.
        body: its bytes.
    """

    path: str
    body: bytes


@dataclass(frozen=True)
class Written:
    """How many files there are, how many differed or vanished, and the size of all of them."""

    files: int
    changed: int
    removed: int
    bytes: int


def write(
    folder: Path,
    files: Iterable[File],
    failed_paths: Iterable[str] = (),
    trial: Trial = raise_at_once,
) -> Written:
    """Bring the folder up to date, each file in one step; the caller holds the lock of the site.

    A file with the same bytes keeps its time, so browsers need not load it again. Files are
    replaced in the order given: what pages need comes before them.

    Args:
        folder: of the site.
        files: what it will hold.
        failed_paths: beginnings of paths whose old files stay, because new ones failed.
        trial: what tries each file by its path.

    Raises:
        SiteFolderError: the folder cannot be made or written to.
    """
    bodies = {file.path: file.body for file in files}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        before = _listed(folder)
        # First, so that what a killed run wrote is known to the next one.
        _list(folder, before | set(bodies))
        changed = 0
        for path, body in bodies.items():
            with trial(path):
                changed += _replace_if_changed(folder / path, body)
        stay = {path for path in before if path.startswith(tuple(failed_paths))}
        vanished = before - set(bodies) - stay
        for path in vanished:
            _remove(folder, path)
        _list(folder, set(bodies) | stay)
    except OSError as error:
        raise SiteFolderError(
            f"the site cannot be written to {folder}: {error.strerror or error}."
            " Make the folder writable, or set BELIB_SITE_FOLDER to another."
        ) from error
    return Written(len(bodies), changed, len(vanished), sum(map(len, bodies.values())))


def _listed(folder: Path) -> set[str]:
    """Paths that we wrote; none where the list is missing or damaged."""
    try:
        listed = json.loads((folder / LIST).read_text())
    except (FileNotFoundError, ValueError):
        return set()
    return {path for path in listed if isinstance(path, str)} if isinstance(listed, list) else set()


def _list(folder: Path, paths: set[str]) -> None:
    _replace_if_changed(folder / LIST, json.dumps(sorted(paths)).encode())


def _replace_if_changed(path: Path, body: bytes) -> bool:
    """Write a file unless it holds these bytes."""
    try:
        if path.read_bytes() == body:
            return False
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    # Not forced to disk one by one: after a power cut they are compared and written again.
    write_file(path, body, mode=PUBLIC, is_only_writer=True, is_durable=False)
    return True


def _remove(folder: Path, path: str) -> None:
    """Remove a file, and the folders that are empty without it."""
    file = (folder / path).resolve()
    if not file.is_relative_to(folder.resolve()):
        return  # the list was changed by another program
    file.unlink(missing_ok=True)
    for parent in file.parents:
        if parent == folder.resolve() or any(parent.iterdir()):
            return
        parent.rmdir()
