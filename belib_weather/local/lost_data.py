"""Lost data, found by comparing stores: reported at the start and by `doctor`.

What belongs here: finding it. What does not: rebuilding it, which the start does where raw has
it. Raw cannot be rebuilt: docs/when-something-is-lost.md says how to restore a backup.
"""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from belib_weather.lake import RAW_SNAPSHOTS, Lake
from belib_weather.lake.schema import RAW_WEATHER
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_FACTS, WEATHER_HOURS
from belib_weather.window import ALL_TIME, HOUR, Window

_PAGE = "docs/when-something-is-lost.md"


@dataclass(frozen=True)
class LostRaw:
    """Hours whose facts were built from more snapshots than MongoDB has now.

    Attributes:
        hours: how many.
        first, last: of them.
    """

    hours: int
    first: datetime
    last: datetime

    def __str__(self) -> str:
        return (
            f"MongoDB has lost raw snapshots of {self.hours:,} hours"
            f" ({self.first:%Y-%m-%d %H:%M} to {self.last:%Y-%m-%d %H:%M} UTC)."
            f" They cannot be rebuilt: restore a backup of MongoDB ({_PAGE})."
            " The facts built from them stay as they are"
        )


def lost_raw(lake: Lake, warehouse: Warehouse) -> LostRaw | None:
    """Compare the ledger of the facts with raw; None when nothing is lost.

    Raises:
        LakeError, WarehouseError: one of them does not answer.
    """
    entries = warehouse.ledger(AVAILABILITY_FACTS, ALL_TIME).filter(pl.col("snapshots") > 0)
    if entries.is_empty():
        return None
    documents = dict(lake.stats().select("collection", "documents").iter_rows())
    if documents[RAW_SNAPSHOTS] >= entries["snapshots"].sum():
        return None
    window = Window(entries["hour"][0], entries["hour"][-1] + HOUR)
    hour = pl.col("captured_at").dt.truncate("1h").alias("hour")
    stored = lake.inventory(RAW_SNAPSHOTS, window).group_by(hour).agg(pl.len().alias("stored"))
    lost = entries.join(stored, on="hour", how="left").filter(
        pl.col("stored").fill_null(0) < pl.col("snapshots")
    )
    return LostRaw(lost.height, lost["hour"][0], lost["hour"][-1]) if lost.height else None


def is_refilled(lake: Lake, warehouse: Warehouse) -> bool:
    """Whether PostgreSQL has nothing yet of what raw holds: it is new, and filled from raw.

    Raises:
        LakeError, WarehouseError: one of them does not answer.
    """
    if not warehouse.read(WEATHER_HOURS).is_empty():
        return False
    documents = dict(lake.stats().select("collection", "documents").iter_rows())
    return bool(documents[RAW_WEATHER] > 0)
