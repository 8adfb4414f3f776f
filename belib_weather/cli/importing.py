"""`import`: recorded files become raw documents, by the rules that hold for the live sources.

What belongs here: files and folders, and the lines about each. What does not: unpacking and reading
(`formats`), and whether a body is accepted (`sources`).
"""

import os
import stat
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from belib_weather.cli.import_bodies import (
    COLLECTIONS,
    ImportOptions,
    ImportRun,
    Read,
    Unread,
    accept_body,
    read_body,
    unread_bodies,
)
from belib_weather.cli.import_checks import known_ids
from belib_weather.cli.import_landing import Landed, Landing, Outcome
from belib_weather.clock import utc_now
from belib_weather.formats.errors import UnreadableBody
from belib_weather.formats.files import MOST_BYTES, parts_of, read_all, too_large
from belib_weather.formats.weather import WEATHER_SOURCES
from belib_weather.local.console import CommandError, one_line, out, say
from belib_weather.local.readers import refuse_readers
from belib_weather.local.stores import find_stores, open_stores
from belib_weather.parallel import on_all_cores
from belib_weather.settings import Settings
from belib_weather.sources.recorded import RecordedDataset
from belib_weather.window import HOUR

_MARGIN = HOUR / 2
"""A snapshot also affects the half hour before it."""
_SHOWN = 5
"""Lines about the bodies of one file that were refused."""
_NOUNS = {
    RecordedDataset.REALTIME: ("charge point", "snapshots"),
    RecordedDataset.STATIC: ("charge point", "exports"),
    RecordedDataset.WEATHER: ("hour", "bodies"),
}


def import_files(
    settings: Settings, files: Sequence[Path], options: ImportOptions
) -> tuple[list[str], int]:
    """Store what each file holds; a line per file.

    Returns:
        The names of the files that were not taken, or not all of them; and the number of files.

    Raises:
        CommandError: recordings do not go among simulated data; no such weather source.
        LakeError: MongoDB fails.
    """
    if settings.mode == "demo":
        raise CommandError(
            "recorded exports are not imported among simulated data; leave out BELIB_MODE=demo"
        )
    if options.weather_source not in (None, *WEATHER_SOURCES):
        raise CommandError(
            f"there is no weather source {options.weather_source!r}; known are"
            f" {', '.join(WEATHER_SOURCES)}"
        )
    refused, captured = [], []
    refuse_readers(settings)
    urls = find_stores(settings, "mongo", "postgres")
    stores = open_stores(settings, urls, with_search=False)
    known = known_ids(stores.lake, stores.warehouse)
    is_reported = options.dataset is not RecordedDataset.WEATHER or options.captured_at is not None
    landing = Landing(stores.lake, COLLECTIONS[options.dataset], any_time=not is_reported)
    run = ImportRun(settings, options, stores.lake, landing, known, utc_now())
    paths = [path for file in files for path in _files_of(file)]
    for path, outcomes in _import_results(run, paths):
        _report(path, outcomes, options.dataset)
        captured += [o.captured_at for o in outcomes if isinstance(o, Landed)]
        if any(isinstance(outcome, str) for outcome in outcomes):
            refused.append(one_line(path.name))
    is_realtime = options.dataset is RecordedDataset.REALTIME
    if captured and is_realtime and (first := min(captured) - _MARGIN) < settings.start_at:
        say(
            f"The partitions begin on {settings.start:%Y-%m-%d}, after the capture; to carry it"
            f" downstream start the platform with BELIB_START={first:%Y-%m-%d}"
        )
    return refused, len(paths)


def _files_of(path: Path) -> list[Path]:
    """The file, or what a folder holds, in order; a folder without files is given as itself.

    So is a folder within that cannot be read, or that a link leads to: nothing is left out unsaid.
    """
    if not path.is_dir():
        return [path]
    closed: list[OSError] = []
    inside: list[Path] = []
    for folder, folders, names in os.walk(path, onerror=closed.append):
        links = [name for name in folders if Path(folder, name).is_symlink()]
        inside += [Path(folder, name) for name in [*names, *links] if not name.startswith(".")]
    return sorted([*inside, *(Path(error.filename) for error in closed)]) or [path]


@dataclass(frozen=True)
class _Item:
    """A body of a file, read or not, or why there is none.

    Attributes:
        path: of the file.
        where: the body's place in the file, for a refusal.
    """

    path: Path
    where: str
    what: Unread | Read | Exception | str


@dataclass(frozen=True)
class _File:
    """A file, and what becomes of its bodies: place in the file and outcome."""

    path: Path
    bodies: list[tuple[str, Outcome]] = field(default_factory=list)

    @property
    def is_known(self) -> bool:
        """Whether all that is there of it is stored or refused."""
        return all(outcome.done() for _, outcome in self.bodies)

    @property
    def outcomes(self) -> list[Landed | str]:
        """What landed or was there, and why the rest was refused."""
        known = ((where, outcome.result()) for where, outcome in self.bodies)
        return [f"{where}{what}" if isinstance(what, str) else what for where, what in known]


