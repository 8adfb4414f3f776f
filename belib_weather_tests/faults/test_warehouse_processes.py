"""What other processes do at the same time, or leave behind when they are killed."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier, Event

import polars as pl
import psycopg
import sqlalchemy as sa

from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_FACTS as FACTS
from belib_weather_tests.stores.warehouse.conftest import WINDOW, MakeFacts

ROUNDS = 5
SPAWN = multiprocessing.get_context("spawn")


def replace_again_and_again(url: str, facts: pl.DataFrame, start: Barrier) -> None:
    warehouse = Warehouse(url)
    start.wait(60)
    for _ in range(ROUNDS):
        with warehouse.locked(FACTS, WINDOW) as transaction:
            transaction.replace(FACTS, facts, WINDOW)


def replace_and_never_commit(url: str, facts: pl.DataFrame, written: Event) -> None:
    with Warehouse(url).locked(FACTS, WINDOW) as transaction:
        transaction.replace(FACTS, facts, WINDOW)
        written.set()
        signal.pause()


@contextmanager
def running(*processes: BaseProcess) -> Iterator[None]:
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.join()


def test_two_processes_on_the_same_hours_leave_the_rows_of_one(
    warehouse: Warehouse, warehouse_url: str, make_facts: MakeFacts
) -> None:
    few, many = make_facts(stations=3), make_facts(stations=40)
    with warehouse.locked(FACTS, WINDOW) as transaction:
        transaction.replace(FACTS, few, WINDOW)
    start = SPAWN.Barrier(3)
    writers = [
        SPAWN.Process(target=replace_again_and_again, args=(warehouse_url, facts, start))
        for facts in (few, many)
    ]

    seen = []
    with running(*writers):
        start.wait(60)
        while any(writer.is_alive() for writer in writers):
            seen.append(warehouse.read(FACTS, WINDOW))

    assert [writer.exitcode for writer in writers] == [0, 0]
    assert all(rows.equals(few) or rows.equals(many) for rows in seen)


def test_a_killed_process_leaves_the_old_rows_and_no_lock(
    warehouse: Warehouse, warehouse_url: str, make_facts: MakeFacts
) -> None:
    with warehouse.locked(FACTS, WINDOW) as transaction:
        transaction.replace(FACTS, make_facts(), WINDOW)
    written = SPAWN.Event()
    writer = SPAWN.Process(
        target=replace_and_never_commit, args=(warehouse_url, make_facts(stations=9), written)
    )

    with running(writer):
        assert written.wait(60)
        assert writer.pid is not None
        os.kill(writer.pid, signal.SIGKILL)
        with warehouse.locked(FACTS, WINDOW):
            assert warehouse.read(FACTS, WINDOW).equals(make_facts())


def test_a_reader_in_a_long_transaction_does_not_block_a_new_month(
    warehouse: Warehouse, warehouse_url: str, make_facts: MakeFacts
) -> None:
    def replace() -> None:
        with warehouse.locked(FACTS, WINDOW) as transaction:
            transaction.replace(FACTS, make_facts(), WINDOW)

    bare = sa.make_url(warehouse_url).set(drivername="postgresql")
    with (
        ThreadPoolExecutor(1) as writer,
        psycopg.connect(bare.render_as_string(hide_password=False)) as reader,
    ):
        reader.execute("SELECT count(*) FROM availability_facts")

        writer.submit(replace).result(30)

        found = reader.execute("SELECT count(*) FROM availability_facts").fetchone()
    assert found == (make_facts().height,)
