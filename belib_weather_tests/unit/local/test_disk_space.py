"""Free space on the disk of a home, by its two limits."""

import shutil
from pathlib import Path

import pytest

from belib_weather.local.disk_space import Disk, DiskWatch, Level
from belib_weather.settings import Settings


def disk(folder: Path, *, low: int, full: int) -> Disk:
    return Disk(Settings(home=folder, disk_low_mb=low, disk_full_mb=full, _env_file=None))


@pytest.mark.parametrize(
    ("low", "full", "level"),
    [(-1, -1, Level.ENOUGH), (1, -1, Level.LOW), (1, 1, Level.FULL)],
)
def test_the_level_follows_the_limits(tmp_path: Path, low: int, full: int, level: Level) -> None:
    """Of a folder that does not exist yet, too."""
    free = shutil.disk_usage(tmp_path).free // 1_000_000
    far = 1_000
    found = disk(tmp_path / "not" / "yet", low=free + low * far, full=free + full * far)
    assert found.space().level is level
    assert bool(found.trouble()) is (level is Level.FULL)


def test_each_change_is_reported_once_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = [9_000]
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=free[0] * 1_000_000))
    watch = DiskWatch(disk(tmp_path, low=2_000, full=200))
    lines = []
    for now in (9_000, 1_900, 1_800, 100, 50, 9_000, 9_000):
        free[0] = now
        lines.append(watch.look() or "")
    assert [line[:30] for line in lines if line] == [
        "1,900 MB free: that is little ",
        "100 MB free: full on the disk ",
        "there is space again: 9,000 MB",
    ]
    assert "delete files" in lines[3]
