"""The tables, from the dataset declarations.

What belongs here: what SQL adds to a dataset: checks, partitioning, indexes. What does not: the
columns themselves (`datasets`) and how a schema came to be (`migrations`).
"""

import dataframely as dy
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from belib_weather.datasets import (
    POINT_SECONDS,
    AvailabilityFact,
    AvailabilityHour,
    ChargePoint,
    Station,
    StationState,
    WeatherHour,
)

METADATA = sa.MetaData()

DATASETS: dict[str, type[dy.Schema]] = {
    "availability_facts": AvailabilityFact,
    "charge_points": ChargePoint,
    "station_states": StationState,
    "stations": Station,
    "weather_hours": WeatherHour,
}
VIEWS: dict[str, type[dy.Schema]] = {"availability_hours": AvailabilityHour}
TIME_COLUMN = "hour"


def _table(name: str, *more: sa.schema.SchemaItem, partition_by: str | None = None) -> sa.Table:
    dataset = DATASETS[name]
    columns = dataset.to_sqlalchemy_columns(postgresql.dialect())  # type: ignore[no-untyped-call]
    for column in columns:
        declared = dataset.columns()[column.name]
        unit = (declared.metadata or {}).get("unit")
        column.comment = f"{declared.description} [{unit}]" if unit else declared.description
    comment = (dataset.__doc__ or "").strip().splitlines()[0]
    return sa.Table(
        name, METADATA, *columns, *more, comment=comment, postgresql_partition_by=partition_by
    )


AVAILABILITY_FACTS = _table(
    "availability_facts",
    sa.CheckConstraint(f"{' + '.join(POINT_SECONDS)} = charge_points * 3600", "seconds_add_up"),
    sa.CheckConstraint(
        "any_available_seconds + full_seconds <= any_observed_seconds", "station_seconds_nest"
    ),
    sa.CheckConstraint("any_observed_seconds <= 3600", "station_seconds_fit_the_hour"),
    sa.CheckConstraint(
        f"least({', '.join((*POINT_SECONDS, 'any_available_seconds', 'full_seconds'))}) >= 0",
        "seconds_are_not_negative",
    ),
    sa.Index("availability_facts_by_hour", "hour"),
    partition_by="RANGE (hour)",
)
CHARGE_POINTS = _table("charge_points", sa.Index("charge_points_by_station", "station_id"))
STATION_STATES = _table("station_states")
STATIONS = _table("stations")
WEATHER_HOURS = _table("weather_hours")

FACT_INPUTS = sa.Table(
    "fact_inputs",
    METADATA,
    sa.Column("hour", sa.DateTime(timezone=True), primary_key=True, comment="UTC hour."),
    sa.Column("input_hash", sa.String, nullable=False, comment="SHA-256 of what it was made from."),
    sa.Column("snapshots", sa.Integer, nullable=False, comment="Raw snapshots in the hour."),
    comment="Ledger: what the facts of each hour were made from.",
)
PLATFORM_STATE = sa.Table(
    "platform_state",
    METADATA,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
    comment="Small marks of progress, such as watermarks.",
)
