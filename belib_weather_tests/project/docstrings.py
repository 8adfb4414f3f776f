"""Finds names in docstrings that the code does not have.

What stands in backticks and reads as an identifier is a name. Three rules:

- A dotted name, such as `transform.facts`, is reached by imports and attributes from its own
  module, its package, `belib_weather`, or an installed package. Where its first part is none of
  these (`response.headers`, a field of a JSON document), each part is a word of the code.
- Names alone in parentheses in a module's docstring, as in "What does not: stores (`lake`)", are
  modules beside it, rooms, or what its package offers.
- Any other name is a word of the code: a module, class, function, argument or attribute, a
  constant, or a word of a text in the code (a column, a status, a command). A local variable is
  none.

Files, commands, formulas and everything with other characters are not names.
"""

import ast
import importlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from belib_weather_tests.project import ROOT

PACKAGES = ("belib_weather", "belib_weather_tests")
IDENTIFIER = r"[A-Za-z_]\w*"
TOKEN = re.compile(rf"(?<!`)`(?P<name>{IDENTIFIER}(?:\.{IDENTIFIER})*)(?:\(\))?`(?!`)")
PARENTHESES = re.compile(r"\((?:`[\w.]+`(?:,\s|\sand\s|,\sand\s)?)+\)")
FOREIGN = {"Host", "Origin", "nohup", "pg_ctl", "psql"}
"""Headers and programs that others have named."""
FILE = re.compile(r"\.(csv|css|html|j2|json|md|ndjson|py|sql|toml|yaml|yml|zip)$")
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
_WITH_WORDS = {
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.arg, ast.keyword, ast.Attribute),
    *(ast.alias, ast.Constant),
}


@dataclass(frozen=True)
class Mention:
    """A name in a docstring, and where it stands."""

    path: Path
    line: int
    name: str
    of_module: bool
    in_parentheses: bool

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: `{self.name}`"


def modules(root: Path = ROOT) -> Iterator[tuple[Path, ast.Module]]:
    """Yield every module of the project, parsed, with its path below the root.

    One after the other: the trees of all together would slow the garbage collection of what runs.
    """
    files = [file for package in PACKAGES for file in (root / package).rglob("*.py")]
    for file in sorted(files):
        yield file.relative_to(root), ast.parse(file.read_text())


@lru_cache(maxsize=1)
def _nodes(tree: ast.Module) -> list[ast.AST]:
    return list(ast.walk(tree))


def mentions_in(path: Path, tree: ast.Module) -> Iterator[Mention]:
    """Yield every name in the docstrings of a module."""
    for node in _nodes(tree):
        if isinstance(node, Documented) and (text := ast.get_docstring(node, clean=False)):
            groups = [range(*group.span()) for group in PARENTHESES.finditer(text)]
            for match in TOKEN.finditer(text):
                if match["name"] not in FOREIGN and not FILE.search(match["name"]):
                    yield Mention(
                        path=path,
                        line=node.body[0].lineno + text.count("\n", 0, match.start()),
                        name=match["name"],
                        of_module=isinstance(node, ast.Module),
                        in_parentheses=any(match.start() in group for group in groups),
                    )


def words_of(trees: Iterable[tuple[Path, ast.Module]]) -> frozenset[str]:
    """Return the words of the code: what it defines, and what its texts name."""
    found: set[str] = set()
    for path, tree in trees:
        found |= {path.stem, path.parent.name, *_assigned(tree)}
        docstrings: set[int] = set()
        for node in _nodes(tree):  # what is around a docstring comes before it
            if isinstance(node, Documented) and ast.get_docstring(node, clean=False):
                docstrings.add(id(node.body[0].value))  # type: ignore[attr-defined]
            if type(node) in _WITH_WORDS and id(node) not in docstrings:
                found |= _words(node)
    return frozenset(found)


def _words(node: ast.AST) -> set[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return {name}
        case ast.ClassDef(name=name):
            return {name, *_assigned(node)}
        case ast.arg(arg=name) | ast.keyword(arg=str(name)) | ast.Attribute(attr=name):
            return {name}
        case ast.alias(name=name, asname=shown):
            return {name, shown or name}
        case ast.Constant(value=str(text)):
            # Of a sentence only the words that no sentence has.
            return {w for w in re.findall(r"\w+", text) if "_" in w or not re.search(r"\s", text)}
    return set()


def _assigned(node: ast.Module | ast.ClassDef) -> set[str]:
    targets: list[ast.expr] = []
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            targets += statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets.append(statement.target)
    return {
        name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)
    }


def unresolved(mention: Mention, words: frozenset[str]) -> bool:
    """Return whether nothing has the name of a mention."""
    module = _module_name(mention.path)
    package = module if mention.path.name == "__init__.py" else module.rpartition(".")[0]
    places = [module, package, package.partition(".")[0], *PACKAGES]
    if mention.of_module and mention.in_parentheses:
        return not any(_reach(f"{place}.{mention.name}") for place in places)
    head, _, rest = mention.name.partition(".")
    if not rest:
        return mention.name not in words
    if not any(_reach(f"{place}.{head}") for place in places) and not _reach(head):
        return not set(mention.name.split(".")) <= words
    return not any(_reach(f"{place}.{mention.name}") for place in places) and not _reach(
        mention.name
    )


def _module_name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _reach(dotted: str) -> bool:
    """Return whether Python reaches a name by importing modules and then taking attributes."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        found = _imported(".".join(parts[:length]))
        if found is not None:
            return _has(found, parts[length:])
    return False


@cache
def _imported(name: str) -> ModuleType | None:
    if ".migrations.env" in name:  # only alembic can run it
        return None
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None


def _has(owner: Any, attributes: list[str]) -> bool:
    for name in attributes:
        if not hasattr(owner, name):
            # A field that is only annotated, as in a dataclass or a settings model.
            return name == attributes[-1] and name in getattr(owner, "__annotations__", {})
        owner = getattr(owner, name)
    return True
