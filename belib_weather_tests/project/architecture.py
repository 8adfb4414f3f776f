"""Draws the parts of docs/architecture.md that follow from the code: rooms, imports, lineage.

`make architecture` writes them between the page's markers; a test fails when they are out of
date. A room is a module or a package directly below `belib_weather`; its sentence in the table is
the first of its docstring. An arrow that follows from others is left out of the diagram, not of
the table.
"""

import ast
import re
from collections.abc import Iterable, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter

import grimp

from belib_weather_tests.project import ROOT

PACKAGE = "belib_weather"
PAGE = ROOT / "docs" / "architecture.md"
END = "<!-- end -->"
Imports = Mapping[str, frozenset[str]]


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph(PACKAGE, include_external_packages=True, cache_dir=None)


def rooms_and_imports() -> Imports:
    """Return, for each room, the rooms that any of its modules imports."""
    graph = _graph()
    imports = {}
    for room in graph.find_children(PACKAGE):
        modules = {room, *graph.find_descendants(room)}
        imported = {
            _room_of(target)
            for module in modules
            for target in graph.find_modules_directly_imported_by(module)
            if target.startswith(PACKAGE)
        }
        imports[_room_of(room)] = frozenset(imported - {_room_of(room), ""})
    return imports


def _room_of(module: str) -> str:
    return module.removeprefix(PACKAGE).strip(".").partition(".")[0]


def in_order(imports: Imports) -> list[str]:
    """Return the rooms, importers first.

    Raises:
        ValueError: rooms import each other in a circle; the message names them.
    """
    try:
        order = list(
            TopologicalSorter(
                {room: sorted(imports[room]) for room in sorted(imports)}
            ).static_order()
        )
    except CycleError as error:
        raise ValueError(f"rooms import each other in a circle: {error.args[1]}") from error
    return order[::-1]


def without_implied(imports: Imports) -> Imports:
    """Return the imports less those that follow from others, for a diagram that can be read."""

    @cache
    def reached(room: str) -> frozenset[str]:
        return imports[room].union(*(reached(other) for other in imports[room]))

    return {
        room: frozenset(
            target
            for target in targets
            if not any(target in reached(other) for other in targets - {target})
        )
        for room, targets in imports.items()
    }


def dagster_rooms() -> frozenset[str]:
    """Return the rooms that import Dagster or a package of its family."""
    graph = _graph()
    family = {module for module in graph.modules if module.partition("_")[0] == "dagster"}
    importers = {m for module in family for m in graph.find_modules_that_directly_import(module)}
    return frozenset(map(_room_of, importers))


def what_it_is(room: str) -> str:
    """Return the first sentence of a room's docstring."""
    folder = ROOT / PACKAGE / room
    file = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    text = ast.get_docstring(ast.parse(file.read_text())) or ""
    first = re.split(r"(?<=[.;])\s", text, maxsplit=1)[0]
    return " ".join(first.split()).rstrip(".;")


def diagram_of_rooms(imports: Imports) -> str:
    """Return the rooms and their imports as a Mermaid flowchart; blue ones know Dagster."""
    dagster = dagster_rooms()
    lines = ["flowchart TD"]
    lines += [f"    {room}{':::dagster' * (room in dagster)}" for room in in_order(imports)]
    direct = without_implied(imports)
    for room in in_order(imports):
        lines += [f"    {room} --> {target}" for target in sorted(direct[room])]
    lines.append("    classDef dagster fill:#dbe9ff,stroke:#3b6fb6,color:#111")
    return _mermaid(lines)


def table_of_rooms(imports: Imports) -> str:
    """Return a table: room, what it is, what it imports."""
    rows = ["| room | what it is | imports |", "|---|---|---|"]
    for room in in_order(imports):
        is_package = (ROOT / PACKAGE / room).is_dir()
        path = f"{PACKAGE}/{room}" if is_package else f"{PACKAGE}/{room}.py"
        imported = ", ".join(sorted(imports[room])) or "–"
        rows.append(f"| [`{room}`](../{path}) | {what_it_is(room)} | {imported} |")
    return "\n".join(rows)


def diagram_of_lineage() -> str:
    """Return the assets, by group, and what each is made from, as a Mermaid flowchart."""
    # Loading the graph takes seconds, so only who draws it pays.
    from belib_weather.definitions import defs

    graph = defs.resolve_asset_graph()
    groups: dict[str, list[str]] = {}
    arrows = []
    for node in graph.asset_nodes:
        name = node.key.to_user_string()
        groups.setdefault(node.group_name, []).append(name)
        arrows += [
            f"    {_id(parent.to_user_string())} --> {_id(name)}" for parent in node.parent_keys
        ]
    lines = ["flowchart LR"]
    for group in sorted(groups):
        lines.append(f"    subgraph {group}")
        lines += [f"        {_id(name)}[{name}]" for name in sorted(groups[group])]
        lines.append("    end")
    return _mermaid([*lines, *sorted(arrows)])


def _id(name: str) -> str:
    return name.replace("/", "_")


def _mermaid(lines: Iterable[str]) -> str:
    return "\n".join(["```mermaid", *lines, "```"])


def drawn(page: str) -> str:
    """Return the page with what follows from the code drawn again between its markers."""
    imports = rooms_and_imports()
    for name, text in (
        ("rooms", diagram_of_rooms(imports)),
        ("table of rooms", table_of_rooms(imports)),
        ("lineage", diagram_of_lineage()),
    ):
        begin = f"<!-- drawn: {name} -->\n"
        before, found, rest = page.partition(begin)
        _, end, after = rest.partition(END)
        if not (found and end):
            raise ValueError(f"docs/architecture.md lacks {begin.strip()} … {END}")
        page = "".join([before, begin, text, "\n", END, after])
    return page


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text()))
