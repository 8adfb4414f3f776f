"""Create point_states and status_changes, the outbox.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "point_states",
        sa.Column(
            "charge_point_id",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="Charge point.",
        ),
        sa.Column(
            "sighted_at",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="Second of the snapshot. [UTC]",
        ),
        sa.Column(
            "status",
            sa.String(length=12),
            autoincrement=False,
            nullable=False,
            comment="Status, as reported.",
        ),
        sa.Column(
            "is_stale",
            sa.Boolean(),
            autoincrement=False,
            nullable=False,
            comment="Whether the record was older than 26 h then.",
        ),
        sa.Column(
            "last_updated",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=True,
            comment="Stamp of the record; null: no sign of life. [UTC]",
        ),
        sa.PrimaryKeyConstraint("charge_point_id"),
        comment="The last sighting of every charge point: what the next change is a change from.",
        postgresql_partition_by=None,
    )
    op.create_table(
        "status_changes",
        sa.Column(
            "change_id",
            sa.CHAR(length=32),
            autoincrement=False,
            nullable=False,
            comment="Hash of subject, id, instant, both words and rules: the same when made again.",
        ),
        sa.Column(
            "position",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Order of writing, without ties; readers keep theirs.",
        ),
        sa.Column(
            "subject",
            sa.String(length=7),
            autoincrement=False,
            nullable=False,
            comment="point or station.",
        ),
        sa.Column(
            "subject_id",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="Charge point or station.",
        ),
        sa.Column(
            "station_id",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="Station of the subject, or itself.",
        ),
        sa.Column(
            "event",
            sa.String(length=13),
            autoincrement=False,
            nullable=False,
            comment="Of a station became_free, became_full, broke_down, came_back, became_silent; of a point status or freshness.",
        ),
        sa.Column(
            "from_word",
            sa.String(),
            autoincrement=False,
            nullable=True,
            comment="Status or station word before; null at the first sighting.",
        ),
        sa.Column(
            "to_word",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="Status or station word after.",
        ),
        sa.Column(
            "from_is_stale",
            sa.Boolean(),
            autoincrement=False,
            nullable=True,
            comment="Of a point: whether it was stale before.",
        ),
        sa.Column(
            "to_is_stale",
            sa.Boolean(),
            autoincrement=False,
            nullable=True,
            comment="Of a point: whether it is stale after.",
        ),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="Instant of the change. [UTC]",
        ),
        sa.Column(
            "kind",
            sa.String(length=6),
            autoincrement=False,
            nullable=False,
            comment="exact: at the record's stamp; polled: between two polls; unseen: nothing was seen in the 30 min before.",
        ),
        sa.Column(
            "seen_at",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="Snapshot by which the change was known. [UTC]",
        ),
        sa.Column(
            "source",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="Raw source of that snapshot.",
        ),
        sa.Column(
            "rules",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=False,
            comment="Version of the rules.",
        ),
        sa.Column(
            "is_correction",
            sa.Boolean(),
            autoincrement=False,
            nullable=False,
            comment="Whether the hour of the instant had passed before.",
        ),
        sa.PrimaryKeyConstraint("change_id"),
        comment="A change of a charge point's status or freshness, or of a station's word; never rewritten.",
        postgresql_partition_by=None,
    )
    op.create_index("status_changes_by_position", "status_changes", ["position"], unique=False)
    op.create_index(
        "status_changes_by_station", "status_changes", ["station_id", "position"], unique=False
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("status_changes")
    op.drop_table("point_states")
