"""Remember by which version of the rules the rows of an hour or day were made.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rows that are there were made by the first rules."""
    op.add_column(
        "input_ledger",
        sa.Column(
            "rules",
            sa.Integer(),
            nullable=False,
            server_default="1",
            comment="Version of the rules that made the rows.",
        ),
    )


def downgrade() -> None:
    """Forget it; what a later version made stays."""
    op.drop_column("input_ledger", "rules")
