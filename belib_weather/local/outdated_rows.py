"""Rows that an older version of the rules made: what the start and `doctor` say of them.

What belongs here: one sentence. What does not: remaking them (`automation.changed_rules`).
"""

from belib_weather.warehouse import Warehouse


def outdated_rows(warehouse: Warehouse) -> str | None:
    """What is being remade, and how long that takes; None where every row is up to date.

    Raises:
        WarehouseError: PostgreSQL does not answer.
    """
    waiting = warehouse.outdated_rows()
    if not waiting:
        return None
    return (
        f"{'; '.join(waiting)}; the rest is remade in the background, the newest first, a year"
        " within about an hour"
    )
