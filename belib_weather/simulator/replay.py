"""Recorded exports served again, each from a given instant on."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from belib_weather.simulator.paris_time import second

Record = dict[str, Any]


class ReplayError(ValueError):
    """A recording cannot be served; the message names the argument and what is wrong."""


@dataclass(frozen=True)
class Recording:
    """A recorded export (a JSON array of the Explore API), served from a second on."""

    since: int
    records: list[Record]

    @property
    def is_realtime(self) -> bool:
        """Whether it is of the real-time feed rather than of the static dataset."""
        return "id_pdc" in self.records[0]

    @property
    def fields(self) -> list[str]:
        """Names of the fields, in the order of the recording."""
        return list(self.records[0])


def read_recording(argument: str) -> Recording:
    """Read `FILE@INSTANT`.

    Raises:
        ReplayError: the argument, the instant or the file is not usable.
    """
    path, _, instant = argument.rpartition("@")
    try:
        since = second(datetime.fromisoformat(instant))
        records = orjson.loads(Path(path).read_bytes())
    except (ValueError, OSError) as error:
        raise ReplayError(
            f"--replay {argument}: {error}; give FILE@INSTANT, such as "
            "export.json@2026-11-01T12:00:00+00:00"
        ) from error
    if not isinstance(records, list) or not records or not isinstance(records[0], dict):
        raise ReplayError(f"--replay {argument}: the file is not a JSON array of records")
    return Recording(since, records)


class ReplayFeed:
    """Recordings in order of time; before the first, the first is served."""

    def __init__(self, recordings: list[Recording]) -> None:
        self._recordings = sorted(recordings, key=lambda recording: recording.since)
        self._since = [recording.since for recording in self._recordings]

    def records(
        self,
        at: int,
        *,
        fields: tuple[str, ...] = (),
        zone: str = "UTC",  # noqa: ARG002 - stamps are served as recorded
        most: int | None = None,
    ) -> list[Record]:
        """The recording in force at a second; stamps keep their recorded offsets."""
        rows = self._at(at).records[:most]
        return [{name: row.get(name) for name in fields} for row in rows] if fields else rows

    def modified(self, at: int) -> int:
        """Second from which the recording in force is served."""
        return self._at(at).since

    def count(self, at: int) -> int:
        """Number of records of the recording in force."""
        return len(self._at(at).records)

    def _at(self, at: int) -> Recording:
        return self._recordings[max(0, bisect_right(self._since, at) - 1)]
