"""The files of the site, built page by page: a page that fails keeps its old file.

What belongs here: trying each page, and the parts that several need. What does not: which pages
there are (`pages`), and writing them (`folder`).
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TypeVar

from belib_weather.files import Trial
from belib_weather.site.folder import File

T = TypeVar("T")


class PartFailed(Exception):
    """A page needs a part that failed; the part is named already."""


class PageBuilder:
    """Collects the files that could be built.

    Args:
        trial: what tries each page and each part by its name.

    Attributes:
        files: what was built.
        failed_paths: paths of pages that failed, whose old files stay, and folders (with a slash at
            their end) whose list of pages failed.
    """

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        self.files: list[File] = []
        self.failed_paths: list[str] = []

    def part(self, name: str, build: Callable[[], T]) -> Callable[[], T]:
        """Build what several pages need, once; the pages get it by calling what this returns."""
        built: list[T] = []
        with self._trial(name):
            built.append(build())

        def get() -> T:
            if not built:
                raise PartFailed(name)
            return built[0]

        return get

    def pages(self, paths: Sequence[str], build: Callable[[], Iterable[File]]) -> None:
        """Build the files at some paths, of which the first names the problem if they fail."""
        files: list[File] | None = None
        first, *others = paths
        with self._trial(first), suppress(PartFailed):
            files = list(build())
        if files is None:
            self.failed_paths += [first, *others]
        else:
            self.files += files
