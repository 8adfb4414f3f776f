"""Create arrondissements.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "arrondissements",
        sa.Column(
            "arrondissement",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=False,
            comment="Number of the arrondissement, 1-20.",
        ),
        sa.Column(
            "name",
            sa.String(),
            autoincrement=False,
            nullable=True,
            comment="Official name, as published (`l_aroff`).",
        ),
        sa.Column(
            "surface_m2",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Surface, as published. [m²]",
        ),
        sa.Column(
            "outline",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="Outline: a GeoJSON MultiPolygon in WGS 84, longitude first, as published.",
        ),
        sa.Column(
            "captured_at",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="Second of the export. [UTC]",
        ),
        sa.Column(
            "source",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="Raw source of the export.",
        ),
        sa.PrimaryKeyConstraint("arrondissement"),
        comment="An arrondissement and its outline; one row each, of the newest export of the outlines.",
        postgresql_partition_by=None,
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("arrondissements")
