"""Hours whose inputs changed after their facts were built, by comparing states.

What belongs here: finding them. What does not: requesting them (`automation.late_data`), and
Dagster. Concept: docs/decisions/late-data-by-comparing-state.md
"""

import polars as pl

from belib_weather.assets.set_aside import set_aside_by_hour
from belib_weather.lake import Lake
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.transform.input_hashes import MARGIN, input_hashes
from belib_weather.warehouse import Table, Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_FACTS, WEATHER_HOURS
from belib_weather.window import HOUR, Window


def differing_hours(lake: Lake, warehouse: Warehouse, window: Window) -> pl.DataFrame:
    """Hours of the window whose inputs differ from those of their facts.

    Returns:
        `hour`, `input_hash` and `snapshots` as they are now. Hours that never had a snapshot
        near them are not listed; those whose snapshots were all set aside since are. Hours that
        older rules apply to are not listed either: `changed_rules` rebuilds them.
    """
    newest = lake.newest_captured_at(RAW_SNAPSHOTS)
    now = input_hashes(
        lake.inventory(RAW_SNAPSHOTS, window.widened(MARGIN, MARGIN)),
        warehouse.read(WEATHER_HOURS, Window(window.start, window.end + HOUR)),
        window,
        int(newest.timestamp()) if newest else None,
    )
    ledger = warehouse.ledger(AVAILABILITY_FACTS, window)
    # An hour all of whose snapshots are set aside is emptied; one that has lost them is not.
    emptied = (
        ledger.filter(pl.col("snapshots") > 0)
        .join(set_aside_by_hour(lake, window), on="hour")
        .filter(pl.col("snapshots") <= pl.col("set_aside"))["hour"]
    )
    return (
        now.join(ledger.select("hour", "input_hash"), on=["hour", "input_hash"], how="anti")
        .join(with_older_rules(ledger, AVAILABILITY_FACTS), on="hour", how="anti")
        .filter((pl.col("snapshots") > 0) | pl.col("hour").is_in(emptied.implode()))
        .sort("hour")
    )


def with_older_rules(ledger: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Entries of hours or days with documents whose rows follow an older version of the rules."""
    return ledger.filter((pl.col("rules") < table.rules) & (pl.col("snapshots") > 0))
