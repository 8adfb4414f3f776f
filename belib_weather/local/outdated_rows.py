"""Rows of an older version of the rules: what the start and `doctor` say of them.

What belongs here: one sentence. What does not: rebuilding them (`automation.changed_rules`).
"""

from belib_weather.warehouse import Warehouse


def outdated_rows(warehouse: Warehouse) -> str | None:
    """What is being rebuilt, and how long that takes; None where every row is up to date.

    Raises:
        WarehouseError: PostgreSQL does not answer.
    """
    waiting = warehouse.outdated_rows()
    if not waiting:
        return None
    return (
        f"{'; '.join(waiting)}; the rest is rebuilt in the background, the newest first, a year"
        " within about an hour"
    )
