"""Rows are never emptied because raw documents were lost.

What belongs here: the refusal, for hours and for days. What does not: what is set aside
(`set_aside`), and building rows (`build_facts`, `build_episodes`).
"""

import dagster as dg
import polars as pl

from belib_weather.assets.set_aside import set_aside_by_day, set_aside_by_hour
from belib_weather.lake import Lake
from belib_weather.partitions import day_key, hour_key
from belib_weather.warehouse import Table, Warehouse
from belib_weather.window import Grain, Window

_BY_GRAIN = {Grain.HOUR: (hour_key, set_aside_by_hour), Grain.DAY: (day_key, set_aside_by_day)}


def refuse_lost_raw(
    raw: Lake, store: Warehouse, table: Table, inputs: pl.DataFrame, chunk: Window
) -> None:
    """Without raw documents, rows are emptied only if they never had any, or all are set aside.

    Args:
        raw: holds the marks of documents that are set aside.
        store: holds the ledger of the present rows.
        table: whose rows are built, locked by the hour or by the day.
        inputs: `hour` (start of the partition) and `snapshots` as they are now.
        chunk: the partitions that are built.

    Raises:
        dg.Failure: raw documents of the present rows are missing.
    """
    grain = table.lock_grain or Grain.HOUR
    key, set_aside = _BY_GRAIN[grain]
    lost = (
        store.ledger(table, chunk)
        .rename({table.time: "hour"})
        .filter(pl.col("snapshots") > 0)
        .join(set_aside(raw, chunk), on="hour", how="left")
        .filter(pl.col("snapshots") > pl.col("set_aside").fill_null(0))
        .join(inputs.filter(pl.col("snapshots") == 0), on="hour", how="semi")["hour"]
    )
    if not lost.is_empty():
        raise dg.Failure(
            f"{table.name} of {lost.len()} {grain}s from {key(lost[0])} on need raw"
            " snapshots that MongoDB no longer holds; nothing was changed. Restore"
            " raw_belib_snapshots from its backup, then materialize again.",
            allow_retries=False,
        )
