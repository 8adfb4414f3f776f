"""Let the newest update of a station be null: a stamp from the future is no sign of life.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop the constraint; the states are made again by the next tick."""
    op.alter_column(
        "station_states",
        "newest_update",
        existing_type=sa.DateTime(timezone=True),
        nullable=True,
        comment="Newest `last_updated` among the station's points; null where none is a sign of"
        " life. [UTC]",
        existing_comment="Newest `last_updated` among the station's points. [UTC]",
    )


def downgrade() -> None:
    """Bring the constraint back; stations without a sign of life go until the next tick."""
    op.execute("DELETE FROM station_states WHERE newest_update IS NULL")
    op.alter_column(
        "station_states",
        "newest_update",
        existing_type=sa.DateTime(timezone=True),
        nullable=False,
        comment="Newest `last_updated` among the station's points. [UTC]",
        existing_comment="Newest `last_updated` among the station's points; null where none is a"
        " sign of life. [UTC]",
    )
