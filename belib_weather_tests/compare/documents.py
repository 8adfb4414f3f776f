"""Two sets of JSON-like documents, leaf by leaf.

What belongs here: nested values. What does not: what is a text in them (`texts`).
"""

import math
from collections.abc import Mapping
from typing import Any

from belib_weather_tests.compare.result import Compared, Rules

ENTRIES, ORDER = "#entries", "#order"


def compare_documents(
    what: str, old: Mapping[str, Any], new: Mapping[str, Any], rules: Rules
) -> Compared:
    """Compare documents by their ids; ids, fields and list entries of one side alone differ.

    Args:
        what: begins every place: `what/field/field`; the id is no part of it. `#entries` in place
            of a field is the length of a list, `#order` the order of named entries.
        old: of the old code, by id.
        new: of the new code, by id.
        rules: fields that may differ are left out.
    """
    result = Compared(what)
    for key in dict.fromkeys([*old, *new]):
        if key not in new:
            result.differs(key, "a document", "none")
        elif key not in old:
            result.differs(key, "none", "a document")
        else:
            result.items += 1
            _compare(result, rules, key, what, old[key], new[key])
    return result


def compare_named(
    what: str, old: Mapping[str, Any], new: Mapping[str, Any], rules: Rules
) -> Compared:
    """Compare documents whose names mean something: places are `what/name/field/field`."""
    result = Compared(what, items=len(old.keys() & new.keys()))
    _compare_fields(result, rules, "", what, old, new)
    return result


def _compare(result: Compared, rules: Rules, path: str, place: str, old: Any, new: Any) -> None:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        _compare_fields(result, rules, path, place, old, new)
    elif _are_named(old) and _are_named(new):
        named = [{one["name"]: one for one in entries} for entries in (old, new)]
        _compare_fields(result, rules, path, place, named[0], named[1], are_ordered=True)
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new) and not rules.allow(f"{place}/{ENTRIES}"):
            result.differs(path, f"{len(old)} entries", f"{len(new)} entries")
        for index, (left, right) in enumerate(zip(old, new, strict=False)):
            _compare(result, rules, f"{path}/{index}", place, left, right)
    else:
        result.values += 1
        # Kinds as well: in Python 1 == 1.0 == True, in JSON they are not the same.
        if type(old) is not type(new) or not _same(old, new):
            result.differs(path, repr(old), repr(new))


def _compare_fields(
    result: Compared,
    rules: Rules,
    path: str,
    place: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    *,
    are_ordered: bool = False,
) -> None:
    shared = [[name for name in names if name in old and name in new] for names in (old, new)]
    if are_ordered and shared[0] != shared[1] and not rules.allow(f"{place}/{ORDER}"):
        result.differs(f"{path}: order", shared[0], shared[1])
    for name in dict.fromkeys([*old, *new]):
        below, path_below = f"{place}/{name}", f"{path}/{name}".removeprefix("/")
        if name in old and name in new and old[name] == new[name]:
            _compare(result, rules, path_below, below, old[name], new[name])
        elif rules.allow(below):
            result.left_out.add(below)
        elif name in old and name in new:
            _compare(result, rules, path_below, below, old[name], new[name])
        elif name in old:
            result.differs(path_below, old[name], "no field")
        else:
            result.adds(path_below, below, rules)


def _are_named(value: Any) -> bool:
    """Whether all entries of a list have a name of their own, by which they are compared."""
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        return False
    return len({one.get("name") for one in value} - {None}) == len(value)


def _same(old: Any, new: Any) -> bool:
    """Equal; floats up to the last digits, which depend on the order of a parallel sum."""
    if isinstance(old, float):
        return math.isclose(old, new, rel_tol=1e-12) or (math.isnan(old) and math.isnan(new))
    return bool(old == new)
