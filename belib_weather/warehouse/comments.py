"""Comments on views, from the same declarations as those on tables.

A table's comments come with its migrations. PostgreSQL drops those of a view with the view, which
revisions create again, so all of them are set once the schema is up to date.

What belongs here: setting the comments. What does not: the texts (`datasets`).
"""

import sqlalchemy as sa
from psycopg import sql

from belib_weather.warehouse.copying import driver
from belib_weather.warehouse.table import Relation
from belib_weather.warehouse.tables import VIEWS


def comment_views(connection: sa.Connection) -> None:
    """Set the comment of every view and of each of its columns."""
    for view in VIEWS.values():
        driver(connection).execute(_statements(view))


def _statements(view: Relation) -> sql.Composed:
    columns = (
        sql.SQL("COMMENT ON COLUMN {} IS {}").format(
            sql.Identifier(view.name, column), sql.Literal(comment)
        )
        for column, comment in view.comments.items()
    )
    own = sql.SQL("COMMENT ON VIEW {} IS {}").format(
        sql.Identifier(view.name), sql.Literal(view.comment)
    )
    return sql.SQL("; ").join([own, *columns])
