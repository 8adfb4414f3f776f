"""Status episodes, and the view that glues them over midnights; empty until a run fills them.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


_VIEW = """CREATE VIEW status_runs AS
SELECT numbered.charge_point_id, min(numbered.started_at) AS started_at, max(numbered.ended_at)
AS ended_at, CAST(sum(numbered.seconds) AS INTEGER) AS seconds, min(numbered.station_id) FILTER
(WHERE numbered.is_first) AS station_id, min(numbered.status) FILTER (WHERE numbered.is_first)
AS status, bool_and(numbered.is_stale) AS is_stale, max(numbered.start_kind) FILTER (WHERE
numbered.is_first) AS start_kind, max(numbered.end_kind) FILTER (WHERE numbered.is_last) AS
end_kind, max(numbered.start_kind) FILTER (WHERE numbered.is_first) IN ('unseen', 'midnight') AS
is_censored_start, max(numbered.end_kind) FILTER (WHERE numbered.is_last) IN ('unseen',
'midnight') AS is_censored_end, CAST(sum(numbered.restamps) AS INTEGER) AS restamps,
CAST(count(*) AS INTEGER) AS segments, min(numbered.stamp) FILTER (WHERE numbered.is_first) AS
stamp, string_agg(DISTINCT numbered.source, ' + ') AS source, min(numbered.local_date) FILTER
(WHERE numbered.is_first) AS local_date, min(numbered.local_hour) FILTER (WHERE
numbered.is_first) AS local_hour, min(numbered.local_weekday) FILTER (WHERE numbered.is_first)
AS local_weekday
FROM (SELECT marked.charge_point_id AS charge_point_id, marked.started_at AS started_at,
marked.ended_at AS ended_at, marked.seconds AS seconds, marked.station_id AS station_id,
marked.status AS status, marked.is_stale AS is_stale, marked.start_kind AS start_kind,
marked.end_kind AS end_kind, marked.restamps AS restamps, marked.stamp AS stamp, marked.source
AS source, marked.local_date AS local_date, marked.local_hour AS local_hour,
marked.local_weekday AS local_weekday, marked.is_first AS is_first, count(*) FILTER (WHERE
marked.is_first) OVER (PARTITION BY marked.charge_point_id ORDER BY marked.started_at) AS run,
coalesce(lead(marked.is_first) OVER (PARTITION BY marked.charge_point_id ORDER BY
marked.started_at), true) AS is_last
FROM (SELECT e.charge_point_id AS charge_point_id, e.started_at AS started_at, e.ended_at AS
ended_at, e.seconds AS seconds, e.station_id AS station_id, e.status AS status, e.is_stale AS
is_stale, e.start_kind AS start_kind, e.end_kind AS end_kind, e.restamps AS restamps, e.stamp AS
stamp, e.source AS source, e.local_date AS local_date, e.local_hour AS local_hour,
e.local_weekday AS local_weekday, NOT coalesce(e.start_kind = 'midnight' AND lag(e.end_kind)
OVER (PARTITION BY e.charge_point_id ORDER BY e.started_at) = 'midnight' AND lag(e.ended_at)
OVER (PARTITION BY e.charge_point_id ORDER BY e.started_at) = e.started_at AND lag(e.status)
OVER (PARTITION BY e.charge_point_id ORDER BY e.started_at) = e.status AND lag(e.is_stale) OVER
(PARTITION BY e.charge_point_id ORDER BY e.started_at) = e.is_stale, false) AS is_first
FROM status_episodes AS e) AS marked) AS numbered GROUP BY numbered.charge_point_id,
numbered.run"""


def upgrade() -> None:
    """Create the table and its view."""
    op.create_table(
        "status_episodes",
        sa.Column(
            "charge_point_id",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="Local id of the charge point (`id_pdc`).",
        ),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="First second of the segment. [UTC]",
        ),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="Second after its last. [UTC]",
        ),
        sa.Column(
            "seconds",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Length: `ended_at` - `started_at`. [s]",
        ),
        sa.Column(
            "station_id",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="Station of the point, derived from its id.",
        ),
        sa.Column(
            "status",
            sa.String(length=12),
            autoincrement=False,
            nullable=False,
            comment="Status as reported, also where it is stale.",
        ),
        sa.Column(
            "is_stale",
            sa.Boolean(),
            autoincrement=False,
            nullable=False,
            comment="True under a record that is older than 26 h.",
        ),
        sa.Column(
            "start_kind",
            sa.String(length=8),
            autoincrement=False,
            nullable=False,
            comment="How the begin is known: exact, polled, stale, unseen or midnight.",
        ),
        sa.Column(
            "end_kind",
            sa.String(length=8),
            autoincrement=False,
            nullable=False,
            comment="How the end is known: exact, polled, stale, unseen or midnight.",
        ),
        sa.Column(
            "restamps",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Newer stamps without a change of status: changes there and back that polls missed. [1]",
        ),
        sa.Column(
            "stamp",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=True,
            comment="`last_updated` of the record in force at the begin; null where it is no sign of life. [UTC]",
        ),
        sa.Column(
            "source",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="Raw sources of the snapshots of the UTC day.",
        ),
        sa.Column(
            "local_date",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="Calendar date in Paris at the begin.",
        ),
        sa.Column(
            "local_hour",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=False,
            comment="Hour of the day in Paris at the begin, 0-23.",
        ),
        sa.Column(
            "local_weekday",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=False,
            comment="ISO weekday in Paris at the begin, 1 is Monday.",
        ),
        sa.CheckConstraint(
            "ended_at - started_at = seconds * '1s'::interval",
            name="seconds_are_those_between_the_ends",
        ),
        sa.PrimaryKeyConstraint("charge_point_id", "started_at"),
        comment="A segment: a charge point's longest run of observed seconds of one status within a UTC day.",
        postgresql_partition_by="RANGE (started_at)",
    )
    op.create_index("status_episodes_by_begin", "status_episodes", ["started_at"], unique=False)
    op.execute(_VIEW)


def downgrade() -> None:
    """Drop both."""
    op.execute("DROP VIEW status_runs")
    op.drop_table("status_episodes")
