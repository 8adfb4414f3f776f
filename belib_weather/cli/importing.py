"""`import`: recorded files become raw documents, by the rules that hold for the live sources.

What belongs here: files and folders, and the lines about each. What does not: unpacking and reading
(`formats`), and whether a body is accepted (`sources`).
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from belib_weather.cli.import_bodies import ImportOptions, ImportRun, Landed, import_part
from belib_weather.cli.import_checks import (
    known_ids,
)
from belib_weather.clock import utc_now
from belib_weather.formats.files import parts_of
from belib_weather.formats.weather import WEATHER_SOURCES
from belib_weather.local.console import CommandError, out, say
from belib_weather.local.readers import refuse_readers
from belib_weather.local.stores import found, opened
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
    urls = found(settings, "mongo", "postgres")
    stores = opened(settings, urls, with_search=False)
    known = known_ids(stores.lake, stores.warehouse)
    run = ImportRun(settings, options, stores.lake, known, utc_now())
    paths = [path for file in files for path in _files_of(file)]
    for path in paths:
        outcomes = list(_import_file(run, path))
        _report(path, outcomes, options.dataset)
        captured += [o.captured_at for o in outcomes if isinstance(o, Landed)]
        if any(isinstance(outcome, str) for outcome in outcomes):
            refused.append(path.name)
    is_realtime = options.dataset is RecordedDataset.REALTIME
    if captured and is_realtime and (first := min(captured) - _MARGIN) < settings.start_at:
        say(
            f"The partitions begin on {settings.start:%Y-%m-%d}, after the capture; to carry it"
            f" downstream start the platform with BELIB_START={first:%Y-%m-%d}"
        )
    return refused, len(paths)


def _files_of(path: Path) -> list[Path]:
    """The file, or what a folder holds, in order; a folder without files is given as itself."""
    if not path.is_dir():
        return [path]
    inside = (found for found in path.rglob("*") if found.is_file())
    return sorted(found for found in inside if not found.name.startswith(".")) or [path]


def _import_file(run: ImportRun, path: Path) -> Iterator[Landed | str]:
    """What of a file landed or was there, and why the rest was refused."""
    try:
        if path.is_dir():
            yield "a folder without files"
            return
        written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        for part in parts_of(path.name, path.read_bytes()):
            where = "" if part.name == path.name else f"{part.name}: "
            for outcome in import_part(run, part, written_at):
                yield f"{where}{outcome}" if isinstance(outcome, str) else outcome
    except OSError as error:
        yield error.strerror or str(error)


def _report(path: Path, outcomes: Sequence[Landed | str], dataset: RecordedDataset) -> None:
    """Print what became of a file: a line, lines about its spellings, and a line per refusal."""
    landed = [outcome for outcome in outcomes if isinstance(outcome, Landed)]
    refusals = [outcome for outcome in outcomes if isinstance(outcome, str)]
    if landed:
        _say_plainly(f"{path}: {_summary(landed, dataset)}")
    for note in dict.fromkeys(note for item in landed for note in item.notes):
        _say_plainly(f"  {note}")
    for refusal in refusals[:_SHOWN]:
        say(f"{path}: refused: {refusal}")
    if len(refusals) > _SHOWN:
        say(f"{path}: refused: {len(refusals) - _SHOWN:,} more; `belib-weather raw` shows them")


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


def _say_plainly(line: str) -> None:
    """A line on standard output, as it is."""
    out.print(line, markup=False, soft_wrap=True, highlight=False)
