"""The query parameters of the Explore API v2.1 that the simulator understands.

`select` (field names or `*`), `order_by` (fields, `asc` or `desc`), `limit`, `offset` and
`timezone`. Filters and groups are refused rather than ignored.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MAXIMUM_LIMIT = 100
MAXIMUM_REACH = 10_000
_UNSUPPORTED = ("where", "group_by", "refine", "exclude")

Record = dict[str, Any]


class BadQueryError(Exception):
    """The query is refused with 400.

    Args:
        code: `error_code` of the body.
        message: `message` of the body.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.body = {"error_code": code, "message": message}


@dataclass(frozen=True)
class Query:
    """A validated query; `order` holds (field, descending) pairs, `limit` -1 means all."""

    fields: tuple[str, ...]
    order: tuple[tuple[str, bool], ...]
    limit: int
    offset: int
    zone: str

    def page(self, rows: list[Record]) -> list[Record]:
        """The rows asked for, ordered and cut, with the selected fields only.

        Args:
            rows: with the needed fields, in their order.
        """
        for field, descending in reversed(self.order):
            known = [row for row in rows if row[field] is not None]
            known.sort(key=_sorted_by(field, known), reverse=descending)
            rows = known + [row for row in rows if row[field] is None]
        end = None if self.limit < 0 else self.offset + self.limit
        cut = rows[self.offset : end]
        if self.needed == self.fields:
            return cut
        return [{name: row[name] for name in self.fields} for row in cut]

    @property
    def most(self) -> int | None:
        """How many rows of the dataset's own order are enough; None for all."""
        return None if self.order or self.limit < 0 else self.offset + self.limit

    @property
    def needed(self) -> tuple[str, ...]:
        """Fields that must be read: the selected ones and those to order by."""
        return tuple(dict.fromkeys((*self.fields, *(field for field, _ in self.order))))


def parse_query(
    parameters: Mapping[str, str], known: Iterable[str], *, is_export: bool = False
) -> Query:
    """Read and validate query parameters.

    Args:
        parameters: of the request.
        known: names of the dataset's fields, in order.
        is_export: exports have no limit unless asked for; pages have 10 rows, 100 at most.

    Raises:
        BadQueryError: a parameter is wrong, or not understood by the simulator.
    """
    names = tuple(known)
    for name in _UNSUPPORTED:
        if name in parameters:
            raise _malformed("The simulator does not filter or group", name)
    limit = _integer_parameter(parameters, "limit", -1 if is_export else 10)
    offset = _integer_parameter(parameters, "offset", 0)
    top = MAXIMUM_REACH if is_export else MAXIMUM_LIMIT
    if not -1 <= limit <= top and not is_export:
        raise _out_of_range("limit", limit, f"-1 <= limit <= {MAXIMUM_LIMIT}")
    if offset < 0:
        raise _out_of_range("offset", offset, "0 <= offset")
    if not is_export and limit < 0:
        limit = MAXIMUM_LIMIT
    if not is_export and offset + limit > MAXIMUM_REACH:
        raise _out_of_range("sum of offset + limit", offset + limit, f"<= {MAXIMUM_REACH}")
    zone = parameters.get("timezone", "UTC")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadQueryError(
            "InvalidRESTParameterError", f"Invalid value for timezone API parameter: {zone}."
        ) from error
    return Query(_selected(parameters, names), _order(parameters, names), limit, offset, zone)


def _selected(parameters: Mapping[str, str], names: tuple[str, ...]) -> tuple[str, ...]:
    requested = [part.strip() for part in parameters.get("select", "*").split(",")]
    chosen: list[str] = []
    for name in requested:
        chosen += names if name == "*" else [_checked_name(name, names, "select")]
    return tuple(dict.fromkeys(chosen))


def _order(parameters: Mapping[str, str], names: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    clauses = [part.split() for part in parameters.get("order_by", "").split(",") if part.strip()]
    order = []
    for name, *direction in clauses:
        if direction not in ([], ["asc"], ["desc"], ["ASC"], ["DESC"]):
            raise _malformed(f"Unexpected direction: {' '.join(direction)}", "order_by")
        order.append(
            (
                _checked_name(name, names, "order_by"),
                bool(direction) and direction[0].lower() == "desc",
            )
        )
    return tuple(order)


def _checked_name(name: str, names: tuple[str, ...], clause: str) -> str:
    if name not in names:
        raise _malformed(f"Unknown field: {name}", clause)
    return name


def _integer_parameter(parameters: Mapping[str, str], name: str, default: int) -> int:
    text = parameters.get(name, str(default))
    try:
        return int(text)
    except ValueError as error:
        raise BadQueryError(
            "InvalidRESTParameterError",
            f"Invalid value for {name} API parameter: '{text}' is not an integer.",
        ) from error


def _out_of_range(name: str, value: int, expected: str) -> BadQueryError:
    return BadQueryError(
        "InvalidRESTParameterError",
        f"Invalid value for {name} API parameter: {value} was found but {expected} is expected.",
    )


def _malformed(problem: str, clause: str) -> BadQueryError:
    message = f"ODSQL query is malformed: {problem}. Clause(s) containing the error(s): {clause}."
    return BadQueryError("ODSQLError", message)


def _sorted_by(field: str, rows: list[Record]) -> Callable[[Record], Any]:
    """What rows with a value are sorted by; places by latitude, then longitude."""
    if rows and isinstance(rows[0][field], dict):
        return lambda row: (row[field]["lat"], row[field]["lon"])
    return itemgetter(field)
