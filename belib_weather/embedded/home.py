"""The folder of the embedded servers: private, with passwords, the last ports and a lock."""

import json
import os
import secrets
import stat
from dataclasses import asdict, dataclass, field
from pathlib import Path

from filelock import FileLock

from belib_weather.embedded.errors import EmbeddedError
from belib_weather.files import write_file

RENEWAL = "renew-passwords"
"""Marks a server whose passwords are others than those of the home."""


def private_folder(path: Path) -> Path:
    """Create a folder that only its owner may enter, and missing parents likewise.

    Raises:
        EmbeddedError: it cannot be created, or belongs to another user.
    """
    try:
        for parent in reversed(path.parents):
            parent.mkdir(mode=0o700, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
        if found.st_uid == os.geteuid() and stat.S_ISDIR(found.st_mode):
            path.chmod(0o700)
            return path
    except OSError as error:
        raise EmbeddedError(
            f"{path}: this folder of the embedded servers cannot be made or written"
            f" ({error.strerror});"
            " set BELIB_HOME (data) or BELIB_CACHE (programs) to a folder that you may write"
        ) from error
    raise EmbeddedError(
        f"{path} is not a folder of yours (a link, or another user's);"
        " set BELIB_HOME (data) or BELIB_CACHE (programs) to a folder of your own"
    )


@dataclass(frozen=True)
class Passwords:
    """Generated once per home; letters, digits, `-` and `_` alone, so they fit into URLs."""

    admin: str = field(repr=False)
    writer: str = field(repr=False)
    reader: str = field(repr=False)


@dataclass(frozen=True)
class ServerState:
    """What is stored of one server between its starts, in `server.json`.

    Attributes:
        port: loopback port of the last start, used again when it is free.
        version: of the server, by its own last answer.
        is_wanted: it was started and not stopped since, so it is started again when it ends.
    """

    port: int | None = None
    version: str | None = None
    is_wanted: bool = False


class Home:
    """The folder of one mode's servers (0700).

    Args:
        path: absolute.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def lock(self) -> FileLock:
        """Held while servers are started or stopped here; the system frees it after a kill."""
        return FileLock(private_folder(self.path) / "servers.lock")

    @property
    def password_file(self) -> Path:
        """Where the passwords are (0600)."""
        return self.path / "passwords.json"

    def passwords(self) -> Passwords:
        """Read the passwords; generate them where there are none, under the lock.

        Servers with data are marked: their next start gives them the new passwords.

        Raises:
            EmbeddedError: the file is damaged.
        """
        try:
            return Passwords(**json.loads(self.password_file.read_text()))
        except FileNotFoundError:
            passwords = Passwords(*(secrets.token_urlsafe(24) for _ in range(3)))
            private_folder(self.path)
            for data in self.path.glob("*/data"):
                write_file(data.parent / RENEWAL, "the file with the passwords was removed\n")
            write_file(self.password_file, json.dumps(asdict(passwords)))
            return passwords
        except (TypeError, ValueError):
            raise EmbeddedError(
                f"{self.password_file} is damaged; put a copy of it back,"
                f" or remove {self.path} and start with no data"
            ) from None

    def folder(self, server: str) -> Path:
        """One server's own folder (0700)."""
        private_folder(self.path)
        return private_folder(self.path / server)

    def state(self, server: str) -> ServerState:
        """The stored state of a server; empty when its file is missing or unreadable."""
        try:
            return ServerState(**json.loads((self.path / server / "server.json").read_text()))
        except (FileNotFoundError, TypeError, ValueError):
            return ServerState()

    def write_state(self, server: str, state: ServerState) -> None:
        """Store the state of a server."""
        write_file(self.folder(server) / "server.json", json.dumps(asdict(state)))
