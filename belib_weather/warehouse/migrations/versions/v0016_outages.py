"""Create outages, station_reliability and its view, time_to_repair.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_VIEW = """CREATE VIEW reliability_of_stations AS
SELECT of_period.station_id, of_period.station_name, of_period.address,
    of_period.arrondissement, of_period.period, of_period.starts_on, of_period.standing, CASE
    WHEN (of_period.standing IN ('never available', 'ranked')) THEN row_number() OVER (PARTITION
    BY of_period.period, of_period.starts_on, of_period.standing IN ('never available',
    'ranked') ORDER BY of_period.standing = 'ranked', of_period.technical_availability ASC NULLS
    FIRST, of_period.hours_down DESC, of_period.station_id) END AS place,
    of_period.technical_availability, of_period.technical_availability_low,
    of_period.technical_availability_high, of_period.share_observed, of_period.hours_down,
    of_period.outages_begun, of_period.outages_ended, of_period.points_already_out,
    of_period.longest_outage_hours, of_period.last_begun_at, of_period.last_begun_lasts,
    of_period.charge_points
FROM (SELECT r.station_id AS station_id, s.station_name AS station_name, s.address AS address,
    s.arrondissement AS arrondissement, r.period AS period, r.starts_on AS starts_on, CASE WHEN
    (2 * (r.up_seconds + r.down_seconds + r.silent_seconds + r.unsettled_seconds +
    r.planned_seconds + r.removed_seconds) < r.up_seconds + r.down_seconds + r.silent_seconds +
    r.unsettled_seconds + r.planned_seconds + r.removed_seconds + r.unobserved_seconds) THEN
    'not observed' WHEN (r.up_seconds + r.down_seconds + r.silent_seconds + r.unsettled_seconds
    = 0) THEN 'not in service' WHEN (r.available_seconds = 0) THEN 'never available' WHEN (2 *
    (r.silent_seconds + r.unsettled_seconds + r.unobserved_seconds) > r.up_seconds +
    r.down_seconds + r.silent_seconds + r.unsettled_seconds + r.unobserved_seconds OR
    r.up_seconds + r.down_seconds = 0) THEN 'undecided' ELSE 'ranked' END AS standing, CASE WHEN
    (2 * (r.silent_seconds + r.unsettled_seconds + r.unobserved_seconds) <= r.up_seconds +
    r.down_seconds + r.silent_seconds + r.unsettled_seconds + r.unobserved_seconds) THEN
    CAST(r.up_seconds AS DOUBLE PRECISION) / CAST(CAST(nullif(r.up_seconds + r.down_seconds, 0)
    AS DOUBLE PRECISION) AS DOUBLE PRECISION) END AS technical_availability, CAST(r.up_seconds
    AS DOUBLE PRECISION) / CAST(CAST(nullif(r.up_seconds + r.down_seconds + r.silent_seconds +
    r.unsettled_seconds, 0) AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS
    technical_availability_low, CAST(r.up_seconds + r.silent_seconds + r.unsettled_seconds AS
    DOUBLE PRECISION) / CAST(CAST(nullif(r.up_seconds + r.down_seconds + r.silent_seconds +
    r.unsettled_seconds, 0) AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS
    technical_availability_high, CAST(r.up_seconds + r.down_seconds + r.silent_seconds +
    r.unsettled_seconds + r.planned_seconds + r.removed_seconds AS DOUBLE PRECISION) /
    CAST(CAST(nullif(r.up_seconds + r.down_seconds + r.silent_seconds + r.unsettled_seconds +
    r.planned_seconds + r.removed_seconds + r.unobserved_seconds, 0) AS DOUBLE PRECISION) AS
    DOUBLE PRECISION) AS share_observed, CAST(r.down_seconds / CAST(3600.0 AS NUMERIC) AS DOUBLE
    PRECISION) AS hours_down, r.outages_begun AS outages_begun, r.outages_ended AS
    outages_ended, r.points_already_out AS points_already_out, CAST(r.longest_outage_seconds /
    CAST(3600.0 AS NUMERIC) AS DOUBLE PRECISION) AS longest_outage_hours, r.last_begun_at AS
    last_begun_at, r.last_begun_lasts AS last_begun_lasts, r.charge_points AS charge_points
FROM station_reliability AS r LEFT OUTER JOIN stations AS s ON s.station_id = r.station_id AND
    s.valid_to IS NULL) AS of_period"""


def upgrade() -> None:
    """Create them, and the index by which segments of a station are found."""
    op.create_index(
        "status_episodes_by_station", "status_episodes", ["station_id", "started_at"], unique=False
    )
    op.create_table(
        "outages",
        sa.Column(
            "outage_of",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="Id of the charge point, or of the station where the whole station is out.",
        ),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="First second out of order or unknown, or of what follows an outage of the station. [UTC]",
        ),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="Second after the last; the newest observed one where it lasts. [UTC]",
        ),
        sa.Column(
            "station_id", sa.String(), autoincrement=False, nullable=False, comment="Station."
        ),
        sa.Column(
            "charge_point_id",
            sa.String(),
            autoincrement=False,
            nullable=True,
            comment="Charge point; null where the whole station is out.",
        ),
        sa.Column(
            "kind",
            sa.String(length=7),
            autoincrement=False,
            nullable=False,
            comment="outage: it has down time. silence: unknown for less than 24 h.",
        ),
        sa.Column(
            "since",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="The earlier of the begin and the stamp of the record in force then. [UTC]",
        ),
        sa.Column(
            "down_from",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=True,
            comment="First down second; null in a silence. [UTC]",
        ),
        sa.Column(
            "duration_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=True,
            comment="From `down_from` to `ended_at`, short returns included; null in a silence. [s]",
        ),
        sa.Column(
            "down_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Seconds out of order, or unknown for 24 h and more, of all its points. [point-seconds]",
        ),
        sa.Column(
            "is_begun",
            sa.Boolean(),
            autoincrement=False,
            nullable=False,
            comment="True where its begin was seen; false where it already went on.",
        ),
        sa.Column(
            "end_kind",
            sa.String(length=9),
            autoincrement=False,
            nullable=False,
            comment="How it ends: returned; censored: unseen, withdrawn (planned, removed), lasts.",
        ),
        sa.Column(
            "returns",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Returns to service of less than 30 min inside it, of all its points. [1]",
        ),
        sa.Column(
            "charge_points",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Charge points in it: 1, or those of the station. [1]",
        ),
        sa.Column(
            "points_in_service",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="Points of the station that were in service at its begin; null of one point. [1]",
        ),
        sa.Column(
            "local_date",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="Calendar date in Paris at the begin.",
        ),
        sa.PrimaryKeyConstraint("outage_of", "started_at"),
        comment="An outage or a silence of a charge point, or of a whole station; one row each.",
        postgresql_partition_by=None,
    )
    op.create_index("outages_by_station", "outages", ["station_id", "started_at"], unique=False)
    op.create_table(
        "station_reliability",
        sa.Column(
            "station_id", sa.String(), autoincrement=False, nullable=False, comment="Station."
        ),
        sa.Column(
            "period",
            sa.String(length=5),
            autoincrement=False,
            nullable=False,
            comment="week or month, as in Paris.",
        ),
        sa.Column(
            "starts_on",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="First date in Paris: a Monday, or the first of a month.",
        ),
        sa.Column(
            "made_to",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="End of what is counted: of the period, or of the observed time. [UTC]",
        ),
        sa.Column(
            "charge_points",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Charge points listed at some time in the period. [1]",
        ),
        sa.Column(
            "up_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Freshly available, occupied or reserved. [point-seconds]",
        ),
        sa.Column(
            "available_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Of `up_seconds`, those available. [point-seconds]",
        ),
        sa.Column(
            "down_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Out of order, or unknown for 24 h and more. [point-seconds]",
        ),
        sa.Column(
            "silent_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Available, occupied or reserved under a record older than 26 h. [point-seconds]",
        ),
        sa.Column(
            "unsettled_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Unknown for less than 24 h. [point-seconds]",
        ),
        sa.Column(
            "planned_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Planned (not yet in service). [point-seconds]",
        ),
        sa.Column(
            "removed_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Removed. [point-seconds]",
        ),
        sa.Column(
            "unobserved_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Listed, but not observed. [point-seconds]",
        ),
        sa.Column(
            "outages_begun",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Outages whose begin was seen; one of the whole station counts once. [1]",
        ),
        sa.Column(
            "outages_ended",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Outages that ended with a return to service. [1]",
        ),
        sa.Column(
            "outages_carried_in",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Outages that went on when the period began. [1]",
        ),
        sa.Column(
            "points_already_out",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Points with an outage that already went on when first seen. [1]",
        ),
        sa.Column(
            "silences_begun",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Begins of unknown that lasted less than 24 h: in no rate. [1]",
        ),
        sa.Column(
            "longest_outage_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=True,
            comment="Longest outage, short returns included, as far as it lies in the period. [s]",
        ),
        sa.Column(
            "last_begun_at",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=True,
            comment="Begin of the last outage whose begin was seen. [UTC]",
        ),
        sa.Column(
            "last_begun_lasts",
            sa.Boolean(),
            autoincrement=False,
            nullable=True,
            comment="Whether that one goes on at the end of what is counted.",
        ),
        sa.PrimaryKeyConstraint("station_id", "period", "starts_on"),
        comment="What the points of a station did in a week or month of Paris: sums and counts alone.",
        postgresql_partition_by=None,
    )
    op.create_table(
        "time_to_repair",
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
            comment="Number of the arrondissement, power class, station id, or `city`.",
        ),
        sa.Column(
            "starts_on",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="First date in Paris of the quarter, or of the twelve months.",
        ),
        sa.Column(
            "ends_on",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="Date in Paris after its last.",
        ),
        sa.Column(
            "stations",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Stations with a point listed. [1]",
        ),
        sa.Column(
            "outages_begun",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Outages whose begin was seen: the sample of the curve. [1]",
        ),
        sa.Column(
            "outages_ended",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Of these, those that ended with a return to service. [1]",
        ),
        sa.Column(
            "longest_followed_hours",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Longest time for which one was followed. [h]",
        ),
        sa.Column(
            "median_hours",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Time within which half of the outages end. [h]",
        ),
        sa.Column(
            "median_hours_low",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Lower end of its 95 % interval (log-log). [h]",
        ),
        sa.Column(
            "median_hours_high",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Upper end of its 95 % interval (log-log). [h]",
        ),
        sa.Column(
            "p90_hours",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Time within which nine of ten outages end. [h]",
        ),
        sa.Column(
            "p90_hours_low",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Lower end of its 95 % interval (log-log). [h]",
        ),
        sa.Column(
            "p90_hours_high",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Upper end of its 95 % interval (log-log). [h]",
        ),
        sa.Column(
            "up_seconds",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Freshly available, occupied or reserved: what the rate is a share of. [point-seconds]",
        ),
        sa.Column(
            "outages_per_1000_hours",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Outages begun per 1,000 point-hours up. [per 1,000 point-hours]",
        ),
        sa.Column(
            "outages_per_1000_hours_low",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Lower end of its 95 % interval (bootstrap of stations). [per 1,000 point-hours]",
        ),
        sa.Column(
            "outages_per_1000_hours_high",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Upper end of its 95 % interval (bootstrap of stations). [per 1,000 point-hours]",
        ),
        sa.PrimaryKeyConstraint("scope", "area", "starts_on"),
        comment="How long outages last and how often they begin, in an area and a quarter of a year.",
        postgresql_partition_by=None,
    )
    op.execute(_VIEW)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP VIEW reliability_of_stations")
    op.drop_table("time_to_repair")
    op.drop_table("station_reliability")
    op.drop_table("outages")
    op.drop_index("status_episodes_by_station", "status_episodes")
