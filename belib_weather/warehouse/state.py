"""Small values that the platform stores, such as how far it has read.

What belongs here: one text per name. What does not: what the text means.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

PLATFORM_STATE = sa.Table(
    "platform_state",
    sa.MetaData(),
    sa.Column("name", sa.String, primary_key=True, comment="What is remembered."),
    sa.Column("value", sa.String, nullable=False, comment="Its value, as text."),
    comment="Small marks of progress, such as watermarks.",
)


def read_state(connection: sa.Connection, name: str) -> str | None:
    """The value of a name, None if it was never set."""
    statement = sa.select(PLATFORM_STATE.c.value).where(PLATFORM_STATE.c.name == name)
    return connection.execute(statement).scalar()


def write_state(connection: sa.Connection, name: str, value: str) -> None:
    """Set the value of a name."""
    statement = insert(PLATFORM_STATE).values(name=name, value=value)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"value": value})
    )
