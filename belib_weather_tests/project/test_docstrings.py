"""Every module, class or function that a docstring names exists."""

import ast
from pathlib import Path

import pytest

from belib_weather_tests.project.docstrings import (
    Mention,
    mentions_in,
    modules,
    unresolved,
    words_of,
)


@pytest.fixture(scope="module")
def project() -> tuple[frozenset[str], list[Mention]]:
    """The words of the code, and the names in its docstrings."""
    words: set[str] = set()
    mentions: list[Mention] = []
    for path, tree in modules():
        mentions += mentions_in(path, tree)
        if path.name != Path(__file__).name:  # its texts are the examples below
            words |= words_of([(path, tree)])
    return frozenset(words), mentions


@pytest.fixture(scope="module")
def words(project: tuple[frozenset[str], list[Mention]]) -> frozenset[str]:
    return project[0]


def test_every_name_in_a_docstring_exists(project: tuple[frozenset[str], list[Mention]]) -> None:
    words, mentions = project

    missing = [str(mention) for mention in mentions if unresolved(mention, words)]

    assert missing == [], "what counts as a name: belib_weather_tests/project/docstrings.py"


@pytest.mark.parametrize(
    ("docstring", "missing"),
    [
        ("What does not: stores (`lake`).", []),
        ("What does not: stores (`depths`).", ["depths"]),
        ("What does not: stores (`lake`, `station_id`).", ["station_id"]),
        ("Stored by `lake.store.Lake`, read by `transform.facts`.", []),
        ("Stored by `lake.store.Ocean`.", ["lake.store.Ocean"]),
        ("Read by `transform.no_such_module`.", ["transform.no_such_module"]),
        ("The column `station_id`, the status `available`.", []),
        ("Calls `no_such_function()`.", ["no_such_function"]),
        ("The file `no_such_file.json`, `make demo`, `a + b`, `…-write`.", []),
        ("A local variable: `only_here`.", ["only_here"]),
        ("An argument: `given`; a field: `given.station_id`.", []),
    ],
)
def test_an_unknown_name_in_a_docstring_is_found(
    docstring: str, missing: list[str], words: frozenset[str]
) -> None:
    path = Path("belib_weather/transform/example.py")
    tree = ast.parse(f'"""{docstring}"""\n\ndef f(given):\n    only_here = given\n')
    known = words | words_of([(path, tree)])

    found = [m.name for m in mentions_in(path, tree) if unresolved(m, known)]

    assert found == missing
