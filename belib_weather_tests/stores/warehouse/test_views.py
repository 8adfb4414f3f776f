"""The database's views are those that the declarations give, and so is every figure in them."""

from collections.abc import Iterator

import polars as pl
import pytest
import sqlalchemy as sa

from belib_weather.datasets.figures import POINT_SECONDS, VIEW_FIGURES, Figure
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_FACTS, VIEWS
from belib_weather.warehouse.views import VIEWS as DEFINITIONS
from belib_weather.warehouse.views import statement
from belib_weather_tests.stores.warehouse.conftest import WINDOW
from belib_weather_tests.stores.warehouse.sample import facts_of

DEFINITION = sa.text("SELECT pg_get_viewdef(CAST(:name AS regclass))")


@pytest.fixture
def connection(warehouse: Warehouse, warehouse_url: str) -> Iterator[sa.Connection]:
    """A connection to a migrated database with facts of any shape, and of a station unobserved."""
    facts = facts_of(7, ["a", "b", "c"], WINDOW)
    seconds = (*POINT_SECONDS, "any_observed_seconds", "any_available_seconds", "full_seconds")
    unobserved = facts_of(8, ["d"], WINDOW).with_columns(pl.col(*seconds) * 0)
    unobserved = unobserved.with_columns(unobserved_seconds=pl.col("charge_points") * 3600)
    facts = pl.concat([facts, unobserved])
    with warehouse.locked(AVAILABILITY_FACTS, WINDOW) as transaction:
        transaction.replace(AVAILABILITY_FACTS, facts, WINDOW)
    engine = sa.create_engine(warehouse_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_every_view_is_declared() -> None:
    assert DEFINITIONS.keys() == VIEWS.keys()


@pytest.mark.parametrize("name", DEFINITIONS)
def test_the_migrated_view_is_that_of_the_declarations(
    connection: sa.Connection, name: str
) -> None:
    connection.exec_driver_sql(f"CREATE TEMP VIEW declared AS {statement(name)}")
    migrated, declared = (
        connection.execute(DEFINITION, {"name": view}).scalar() for view in (name, "declared")
    )
    assert migrated == declared, (
        "write a revision with the statement of `python -m belib_weather.warehouse.views`"
    )


@pytest.mark.parametrize("figure", VIEW_FIGURES, ids=lambda figure: figure.name)
def test_formula_frame_and_view_give_the_same(connection: sa.Connection, figure: Figure) -> None:
    """The formula of the data dictionary, with real division, and the evaluation in polars."""
    rows = connection.exec_driver_sql(
        f"SELECT *, {figure.name} AS in_sql, {_real(figure)} AS by_formula FROM availability_hours"  # noqa: S608 - our own formula
    ).mappings()
    found = pl.DataFrame([dict(row) for row in rows], infer_schema_length=None)
    in_sql = found["in_sql"].to_list()

    assert (None in in_sql) == (figure.name != "coverage")
    assert any(value for value in in_sql)
    assert found["by_formula"].to_list() == in_sql
    assert found.select(figure.of_sums()).to_series().to_list() == pytest.approx(in_sql)


def _real(figure: Figure) -> str:
    """The formula of a row, null where its denominator is 0, in floating-point numbers."""
    over, under = figure.formula.rsplit(" / ", 1)
    if over.startswith("1 - "):
        return f"1 - ({over.removeprefix('1 - ')})::double precision / {under}"
    return f"({over})::double precision / nullif({under}, 0)"
