"""Which facts and stations the files of each date were written from, to find outdated files.

What belongs here: a fingerprint per date, kept for each export folder. What does not: writing the
files (`exports`) and asking for dates (`automation`).
Concept: docs/decisions/late-data-by-comparing-state.md
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl
from pydantic import TypeAdapter

from belib_weather.dates import date_in_paris, window_of_dates
from belib_weather.exports.encoding import FILES_VERSION
from belib_weather.warehouse import Lock, Table, Warehouse
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    STATION_VERSIONS,
    STATUS_EPISODES,
    WEATHER_FORECASTS,
)
from belib_weather.window import DAY, Window

_RECORDED = TypeAdapter(dict[date, str])


def fingerprints(store: Warehouse, window: Window) -> dict[date, str]:
    """A SHA-256 of the inputs of the files of each date in Paris.

    These are the inputs of its facts, episodes and forecasts, the station versions in force in
    their hours, and how files are written. Dates without facts are left out.

    Args:
        store: its ledger holds the input hash of each hour.
        window: whole dates in Paris, in UTC.
    """
    facts = (
        store.ledger(AVAILABILITY_FACTS, window)
        .filter(pl.col("snapshots") > 0)
        .sort("hour")
        .join_asof(store.in_force(STATION_VERSIONS), left_on="hour", right_on="since")
        .select(
            date_in_paris(pl.col("hour")).alias("local_date"),
            pl.format("{} {} {}", "hour", "input_hash", "versions_hash").alias("line"),
        )
    )
    by_day = (
        _by_day(store, table, window, word).join(facts, on="local_date", how="semi")
        for table, word in ((STATUS_EPISODES, "episodes"), (WEATHER_FORECASTS, "forecasts"))
    )
    by_date = (
        pl.concat([facts, *by_day])
        .group_by("local_date")
        .agg(pl.col("line").sort().str.join("\n"))
        .sort("local_date")
    )
    return {
        day: hashlib.sha256(f"files {FILES_VERSION}\n{text}".encode()).hexdigest()
        for day, text in by_date.iter_rows()
    }


def _by_day(store: Warehouse, table: Table, window: Window, word: str) -> pl.DataFrame:
    """The inputs of a table by the UTC day, which touches its date in Paris and the next one."""
    day = pl.col(table.time).dt.date()
    return (
        store.ledger(table, window.widened(DAY, DAY))
        .filter(pl.col("snapshots") > 0)
        .select(
            pl.concat_list(day, day + DAY).alias("local_date"),
            pl.format(f"{word} {{}} {{}}", table.time, "input_hash").alias("line"),
        )
        .explode("local_date")
    )


def outdated_dates(store: Warehouse, address: str, first: date, last: date) -> list[date]:
    """Dates with facts whose files in a folder are missing or were written from other rows."""
    now = fingerprints(store, window_of_dates((first, last)))
    recorded = _recorded(store, address)
    return [day for day, fingerprint in now.items() if recorded.get(day) != fingerprint]


def record(store: Warehouse, address: str, written: Mapping[date, str]) -> None:
    """Record what the files of some dates were written from."""
    name = _name(address)
    with store.locked(Lock(name)) as transaction:
        recorded = _recorded(store, address) | dict(written)
        transaction.set_state(name, _RECORDED.dump_json(recorded).decode())


def delete_records(store: Warehouse, address: str, removed: Iterable[date]) -> None:
    """Delete the records of dates without files: they are written again on request."""
    name = _name(address)
    with store.locked(Lock(name)) as transaction:
        recorded = _recorded(store, address)
        for day in removed:
            recorded.pop(day, None)
        transaction.set_state(name, _RECORDED.dump_json(recorded).decode())


def _recorded(store: Warehouse, address: str) -> dict[date, str]:
    stored = store.state(_name(address))
    return _RECORDED.validate_json(stored) if stored else {}


def _name(address: str) -> str:
    return f"open_exports in {address}"
