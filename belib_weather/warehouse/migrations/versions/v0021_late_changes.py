"""Add is_late and retracts to status_changes: what late data changes in the past.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; rows that are there are not late and take nothing back."""
    op.add_column(
        "status_changes",
        sa.Column(
            "is_late",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="Of the past alone, since a snapshot came late: the present stays as it is.",
        ),
    )
    op.alter_column("status_changes", "is_late", server_default=None)
    op.add_column(
        "status_changes",
        sa.Column(
            "retracts",
            sa.CHAR(length=32),
            nullable=True,
            comment="Row that this one takes back, since it was not so; it has the same values.",
        ),
    )
    op.alter_column(
        "status_changes",
        "event",
        comment="Of a station became_free, became_full, broke_down, came_back, became_silent; of a"
        " point status or freshness; of both retracted.",
    )
    op.alter_column(
        "status_changes",
        "is_correction",
        comment="Whether the hour of the instant had passed before, or a snapshot came late.",
    )


def downgrade() -> None:
    """Drop the columns, with the rows that need them."""
    op.execute(sa.text("DELETE FROM status_changes WHERE is_late"))
    op.drop_column("status_changes", "retracts")
    op.drop_column("status_changes", "is_late")
