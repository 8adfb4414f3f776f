"""Whether this user can work in a home: whose it is, and whether it can be written.

What belongs here: looking at folders. What does not: making them (`embedded.home`).
"""

import os
import pwd
from pathlib import Path

from belib_weather.settings import Settings

_ELSEWHERE = "set BELIB_HOME to a folder of your own"


def foreign_home(settings: Settings) -> str | None:
    """That the home is another user's, and what to do; None where it is ours, or not there."""
    place, is_hidden = _nearest(settings.data_dir)
    owner = place.lstat().st_uid
    if owner == os.geteuid() or not (is_hidden or place == settings.data_dir):
        return None
    return (
        f"{settings.data_dir} belongs to the user {_name(owner)}: run the command as that user, or"
        f" {_ELSEWHERE}"
    )


def unwritable_home(settings: Settings) -> str | None:
    """That the home cannot be written or made, and what to do; None where it can."""
    place, _ = _nearest(settings.data_dir)
    if os.statvfs(place).f_flag & os.ST_RDONLY:
        return f"{place} is on a read-only file system; {_ELSEWHERE}, on another"
    if os.access(place, os.W_OK | os.X_OK):
        return None
    return f"{place} may not be written by the user {_name(os.geteuid())}; {_ELSEWHERE}"


def _nearest(folder: Path) -> tuple[Path, bool]:
    """The folder, or the nearest above it that we can see; whether it hides those below."""
    is_hidden = False
    for place in (folder, *folder.parents):
        try:
            place.lstat()
        except FileNotFoundError:
            continue
        except PermissionError:
            is_hidden = True
            continue
        return place, is_hidden
    return Path("/"), is_hidden


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)
