"""What goes with the weather: weather_association and its view.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and its view."""
    op.create_table(
        "weather_association",
        sa.Column(
            "scope",
            sa.String(length=14),
            autoincrement=False,
            nullable=False,
            comment="What the area is.",
        ),
        sa.Column(
            "area",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="Number of the arrondissement, or the city.",
        ),
        sa.Column(
            "condition",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="The weather: `5 °C`, `precipitation of 1 mm or more`.",
        ),
        sa.Column(
            "temperature_c",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Temperature of the condition; null of precipitation. [°C]",
        ),
        sa.Column(
            "precipitation",
            sa.String(length=12),
            autoincrement=False,
            nullable=True,
            comment="Precipitation in the hour of the condition; null of temperatures.",
        ),
        sa.Column(
            "compared_with",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="The weather that it is compared with: `dry`, or a temperature.",
        ),
        sa.Column(
            "standing",
            sa.String(length=11),
            autoincrement=False,
            nullable=False,
            comment="provisional: from fewer than 90 days; withheld: too little was seen to say.",
        ),
        sa.Column(
            "reason",
            sa.String(length=32),
            autoincrement=False,
            nullable=True,
            comment="Why it is withheld; null where not.",
        ),
        sa.Column(
            "difference",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Occupancy in this weather minus occupancy in the other: 0.01 is 1 %. [share]",
        ),
        sa.Column(
            "difference_low",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Lower end of its 95 % interval. [share]",
        ),
        sa.Column(
            "difference_high",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Upper end of its 95 % interval. [share]",
        ),
        sa.Column(
            "hours",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Hours in this weather; of a temperature those within 2.5 °C. [1]",
        ),
        sa.Column(
            "days",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Dates in Paris with such an hour. [1]",
        ),
        sa.Column(
            "occupancy",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Share of the point time in service that was occupied. [1]",
        ),
        sa.Column(
            "occupied_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Seconds occupied, in all hours used. [point-seconds]",
        ),
        sa.Column(
            "in_service_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Seconds available, occupied or reserved, in all hours used. [point-seconds]",
        ),
        sa.Column(
            "hours_used",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Hours of the area with occupancy and weather, whatever the weather. [1]",
        ),
        sa.Column(
            "days_used",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Dates in Paris with such an hour. [1]",
        ),
        sa.Column(
            "weeks_used",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Weeks in Paris with such an hour: the blocks of the bootstrap. [1]",
        ),
        sa.Column(
            "first_date",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="First of these dates.",
        ),
        sa.Column(
            "last_date",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="Last of these dates.",
        ),
        sa.PrimaryKeyConstraint("scope", "area", "condition"),
        comment="How occupancy differs with the weather, at the same hour of the week and in the same week.",
        postgresql_partition_by=None,
    )

    op.execute(
        """CREATE VIEW weather_and_occupancy AS
SELECT a.scope, a.area, a.condition AS weather, a.compared_with,
 a.difference * 100 AS points_of_occupancy, a.difference_low * 100 AS at_least,
 a.difference_high * 100 AS at_most, a.standing, a.hours, a.days, a.days_used
FROM weather_association AS a
WHERE a.difference IS NOT NULL"""
    )


def downgrade() -> None:
    """Drop both."""
    op.execute("DROP VIEW weather_and_occupancy")
    op.drop_table("weather_association")
