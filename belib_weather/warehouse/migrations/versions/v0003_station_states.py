"""The state of every station at the newest snapshot.

Who may read it follows from the default privileges of revision 0001.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; the next tick fills it."""
    op.create_table(
        "station_states",
        sa.Column("station_id", sa.String(), nullable=False, comment="Station."),
        sa.Column(
            "captured_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Second of the snapshot. [UTC]",
        ),
        sa.Column(
            "source",
            sa.String(),
            nullable=False,
            comment="Raw source of the snapshot.",
        ),
        sa.Column(
            "station_status",
            sa.String(length=12),
            nullable=False,
            comment="One word: available, or else full, or else silent, or else out_of_order.",
        ),
        sa.Column(
            "charge_points",
            sa.Integer(),
            nullable=False,
            comment="Charge points of the station in the snapshot. [1]",
        ),
        sa.Column(
            "available",
            sa.Integer(),
            nullable=False,
            comment="Points freshly available. [1]",
        ),
        sa.Column(
            "occupied",
            sa.Integer(),
            nullable=False,
            comment="Points freshly occupied. [1]",
        ),
        sa.Column(
            "reserved",
            sa.Integer(),
            nullable=False,
            comment="Points freshly reserved. [1]",
        ),
        sa.Column(
            "out_of_order",
            sa.Integer(),
            nullable=False,
            comment="Points freshly out of order. [1]",
        ),
        sa.Column(
            "planned",
            sa.Integer(),
            nullable=False,
            comment="Points freshly reported planned. [1]",
        ),
        sa.Column(
            "removed",
            sa.Integer(),
            nullable=False,
            comment="Points freshly reported removed. [1]",
        ),
        sa.Column(
            "unknown",
            sa.Integer(),
            nullable=False,
            comment="Points freshly reported unknown. [1]",
        ),
        sa.Column(
            "stale",
            sa.Integer(),
            nullable=False,
            comment="Points whose record is older than 26 h. [1]",
        ),
        sa.Column(
            "reported_available",
            sa.Integer(),
            nullable=False,
            comment="Points reported available, fresh or stale. [1]",
        ),
        sa.Column(
            "reported_occupied",
            sa.Integer(),
            nullable=False,
            comment="Points reported occupied, fresh or stale. [1]",
        ),
        sa.Column(
            "reported_reserved",
            sa.Integer(),
            nullable=False,
            comment="Points reported reserved, fresh or stale. [1]",
        ),
        sa.Column(
            "reported_out_of_order",
            sa.Integer(),
            nullable=False,
            comment="Points reported out of order, fresh or stale. [1]",
        ),
        sa.Column(
            "reported_planned",
            sa.Integer(),
            nullable=False,
            comment="Points reported planned, fresh or stale. [1]",
        ),
        sa.Column(
            "reported_removed",
            sa.Integer(),
            nullable=False,
            comment="Points reported removed, fresh or stale. [1]",
        ),
        sa.Column(
            "reported_unknown",
            sa.Integer(),
            nullable=False,
            comment="Points reported unknown, fresh or stale. [1]",
        ),
        sa.Column(
            "newest_update",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Newest `last_updated` among the station's points. [UTC]",
        ),
        sa.Column(
            "station_name",
            sa.String(),
            nullable=True,
            comment="Name of the station, as published.",
        ),
        sa.Column(
            "address",
            sa.String(),
            nullable=True,
            comment="Postal address, as published (`adresse_station`).",
        ),
        sa.Column(
            "arrondissement",
            sa.SmallInteger(),
            nullable=True,
            comment="Arrondissement 1-20, from the postal code in the address (75116 is the 16th).",
        ),
        sa.Column(
            "latitude",
            sa.Float(),
            nullable=True,
            comment="Latitude, WGS 84. [degrees]",
        ),
        sa.Column(
            "longitude",
            sa.Float(),
            nullable=True,
            comment="Longitude, WGS 84. [degrees]",
        ),
        sa.Column(
            "power_kw",
            sa.Float(),
            nullable=True,
            comment="Highest rated power. [kW]",
        ),
        sa.PrimaryKeyConstraint("station_id"),
        comment="The state of every station at the newest snapshot, with its attributes.",
    )


def downgrade() -> None:
    """Drop it again; it can be made again from raw."""
    op.drop_table("station_states")
