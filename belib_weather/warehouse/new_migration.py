"""`python -m belib_weather.warehouse.new_migration TABLE`: write the migration of a new table.

What belongs here: the text of a revision that creates a declared table. The revision keeps what
the declaration says today, so that a later change of the declaration does not change the past.
Needs no database. Concept: https://alembic.sqlalchemy.org/en/latest/api/autogenerate.html
"""

import sys
from pathlib import Path

from alembic.autogenerate import render_python_code
from alembic.migration import MigrationContext
from alembic.operations import ops

from belib_weather.warehouse.migrate import HEAD, MIGRATIONS
from belib_weather.warehouse.table import Table
from belib_weather.warehouse.tables import TABLES

_REVISION = '''"""{title}

Revision ID: {revision}
Revises: {previous}
"""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{previous}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    {upgrade}


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("{table}")
'''


def revision_of(table: Table, revision: str, previous: str) -> str:
    """The source of a revision that creates a table with its constraints, indexes and comments."""
    indexes = sorted(table.sql.indexes, key=lambda index: str(index.name))
    created = ops.UpgradeOps(
        [
            ops.CreateTableOp.from_table(table.sql),
            *(ops.CreateIndexOp.from_index(index) for index in indexes),
        ]
    )
    context = MigrationContext.configure(dialect_name="postgresql")
    code = render_python_code(created, migration_context=context)
    lines = [line for line in code.splitlines() if not line.lstrip().startswith("# ###")]
    return _REVISION.format(
        title=f"Create {table.name}.",
        revision=revision,
        previous=previous,
        upgrade="\n".join(lines).strip(),
        table=table.name,
    )


def write_revision(table: Table, folder: Path = MIGRATIONS / "versions") -> Path:
    """Write the revision that follows the newest one; gives its path."""
    revision = f"{int(HEAD) + 1:04}"
    path = folder / f"v{revision}_{table.name}.py"
    path.write_text(revision_of(table, revision, HEAD), encoding="utf-8")
    return path


def main(arguments: list[str]) -> int:
    """Write the revision of the table that is named."""
    if len(arguments) != 1 or arguments[0] not in TABLES:
        sys.stderr.write(f"usage: new_migration TABLE, one of {', '.join(sorted(TABLES))}\n")
        return 2
    sys.stdout.write(f"wrote {write_revision(TABLES[arguments[0]])}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
