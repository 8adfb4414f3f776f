"""MongoDB for machines without Docker: SecantusDB, a server of its wire protocol on WiredTiger.

It is a separate program (GPL-2.0): it is started and never imported.
"""

import secrets
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from signal import SIGTERM
from typing import Any

import pymongo
from pymongo.errors import OperationFailure, PyMongoError

from belib_weather.embedded.errors import EmbeddedError, PasswordRefused
from belib_weather.embedded.loopback import free_port
from belib_weather.embedded.processes import end, launch, started_with
from belib_weather.embedded.progress import Progress, Step
from belib_weather.embedded.server import Server
from belib_weather.embedded.startup import StartLimits
from belib_weather.files import create_folder

WRITER, READER = "belib", "belib_reader"
_ROLES = {
    WRITER: ["readWriteAnyDatabase", "dbAdminAnyDatabase", "clusterMonitor"],
    READER: ["readAnyDatabase", "clusterMonitor"],
}
_AUTHENTICATION_FAILED = 18
_PATIENCE_MS = 3000
_HEALTH = "belib_health"
"""The database of the supervisor's questions."""


class MongoServer(Server):
    """MongoDB's wire protocol on WiredTiger; acknowledged writes are on disk."""

    name = "mongo"
    title = "MongoDB"
    setting = "BELIB_MONGO_URL"
    remains = ("Resource busy", "already opened by another process", "Address already in use")

    @property
    def data(self) -> Path:
        """WiredTiger's folder."""
        return self.folder / "data"

    @property
    def identifying_arguments(self) -> tuple[str, ...]:
        """Its storage path."""
        return (f"--storage-path={self.data}",)

    def prepare(self, port: int, progress: Progress, limits: StartLimits) -> None:  # noqa: ARG002 - the port is an argument
        """Create the data folder with its users, when there is none."""
        if find_spec("secantus") is None:
            raise EmbeddedError(
                "MongoDB: the embedded server is not installed; install belib-weather[embedded],"
                f" or set {self.setting}"
            )
        # Without this file the server reads a configuration from the folders it searches.
        (self.folder / "empty.toml").touch()
        if not self.data.exists():
            progress(Step(self.name, "creating"))
            end(started_with(f"--storage-path={self.data}.new"), SIGTERM, 10)
        create_folder(self.data, lambda data: self._create(data, progress, limits))

    def command(self, port: int) -> Sequence[str]:
        """It asks for passwords, and syncs every commit to disk."""
        return (*self._command(self.data, port), "--auth")

    def environment(self) -> Mapping[str, str]:
        """No variables."""
        return {}

    def answer(self, port: int) -> str | None:
        """Ask for the version as the writer."""
        try:
            with self._client(port) as client:
                return str(client.admin.command("buildInfo")["version"])
        except OperationFailure as error:
            if error.code == _AUTHENTICATION_FAILED:
                raise PasswordRefused(
                    f"MongoDB on port {port} refuses the passwords of {self.home.password_file};"
                    f" put back the file that belongs to {self.data}, or remove the file: the"
                    " next start gives every server new passwords"
                ) from None
            return None
        except PyMongoError:
            return None

    def check_writes(self, port: int) -> str | None:
        """One document in a database of its own."""
        question = {"_id": "supervisor", "asked": secrets.token_hex(8)}
        try:
            with self._client(port) as client:
                questions = client[_HEALTH]["questions"]
                questions.replace_one({"_id": question["_id"]}, question, upsert=True)
                found = questions.find_one({"_id": question["_id"]})
        except PyMongoError as error:
            return f"{type(error).__name__}: {str(error)[:200]}"
        return None if found == question else "it gives back another document than was stored"

    def _client(self, port: int) -> pymongo.MongoClient[dict[str, Any]]:
        return pymongo.MongoClient(
            self.url(port),
            serverSelectionTimeoutMS=_PATIENCE_MS,
            connectTimeoutMS=_PATIENCE_MS,
            socketTimeoutMS=_PATIENCE_MS,
        )

    def url(self, port: int, *, reader: bool = False) -> str:
        """Address with the writer's or the reader's password."""
        passwords = self.home.passwords()
        user, password = (READER, passwords.reader) if reader else (WRITER, passwords.writer)
        return f"mongodb://{user}:{password}@127.0.0.1:{port}/?authSource=admin"

    def _command(self, data: Path, port: int) -> tuple[str, ...]:
        arguments = {
            "config": self.folder / "empty.toml",
            "host": "127.0.0.1",
            "port": port,
            "storage-path": data,
            "cache-size": "256M",
        }
        options = (f"--{name}={value}" for name, value in arguments.items())
        return (sys.executable, "-Im", "secantus", *options, "--sync-on-commit")

    def _create(self, data: Path, progress: Progress, limits: StartLimits) -> None:
        """Start a server that asks for no passwords, and create or change the users."""
        port = free_port()
        launcher = launch(
            self._command(data, port), folder=self.folder, log=self.log, environment={}
        )
        try:

            def is_there() -> bool:
                return launcher.poll() is None

            if self._wait(port, is_there, progress, limits, self._set_users) is None:
                raise EmbeddedError(f"MongoDB could not be set up; its log is {self.log}")
        finally:
            end(started_with(f"--storage-path={data}"), SIGTERM, 10)
            launcher.wait()

    def renew_passwords(self, progress: Progress, limits: StartLimits) -> None:
        """The same as for a new folder: whoever may write it may set them."""
        self._create(self.data, progress, limits)

    def _set_users(self, port: int) -> str:
        passwords = self.home.passwords()
        with pymongo.MongoClient[dict[str, Any]](f"mongodb://127.0.0.1:{port}") as client:
            for user, password in ((WRITER, passwords.writer), (READER, passwords.reader)):
                if client.admin.command("usersInfo", user)["users"]:
                    client.admin.command("updateUser", user, pwd=password)
                else:
                    client.admin.command("createUser", user, pwd=password, roles=_ROLES[user])
            return str(client.admin.command("buildInfo")["version"])
