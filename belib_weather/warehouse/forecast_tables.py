"""Trained models, and old forecasts packed by month: what is read whole, as bytes.

In PostgreSQL, so that every machine serves the same model and a backup has both
(docs/decisions/forecasts-are-kept.md). What belongs here: rows of bytes. What does not: what is in
them (`forecast`), and queries (`forecast_archive`).
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

FORECAST_MODELS = sa.Table(
    "forecast_models",
    sa.MetaData(),
    sa.Column("version", sa.String, primary_key=True, comment="Version: when it was trained."),
    sa.Column("name", sa.String, nullable=False, comment="Name of the model."),
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
    sa.Column("features", JSONB, nullable=False, comment="Names of its features, in order."),
    sa.Column("scores", JSONB, nullable=False, comment="Scores on days held out of the training."),
    sa.Column("body", sa.LargeBinary, nullable=False, comment="The model itself."),
    comment="Trained models of the chance of a free point; the newest is in use.",
)
PACKED_FORECASTS = sa.Table(
    "packed_forecasts",
    sa.MetaData(),
    sa.Column("month", sa.Date, primary_key=True, comment="First day of the UTC month."),
    sa.Column("rows", sa.BigInteger, nullable=False, comment="Forecasts in it."),
    sa.Column(
        "body",
        sa.LargeBinary,
        nullable=False,
        comment="Rows of availability_forecasts with a scored horizon, as a Parquet file.",
    ),
    comment="Forecasts of the scored horizons that are older than 35 days, a month in each row.",
)
