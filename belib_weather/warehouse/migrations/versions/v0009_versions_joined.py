"""Remember which station versions were in force when an hour was published; join them faster.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AS_JOINED = """
CREATE OR REPLACE VIEW availability_hours AS
SELECT
    f.*,
    s.station_name, s.address, s.arrondissement, s.latitude, s.longitude, s.power_kw,
    f.available_seconds::double precision / nullif(
        f.available_seconds + f.occupied_seconds + f.reserved_seconds + f.out_of_order_seconds
        + f.unknown_seconds, 0) AS share_available,
    f.occupied_seconds::double precision / nullif(
        f.available_seconds + f.occupied_seconds + f.reserved_seconds, 0) AS occupancy,
    1 - f.unobserved_seconds::double precision / (f.charge_points * 3600) AS coverage,
    f.any_available_seconds::double precision / nullif(f.any_observed_seconds, 0)
        AS chance_of_a_free_point,
    f.full_seconds::double precision / nullif(f.any_available_seconds + f.full_seconds, 0)
        AS saturation
FROM availability_facts AS f
LEFT JOIN (
    -- Each from its begin until the next one of its station begins; the first also before.
    SELECT
        version.station_id AS station_id,
        CASE
            WHEN row_number() OVER (
                PARTITION BY version.station_id ORDER BY version.valid_from
            ) = 1 THEN CAST('-infinity' AS timestamptz)
            ELSE version.valid_from
        END AS since,
        coalesce(
            lead(version.valid_from) OVER (
                PARTITION BY version.station_id ORDER BY version.valid_from
            ),
            CAST('infinity' AS timestamptz)
        ) AS until,
        version.station_name, version.address, version.arrondissement,
        version.latitude, version.longitude, version.power_kw
    FROM stations AS version
) AS s ON s.station_id = f.station_id AND f.hour >= s.since AND f.hour < s.until
"""

AS_BEFORE = """
CREATE OR REPLACE VIEW availability_hours AS
SELECT
    f.*,
    s.station_name, s.address, s.arrondissement, s.latitude, s.longitude, s.power_kw,
    f.available_seconds::double precision / nullif(
        f.available_seconds + f.occupied_seconds + f.reserved_seconds + f.out_of_order_seconds
        + f.unknown_seconds, 0) AS share_available,
    f.occupied_seconds::double precision / nullif(
        f.available_seconds + f.occupied_seconds + f.reserved_seconds, 0) AS occupancy,
    1 - f.unobserved_seconds::double precision / (f.charge_points * 3600) AS coverage,
    f.any_available_seconds::double precision / nullif(f.any_observed_seconds, 0)
        AS chance_of_a_free_point,
    f.full_seconds::double precision / nullif(f.any_available_seconds + f.full_seconds, 0)
        AS saturation
FROM availability_facts AS f
LEFT JOIN LATERAL (
    SELECT * FROM stations AS version
    WHERE version.station_id = f.station_id
    -- The last version that began at or before the hour, or else the first one.
    ORDER BY
        version.valid_from <= f.hour DESC,
        CASE WHEN version.valid_from <= f.hour THEN version.valid_from END DESC,
        version.valid_from
    LIMIT 1
) AS s ON true
"""


def upgrade() -> None:
    """Add the column, and empty both ledgers, since hashes are others now.

    The next audit fills them again where the documents are right, as after revision 0007.
    """
    op.execute("TRUNCATE publication_ledger, published_indices")
    op.add_column(
        "publication_ledger",
        sa.Column(
            "versions_hash",
            sa.String(),
            nullable=True,
            comment="Hash of all versions in force that day; null where nothing is joined.",
        ),
    )
    op.execute(AS_JOINED)


def downgrade() -> None:
    """Drop the column, and empty the ledgers for the same reason; the view joins as before."""
    op.execute("TRUNCATE publication_ledger, published_indices")
    op.execute(AS_BEFORE)
    op.drop_column("publication_ledger", "versions_hash")
