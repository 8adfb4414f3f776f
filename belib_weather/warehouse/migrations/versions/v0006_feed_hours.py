"""Create feed_hours.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "feed_hours",
        sa.Column(
            "hour",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="Start of the UTC hour. [UTC hour]",
        ),
        sa.Column(
            "snapshots",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Distinct seconds of stored snapshots, imports included. [1]",
        ),
        sa.Column(
            "expected_snapshots",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="Snapshots at the cadence in force (15 min at most); null before any poll. [1]",
        ),
        sa.Column(
            "observed_seconds",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Seconds between two snapshots at most 30 min apart. [s]",
        ),
        sa.Column(
            "longest_gap_seconds",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Longest stretch of the hour without a snapshot; of the running hour up to now. [s]",
        ),
        sa.Column(
            "refused",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Answers that were refused and are in quarantine. [1]",
        ),
        sa.Column(
            "charge_points",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Charge points sighted in the hour. [1]",
        ),
        sa.Column(
            "source",
            sa.String(),
            autoincrement=False,
            nullable=True,
            comment="Raw sources of the snapshots of the hour.",
        ),
        sa.Column(
            "is_provisional",
            sa.Boolean(),
            autoincrement=False,
            nullable=False,
            comment="True until 30 min after the end of the hour.",
        ),
        sa.Column(
            "local_date",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="Calendar date in Paris at the start of the hour.",
        ),
        sa.Column(
            "local_hour",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=False,
            comment="Hour of the day in Paris, 0-23.",
        ),
        sa.Column(
            "local_weekday",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=False,
            comment="ISO weekday in Paris, 1 is Monday.",
        ),
        sa.PrimaryKeyConstraint("hour"),
        comment="What was polled of the feed in a UTC hour; one row per hour, also where nothing was.",
        postgresql_partition_by=None,
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("feed_hours")
