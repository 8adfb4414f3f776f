"""Typical weeks: occupancy_profile and its view; comments on the columns that had none.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_COMMENTS = {
    "platform_state": {"name": "What is remembered.", "value": "Its value, as text."},
    "fact_inputs": {
        "hour": "Start of the UTC hour of the facts.",
        "input_hash": "SHA-256 of what the rows were made from.",
        "snapshots": "Raw snapshots in that time.",
    },
    "warehouse_schema_version": {"version_num": "Newest migration that was run."},
}


def upgrade() -> None:
    """Create the table and its view, and say what each column is."""
    op.create_table(
        "occupancy_profile",
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
            comment="Station id, number of the arrondissement, or name of the city.",
        ),
        sa.Column(
            "local_weekday",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=False,
            comment="ISO weekday in Paris, 1 is Monday.",
        ),
        sa.Column(
            "local_hour",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=False,
            comment="Hour of the day in Paris, 0-23.",
        ),
        sa.Column(
            "arrondissement",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=True,
            comment="Arrondissement 1-20, from the postal code in the address (75116 is the 16th).",
        ),
        sa.Column(
            "weeks",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Weeks before the day on which it was made: the period at most. [1]",
        ),
        sa.Column(
            "first_date",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="First date in Paris with facts in the period.",
        ),
        sa.Column(
            "last_date",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="Last date in Paris with facts in the period.",
        ),
        sa.Column(
            "days_observed",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Dates in Paris on which the area was observed in this hour. [1]",
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
            "out_of_order_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Seconds freshly reported out of order. [point-seconds]",
        ),
        sa.Column(
            "planned_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Seconds freshly reported planned (not yet in service). [point-seconds]",
        ),
        sa.Column(
            "removed_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Seconds freshly reported removed. [point-seconds]",
        ),
        sa.Column(
            "unknown_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Seconds freshly reported unknown. [point-seconds]",
        ),
        sa.Column(
            "stale_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Observed seconds under a record older than 26 h, whatever its status. [point-seconds]",
        ),
        sa.Column(
            "unobserved_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Seconds that were not observed, within hours that were polled. [point-seconds]",
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
            "share_available",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Share of the freshly reported point time that was available. [1]",
        ),
        sa.Column(
            "occupancy",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Share of the point time in service that was occupied. [1]",
        ),
        sa.Column(
            "chance_of_a_free_point",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Share of the observed time in which the station had a free point. [1]",
        ),
        sa.Column(
            "saturation",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Of the time in which the station had a free point or was full, the share it was full. [1]",
        ),
        sa.Column(
            "estimated_chance",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Chance of a free point in this hour of a coming week; null but for stations. [1]",
        ),
        sa.Column(
            "estimated_chance_low",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Lower end of its 90 % interval. [1]",
        ),
        sa.Column(
            "estimated_chance_high",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Upper end of its 90 % interval. [1]",
        ),
        sa.Column(
            "expected_chance",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="What is expected before the hour itself is looked at (the prior). [1]",
        ),
        sa.Column(
            "expected_chance_days",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="How many observed days that expectation counts as, the same for all hours. [days]",
        ),
        sa.Column(
            "level_from",
            sa.String(length=14),
            autoincrement=False,
            nullable=True,
            comment="Whose level is expected: the station's own; with fewer than 3 observed days that of its arrondissement, or of the city where that is unknown.",
        ),
        sa.PrimaryKeyConstraint("scope", "area", "local_weekday", "local_hour"),
        comment="A typical hour of the week over the last weeks: what was seen, and an estimated chance.",
        postgresql_partition_by=None,
    )
    op.execute(
        """CREATE VIEW best_hours_of_station AS
SELECT p.area AS station_id, s.station_name, s.address, p.arrondissement, s.power_kw,
 p.local_weekday, p.local_hour,
 row_number() OVER (PARTITION BY p.area ORDER BY p.estimated_chance DESC, p.local_weekday, p.local_hour)
 AS place_in_week, p.estimated_chance AS chance, p.estimated_chance_low AS chance_at_least,
 p.estimated_chance_high AS chance_at_most, p.days_observed, p.last_date
FROM occupancy_profile AS p
LEFT OUTER JOIN stations AS s ON s.station_id = p.area AND s.valid_to IS NULL
WHERE p.scope = 'station' AND p.estimated_chance IS NOT NULL"""
    )
    for table, columns in _COMMENTS.items():
        for column, comment in columns.items():
            op.execute(f"COMMENT ON COLUMN {table}.{column} IS '{comment}'")


def downgrade() -> None:
    """Drop both; comments stay but where they would differ from older declarations."""
    op.execute("COMMENT ON COLUMN platform_state.name IS NULL")
    op.execute("COMMENT ON COLUMN platform_state.value IS NULL")
    op.execute("DROP VIEW best_hours_of_station")
    op.drop_table("occupancy_profile")
