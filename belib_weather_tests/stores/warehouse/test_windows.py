"""A window is replaced whole or not at all, by one run at a time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import polars as pl
import pytest

from belib_weather.warehouse import Warehouse, WarehouseError
from belib_weather.warehouse.tables import AVAILABILITY_FACTS
from belib_weather.warehouse.tables import AVAILABILITY_FACTS as FACTS
from belib_weather.window import Window
from belib_weather_tests.stores.warehouse.conftest import WINDOW, MakeFacts


def replace(warehouse: Warehouse, facts: pl.DataFrame, window: Window = WINDOW) -> None:
    with warehouse.locked(FACTS, window) as transaction:
        transaction.replace(FACTS, facts, window)


def test_rows_are_read_back_as_written_in_every_type(
    warehouse: Warehouse, make_facts: MakeFacts
) -> None:
    facts = make_facts()

    replace(warehouse, facts)

    read = warehouse.read(FACTS, WINDOW)
    assert read.schema == facts.schema
    assert read.equals(facts)


def test_replacing_twice_changes_nothing(warehouse: Warehouse, make_facts: MakeFacts) -> None:
    for _ in range(2):
        replace(warehouse, make_facts())

    assert warehouse.read(FACTS, WINDOW).equals(make_facts())


def test_hours_outside_of_the_window_stay(warehouse: Warehouse, make_facts: MakeFacts) -> None:
    replace(warehouse, make_facts())
    second = Window(WINDOW.start + timedelta(hours=1), WINDOW.start + timedelta(hours=2))

    replace(warehouse, make_facts(second).clear(), second)

    counts = dict(warehouse.count(FACTS, WINDOW).iter_rows())
    assert counts == {hour: 5 for hour in WINDOW.hours if hour != second.start}


def test_rows_outside_of_the_window_are_refused(
    warehouse: Warehouse, make_facts: MakeFacts
) -> None:
    with pytest.raises(ValueError, match="outside"):
        replace(warehouse, make_facts(), Window.hour(WINDOW.start))

    assert warehouse.read(FACTS, WINDOW).is_empty()


def test_seconds_that_do_not_add_up_are_refused(
    warehouse: Warehouse, make_facts: MakeFacts
) -> None:
    wrong = make_facts().with_columns(pl.lit(1, dtype=pl.Int32).alias("stale_seconds"))

    with pytest.raises(WarehouseError, match="seconds_add_up"):
        replace(warehouse, wrong)


def test_negative_seconds_are_refused_even_if_they_add_up(
    warehouse: Warehouse, make_facts: MakeFacts
) -> None:
    wrong = make_facts().with_columns(
        pl.lit(-1, dtype=pl.Int32).alias("unobserved_seconds"),
        pl.lit(1, dtype=pl.Int32).alias("stale_seconds"),
    )

    with pytest.raises(WarehouseError, match="seconds_are_not_negative"):
        replace(warehouse, wrong)


def test_readers_never_see_half_a_window(warehouse: Warehouse, make_facts: MakeFacts) -> None:
    few, many = make_facts(stations=3), make_facts(stations=40)
    replace(warehouse, few)
    done = threading.Event()
    seen: set[int] = set()

    def watch() -> None:
        while not done.is_set():
            seen.add(warehouse.read(FACTS, WINDOW).height)

    with ThreadPoolExecutor(1) as reader:
        watching = reader.submit(watch)
        replacements = 0
        while replacements < 16 or (len(seen) < 2 and not watching.done()):
            replace(warehouse, few if replacements % 2 else many)
            replacements += 1
        done.set()
        watching.result()

    assert seen == {few.height, many.height}


def test_two_runs_on_one_hour_take_turns(warehouse: Warehouse) -> None:
    entered, steps = threading.Event(), list[str]()

    def first() -> None:
        with warehouse.locked(FACTS, WINDOW):
            entered.set()
            later.wait(0.5)
            steps.append("first leaves")

    def second() -> None:
        assert entered.wait(60)
        with warehouse.locked(FACTS, Window.hour(WINDOW.start)):
            steps.append("second enters")

    later = threading.Event()  # never set: only a pause
    with ThreadPoolExecutor(2) as threads:
        for running in [threads.submit(first), threads.submit(second)]:
            running.result(60)

    assert steps == ["first leaves", "second enters"]


def test_other_hours_are_not_blocked(warehouse: Warehouse) -> None:
    other = Window(WINDOW.end, WINDOW.end + timedelta(hours=1))

    with warehouse.locked(FACTS, WINDOW), warehouse.locked(FACTS, other):
        pass


def test_months_are_created_on_demand_by_two_at_once(
    warehouse: Warehouse, warehouse_url: str, make_facts: MakeFacts
) -> None:
    another = Warehouse(warehouse_url)
    halves = [
        Window(WINDOW.start, WINDOW.start + timedelta(hours=3)),
        Window(WINDOW.start + timedelta(hours=3), WINDOW.end),
    ]

    with ThreadPoolExecutor(2) as threads:
        runs = [
            threads.submit(replace, store, make_facts(half), half)
            for store, half in zip((warehouse, another), halves, strict=True)
        ]
        for run in runs:
            run.result(60)

    another.close()
    assert warehouse.read(FACTS, WINDOW).equals(make_facts())


def test_the_ledger_keeps_the_newest_inputs_of_an_hour(warehouse: Warehouse) -> None:
    for digest in ("old", "new"):
        inputs = pl.DataFrame(
            {"hour": WINDOW.hours, "input_hash": [digest] * 4, "snapshots": [1, 2, 3, 4]}
        )
        with warehouse.locked(FACTS, WINDOW) as transaction:
            transaction.record_inputs(AVAILABILITY_FACTS, inputs)

    ledger = warehouse.ledger(AVAILABILITY_FACTS, WINDOW)
    assert ledger["input_hash"].to_list() == ["new"] * 4
    assert ledger["snapshots"].to_list() == [1, 2, 3, 4]
