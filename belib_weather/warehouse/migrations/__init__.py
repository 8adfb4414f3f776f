"""The history of the warehouse's schema, as Alembic revisions."""
