"""Forecasts of the weather and of free points, models, and scores.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_VIEW = """CREATE VIEW forecast_of_stations AS
SELECT f.origin, f.station_id, f.target, f.chance_free, f.expected_free_points,
 f.free_points_low, f.free_points_high, f.model, f.model_version, f.source, f.chance_model,
 f.chance_usual, f.was_free, f.was_in_service, CAST(EXTRACT(epoch FROM f.target - f.origin) /
 CAST(60 AS NUMERIC) AS INTEGER) AS horizon_minutes, s.station_name, s.address, s.arrondissement
FROM availability_forecasts AS f LEFT OUTER JOIN stations AS s ON s.station_id = f.station_id
 AND s.valid_to IS NULL
WHERE f.origin = (SELECT max(every.origin) AS max_1
FROM availability_forecasts AS every)"""


def upgrade() -> None:
    """Create the tables and the view of the newest forecast."""
    op.create_table(
        "weather_forecasts",
        sa.Column(
            "issued_at",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="When the forecast was captured. [UTC]",
        ),
        sa.Column(
            "hour",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="Stamp of the sample: instants are of this moment, sums of the hour before it. [UTC hour]",
        ),
        sa.Column(
            "temperature_c",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Air temperature 2 m above ground, at the instant of the stamp. [°C]",
        ),
        sa.Column(
            "relative_humidity_percent",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Relative humidity at 2 m. [%]",
        ),
        sa.Column(
            "precipitation_mm",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Precipitation (rain and melted snow) of the hour ending at the stamp. [mm]",
        ),
        sa.Column(
            "rain_mm",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Rain of the preceding hour. [mm]",
        ),
        sa.Column(
            "snowfall_cm",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Snowfall of the preceding hour. [cm]",
        ),
        sa.Column(
            "weather_code",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=True,
            comment="Weather code; it covers the hour that ends at its stamp. [WMO 4677]",
        ),
        sa.Column(
            "weather_class",
            sa.String(length=12),
            autoincrement=False,
            nullable=True,
            comment="Coarse class of the weather code: rain, snow…",
        ),
        sa.Column(
            "surface_pressure_hpa",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Surface pressure. [hPa]",
        ),
        sa.Column(
            "wind_speed_kmh",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Wind speed 10 m above ground, at the instant of the stamp. [km/h]",
        ),
        sa.Column(
            "wind_direction_deg",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Wind direction at 10 m. [degrees]",
        ),
        sa.Column(
            "cloud_cover_percent",
            sa.Float(),
            autoincrement=False,
            nullable=True,
            comment="Total cloud cover. [%]",
        ),
        sa.Column(
            "source",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="Raw source of the forecast.",
        ),
        sa.Column(
            "local_date",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="Calendar date in Paris of the issue.",
        ),
        sa.PrimaryKeyConstraint("issued_at", "hour"),
        comment="Weather as it was forecast: one row per forecast and hour stamp, kept as it came.",
        postgresql_partition_by="RANGE (issued_at)",
    )
    op.create_table(
        "availability_forecasts",
        sa.Column(
            "origin",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="Hour at whose start the forecast was made. [UTC hour]",
        ),
        sa.Column(
            "station_id", sa.String(), autoincrement=False, nullable=False, comment="Station."
        ),
        sa.Column(
            "target",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="Instant that is forecast. [UTC]",
        ),
        sa.Column(
            "chance_free",
            sa.REAL(),
            autoincrement=False,
            nullable=False,
            comment="Chance that at least one point is freshly available at the target, as it is served. [1]",
        ),
        sa.Column(
            "expected_free_points",
            sa.REAL(),
            autoincrement=False,
            nullable=False,
            comment="Points freshly available at it, on average. [points]",
        ),
        sa.Column(
            "free_points_low",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=False,
            comment="Lower end of the 80 % interval of these. [points]",
        ),
        sa.Column(
            "free_points_high",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=False,
            comment="Upper end of the 80 % interval of these. [points]",
        ),
        sa.Column(
            "model",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="Name of the model that is served.",
        ),
        sa.Column(
            "model_version",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="Version of it: when it was trained.",
        ),
        sa.Column(
            "source",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="Raw source of the snapshot that the state at the origin is of.",
        ),
        sa.Column(
            "chance_model",
            sa.REAL(),
            autoincrement=False,
            nullable=True,
            comment="Chance by the trained model, served or not; null where there is none. [1]",
        ),
        sa.Column(
            "chance_usual",
            sa.REAL(),
            autoincrement=False,
            nullable=True,
            comment="Share of the observed time with a free point in this hour of the week. [1]",
        ),
        sa.Column(
            "was_free",
            sa.Boolean(),
            autoincrement=False,
            nullable=True,
            comment="Whether a point was freshly available at the origin; null where unobserved.",
        ),
        sa.Column(
            "was_in_service",
            sa.Boolean(),
            autoincrement=False,
            nullable=True,
            comment="Whether a point was freshly available, occupied or reserved at the origin; null where unobserved.",
        ),
        sa.CheckConstraint("target > origin", name="forecasts_are_of_the_future"),
        sa.PrimaryKeyConstraint("origin", "station_id", "target"),
        comment="The forecast chance of a free point at a station: one row per forecast, station and instant.",
        postgresql_partition_by="RANGE (origin)",
    )
    op.create_table(
        "forecast_scores",
        sa.Column(
            "local_date",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="Date in Paris of the instants forecast.",
        ),
        sa.Column(
            "horizon_minutes",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="From origin to target. [min]",
        ),
        sa.Column(
            "population",
            sa.String(length=10),
            autoincrement=False,
            nullable=False,
            comment="all stations, or those with a point in service at the origin.",
        ),
        sa.Column(
            "forecast",
            sa.String(length=11),
            autoincrement=False,
            nullable=False,
            comment="served: what was shown; model: the trained model; persistence: the state at the origin; usual: the mean of the hour of the week; blend: the least-squares mixture of these two, fitted on the same rows.",
        ),
        sa.Column(
            "chance_bin",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=False,
            comment="Tenth in which the chance lies: 0 is below 0.1, 9 is 0.9 and above.",
        ),
        sa.Column(
            "n",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Instants forecast and observed. [1]",
        ),
        sa.Column(
            "free",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Of them instants with a free point. [1]",
        ),
        sa.Column(
            "chance_sum",
            sa.Float(),
            autoincrement=False,
            nullable=False,
            comment="Sum of the chances forecast. [1]",
        ),
        sa.Column(
            "brier_sum",
            sa.Float(),
            autoincrement=False,
            nullable=False,
            comment="Sum of (chance - outcome)². [1]",
        ),
        sa.Column(
            "log_loss_sum",
            sa.Float(),
            autoincrement=False,
            nullable=False,
            comment="Sum of -ln(chance of what came), chances kept in [0.001, 0.999]. [1]",
        ),
        sa.Column(
            "source",
            sa.String(),
            autoincrement=False,
            nullable=False,
            comment="Raw sources of the snapshots behind the forecasts.",
        ),
        sa.PrimaryKeyConstraint(
            "local_date", "horizon_minutes", "population", "forecast", "chance_bin"
        ),
        comment="How good forecasts were, as sums: by horizon, local day, population, forecast and bin.",
        postgresql_partition_by=None,
    )
    op.create_table(
        "forecast_models",
        sa.Column("version", sa.String(), nullable=False, comment="Version: when it was trained."),
        sa.Column("name", sa.String(), nullable=False, comment="Name of the model."),
        sa.Column(
            "trained_at", sa.DateTime(timezone=True), nullable=False, comment="When it was trained."
        ),
        sa.Column(
            "window_start",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="First instant of the history that it was trained on.",
        ),
        sa.Column(
            "window_end",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="End of the history that it was trained on.",
        ),
        sa.Column(
            "features",
            postgresql.JSONB(),
            nullable=False,
            comment="Names of its features, in order.",
        ),
        sa.Column(
            "scores",
            postgresql.JSONB(),
            nullable=False,
            comment="Scores on days held out of the training.",
        ),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="The model itself."),
        sa.PrimaryKeyConstraint("version"),
        comment="Trained models of the chance of a free point; the newest is in use.",
    )
    op.create_table(
        "packed_forecasts",
        sa.Column("month", sa.Date(), nullable=False, comment="First day of the UTC month."),
        sa.Column("rows", sa.BigInteger(), nullable=False, comment="Forecasts in it."),
        sa.Column(
            "body",
            sa.LargeBinary(),
            nullable=False,
            comment="Rows of availability_forecasts with a scored horizon, as a Parquet file.",
        ),
        sa.PrimaryKeyConstraint("month"),
        comment="Forecasts of the scored horizons that are older than 35 days, a month in each row.",
    )
    op.execute(_VIEW)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP VIEW forecast_of_stations")
    op.drop_table("packed_forecasts")
    op.drop_table("forecast_models")
    op.drop_table("forecast_scores")
    op.drop_table("availability_forecasts")
    op.drop_table("weather_forecasts")
