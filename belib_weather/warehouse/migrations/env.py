"""Alembic's entry point; the connection comes from `warehouse.migrate`."""

from alembic import context

from belib_weather.warehouse.migrate import VERSION_TABLE
from belib_weather.warehouse.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata(),
    compare_type=True,
    version_table=VERSION_TABLE,
)
with context.begin_transaction():
    context.run_migrations()
