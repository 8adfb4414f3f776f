"""Free space on the disk of a home: enough, low, or full.

What belongs here: measuring it, and what is said of it. What does not: who waits for space
(`watch`). A full disk is not cured by starting a store again.
"""

import shutil
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from belib_weather.settings import Settings

_MB = 1_000_000


class Level(Enum):
    """How much space there is."""

    ENOUGH = auto()
    LOW = auto()
    """Below BELIB_DISK_LOW_MB: there is time to act."""
    FULL = auto()
    """Below BELIB_DISK_FULL_MB: stores stop to write."""


@dataclass(frozen=True)
class DiskSpace:
    """Free space where a home is.

    Attributes:
        folder: on that disk.
        free_mb: megabytes that we may still write.
        level: what that means.
    """

    folder: Path
    free_mb: int
    level: Level

    def __str__(self) -> str:
        words = {Level.ENOUGH: "free", Level.LOW: "free: that is little", Level.FULL: "free: full"}
        return f"{self.free_mb:,} MB {words[self.level]} on the disk of {self.folder}"


class Disk:
    """The disk of a home.

    Args:
        settings: have the folder and the two limits.
    """

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.data_dir
        self._low, self._full = settings.disk_low_mb, settings.disk_full_mb

    def space(self) -> DiskSpace:
        """Measure it now."""
        there = next(p for p in (self._folder, *self._folder.parents) if p.exists())
        free_mb = shutil.disk_usage(there).free // _MB
        level = Level.ENOUGH if free_mb >= self._low else Level.LOW
        return DiskSpace(self._folder, free_mb, Level.FULL if free_mb < self._full else level)

    def trouble(self) -> str | None:
        """What is wrong when it is full, and what to do; else None."""
        space = self.space()
        if space.level is not Level.FULL:
            return None
        return f"{space}; no restart cures that: delete files or move BELIB_HOME to a larger disk"


class DiskWatch:
    """Reports when the level changes."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._level = Level.ENOUGH

    def look(self) -> str | None:
        """One line when the level has changed since the last look."""
        space = self._disk.space()
        if space.level is self._level:
            return None
        self._level = space.level
        return {
            Level.ENOUGH: f"there is space again: {space}",
            Level.LOW: f"{space}; free some before the stores stop to write",
            Level.FULL: f"{space}; the stores cannot write: delete files, they go on by themselves",
        }[space.level]
