"""`import`: recorded exports of the real-time feed become raw snapshots.

What belongs here: files, and the result for each. What does not: whether an export is complete
(`sources`).
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from belib_weather.lake import RAW_SNAPSHOTS, Lake, LakeConflictError, LakeValidationError
from belib_weather.local.console import CommandError, out, say
from belib_weather.local.stores import borrowed, opened
from belib_weather.settings import Settings
from belib_weather.sources.errors import InvalidBody, SourceError
from belib_weather.sources.explore import response_of_export
from belib_weather.window import HOUR

_MARGIN = HOUR / 2
"""A snapshot also affects the half hour before it."""


def import_files(
    settings: Settings, files: Sequence[Path], captured_at: datetime | None
) -> list[str]:
    """Store each export as a snapshot; one line per file. Returns the names of refused files.

    Raises:
        CommandError: recordings do not go among simulated data.
        LakeError: MongoDB fails.
    """
    if settings.mode == "demo":
        raise CommandError(
            "recorded exports are not imported among simulated data; leave out BELIB_MODE=demo"
        )
    refused, captured = [], []
    with borrowed(settings, "mongo", "postgres") as urls:
        lake = opened(settings, urls, with_search=False).lake
        for file in files:
            try:
                captured.append(_import(settings, lake, file, captured_at))
            except (OSError, SourceError, LakeConflictError) as error:
                refused.append(file.name)
                say(f"{file}: refused: {_reason(error)}")
                if isinstance(error, SourceError) and error.response is not None:
                    lake.quarantine(error.response)
    if captured and (first := min(captured) - _MARGIN) < settings.start_at:
        say(
            f"The partitions begin on {settings.start:%Y-%m-%d}, after the capture; to carry it"
            f" downstream start the platform with BELIB_START={first:%Y-%m-%d}"
        )
    return refused


def _import(settings: Settings, lake: Lake, file: Path, captured_at: datetime | None) -> datetime:
    response = response_of_export(
        file.read_bytes(),
        captured_at=captured_at,
        name=file.name,
        minimum_charge_points=settings.minimum_charge_points,
    )
    try:
        appended = lake.append(RAW_SNAPSHOTS, response)
    except LakeValidationError as error:
        raise InvalidBody(f"{file.name}: {error}", response) from error
    what = "landed" if appended.is_new else "is there already"
    out.print(
        f"{file}: {what}, {response.record_count} charge points captured at"
        f" {response.captured_at:%Y-%m-%dT%H:%M:%SZ}, document {appended.document_id}",
        markup=False,
        soft_wrap=True,
    )
    return response.captured_at


def _reason(error: Exception) -> str:
    if isinstance(error, LakeConflictError):
        return (
            "another body of that second is stored already, and raw is never changed; if this one"
            " was captured at another time, say when with --captured-at"
        )
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error)
