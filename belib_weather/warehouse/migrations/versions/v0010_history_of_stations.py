"""Stations as they were: what documents say by the day, and versions by the UTC day.

The rows of `charge_points` and `stations` stay readable until the first run has read all of raw by
the day; then they are those of the new rules.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_PLUGS = {
    "has_ef": "Some point has a domestic (type E/F) socket.",
    "has_type_2": "Some point has a type 2 socket.",
    "has_combo_ccs": "Some point has a Combo CCS connector.",
    "has_chademo": "Some point has a CHAdeMO connector.",
}
_COMMENTS = (
    (
        "valid_from",
        "First instant at which these attributes were seen. [UTC]",
        "First UTC day of this version. [UTC day]",
    ),
    (
        "valid_to",
        "End of validity; null while current. [UTC]",
        "UTC day after its last; null while current. [UTC day]",
    ),
)
_COUNT = ("Charge points known at the station. [1]", "Charge points listed at the station. [1]")


def upgrade() -> None:
    """Create the tables, empty; give stations their plugs, null until they are computed."""
    op.create_table(
        "feed_attributes",
        sa.Column(
            "charge_point_id",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="Local id of the charge point.",
        ),
        sa.Column(
            "is_first",
            sa.Boolean(),
            autoincrement=False,
            nullable=False,
            comment="False: the newest values of each day. True: its first ones, where they are others.",
        ),
        sa.Column(
            "first_day",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="First UTC day of the stretch. [UTC day]",
        ),
        sa.Column(
            "last_day",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="Its last UTC day. [UTC day]",
        ),
        sa.Column(
            "address",
            sa.String(),
            autoincrement=False,
            nullable=True,
            comment="Postal address, as published (`adresse_station`).",
        ),
        sa.Column(
            "arrondissement",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=True,
            comment="Arrondissement 1-20, from the postal code in the address (75116 is the 16th).",
        ),
        sa.Column(
            "latitude",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Latitude, WGS 84. [degrees]",
        ),
        sa.Column(
            "longitude",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Longitude, WGS 84. [degrees]",
        ),
        sa.PrimaryKeyConstraint("charge_point_id", "is_first", "first_day"),
        comment="What the feed says of a charge point; one row per stretch of days on which it is the same.",
        postgresql_partition_by=None,
    )
    op.create_table(
        "static_attributes",
        sa.Column(
            "charge_point_id",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="Local id of the charge point.",
        ),
        sa.Column(
            "is_first",
            sa.Boolean(),
            autoincrement=False,
            nullable=False,
            comment="False: the newest values of each day. True: its first ones, where they are others.",
        ),
        sa.Column(
            "first_day",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="First UTC day of the stretch. [UTC day]",
        ),
        sa.Column(
            "last_day",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="Its last UTC day. [UTC day]",
        ),
        sa.Column(
            "address",
            sa.String(),
            autoincrement=False,
            nullable=True,
            comment="Postal address, as published (`adresse_station`).",
        ),
        sa.Column(
            "arrondissement",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=True,
            comment="Arrondissement 1-20, from the postal code in the address (75116 is the 16th).",
        ),
        sa.Column(
            "latitude",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Latitude, WGS 84. [degrees]",
        ),
        sa.Column(
            "longitude",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Longitude, WGS 84. [degrees]",
        ),
        sa.Column(
            "station_name",
            sa.String(),
            autoincrement=False,
            nullable=True,
            comment="Name of the station, as published.",
        ),
        sa.Column(
            "power_kw", sa.Float(), autoincrement=False, nullable=True, comment="Rated power. [kW]"
        ),
        sa.Column(
            "has_ef",
            sa.Boolean(),
            autoincrement=False,
            nullable=True,
            comment="Has a domestic (type E/F) socket.",
        ),
        sa.Column(
            "has_type_2",
            sa.Boolean(),
            autoincrement=False,
            nullable=True,
            comment="Has a type 2 socket.",
        ),
        sa.Column(
            "has_combo_ccs",
            sa.Boolean(),
            autoincrement=False,
            nullable=True,
            comment="Has a Combo CCS connector.",
        ),
        sa.Column(
            "has_chademo",
            sa.Boolean(),
            autoincrement=False,
            nullable=True,
            comment="Has a CHAdeMO connector.",
        ),
        sa.Column(
            "opening_hours",
            sa.String(),
            autoincrement=False,
            nullable=True,
            comment="Opening hours, as published (`24/7`).",
        ),
        sa.Column(
            "accessibility",
            sa.String(),
            autoincrement=False,
            nullable=True,
            comment="Accessibility for people with reduced mobility, as published.",
        ),
        sa.Column(
            "commissioned_on",
            sa.Date(),
            autoincrement=False,
            nullable=True,
            comment="Date of commissioning.",
        ),
        sa.PrimaryKeyConstraint("charge_point_id", "is_first", "first_day"),
        comment="What the static dataset says of a charge point; one row per stretch of days, as of the feed.",
        postgresql_partition_by=None,
    )
    for name, comment in _PLUGS.items():
        op.add_column("stations", sa.Column(name, sa.Boolean(), nullable=True, comment=comment))
    for table in ("charge_points", "stations"):
        for column, old, new in _COMMENTS:
            op.alter_column(table, column, comment=new, existing_comment=old)
    op.alter_column("stations", "charge_points", comment=_COUNT[1], existing_comment=_COUNT[0])


def downgrade() -> None:
    """Drop them; the rows of the dimensions stay as they are."""
    op.alter_column("stations", "charge_points", comment=_COUNT[0], existing_comment=_COUNT[1])
    for table in ("charge_points", "stations"):
        for column, old, new in _COMMENTS:
            op.alter_column(table, column, comment=old, existing_comment=new)
    for name in _PLUGS:
        op.drop_column("stations", name)
    op.drop_table("static_attributes")
    op.drop_table("feed_attributes")
