"""What can go wrong with the warehouse, and the translation of what the driver raises."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy as sa


class WarehouseError(Exception):
    """A request to PostgreSQL failed; the message says which, and what to do."""


class WarehouseUnavailable(WarehouseError):
    """PostgreSQL does not answer, or the connection broke; nothing of the window was changed."""


class WarehouseBusy(WarehouseError):
    """Another run has locked the window for too long."""


_BROKEN_CONNECTION = ("08", "57P")
"""SQLSTATE classes of a lost connection and of a server that stops or starts; None: no server."""
_OTHERS_IN_THE_WAY = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)


@contextmanager
def as_warehouse_errors(address: str, action: str) -> Iterator[None]:
    """Raise errors of SQLAlchemy and psycopg as a WarehouseError that names the action.

    The statement and its parameters are left out: the server's own message says enough.
    """
    try:
        yield
    except (sa.exc.DBAPIError, psycopg.Error) as error:
        cause = getattr(error, "orig", None) or error
        reason = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
        where = f"PostgreSQL at {address} did not {action}: {reason}"
        if isinstance(cause, _OTHERS_IN_THE_WAY):
            raise WarehouseBusy(f"{where}. Another run works on it; try again later.") from None
        state = getattr(cause, "sqlstate", None)
        if isinstance(cause, psycopg.OperationalError) and (
            state is None or state.startswith(_BROKEN_CONNECTION)
        ):
            raise WarehouseUnavailable(
                f"{where}. Is it running? See `belib-weather doctor`."
            ) from None
        raise WarehouseError(where) from None
    except sa.exc.TimeoutError as error:
        raise WarehouseBusy(f"no free connection to PostgreSQL at {address}") from error
