"""PostgreSQL: facts and dimensions, replaced a window at a time in one transaction.

What belongs here: tables, migrations, COPY, locks. What does not: what a row means (`datasets`)
and how it is computed (`transform`).
"""

from belib_weather.warehouse.errors import WarehouseBusy, WarehouseError, WarehouseUnavailable
from belib_weather.warehouse.store import Warehouse
from belib_weather.warehouse.table import Lock, Table
from belib_weather.warehouse.transaction import Replaced, Upserted, WarehouseTransaction

__all__ = [
    "Lock",
    "Replaced",
    "Table",
    "Upserted",
    "Warehouse",
    "WarehouseBusy",
    "WarehouseError",
    "WarehouseTransaction",
    "WarehouseUnavailable",
]
