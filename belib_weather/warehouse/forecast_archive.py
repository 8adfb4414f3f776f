"""Forecasts and models beside the usual tables: what is read whole, as bytes, and what ages.

What belongs here: trained models, packed months, and the queries that only forecasts need. What
does not: declarations (`tables`, `forecast_tables`).
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import sqlalchemy as sa
import zstandard
from psycopg import sql

from belib_weather.datasets.forecasts import AvailabilityForecast
from belib_weather.warehouse.copying import copy_out, driver, names_of, read_rows, within
from belib_weather.warehouse.forecast_tables import FORECAST_MODELS, PACKED_FORECASTS
from belib_weather.warehouse.months import drop_month
from belib_weather.warehouse.tables import AVAILABILITY_FORECASTS
from belib_weather.window import Window

MODELS_KEPT = 7
_MODEL = FORECAST_MODELS.c


@dataclass(frozen=True)
class StoredModel:
    """A trained model: a row of `forecast_models`.

    Attributes:
        version: when it was trained, as text.
        name: of the model.
        trained_at: when it was trained.
        window: the history that it was trained on.
        features: their names.
        scores: on days that were held out of the training.
        body: the model's file.
    """

    version: str
    name: str
    trained_at: datetime
    window: Window
    features: tuple[str, ...]
    scores: dict[str, Any]
    body: bytes


class ForecastArchive:
    """What forecasts need of PostgreSQL, within a transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def save_model(self, model: StoredModel) -> None:
        """Store a model, and delete all but the newest few."""
        values = {
            "version": model.version,
            "name": model.name,
            "trained_at": model.trained_at,
            "window_start": model.window.start,
            "window_end": model.window.end,
            "features": list(model.features),
            "scores": model.scores,
            "body": zstandard.compress(model.body),
        }
        same = sa.delete(FORECAST_MODELS).where(_MODEL.version == model.version)
        self._connection.execute(same)
        self._connection.execute(sa.insert(FORECAST_MODELS), values)
        newest = sa.select(_MODEL.version).order_by(_MODEL.trained_at.desc()).limit(MODELS_KEPT)
        self._connection.execute(sa.delete(FORECAST_MODELS).where(_MODEL.version.not_in(newest)))

    def newest_model(self) -> StoredModel | None:
        """The newest model; None before the first."""
        newest = sa.select(FORECAST_MODELS).order_by(_MODEL.trained_at.desc()).limit(1)
        row = self._connection.execute(newest).one_or_none()
        if row is None:
            return None
        return StoredModel(
            version=row.version,
            name=row.name,
            trained_at=row.trained_at.astimezone(UTC),
            window=Window(row.window_start.astimezone(UTC), row.window_end.astimezone(UTC)),
            features=tuple(row.features),
            scores=row.scores,
            body=zstandard.decompress(row.body),
        )

    def newest_origin(self) -> datetime | None:
        """The newest hour of which forecasts are stored."""
        newest = sa.select(sa.func.max(AVAILABILITY_FORECASTS.sql.c.origin))
        found = self._connection.execute(newest).scalar()
        return None if found is None else found.astimezone(UTC)

    def oldest_origin(self) -> datetime | None:
        """The oldest hour of which forecasts are not packed."""
        oldest = sa.select(sa.func.min(AVAILABILITY_FORECASTS.sql.c.origin))
        found = self._connection.execute(oldest).scalar()
        return None if found is None else found.astimezone(UTC)

    def scored(self, targets: Window, horizons: Sequence[int]) -> pl.DataFrame:
        """`AvailabilityForecast` rows whose target lies in a window, of horizons in minutes."""
        query = sql.SQL(
            "SELECT {} FROM availability_forecasts WHERE origin >= {} AND origin < {} AND {}"
            " AND target - origin = ANY({})"
        ).format(
            names_of(AvailabilityForecast.column_names()),
            sql.Literal(targets.start - timedelta(minutes=max(horizons))),
            sql.Literal(targets.end),
            within("target", targets),
            sql.Literal(_intervals(horizons)),
        )
        return copy_out(self._connection, query, AvailabilityForecast.create_empty().schema)

    def delete_unscored(self, before: datetime, horizons: Sequence[int]) -> int:
        """Delete the forecasts made before an instant, but for the horizons in minutes."""
        statement = sql.SQL(
            "DELETE FROM availability_forecasts WHERE origin < {} AND target - origin <> ALL({})"
        ).format(sql.Literal(before), sql.Literal(_intervals(horizons)))
        with driver(self._connection).cursor() as cursor:
            return cursor.execute(statement).rowcount

    def pack_month(self, month: Window) -> int:
        """Put the forecasts of a UTC month into one row of bytes, and drop its part of the table.

        Returns:
            The number of forecasts packed; 0 where the month has none.
        """
        rows = read_rows(self._connection, AVAILABILITY_FORECASTS, month)
        if rows.is_empty():
            return 0
        body = io.BytesIO()
        rows.write_parquet(body, compression="zstd")
        values = {"month": month.start.date(), "rows": rows.height, "body": body.getvalue()}
        self._connection.execute(sa.insert(PACKED_FORECASTS), values)
        drop_month(self._connection, AVAILABILITY_FORECASTS, month.start)
        return rows.height

    def packed(self, month: date) -> pl.DataFrame:
        """The packed forecasts of a month, by its first day; none where it is not packed."""
        query = sa.select(PACKED_FORECASTS.c.body).where(PACKED_FORECASTS.c.month == month)
        body = self._connection.execute(query).scalar()
        if body is None:
            return AvailabilityForecast.create_empty()
        return pl.read_parquet(io.BytesIO(body))


def _intervals(minutes: Sequence[int]) -> list[timedelta]:
    return [timedelta(minutes=count) for count in minutes]
