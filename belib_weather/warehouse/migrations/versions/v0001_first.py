"""Facts, dimensions, weather, ledger, and the view that readers start from.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

AVAILABILITY_HOURS = """
CREATE VIEW availability_hours AS
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

READERS = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'belib_reader') THEN
        GRANT SELECT ON ALL TABLES IN SCHEMA public TO belib_reader;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO belib_reader;
    END IF;
END $$
"""


def upgrade() -> None:
    """Create everything."""
    op.create_table(
        "availability_facts",
        sa.Column("station_id", sa.String(), nullable=False, comment="Station."),
        sa.Column(
            "hour",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Start of the UTC hour. [UTC hour]",
        ),
        sa.Column(
            "source",
            sa.String(),
            nullable=False,
            comment="Raw source of the snapshots that the row rests on.",
        ),
        sa.Column(
            "charge_points",
            sa.Integer(),
            nullable=False,
            comment="Charge points of the station sighted in the hour. [1]",
        ),
        sa.Column(
            "snapshots",
            sa.Integer(),
            nullable=False,
            comment="Distinct seconds in which the station was sighted. [1]",
        ),
        sa.Column(
            "available_seconds",
            sa.Integer(),
            nullable=False,
            comment="Seconds freshly reported available. [point-seconds]",
        ),
        sa.Column(
            "occupied_seconds",
            sa.Integer(),
            nullable=False,
            comment="Seconds freshly reported occupied (plugged in, charging or not). [point-seconds]",
        ),
        sa.Column(
            "reserved_seconds",
            sa.Integer(),
            nullable=False,
            comment="Seconds freshly reported reserved. [point-seconds]",
        ),
        sa.Column(
            "out_of_order_seconds",
            sa.Integer(),
            nullable=False,
            comment="Seconds freshly reported out of order. [point-seconds]",
        ),
        sa.Column(
            "planned_seconds",
            sa.Integer(),
            nullable=False,
            comment="Seconds freshly reported planned (not yet in service). [point-seconds]",
        ),
        sa.Column(
            "removed_seconds",
            sa.Integer(),
            nullable=False,
            comment="Seconds freshly reported removed. [point-seconds]",
        ),
        sa.Column(
            "unknown_seconds",
            sa.Integer(),
            nullable=False,
            comment="Seconds freshly reported unknown. [point-seconds]",
        ),
        sa.Column(
            "stale_seconds",
            sa.Integer(),
            nullable=False,
            comment="Observed seconds under a record older than 26 h, whatever its status. [point-seconds]",
        ),
        sa.Column(
            "unobserved_seconds",
            sa.Integer(),
            nullable=False,
            comment="Seconds between polls too far apart, or before or after them. [point-seconds]",
        ),
        sa.Column(
            "any_observed_seconds", sa.Integer(), nullable=False, comment="Some point observed. [s]"
        ),
        sa.Column(
            "any_available_seconds",
            sa.Integer(),
            nullable=False,
            comment="Some point freshly available. [s]",
        ),
        sa.Column(
            "full_seconds",
            sa.Integer(),
            nullable=False,
            comment="No point available, some freshly occupied or reserved. [s]",
        ),
        sa.Column(
            "is_provisional",
            sa.Boolean(),
            nullable=False,
            comment="True while raw holds no snapshot at or after the end of the hour.",
        ),
        sa.Column(
            "temperature_c",
            sa.Float(),
            nullable=True,
            comment="Air temperature 2 m above ground, at the instant of the stamp. [°C]",
        ),
        sa.Column(
            "wind_speed_kmh",
            sa.Float(),
            nullable=True,
            comment="Wind speed 10 m above ground, at the instant of the stamp. [km/h]",
        ),
        sa.Column(
            "precipitation_mm",
            sa.Float(),
            nullable=True,
            comment="Precipitation (rain and melted snow) of the hour ending at the stamp. [mm]",
        ),
        sa.Column(
            "weather_code",
            sa.SmallInteger(),
            nullable=True,
            comment="Weather code; it covers the hour that ends at its stamp. [WMO 4677]",
        ),
        sa.Column(
            "weather_class",
            sa.String(length=12),
            nullable=True,
            comment="Coarse class of the weather code: rain, snow…",
        ),
        sa.Column(
            "weather_source",
            sa.String(),
            nullable=True,
            comment="Source of the weather; null if missing.",
        ),
        sa.Column(
            "local_date",
            sa.Date(),
            nullable=False,
            comment="Calendar date in Paris at the start of the hour.",
        ),
        sa.Column(
            "local_hour",
            sa.SmallInteger(),
            nullable=False,
            comment="Hour of the day in Paris, 0-23.",
        ),
        sa.Column(
            "local_weekday",
            sa.SmallInteger(),
            nullable=False,
            comment="ISO weekday in Paris, 1 is Monday.",
        ),
        sa.CheckConstraint(
            "any_available_seconds + full_seconds <= any_observed_seconds",
            name="station_seconds_nest",
        ),
        sa.CheckConstraint("any_observed_seconds <= 3600", name="station_seconds_fit_the_hour"),
        sa.CheckConstraint(
            "available_seconds + occupied_seconds + reserved_seconds + out_of_order_seconds + planned_seconds + removed_seconds + unknown_seconds + stale_seconds + unobserved_seconds = charge_points * 3600",
            name="seconds_add_up",
        ),
        sa.PrimaryKeyConstraint("station_id", "hour"),
        comment="Availability of a station in a UTC hour, exact to the second, with the hour's weather.",
        postgresql_partition_by="RANGE (hour)",
    )
    op.create_index("availability_facts_by_hour", "availability_facts", ["hour"], unique=False)
    op.create_table(
        "charge_points",
        sa.Column(
            "charge_point_id",
            sa.String(),
            nullable=False,
            comment="Local id of the charge point (`id_pdc`).",
        ),
        sa.Column(
            "valid_from",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="First instant at which these attributes were seen. [UTC]",
        ),
        sa.Column(
            "valid_to",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="End of validity; null while current. [UTC]",
        ),
        sa.Column(
            "station_id",
            sa.String(),
            nullable=False,
            comment="Station of the point, derived from its id.",
        ),
        sa.Column(
            "roaming_id",
            sa.String(),
            nullable=False,
            comment="Roaming id (eMI³, `id_pdc_itinerance`): the id without `*`.",
        ),
        sa.Column(
            "address",
            sa.String(),
            nullable=True,
            comment="Postal address, as published (`adresse_station`).",
        ),
        sa.Column(
            "arrondissement",
            sa.SmallInteger(),
            nullable=True,
            comment="Arrondissement 1-20, from the postal code in the address (75116 is the 16th).",
        ),
        sa.Column("latitude", sa.Float(), nullable=True, comment="Latitude, WGS 84. [degrees]"),
        sa.Column("longitude", sa.Float(), nullable=True, comment="Longitude, WGS 84. [degrees]"),
        sa.Column(
            "station_name", sa.String(), nullable=True, comment="Name of the station, as published."
        ),
        sa.Column("power_kw", sa.Float(), nullable=True, comment="Rated power. [kW]"),
        sa.Column(
            "has_ef", sa.Boolean(), nullable=True, comment="Has a domestic (type E/F) socket."
        ),
        sa.Column("has_type_2", sa.Boolean(), nullable=True, comment="Has a type 2 socket."),
        sa.Column(
            "has_combo_ccs", sa.Boolean(), nullable=True, comment="Has a Combo CCS connector."
        ),
        sa.Column("has_chademo", sa.Boolean(), nullable=True, comment="Has a CHAdeMO connector."),
        sa.Column(
            "opening_hours",
            sa.String(),
            nullable=True,
            comment="Opening hours, as published (`24/7`).",
        ),
        sa.Column(
            "accessibility",
            sa.String(),
            nullable=True,
            comment="Accessibility for people with reduced mobility, as published.",
        ),
        sa.Column("commissioned_on", sa.Date(), nullable=True, comment="Date of commissioning."),
        sa.PrimaryKeyConstraint("charge_point_id", "valid_from"),
        comment="A charge point (EVSE) and its attributes; one row per charge point and validity interval.",
        postgresql_partition_by=None,
    )
    op.create_index("charge_points_by_station", "charge_points", ["station_id"], unique=False)
    op.create_table(
        "fact_inputs",
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False, comment="UTC hour."),
        sa.Column(
            "input_hash", sa.String(), nullable=False, comment="SHA-256 of what it was made from."
        ),
        sa.Column("snapshots", sa.Integer(), nullable=False, comment="Raw snapshots in the hour."),
        sa.PrimaryKeyConstraint("hour"),
        comment="Ledger: what the facts of each hour were made from.",
    )
    op.create_table(
        "platform_state",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        comment="Small marks of progress, such as watermarks.",
    )
    op.create_table(
        "stations",
        sa.Column(
            "station_id",
            sa.String(),
            nullable=False,
            comment="Station id, derived from its points' ids.",
        ),
        sa.Column(
            "valid_from",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="First instant at which these attributes were seen. [UTC]",
        ),
        sa.Column(
            "valid_to",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="End of validity; null while current. [UTC]",
        ),
        sa.Column(
            "station_name", sa.String(), nullable=True, comment="Name of the station, as published."
        ),
        sa.Column(
            "address",
            sa.String(),
            nullable=True,
            comment="Postal address, as published (`adresse_station`).",
        ),
        sa.Column(
            "arrondissement",
            sa.SmallInteger(),
            nullable=True,
            comment="Arrondissement 1-20, from the postal code in the address (75116 is the 16th).",
        ),
        sa.Column("latitude", sa.Float(), nullable=True, comment="Latitude, WGS 84. [degrees]"),
        sa.Column("longitude", sa.Float(), nullable=True, comment="Longitude, WGS 84. [degrees]"),
        sa.Column(
            "charge_points",
            sa.Integer(),
            nullable=False,
            comment="Charge points known at the station. [1]",
        ),
        sa.Column(
            "power_kw",
            sa.Float(),
            nullable=True,
            comment="Highest rated power of the station's points. [kW]",
        ),
        sa.PrimaryKeyConstraint("station_id", "valid_from"),
        comment="A station: the charge points that share one id root; one row per station and validity.",
        postgresql_partition_by=None,
    )
    op.create_table(
        "weather_hours",
        sa.Column(
            "hour",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Stamp of the sample: instants are of this moment, sums of the hour before it. [UTC hour]",
        ),
        sa.Column(
            "temperature_c",
            sa.Float(),
            nullable=True,
            comment="Air temperature 2 m above ground, at the instant of the stamp. [°C]",
        ),
        sa.Column(
            "relative_humidity_percent",
            sa.Float(),
            nullable=True,
            comment="Relative humidity at 2 m. [%]",
        ),
        sa.Column(
            "precipitation_mm",
            sa.Float(),
            nullable=True,
            comment="Precipitation (rain and melted snow) of the hour ending at the stamp. [mm]",
        ),
        sa.Column("rain_mm", sa.Float(), nullable=True, comment="Rain of the preceding hour. [mm]"),
        sa.Column(
            "snowfall_cm", sa.Float(), nullable=True, comment="Snowfall of the preceding hour. [cm]"
        ),
        sa.Column(
            "weather_code",
            sa.SmallInteger(),
            nullable=True,
            comment="Weather code; it covers the hour that ends at its stamp. [WMO 4677]",
        ),
        sa.Column(
            "weather_class",
            sa.String(length=12),
            nullable=True,
            comment="Coarse class of the weather code: rain, snow…",
        ),
        sa.Column(
            "surface_pressure_hpa", sa.Float(), nullable=True, comment="Surface pressure. [hPa]"
        ),
        sa.Column(
            "wind_speed_kmh",
            sa.Float(),
            nullable=True,
            comment="Wind speed 10 m above ground, at the instant of the stamp. [km/h]",
        ),
        sa.Column(
            "wind_direction_deg",
            sa.Float(),
            nullable=True,
            comment="Wind direction at 10 m. [degrees]",
        ),
        sa.Column(
            "cloud_cover_percent", sa.Float(), nullable=True, comment="Total cloud cover. [%]"
        ),
        sa.Column(
            "source",
            sa.String(),
            nullable=False,
            comment="Raw source of the row; archive beats forecast, then the newest.",
        ),
        sa.Column(
            "captured_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When the document that the row comes from was captured. [UTC]",
        ),
        sa.PrimaryKeyConstraint("hour"),
        comment="Weather in Paris by the hour, as stamped by the source; one row per hour stamp.",
        postgresql_partition_by=None,
    )
    op.execute(AVAILABILITY_HOURS)
    op.execute(
        "COMMENT ON VIEW availability_hours IS"
        " 'Facts with their station as it was, and figures per row. For a sum of rows take ratios"
        " of sums, never averages of these shares.'"
    )
    op.execute(READERS)


def downgrade() -> None:
    """Drop everything; all of it can be made again from raw."""
    op.execute("DROP VIEW availability_hours")
    for table in (
        "availability_facts",
        "charge_points",
        "stations",
        "weather_hours",
        "fact_inputs",
        "platform_state",
    ):
        op.drop_table(table)
