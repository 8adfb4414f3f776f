"""Refuse negative seconds, which could add up with too many others.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NAME = "seconds_are_not_negative"
TABLE = "availability_facts"


def upgrade() -> None:
    """Add the constraint to every month."""
    op.create_check_constraint(
        NAME,
        TABLE,
        "least(available_seconds, occupied_seconds, reserved_seconds, out_of_order_seconds,"
        " planned_seconds, removed_seconds, unknown_seconds, stale_seconds, unobserved_seconds,"
        " any_available_seconds, full_seconds) >= 0",
    )


def downgrade() -> None:
    """Drop it again."""
    op.drop_constraint(NAME, TABLE)
