"""In the list of the worst, stations that do not report have a standing of their own.

Revision ID: 0023
Revises: 0022
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_VIEW = """CREATE OR REPLACE VIEW reliability_of_stations AS
    SELECT of_period.station_id, of_period.station_name, of_period.address,
    of_period.arrondissement, of_period.period, of_period.starts_on, of_period.standing, CASE
    WHEN (of_period.standing IN ({placed})) THEN row_number() OVER (PARTITION BY
    of_period.period, of_period.starts_on, of_period.standing IN ({placed}) ORDER BY {order},
    of_period.hours_down DESC, of_period.station_id) END AS place,
    of_period.technical_availability, of_period.technical_availability_low,
    of_period.technical_availability_high, of_period.share_observed, of_period.hours_down,
    of_period.outages_begun, of_period.outages_ended, of_period.points_already_out,
    of_period.longest_outage_hours, of_period.last_begun_at, of_period.last_begun_lasts,
    of_period.charge_points, of_period.source FROM (SELECT r.station_id AS station_id,
    s.station_name AS station_name, s.address AS address, s.arrondissement AS arrondissement,
    r.period AS period, r.starts_on AS starts_on, CASE WHEN (2 * (r.up_seconds +
    r.down_seconds + r.silent_seconds + r.unsettled_seconds + r.planned_seconds +
    r.removed_seconds) < r.up_seconds + r.down_seconds + r.silent_seconds +
    r.unsettled_seconds + r.planned_seconds + r.removed_seconds + r.unobserved_seconds) THEN
    'not observed' WHEN (r.up_seconds + r.down_seconds + r.silent_seconds +
    r.unsettled_seconds = 0) THEN 'not in service' WHEN (r.available_seconds = 0) THEN {never}
    WHEN (2 * (r.silent_seconds + r.unsettled_seconds + r.unobserved_seconds) > r.up_seconds +
    r.down_seconds + r.silent_seconds + r.unsettled_seconds + r.unobserved_seconds OR
    r.up_seconds + r.down_seconds = 0) THEN 'undecided' ELSE 'ranked' END AS standing, CASE
    WHEN (2 * (r.silent_seconds + r.unsettled_seconds + r.unobserved_seconds) <= r.up_seconds
    + r.down_seconds + r.silent_seconds + r.unsettled_seconds + r.unobserved_seconds) THEN
    CAST(r.up_seconds AS DOUBLE PRECISION) / CAST(CAST(nullif(r.up_seconds + r.down_seconds,
    0) AS DOUBLE PRECISION) AS DOUBLE PRECISION) END AS technical_availability,
    CAST(r.up_seconds AS DOUBLE PRECISION) / CAST(CAST(nullif(r.up_seconds + r.down_seconds +
    r.silent_seconds + r.unsettled_seconds, 0) AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS
    technical_availability_low, CAST(r.up_seconds + r.silent_seconds + r.unsettled_seconds AS
    DOUBLE PRECISION) / CAST(CAST(nullif(r.up_seconds + r.down_seconds + r.silent_seconds +
    r.unsettled_seconds, 0) AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS
    technical_availability_high, CAST(r.up_seconds + r.down_seconds + r.silent_seconds +
    r.unsettled_seconds + r.planned_seconds + r.removed_seconds AS DOUBLE PRECISION) /
    CAST(CAST(nullif(r.up_seconds + r.down_seconds + r.silent_seconds + r.unsettled_seconds +
    r.planned_seconds + r.removed_seconds + r.unobserved_seconds, 0) AS DOUBLE PRECISION) AS
    DOUBLE PRECISION) AS share_observed, CAST(r.down_seconds / CAST(3600.0 AS NUMERIC) AS
    DOUBLE PRECISION) AS hours_down, r.outages_begun AS outages_begun, r.outages_ended AS
    outages_ended, r.points_already_out AS points_already_out, CAST(r.longest_outage_seconds /
    CAST(3600.0 AS NUMERIC) AS DOUBLE PRECISION) AS longest_outage_hours, r.last_begun_at AS
    last_begun_at, r.last_begun_lasts AS last_begun_lasts, r.charge_points AS charge_points,
    r.source AS source FROM station_reliability AS r LEFT OUTER JOIN stations AS s ON
    s.station_id = r.station_id AND s.valid_to IS NULL) AS of_period"""
_AFTER = {
    "placed": "'never available', 'not reporting', 'ranked'",
    "order": (
        "of_period.standing != 'never available', of_period.standing != 'not reporting', "
        "of_period.technical_availability ASC"
    ),
    "never": (
        "CASE WHEN (2 * (r.silent_seconds + r.unsettled_seconds + r.unobserved_seconds) > "
        "r.up_seconds + r.down_seconds + r.silent_seconds + r.unsettled_seconds + "
        "r.unobserved_seconds) THEN 'not reporting' ELSE 'never available' END"
    ),
}
_BEFORE = {
    "placed": "'never available', 'ranked'",
    "order": "of_period.standing = 'ranked', of_period.technical_availability ASC NULLS FIRST",
    "never": "'never available'",
}


def upgrade() -> None:
    """Replace the view; its columns stay."""
    op.execute(_VIEW.format(**_AFTER))


def downgrade() -> None:
    """Replace it by the view before."""
    op.execute(_VIEW.format(**_BEFORE))
