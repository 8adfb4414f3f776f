"""Rows of outages and marts say which raw sources they rest on: simulated ones are told.

The rows that are there name all sources that are stored, until the next run makes them again.

Revision ID: 0020
Revises: 0019
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_TABLES = {
    "occupancy_profile": ("Raw sources of the snapshots of the period.", False),
    "outages": ("Raw sources of the snapshots of its UTC days.", False),
    "saturation": ("Raw sources of the snapshots of the week.", False),
    "station_reliability": (
        "Raw sources of the snapshots of the period; null where nothing was observed.",
        True,
    ),
    "time_to_repair": (
        "Raw sources of the snapshots of its months; null where nothing was observed.",
        True,
    ),
    "weather_association": ("Raw sources of the snapshots and the weather of the period.", False),
}
"""Comment of the column, and whether it can be null."""
_FILL = """
UPDATE {table} SET source = coalesce((
    SELECT string_agg(DISTINCT part, ' + ' ORDER BY part)
    FROM (SELECT DISTINCT source, weather_source FROM availability_facts) AS f,
        unnest(string_to_array(concat_ws(' + ', {columns}), ' + ')) AS part
), '')
"""
_SOURCE = re.compile(r",\s+(?:\w+\.source AS source|\w+\.source)\b")
_VIEWS = {
    "best_hours_of_station": """
    SELECT p.area AS station_id, s.station_name, s.address, p.arrondissement, s.power_kw,
    p.local_weekday, p.local_hour, row_number() OVER (PARTITION BY p.area ORDER BY
    p.estimated_chance DESC, p.local_weekday, p.local_hour) AS place_in_week, p.estimated_chance AS
    chance, p.estimated_chance_low AS chance_at_least, p.estimated_chance_high AS chance_at_most,
    p.days_observed, p.last_date, p.source FROM occupancy_profile AS p LEFT OUTER JOIN stations AS
    s ON s.station_id = p.area AND s.valid_to IS NULL WHERE p.scope = 'station' AND
    p.estimated_chance IS NOT NULL""",
    "full_stations_by_week": """
    SELECT w.area AS station_id, w.week, s.station_name, s.address, w.arrondissement,
    w.charge_points, w.days_observed, CAST(w.any_observed_seconds AS DOUBLE PRECISION) / CAST(3600
    AS DOUBLE PRECISION) AS hours_observed, CAST(w.full_seconds AS DOUBLE PRECISION) / CAST(3600 AS
    DOUBLE PRECISION) AS hours_full, CAST(w.without_available_seconds AS DOUBLE PRECISION) /
    CAST(3600 AS DOUBLE PRECISION) AS hours_without_a_free_point, w.saturation,
    w.points_in_service, w.occupied_hours_per_point_day, w.fullest_hours, w.source FROM saturation
    AS w LEFT OUTER JOIN stations AS s ON s.station_id = w.area AND s.valid_to IS NULL WHERE
    w.scope = 'station'""",
    "weather_and_occupancy": """
    SELECT a.scope, a.area, a.condition AS weather, a.compared_with, a.difference * 100 AS
    points_of_occupancy, a.difference_low * 100 AS at_least, a.difference_high * 100 AS at_most,
    a.standing, a.hours, a.days, a.days_used, a.source FROM weather_association AS a WHERE
    a.difference IS NOT NULL""",
    "reliability_of_stations": """
    SELECT of_period.station_id, of_period.station_name, of_period.address,
    of_period.arrondissement, of_period.period, of_period.starts_on, of_period.standing, CASE WHEN
    (of_period.standing IN ('never available', 'ranked')) THEN row_number() OVER (PARTITION BY
    of_period.period, of_period.starts_on, of_period.standing IN ('never available', 'ranked')
    ORDER BY of_period.standing = 'ranked', of_period.technical_availability ASC NULLS FIRST,
    of_period.hours_down DESC, of_period.station_id) END AS place,
    of_period.technical_availability, of_period.technical_availability_low,
    of_period.technical_availability_high, of_period.share_observed, of_period.hours_down,
    of_period.outages_begun, of_period.outages_ended, of_period.points_already_out,
    of_period.longest_outage_hours, of_period.last_begun_at, of_period.last_begun_lasts,
    of_period.charge_points, of_period.source FROM (SELECT r.station_id AS station_id,
    s.station_name AS station_name, s.address AS address, s.arrondissement AS arrondissement,
    r.period AS period, r.starts_on AS starts_on, CASE WHEN (2 * (r.up_seconds + r.down_seconds +
    r.silent_seconds + r.unsettled_seconds + r.planned_seconds + r.removed_seconds) < r.up_seconds
    + r.down_seconds + r.silent_seconds + r.unsettled_seconds + r.planned_seconds +
    r.removed_seconds + r.unobserved_seconds) THEN 'not observed' WHEN (r.up_seconds +
    r.down_seconds + r.silent_seconds + r.unsettled_seconds = 0) THEN 'not in service' WHEN
    (r.available_seconds = 0) THEN 'never available' WHEN (2 * (r.silent_seconds +
    r.unsettled_seconds + r.unobserved_seconds) > r.up_seconds + r.down_seconds + r.silent_seconds
    + r.unsettled_seconds + r.unobserved_seconds OR r.up_seconds + r.down_seconds = 0) THEN
    'undecided' ELSE 'ranked' END AS standing, CASE WHEN (2 * (r.silent_seconds +
    r.unsettled_seconds + r.unobserved_seconds) <= r.up_seconds + r.down_seconds + r.silent_seconds
    + r.unsettled_seconds + r.unobserved_seconds) THEN CAST(r.up_seconds AS DOUBLE PRECISION) /
    CAST(CAST(nullif(r.up_seconds + r.down_seconds, 0) AS DOUBLE PRECISION) AS DOUBLE PRECISION)
    END AS technical_availability, CAST(r.up_seconds AS DOUBLE PRECISION) /
    CAST(CAST(nullif(r.up_seconds + r.down_seconds + r.silent_seconds + r.unsettled_seconds, 0) AS
    DOUBLE PRECISION) AS DOUBLE PRECISION) AS technical_availability_low, CAST(r.up_seconds +
    r.silent_seconds + r.unsettled_seconds AS DOUBLE PRECISION) / CAST(CAST(nullif(r.up_seconds +
    r.down_seconds + r.silent_seconds + r.unsettled_seconds, 0) AS DOUBLE PRECISION) AS DOUBLE
    PRECISION) AS technical_availability_high, CAST(r.up_seconds + r.down_seconds +
    r.silent_seconds + r.unsettled_seconds + r.planned_seconds + r.removed_seconds AS DOUBLE
    PRECISION) / CAST(CAST(nullif(r.up_seconds + r.down_seconds + r.silent_seconds +
    r.unsettled_seconds + r.planned_seconds + r.removed_seconds + r.unobserved_seconds, 0) AS
    DOUBLE PRECISION) AS DOUBLE PRECISION) AS share_observed, CAST(r.down_seconds / CAST(3600.0 AS
    NUMERIC) AS DOUBLE PRECISION) AS hours_down, r.outages_begun AS outages_begun, r.outages_ended
    AS outages_ended, r.points_already_out AS points_already_out, CAST(r.longest_outage_seconds /
    CAST(3600.0 AS NUMERIC) AS DOUBLE PRECISION) AS longest_outage_hours, r.last_begun_at AS
    last_begun_at, r.last_begun_lasts AS last_begun_lasts, r.charge_points AS charge_points,
    r.source AS source FROM station_reliability AS r LEFT OUTER JOIN stations AS s ON s.station_id
    = r.station_id AND s.valid_to IS NULL) AS of_period""",
}


def upgrade() -> None:
    """Add the column to the tables and their views, and fill it."""
    for table, (comment, is_nullable) in _TABLES.items():
        op.add_column(table, sa.Column("source", sa.String(), nullable=True, comment=comment))
        columns = "source, weather_source" if table == "weather_association" else "source"
        op.execute(_FILL.format(table=table, columns=columns))
        if not is_nullable:
            op.alter_column(table, "source", nullable=False, existing_comment=comment)
    for view, query in _VIEWS.items():
        op.execute(f"CREATE OR REPLACE VIEW {view} AS {query}")


def downgrade() -> None:
    """Drop the column."""
    for view in _VIEWS:
        op.execute(f"DROP VIEW {view}")
    for table in _TABLES:
        op.drop_column(table, "source")
    for view, query in _VIEWS.items():
        op.execute(f"CREATE VIEW {view} AS {_SOURCE.sub('', query)}")
