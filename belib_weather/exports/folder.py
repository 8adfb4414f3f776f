"""The folder or object store that the exports are written to.

What belongs here: whole files by name, in one step. What does not: what is in them.
Concept: https://filesystem-spec.readthedocs.io/en/latest/
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path, PurePosixPath

import fsspec  # type: ignore[import-untyped]

from belib_weather.exports.errors import ExportDriverMissing, ExportError
from belib_weather.files import PUBLIC, write_file

OBJECT_STORES = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oss", "oci"})
"""Protocols under which an object appears whole or not at all."""


class ExportFolder:
    """Files under one folder; credentials come by the driver's own means, never by the URL.

    Args:
        url: a path, or any URL that fsspec reads: `file://…`, `s3://bucket/prefix`, ….

    Raises:
        ExportDriverMissing: nothing that is installed reaches such a URL; names what to install.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            # An instance of its own: drivers keep listings, and the address from the environment.
            self._files, root = fsspec.core.url_to_fs(url, skip_instance_cache=True)
        except (ImportError, ValueError) as error:
            needed = "belib-weather[s3]" if url.startswith(("s3:", "s3a:")) else "its fsspec driver"
            raise ExportDriverMissing(
                f"BELIB_EXPORT_URL={url} cannot be reached: {error}. Install {needed}."
            ) from error
        self._root = root.rstrip("/")
        self.written: dict[str, str] = {}
        """The SHA-256 of the files that were written through this object, by name."""
        protocol = self._files.protocol
        self._protocols = {protocol} if isinstance(protocol, str) else set(protocol)

    @property
    def is_local(self) -> bool:
        """True for a folder of this machine."""
        return "file" in self._protocols

    @property
    def address(self) -> str:
        """The absolute path of a local folder, the URL of any other."""
        return self._root if self.is_local else self.url

    def write(self, name: str, body: bytes) -> int:
        """Replace a file; readers see the old or the new one, never a part.

        Returns:
            The file's size in bytes.
        """
        path = self._path(name)
        with self._as_export_errors(f"write {name}"):
            if self.is_local:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                write_file(Path(path), body, mode=PUBLIC, is_only_writer=True)
            elif self._protocols & OBJECT_STORES:
                self._files.pipe_file(path, body)
            else:
                # Always the same name beside it, so that what a kill left behind is overwritten.
                unfinished = self._path(str(_unfinished(name)))
                self._files.makedirs(self._files._parent(path), exist_ok=True)
                self._files.pipe_file(unfinished, body)
                self._files.mv(unfinished, path)
        self.written[name] = sha256(body).hexdigest()
        return len(body)

    def remove(self, name: str) -> None:
        """Remove a file if it is there."""
        with self._as_export_errors(f"remove {name}"):
            self._files.invalidate_cache()
            if self._files.exists(self._path(name)):
                self._files.rm_file(self._path(name))

    def remove_folder(self, name: str) -> None:
        """Remove a folder with all that is in it."""
        with self._as_export_errors(f"remove {name}"):
            self._files.rm(self._path(name), recursive=True)

    def read(self, name: str) -> bytes | None:
        """A file's bytes, None if there is no such file."""
        with self._as_export_errors(f"read {name}"):
            try:
                return bytes(self._files.cat_file(self._path(name)))
            except FileNotFoundError:
                return None

    def names(self, folder: str) -> list[str]:
        """Names of the finished files in a folder, in order; empty if there is no such folder."""
        with self._as_export_errors(f"list {folder}"):
            self._files.invalidate_cache()
            try:
                found = self._files.ls(self._path(folder), detail=False)
            except FileNotFoundError:
                return []
        names = (PurePosixPath(path).name for path in found)
        return sorted(name for name in names if not name.startswith("."))

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextmanager
    def _as_export_errors(self, action: str) -> Iterator[None]:
        try:
            yield
        # Every driver has errors of its own, and no driver has to be installed.
        except Exception as error:
            reason = str(error) or type(error).__name__
            raise ExportError(
                f"could not {action} under {self.address}: {reason}."
                " Does the folder or bucket exist, and may this user write there?"
            ) from error


def _unfinished(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    return path.with_name(f".{path.name}.unfinished")
