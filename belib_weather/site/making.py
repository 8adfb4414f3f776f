"""The files of the site, made page by page: one that fails costs itself, and its old file stays.

What belongs here: trying each page, and the parts that several need. What does not: which pages
there are (`pages`), and writing them (`folder`).
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TypeVar

from belib_weather.files import Trial
from belib_weather.site.folder import File

T = TypeVar("T")


class NotMade(Exception):
    """A page needs a part that failed; the part is named already."""


class Making:
    """Collects the files that could be made.

    Args:
        trial: what tries each page and each part by its name.

    Attributes:
        files: what was made.
        kept: paths of pages that failed, and folders (with a slash at their end) of whose pages
            nobody knows which there are.
    """

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        self.files: list[File] = []
        self.kept: list[str] = []

    def part(self, name: str, make: Callable[[], T]) -> Callable[[], T]:
        """Make what several pages need, once; the pages get it by calling what this returns."""
        made: list[T] = []
        with self._trial(name):
            made.append(make())

        def given() -> T:
            if not made:
                raise NotMade(name)
            return made[0]

        return given

    def pages(self, paths: Sequence[str], make: Callable[[], Iterable[File]]) -> None:
        """Make the files at some paths, of which the first names the problem if they fail."""
        files: list[File] | None = None
        first, *others = paths
        with self._trial(first), suppress(NotMade):
            files = list(make())
        if files is None:
            self.kept += [first, *others]
        else:
            self.files += files
