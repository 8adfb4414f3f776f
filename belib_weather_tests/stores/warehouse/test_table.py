"""Tables of any kind: whole, by days, by months; none is known to the warehouse by its name."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import dataframely as dy
import polars as pl
import pytest
import sqlalchemy as sa

from belib_weather.datasets import columns as c
from belib_weather.warehouse import Lock, Table, Warehouse
from belib_weather.warehouse.table import Partitioning
from belib_weather.warehouse.tables import AVAILABILITY_FACTS
from belib_weather.window import DAY, HOUR, Grain, Window

DAYS = Window(datetime(2026, 10, 30, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC))
"""Four days across a month's end."""


class Spell(dy.Schema):
    """A stretch of time of a charge point."""

    charge_point_id = dy.String(primary_key=True)
    start = c.second("First second.", primary_key=True)
    seconds = c.seconds("Length.")


SPELLS = Table(
    name="spells",
    dataset=Spell,
    time_column="start",
    partitioning=Partitioning.MONTHLY,
    lock_grain=Grain.DAY,
    checks={"spells_end": "seconds <= 86400"},
    indexes={"spells_by_start": ("start",)},
)
LOG = Table(name="spell_log", dataset=Spell, time_column="start")
"""Locked as a whole, yet replaced by windows."""
TOTALS = Table(name="spell_totals", dataset=Spell)
"""Without a time."""


@pytest.fixture
def created(warehouse: Warehouse, warehouse_url: str) -> Warehouse:
    """A warehouse with the three tables."""
    engine = sa.create_engine(warehouse_url)
    for table in (SPELLS, LOG, TOTALS):
        table.sql.metadata.create_all(engine)
    engine.dispose()
    return warehouse


def spells(window: Window, every: timedelta = timedelta(hours=7)) -> pl.DataFrame:
    starts = [s for s in window.hours if (s - window.start) % every == timedelta()]
    return Spell.validate(
        pl.DataFrame({"charge_point_id": "a", "start": starts, "seconds": 60}), cast=True
    )


def test_windows_of_a_monthly_table_are_replaced_day_by_day(created: Warehouse) -> None:
    with created.locked(SPELLS, DAYS) as transaction:
        transaction.replace(SPELLS, spells(DAYS), DAYS)
    second = Window.day(DAYS.start + DAY)
    with created.locked(SPELLS, second) as transaction:
        done = transaction.replace(SPELLS, spells(second, HOUR), second)

    assert (done.deleted, done.inserted) == (3, 24)
    counts = created.count(SPELLS, DAYS, every=Grain.DAY)
    assert counts.to_dict(as_series=False) == {"start": DAYS.days, "count": [4, 24, 4, 3]}
    assert created.read(SPELLS, second).equals(spells(second, HOUR))
    assert created.read(SPELLS).height == 35


def test_months_are_created_for_any_table(created: Warehouse, warehouse_url: str) -> None:
    with created.locked(SPELLS, DAYS):
        pass

    engine = sa.create_engine(warehouse_url)
    names = {n for n in sa.inspect(engine).get_table_names() if n.startswith("spells_")}
    engine.dispose()
    assert names == {"spells_2026_10", "spells_2026_11"}


def test_a_table_locked_as_a_whole_can_be_replaced_by_windows(created: Warehouse) -> None:
    second = Window.day(DAYS.start + DAY)
    with created.locked(LOG) as transaction:
        transaction.replace(LOG, spells(DAYS), DAYS)
    with created.locked(LOG) as transaction:
        transaction.replace(LOG, spells(second).clear(), second)

    assert created.count(LOG, DAYS, every=Grain.DAY)["count"].to_list() == [4, 4, 3]


def test_a_table_without_time_is_replaced_whole(created: Warehouse) -> None:
    for window in (DAYS, Window.day(DAYS.start)):
        with created.locked(TOTALS) as transaction:
            transaction.replace(TOTALS, spells(window))

    assert created.read(TOTALS).equals(spells(Window.day(DAYS.start)))


def test_the_ledger_of_a_table_is_separate_from_others(created: Warehouse) -> None:
    day = Window.day(DAYS.start)
    for table, window, digest in ((SPELLS, day, "spells"), (AVAILABILITY_FACTS, day, "facts")):
        starts = window.days if table is SPELLS else window.hours
        inputs = pl.DataFrame({table.time: starts, "input_hash": digest, "snapshots": 2})
        with created.locked(table, window) as transaction:
            transaction.record_inputs(table, inputs)

    assert created.ledger(SPELLS, DAYS).rows() == [(DAYS.start, "spells", 2, SPELLS.rules)]
    assert created.ledger(AVAILABILITY_FACTS, DAYS)["input_hash"].to_list() == ["facts"] * 24


def test_constraints_of_a_declaration_are_enforced(created: Warehouse) -> None:
    too_long = spells(DAYS).with_columns(pl.lit(90_000, dtype=pl.Int32).alias("seconds"))

    with (
        pytest.raises(Exception, match="spells_end"),
        created.locked(SPELLS, DAYS) as transaction,
    ):
        transaction.replace(SPELLS, too_long, DAYS)


def wrong_windows(store: Warehouse) -> dict[str, Callable[[], object]]:
    def whole() -> None:
        with store.locked(SPELLS, DAYS) as transaction:
            transaction.replace(SPELLS, spells(DAYS))

    def enter(what: Table | Lock, window: Window | None) -> None:
        with store.locked(what, window):
            pass

    return {
        "spells is replaced by windows": whole,
        "spells is locked by the day": lambda: enter(SPELLS, None),
        "spell_totals is locked as a whole": lambda: enter(TOTALS, DAYS),
        "pages is locked as a whole": lambda: enter(Lock("pages"), DAYS),
        "spell_totals has no time column": lambda: store.read(TOTALS, DAYS),
    }


def test_a_window_is_required_exactly_for_tables_with_a_time_column(created: Warehouse) -> None:
    for message, act in wrong_windows(created).items():
        with pytest.raises(ValueError, match=message):
            act()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"time_column": "end"}, "no column end"),
        ({"lock_grain": Grain.DAY}, "has no time"),
        ({"partitioning": Partitioning.MONTHLY, "time_column": "start"}, "lock_grain"),
    ],
)
def test_a_declaration_that_cannot_work_is_refused(
    options: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Table(name="wrong", dataset=Spell, **options)  # type: ignore[arg-type]


def test_units_of_a_lock_are_its_hours_or_days() -> None:
    assert len(Lock("x", Grain.HOUR).units(DAYS)) == 96
    assert len(Lock("x", Grain.DAY).units(DAYS)) == 4
    assert Lock("x").units(None) == [0]
