"""One mark of progress for what of raw is known: states and outbox read it once in a tick.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the snapshot and rules of the states to the mark of the outbox."""
    op.execute(
        sa.text(
            "UPDATE platform_state AS known SET value = (known.value::jsonb || jsonb_build_object("
            "'captured_at', states.value::jsonb -> 'captured_at',"
            " 'rules', states.value::jsonb -> 'rules'))::text"
            " FROM platform_state AS states"
            " WHERE known.name = 'status_changes know' AND states.name = 'station_states rest on'"
        )
    )
    op.execute(sa.text("DELETE FROM platform_state WHERE name = 'station_states rest on'"))


def downgrade() -> None:
    """Take them out again; an older version reads the states back from raw, once."""
    op.execute(
        sa.text(
            "UPDATE platform_state SET value = (value::jsonb - 'captured_at' - 'rules')::text"
            " WHERE name = 'status_changes know'"
        )
    )
