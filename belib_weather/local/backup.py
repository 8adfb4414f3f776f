"""Backups: everything that cannot be rebuilt, or only slowly, in one folder.

`backup.json` in the folder names every file with its hash, and is written last: a folder without
it is no backup. What belongs here: what is copied, in which order, and checking it. What does not:
restoring it (`restore`). Concept: docs/decisions/what-a-backup-holds.md
"""

import hashlib
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from belib_weather.embedded import StoreUrls
from belib_weather.files import write_file
from belib_weather.lake import Lake
from belib_weather.lake.schema import COLLECTIONS
from belib_weather.local import postgres_dump
from belib_weather.local.console import CommandError, say
from belib_weather.local.stores import find_stores
from belib_weather.settings import Settings

MANIFEST = "backup.json"
WAREHOUSE, DAGSTER = "postgres/warehouse.dump", "postgres/dagster.dump"
_PART = ".part"


class CopiedFile(BaseModel):
    """A file of a backup.

    Attributes:
        name: in the folder, with `/`.
        sha256: of its bytes.
        documents: in a file of MongoDB.
    """

    name: str
    sha256: str
    size: int
    documents: int | None = None


class Manifest(BaseModel):
    """What a backup holds.

    Attributes:
        format: of the folder.
        version: of belib-weather.
        made_at: UTC, when the copy began.
        mode: whose data: live, or those of the demo.
    """

    format: Literal[1] = 1
    version: str
    made_at: datetime
    mode: Literal["live", "demo"]
    files: list[CopiedFile]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


def backup(settings: Settings, folder: Path) -> Manifest:
    """Copy MongoDB, both databases of PostgreSQL and the spool into a new folder.

    Safe while the platform runs: PostgreSQL is copied as of one instant, and MongoDB after it, so
    that raw holds the inputs of the facts.

    Raises:
        CommandError: the folder has content, or a program fails.
        LakeError, EmbeddedError, OSError: a store or the disk fails; no backup is left.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CommandError(f"{folder} is not empty; give a new folder for each backup")
    urls = find_stores(settings, "mongo", "postgres")
    part = folder.with_name(f"{folder.name}{_PART}")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o700)
    made_at = datetime.now(UTC)
    files = [*_copied(settings, urls, part)]
    manifest = Manifest(
        version=version("belib-weather"), made_at=made_at, mode=settings.mode, files=files
    )
    write_file(part / MANIFEST, manifest.model_dump_json(indent=1))
    if folder.exists():
        folder.rmdir()
    part.rename(folder)
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup whose files are whole.

    Raises:
        CommandError: it is no backup, or a file is missing or damaged; names it.
    """
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise CommandError(f"{folder} is no backup: it has no {MANIFEST}") from None
    except ValidationError:
        raise CommandError(f"{folder / MANIFEST} is of another version, or damaged") from None
    for file in manifest.files:
        path = folder / file.name
        if not path.is_file() or path.stat().st_size != file.size or _sha256(path) != file.sha256:
            raise CommandError(f"{path} is missing or damaged; nothing was restored")
    return manifest


def _copied(settings: Settings, urls: StoreUrls, folder: Path) -> Iterator[CopiedFile]:
    for name in ("postgres", "mongo", "spool"):
        (folder / name).mkdir()
    # The spool first: what reaches MongoDB meanwhile is then in both, and is appended once.
    for waiting in sorted(settings.spool_dir.glob("*.bson*")):
        copy = folder / "spool" / waiting.name
        try:
            shutil.copyfile(waiting, copy)
        except FileNotFoundError:
            continue  # MongoDB holds it by now
        yield _file(folder, f"spool/{waiting.name}")
    for name, url in ((WAREHOUSE, urls.postgres), (DAGSTER, urls.dagster_postgres)):
        postgres_dump.dump(url, folder / name)
        yield _file(folder, name)
        say(f"copied {name}")
    with Lake(urls.mongo, settings.mongo_database) as lake:
        for collection in COLLECTIONS:
            name = f"mongo/{collection}.bson"
            with (folder / name).open("wb") as file:
                documents = lake.dump(collection, file)
            yield _file(folder, name, documents)
            say(f"copied {collection}: {documents:,} documents")


def _file(folder: Path, name: str, documents: int | None = None) -> CopiedFile:
    path = folder / name
    path.chmod(0o600)
    return CopiedFile(
        name=name, sha256=_sha256(path), size=path.stat().st_size, documents=documents
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
