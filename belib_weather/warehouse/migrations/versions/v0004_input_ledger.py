"""One ledger of inputs for every table, in place of one for the facts alone.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move the entries of the facts; the old name stays readable for one version, as a view."""
    op.create_table(
        "input_ledger",
        sa.Column("table_name", sa.String(), nullable=False, comment="Table that the rows are in."),
        sa.Column(
            "start",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Start of the UTC hour or day of the rows.",
        ),
        sa.Column(
            "input_hash",
            sa.String(),
            nullable=False,
            comment="SHA-256 of what the rows were made from.",
        ),
        sa.Column("snapshots", sa.Integer(), nullable=False, comment="Raw snapshots in that time."),
        sa.PrimaryKeyConstraint("table_name", "start"),
        comment="What the rows of each hour or day of a table were made from.",
    )
    op.execute(
        "INSERT INTO input_ledger (table_name, start, input_hash, snapshots)"
        " SELECT 'availability_facts', hour, input_hash, snapshots FROM fact_inputs"
    )
    op.drop_table("fact_inputs")
    op.execute(
        "CREATE VIEW fact_inputs AS SELECT start AS hour, input_hash, snapshots"
        " FROM input_ledger WHERE table_name = 'availability_facts'"
    )
    op.execute(
        "COMMENT ON VIEW fact_inputs IS"
        " 'Old name of input_ledger for the facts; removed in the next version.'"
    )


def downgrade() -> None:
    """Move the entries of the facts back; those of other tables are lost and made again."""
    op.execute("DROP VIEW fact_inputs")
    op.create_table(
        "fact_inputs",
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False, comment="UTC hour."),
        sa.Column(
            "input_hash",
            sa.String(),
            nullable=False,
            comment="SHA-256 of what it was made from.",
        ),
        sa.Column("snapshots", sa.Integer(), nullable=False, comment="Raw snapshots in the hour."),
        sa.PrimaryKeyConstraint("hour"),
        comment="Ledger: what the facts of each hour were made from.",
    )
    op.execute(
        "INSERT INTO fact_inputs (hour, input_hash, snapshots)"
        " SELECT start, input_hash, snapshots FROM input_ledger"
        " WHERE table_name = 'availability_facts'"
    )
    op.drop_table("input_ledger")
