"""Since when every station is as it is.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TABLE = "station_states"


def upgrade() -> None:
    """Add the columns; until the next tick, "at least since the snapshot" is true of every row."""
    columns = (
        sa.Column(
            "since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="First snapshot of the present run of this word: sightings at most 30 min"
            " apart; at most 30 days ago. [UTC]",
        ),
        sa.Column(
            "since_kind",
            sa.String(length=8),
            nullable=True,
            comment="seen: another word was sighted up to 30 min before `since`; at_least: the"
            " run may be older.",
        ),
        sa.Column(
            "out_of_order_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Since when some point has been reported out of order, as `since`; null where"
            " none is. [UTC]",
        ),
        sa.Column(
            "out_of_order_since_kind",
            sa.String(length=8),
            nullable=True,
            comment="As `since_kind`, for `out_of_order_since`.",
        ),
    )
    for column in columns:
        op.add_column(_TABLE, column)
    op.execute("UPDATE station_states SET since = captured_at, since_kind = 'at_least'")
    op.execute(
        "UPDATE station_states SET out_of_order_since = captured_at,"
        " out_of_order_since_kind = 'at_least' WHERE reported_out_of_order > 0"
    )
    op.alter_column(_TABLE, "since", nullable=False)
    op.alter_column(_TABLE, "since_kind", nullable=False)


def downgrade() -> None:
    """Drop the columns."""
    op.execute("DELETE FROM platform_state WHERE name = 'station_states rest on'")
    for name in ("since", "since_kind", "out_of_order_since", "out_of_order_since_kind"):
        op.drop_column(_TABLE, name)
