"""The stores of a stage, as its settings address them.

What belongs here: opening them. What does not: what is measured.
"""

from typing import Any

from belib_weather.lake import Lake
from belib_weather.settings import Settings, load_settings
from belib_weather.warehouse import Warehouse


def lake_alone() -> Lake:
    """The lake, ready to be written to; a warehouse that was just made would write beside it."""
    settings = load_settings()
    lake = Lake(url_of(settings.mongo_url), settings.mongo_database)
    lake.prepare()
    return lake


def lake_and_warehouse() -> tuple[Lake, Warehouse, Settings]:
    """The lake and the warehouse, ready to be written to, and the settings."""
    settings = load_settings()
    warehouse = Warehouse(url_of(settings.postgres_url))
    warehouse.migrate()
    return lake_alone(), warehouse, settings


def url_of(secret: Any) -> str:
    """The address of a store, with its password."""
    return str(secret.get_secret_value())
