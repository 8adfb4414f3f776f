"""How full stations were, week by week: saturation and its view.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and its view."""
    op.create_table(
        "saturation",
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
            comment="Station id, or number of the arrondissement.",
        ),
        sa.Column(
            "week",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="Monday of the week, the date in Paris.",
        ),
        sa.Column(
            "arrondissement",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=True,
            comment="Arrondissement 1-20, from the postal code in the address (75116 is the 16th).",
        ),
        sa.Column(
            "days_observed",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Dates of the week on which the area was observed. [1]",
        ),
        sa.Column(
            "stations",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Stations with facts in the week. [1]",
        ),
        sa.Column(
            "charge_points",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Charge points: of each station the most that were sighted in one hour. [1]",
        ),
        sa.Column(
            "available_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Seconds freshly reported available. [point-seconds]",
        ),
        sa.Column(
            "occupied_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Seconds freshly reported occupied. [point-seconds]",
        ),
        sa.Column(
            "reserved_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Seconds freshly reported reserved. [point-seconds]",
        ),
        sa.Column(
            "any_observed_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Some point of the station observed. [station-seconds]",
        ),
        sa.Column(
            "any_available_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Some point of it freshly available. [station-seconds]",
        ),
        sa.Column(
            "full_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="No point available, some freshly occupied or reserved. [station-seconds]",
        ),
        sa.Column(
            "without_available_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Observed, and no point freshly available: full, out of order or silent. [station-seconds]",
        ),
        sa.Column(
            "saturation",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Of the time in which the station had a free point or was full, the share it was full. [1]",
        ),
        sa.Column(
            "chance_of_a_free_point",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Share of the observed time in which the station had a free point. [1]",
        ),
        sa.Column(
            "points_in_service",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Points available, occupied or reserved, on average while their station was observed; of an arrondissement the sum over its stations. Null where none was observed. [points]",
        ),
        sa.Column(
            "occupied_hours_per_point_day",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Hours for which a point in service was occupied in 24 hours, on average. [h]",
        ),
        sa.Column(
            "fullest_weekday",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=True,
            comment="ISO weekday of the hour with most seconds full.",
        ),
        sa.Column(
            "fullest_hour",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=True,
            comment="That hour, in Paris; null where never full.",
        ),
        sa.Column(
            "fullest_hours",
            sa.String(),
            autoincrement=False,
            nullable=True,
            comment="The three hours with most seconds full, the fullest first: `Tue 18:00, …`.",
        ),
        sa.PrimaryKeyConstraint("scope", "area", "week"),
        comment="How full a station or an arrondissement was in a week.",
        postgresql_partition_by=None,
    )
    op.execute(
        """CREATE VIEW full_stations_by_week AS
SELECT w.area AS station_id, w.week, s.station_name, s.address, w.arrondissement, w.charge_points,
 w.days_observed,
 CAST(w.any_observed_seconds AS DOUBLE PRECISION) / CAST(3600 AS DOUBLE PRECISION) AS hours_observed,
 CAST(w.full_seconds AS DOUBLE PRECISION) / CAST(3600 AS DOUBLE PRECISION) AS hours_full,
 CAST(w.without_available_seconds AS DOUBLE PRECISION) / CAST(3600 AS DOUBLE PRECISION)
 AS hours_without_a_free_point,
 w.saturation, w.points_in_service, w.occupied_hours_per_point_day, w.fullest_hours
FROM saturation AS w
LEFT OUTER JOIN stations AS s ON s.station_id = w.area AND s.valid_to IS NULL
WHERE w.scope = 'station'"""
    )


def downgrade() -> None:
    """Drop both."""
    op.execute("DROP VIEW full_stations_by_week")
    op.drop_table("saturation")
