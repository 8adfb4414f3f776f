"""A failure leaves the old rows and is reported without secrets."""

import threading
import traceback

import polars as pl
import pytest
import sqlalchemy as sa

from belib_weather.warehouse import Warehouse, WarehouseError, WarehouseUnavailable
from belib_weather.warehouse.tables import AVAILABILITY_FACTS as FACTS
from belib_weather_tests.stores.warehouse.conftest import WINDOW, MakeFacts


def replace(warehouse: Warehouse, facts: pl.DataFrame) -> None:
    with warehouse.locked(FACTS, WINDOW) as transaction:
        transaction.replace(FACTS, facts, WINDOW)


def test_an_error_in_the_transaction_leaves_the_old_rows(
    warehouse: Warehouse, make_facts: MakeFacts
) -> None:
    replace(warehouse, make_facts())

    def fail_halfway() -> None:
        with warehouse.locked(FACTS, WINDOW) as transaction:
            transaction.replace(FACTS, make_facts(stations=9), WINDOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()

    assert warehouse.read(FACTS, WINDOW).equals(make_facts())


def test_a_killed_connection_leaves_the_old_rows(
    warehouse: Warehouse, warehouse_url: str, make_facts: MakeFacts
) -> None:
    replace(warehouse, make_facts())
    others = sa.create_engine(warehouse_url)

    def lose_the_connection_halfway() -> None:
        with warehouse.locked(FACTS, WINDOW) as transaction:
            transaction.replace(FACTS, make_facts(stations=9), WINDOW)
            with others.connect() as connection:
                connection.execute(
                    sa.text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                        # Not an autovacuum: only a superuser may end it.
                        " AND backend_type = 'client backend'"
                    )
                )
            transaction.replace(FACTS, make_facts(stations=9), WINDOW)

    with pytest.raises(WarehouseUnavailable):
        lose_the_connection_halfway()

    others.dispose()
    assert warehouse.read(FACTS, WINDOW).equals(make_facts())


def test_a_cancelled_statement_is_not_reported_as_an_unreachable_server(
    warehouse: Warehouse, warehouse_url: str, make_facts: MakeFacts
) -> None:
    others = sa.create_engine(warehouse_url)

    def be_cancelled() -> None:
        with others.begin() as holder, warehouse.locked(FACTS, WINDOW) as transaction:
            holder.execute(sa.text("LOCK TABLE availability_facts"))
            cancelling.start()
            transaction.replace(FACTS, make_facts(), WINDOW)

    def cancel() -> None:
        with others.connect() as connection:
            while not connection.execute(
                sa.text(
                    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
            ).all():
                connection.rollback()

    cancelling = threading.Thread(target=cancel)
    with pytest.raises(WarehouseError, match="canceling statement") as caught:
        be_cancelled()

    cancelling.join()
    others.dispose()
    assert type(caught.value) is WarehouseError


def test_a_wrong_password_is_not_repeated(warehouse_url: str) -> None:
    if sa.make_url(warehouse_url).password is None:
        pytest.skip("the server asks for no password")
    url = sa.make_url(warehouse_url).set(password="geheim")
    warehouse = Warehouse(url.render_as_string(hide_password=False))

    with pytest.raises(WarehouseUnavailable, match="password authentication failed") as caught:
        warehouse.version()

    assert "geheim" not in "".join(traceback.format_exception(caught.value))


def test_an_unreachable_server_is_reported_without_the_password() -> None:
    warehouse = Warehouse("postgresql+psycopg://belib:geheim@127.0.0.1:1/belib")

    with pytest.raises(WarehouseUnavailable) as caught:
        warehouse.version()

    assert "127.0.0.1:1" in str(caught.value)
    assert "geheim" not in str(caught.value)
