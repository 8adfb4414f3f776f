"""Running the migrations, safely when several processes start at once.

What belongs here: when to run Alembic. What does not: the revisions (`migrations/versions`).
"""

from pathlib import Path

import sqlalchemy as sa

from belib_weather.warehouse.errors import WarehouseError

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = max(path.name[1:5] for path in (MIGRATIONS / "versions").glob("v*.py"))
"""The newest revision; revisions are numbered in order. Read from the names of the files, so that
a process need not load Alembic to see that all is well."""
VERSION_TABLE = "warehouse_schema_version"
"""Not Alembic's default: Dagster keeps its own under that name, perhaps in the same database."""
_MIGRATING = 7_233_482_711
"""Advisory lock of the migration."""


def current_and_head(connection: sa.Connection) -> tuple[str | None, str]:
    """The schema's revision, None for an empty database, and the newest one."""
    if connection.execute(sa.func.to_regclass(VERSION_TABLE).select()).scalar() is None:
        return None, HEAD
    return connection.execute(
        sa.select(sa.column("version_num")).select_from(sa.table(VERSION_TABLE))
    ).scalar(), HEAD


def upgrade(engine: sa.Engine) -> None:
    """Run the revisions that are missing; those who come second wait and find nothing to do."""
    with engine.connect() as connection:
        current, head = current_and_head(connection)
    if current == head:
        return
    if current is not None and current > head:
        raise WarehouseError(
            f"the schema of the database is of version {current}, newer than version {head} of"
            " this release, which could damage it. Update belib-weather, or use another database."
        )
    from alembic import command  # noqa: PLC0415 - costs every run 0.2 s otherwise
    from alembic.config import Config  # noqa: PLC0415

    from belib_weather.warehouse.comments import comment_views  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        comment_views(connection)
