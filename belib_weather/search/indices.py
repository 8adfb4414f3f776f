"""Indices and the aliases before them: one index per month and generation of the mapping.

`belib-availability` → `belib-availability-2026.11-0a1b2c3d`: readers know the alias, writers the
index of the mapping in force. A month whose visible index has an older mapping is written again
beside it and takes its place in the alias at once, when it is complete. A hidden alias
`…-write` before each index lets a bulk request fail where it would create a missing index;
an index without any alias was replaced and waits for its last readers to finish.

What belongs here: which indices exist, and what the alias shows. What does not: documents.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from belib_weather.search.projections import SETTINGS, Projection
from belib_weather.window import Window

if TYPE_CHECKING:
    from elasticsearch import ApiError, Elasticsearch

    from belib_weather.search.connection import Connection

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

    def __init__(self, connection: "Connection", prefix: str) -> None:
        self._connection = connection
        self.prefix = prefix

    def alias(self, projection: Projection) -> str:
        """The name that readers use."""
        return f"{self.prefix}-{projection.name}"

    def name_of(self, projection: Projection, month: Window | None) -> str:
        """The name of the index of the mapping in force."""
        return f"{self._stem(projection, month)}-{projection.generation}"

    def find(self, projection: Projection, month: Window) -> Index | None:
        """The index of the mapping in force, or None where the month has no index at all."""
        return self.ensure(projection, month) if self._found(projection, month) else None

    def ensure(self, projection: Projection, month: Window | None) -> Index:
        """The index of the mapping in force, made if absent; visible unless an older one is."""
        name = self.name_of(projection, month)
        found = self._found(projection, month)
        if name not in found:
            self._create(projection, name)
            # Another publisher may have been first: what is there now is what counts.
            found = self._found(projection, month)
        if not any(found.values()):
            # Shown only now: before its shard has started, searches of the alias would fail.
            self._show({name: projection})
            found[name] = True
        return Index(name, found[name])

    def promote(self, projection: Projection, index: Index, month: Window | None) -> None:
        """Show `index` in place of the month's other ones, in one step; `prepare` removes those."""
        others = self._found(projection, month).keys() - {index.name}
        hidden = [{"remove": {"index": name, "alias": "*"}} for name in sorted(others)]
        self._change_aliases(
            self.alias(projection), [{"add": self._alias_action(projection, index.name)}, *hidden]
        )

    def prepare(self, projections: Collection[Projection]) -> None:
        """Make and show the indices that no month asks for, describe all, remove replaced ones.

        Replaced indices go now, and not when they are replaced: a search that is under way would
        fail. Indices are listed, shown and removed for all projections at once: every process
        that publishes begins with this.
        """
        found = self._all_aliases(projections)
        whole = [p for p in projections if p.time_column is None]
        missing = [p for p in whole if self.name_of(p, None) not in found]
        for projection in missing:
            self._create(projection, self.name_of(projection, None))
        for projection in projections:
            self._describe(projection, found)
        if missing:
            found = self._all_aliases(projections)
        hidden = [p for p in whole if not self._shows(p, found)]
        if hidden:
            self._show({self.name_of(p, None): p for p in hidden})
            found = self._all_aliases(projections)
        replaced = sorted(name for name, aliases in found.items() if not aliases)
        if replaced:
            self._connection.write(
                f"remove {', '.join(replaced)}",
                lambda client: client.indices.delete(index=replaced, ignore_unavailable=True),
            )

    def outdated(self, projection: Projection) -> list[Window]:
        """Whole months of which readers see an index with another mapping than the one in force."""
        alias = self.alias(projection)
        months = {
            name.removeprefix(f"{alias}-").partition("-")[0]
            for name, aliases in self._aliases(projection).items()
            if alias in aliases and not name.endswith(f"-{projection.generation}")
        }
        return [_month(month) for month in sorted(months) if month != _ONLY_INDEX]

    def month_of(self, projection: Projection, name: str) -> Window | None:
        """The month of a physical index; None where there are no months."""
        part = name.removeprefix(f"{self.alias(projection)}-").partition("-")[0]
        return None if part == _ONLY_INDEX else _month(part)

    def hidden(self, projection: Projection) -> list[str]:
        """Indices of the mapping in force of whose month readers see no index at all."""
        alias, found = self.alias(projection), self._aliases(projection)
        visible = {name.rpartition("-")[0] for name, aliases in found.items() if alias in aliases}
        return [
            name
            for name in found
            if name.endswith(f"-{projection.generation}") and name.rpartition("-")[0] not in visible
        ]

    def _describe(self, projection: Projection, found: Iterable[str]) -> None:
        """Bring units and descriptions of the indices in force up to date, in place."""
        current = [
            name
            for name in found
            if name.startswith(f"{self.alias(projection)}-")
            and name.endswith(f"-{projection.generation}")
        ]
        if current:
            mapping = projection.mapping
            self._connection.write(
                f"describe the fields of {', '.join(current)}",
                lambda client: client.indices.put_mapping(
                    index=current, meta=mapping["_meta"], properties=mapping["properties"]
                ),
            )

    def _shows(self, projection: Projection, found: Mapping[str, set[str]]) -> bool:
        """Whether readers see an index of a projection without months."""
        stem, alias = f"{self._stem(projection, None)}-", self.alias(projection)
        return any(name.startswith(stem) and alias in found[name] for name in found)

    def _stem(self, projection: Projection, month: Window | None) -> str:
        part = f"{month.start:{_MONTH}}" if month else _ONLY_INDEX
        return f"{self.alias(projection)}-{part}"

    def _found(self, projection: Projection, month: Window | None) -> dict[str, bool]:
        """Names of a month's indices, and whether readers see them; not those replaced."""
        stem, alias = f"{self._stem(projection, month)}-", self.alias(projection)
        return {
            name: alias in aliases
            for name, aliases in self._aliases(projection).items()
            if name.startswith(stem) and aliases
        }

    def _aliases(self, projection: Projection) -> dict[str, set[str]]:
        """Aliases by index, of all indices of the projection."""
        return self._all_aliases([projection])

    def _all_aliases(self, projections: Iterable[Projection]) -> dict[str, set[str]]:
        """Aliases by index, of all indices of these projections; no other index of the prefix."""
        patterns = [f"{self.alias(projection)}-*" for projection in projections]
        answer = self._connection.ask(
            f"list the indices {', '.join(patterns)}",
            lambda client: client.indices.get_alias(index=patterns),
        )
        return {name: set(index["aliases"]) for name, index in answer.items()}

    def _create(self, projection: Projection, name: str) -> None:
        from elasticsearch import BadRequestError  # noqa: PLC0415 - see `connection`

        write_alias = Index(name, is_visible=False).write_alias

        def create(client: "Elasticsearch") -> None:
            try:
                client.indices.create(
                    index=name,
                    settings=SETTINGS,
                    mappings=projection.mapping,
                    aliases={write_alias: {"is_hidden": True}},
                )
            except BadRequestError as error:
                if not _is_already_there(error):
                    raise

        self._connection.write(f"create the index {name}", create)

    def _show(self, indices: Mapping[str, Projection]) -> None:
        """Let readers see these indices, and bulk requests write to them."""
        actions = [
            {"add": self._alias_action(projection, name)} for name, projection in indices.items()
        ]
        actions += [
            {"add": {"index": name, "alias": f"{name}-write", "is_hidden": True}}
            for name in indices
        ]
        self._change_aliases(", ".join(map(self.alias, indices.values())), actions)

    def _change_aliases(self, names: str, actions: list[dict[str, Any]]) -> None:
        self._connection.write(
            f"change the alias {names}",
            lambda client: client.indices.update_aliases(actions=actions),
        )

    def _alias_action(self, projection: Projection, name: str) -> dict[str, Any]:
        return {"index": name, "alias": self.alias(projection)}


def _month(text: str) -> Window:
    start = datetime.strptime(text, _MONTH).replace(tzinfo=UTC)
    return months_of(Window(start, start + timedelta(days=31)))[0]


def _is_already_there(error: "ApiError") -> bool:
    return error.error == "resource_already_exists_exception"
