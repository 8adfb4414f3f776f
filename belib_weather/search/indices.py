"""Indices and the aliases before them: one index per month and generation of the mapping.

`belib-availability` → `belib-availability-2026.11-0a1b2c3d`: readers know the alias, writers the
index of the mapping in force. A month whose visible index has an older mapping is written anew
beside it and takes its place in the alias at once, when it is complete. A hidden alias
`…-write` before each index lets a bulk request fail where it would make up a missing index.

What belongs here: which indices exist, and what the alias shows. What does not: documents.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from elasticsearch import ApiError, BadRequestError

from belib_weather.search.connection import Connection
from belib_weather.search.projections import SETTINGS, Projection
from belib_weather.window import Window

_MONTH = "%Y.%m"
_ONLY_INDEX = "1"  # stands for the month where a projection is not cut into months


@dataclass(frozen=True)
class Index:
    """One physical index and whether readers see it."""

    name: str
    is_visible: bool

    @property
    def write_alias(self) -> str:
        """The alias that bulk requests name."""
        return f"{self.name}-write"


def months_of(window: Window) -> list[Window]:
    """The window cut at the starts of UTC months."""
    months = []
    start = window.start
    while start < window.end:
        days = monthrange(start.year, start.month)[1]
        next_month = datetime(start.year, start.month, 1, tzinfo=UTC) + timedelta(days=days)
        months.append(Window(start, min(next_month, window.end)))
        start = next_month
    return months


class Indices:
    """Finds, makes and swaps the indices of one prefix."""

    def __init__(self, connection: Connection, prefix: str) -> None:
        self._connection = connection
        self._prefix = prefix

    def alias(self, projection: Projection) -> str:
        """The name that readers use."""
        return f"{self._prefix}-{projection.name}"

    def find(self, projection: Projection, month: Window) -> Index | None:
        """The index of the mapping in force, or None where the month has no index at all."""
        found = self._found(projection, f"{self._stem(projection, month)}-*")
        return self.ensure(projection, month) if found else None

    def ensure(self, projection: Projection, month: Window | None) -> Index:
        """The index of the mapping in force, made if absent; visible unless an older one is."""
        stem = self._stem(projection, month)
        name = f"{stem}-{projection.generation}"
        found = self._found(projection, f"{stem}-*")
        if name not in found:
            self._create(projection, name, is_visible=not any(found.values()))
            # Another publisher may have been first: what is there now is what counts.
            found = self._found(projection, f"{stem}-*")
        if not any(found.values()):
            self._change_alias(projection, [{"add": self._shown(projection, name)}])
            found[name] = True
        return Index(name, found[name])

    def promote(self, projection: Projection, index: Index, month: Window | None) -> list[str]:
        """Show `index` in place of the month's older ones, in one step; returns those removed."""
        found = self._found(projection, f"{self._stem(projection, month)}-*")
        replaced = sorted(name for name in found if name != index.name)
        self._change_alias(
            projection,
            [
                {"add": self._shown(projection, index.name)},
                *({"remove_index": {"index": name}} for name in replaced),
            ],
        )
        return replaced

    def outdated(self, projection: Projection) -> list[Window]:
        """Whole months of which readers see an index with another mapping than the one in force."""
        found = self._found(projection, f"{self.alias(projection)}-*")
        months = {
            name.removeprefix(f"{self.alias(projection)}-").partition("-")[0]
            for name, is_visible in found.items()
            if is_visible and not name.endswith(f"-{projection.generation}")
        }
        starts = [datetime.strptime(month, _MONTH).replace(tzinfo=UTC) for month in sorted(months)]
        return [months_of(Window(start, start + timedelta(days=31)))[0] for start in starts]

    def describe(self, projection: Projection) -> None:
        """Bring units and descriptions of the indices in force up to date, in place."""
        found = self._found(projection, f"{self.alias(projection)}-*")
        current = [name for name in found if name.endswith(f"-{projection.generation}")]
        if current:
            mapping = projection.mapping
            self._connection.write(
                f"describe the fields of {', '.join(current)}",
                lambda client: client.indices.put_mapping(
                    index=current, meta=mapping["_meta"], properties=mapping["properties"]
                ),
            )

    def _stem(self, projection: Projection, month: Window | None) -> str:
        part = f"{month.start:{_MONTH}}" if month else _ONLY_INDEX
        return f"{self.alias(projection)}-{part}"

    def _found(self, projection: Projection, pattern: str) -> dict[str, bool]:
        """Names of the indices that match, and whether the reading alias holds them."""
        answer = self._connection.ask(
            f"list the indices {pattern}",
            lambda client: client.indices.get_alias(index=pattern, expand_wildcards="open"),
        )
        alias = self.alias(projection)
        return {name: alias in index["aliases"] for name, index in answer.items()}

    def _create(self, projection: Projection, name: str, *, is_visible: bool) -> None:
        aliases: dict[str, dict[str, Any]] = {Index(name, False).write_alias: {"is_hidden": True}}
        if is_visible:
            aliases[self.alias(projection)] = {}

        def create(client: Any) -> None:
            try:
                client.indices.create(
                    index=name, settings=SETTINGS, mappings=projection.mapping, aliases=aliases
                )
            except BadRequestError as error:
                if not _is_already_there(error):
                    raise

        self._connection.write(f"create the index {name}", create)

    def _change_alias(self, projection: Projection, actions: list[dict[str, Any]]) -> None:
        self._connection.write(
            f"change the alias {self.alias(projection)}",
            lambda client: client.indices.update_aliases(actions=actions),
        )

    def _shown(self, projection: Projection, name: str) -> dict[str, str]:
        return {"index": name, "alias": self.alias(projection)}


def _is_already_there(error: ApiError) -> bool:
    return error.error == "resource_already_exists_exception"