def _import_results(
    run: ImportRun, paths: Sequence[Path]
) -> Iterator[tuple[Path, list[Landed | str]]]:
    """What became of each file, in order, as soon as it is known.

    Bodies are read on all cores, and judged in order: each may make ids known to the next.
    """
    files: deque[_File] = deque()
    unread = (item for path in paths for item in _items_of_file(run, path))
    for item in on_all_cores(lambda item: _read(run, item), unread):
        if not files or files[-1].path is not item.path:
            files.append(_File(item.path))
        files[-1].bodies.append((item.where, _outcome(run, item)))
        while len(files) > 1 and files[0].is_known:
            yield files[0].path, files.popleft().outcomes
    run.landing.store()
    for file in files:
        yield file.path, file.outcomes


def _items_of_file(run: ImportRun, path: Path) -> Iterator[_Item]:
    """The bodies of a file, or why there is none."""
    name = one_line(path.name)
    try:
        if path.is_dir():
            os.scandir(path).close()  # an OSError says why nothing was found in it
            reason = "a folder without files, or a link to a folder: give that folder itself"
            yield _Item(path, "", reason)
            return
        found = path.stat()
        is_piped = stat.S_ISFIFO(found.st_mode) and path.is_relative_to("/dev")
        if not stat.S_ISREG(found.st_mode) and not is_piped:
            yield _Item(path, "", "no file: a named pipe, a socket or a device")
            return
        with path.open("rb") as stream:
            content = read_unchanged(stream)
        written_at = datetime.fromtimestamp(found.st_mtime, UTC)
        for part in parts_of(name, content):
            shown = replace(part, name=one_line(part.name))
            where = "" if shown.name == name else f"{shown.name}: "
            for body in unread_bodies(run, shown, written_at):
                yield _Item(path, where, body)
    except OSError as error:
        yield _Item(path, "", error.strerror or str(error))
    except UnreadableBody as error:
        yield _Item(path, "", str(error))


def read_unchanged(stream: IO[bytes]) -> bytes:
    """All of a file, if nothing wrote it meanwhile: rows of it might be missing.

    Raises:
        UnreadableBody: something did, or the file is too large.
    """
    before = os.fstat(stream.fileno())
    if before.st_size > MOST_BYTES:
        raise UnreadableBody(too_large())
    content = read_all(stream)
    after = os.fstat(stream.fileno())
    is_file = stat.S_ISREG(before.st_mode)
    if is_file and (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise UnreadableBody("it changed while it was read; import it again once it is written")
    return content


def _read(run: ImportRun, item: _Item) -> _Item:
    return replace(item, what=read_body(run, item.what)) if callable(item.what) else item


def _outcome(run: ImportRun, item: _Item) -> Outcome:
    if isinstance(item.what, tuple | Exception):
        return accept_body(run, item.what)
    outcome = Outcome()
    outcome.set_result(str(item.what))
    return outcome


def _report(path: Path, outcomes: Sequence[Landed | str], dataset: RecordedDataset) -> None:
    """Print what became of a file: a line, lines about its spellings, and a line per refusal."""
    landed = [outcome for outcome in outcomes if isinstance(outcome, Landed)]
    refusals = [outcome for outcome in outcomes if isinstance(outcome, str)]
    name = one_line(f"{path}")
    if landed:
        _print_line(f"{name}: {_summary(landed, dataset)}")
    for note in dict.fromkeys(note for item in landed for note in item.notes):
        _print_line(f"  {one_line(note)}")
    for refusal in refusals[:_SHOWN]:
        say(f"{name}: refused: {one_line(refusal)}")
    if len(refusals) > _SHOWN:
        say(f"{name}: refused: {len(refusals) - _SHOWN:,} more; `belib-weather raw` shows them")


def _summary(landed: Sequence[Landed], dataset: RecordedDataset) -> str:
    unit, bodies = _NOUNS[dataset]
    new = sum(item.is_new for item in landed)
    times = [item.captured_at for item in landed]
    if len(landed) == 1:
        only = landed[0]
        units = unit if only.points == 1 else f"{unit}s"
        what = "landed" if only.is_new else "is there already"
        return (
            f"{what}, {only.points:,} {units} captured at {times[0]:%Y-%m-%dT%H:%M:%SZ},"
            f" document {only.document}"
        )
    return (
        f"{new} {bodies} landed, {len(landed) - new} are there already, captured from"
        f" {min(times):%Y-%m-%dT%H:%M:%SZ} to {max(times):%Y-%m-%dT%H:%M:%SZ}"
    )


def _print_line(line: str) -> None:
    """A line on standard output, as it is."""
    out.print(line, markup=False, soft_wrap=True, highlight=False)
