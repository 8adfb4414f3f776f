"""Two sets of JSON-like documents, leaf by leaf.

What belongs here: nested values. What does not: what is a text in them (`texts`).
"""

import math
from collections.abc import Mapping
from typing import Any

from belib_weather_tests.compare.result import Compared, Rules


def compare_documents(
    what: str, old: Mapping[str, Any], new: Mapping[str, Any], rules: Rules
) -> Compared:
    """Compare documents by their ids; ids, fields and list entries of one side alone differ.

    Args:
        what: begins every place: `what/field/field`; the id is no part of it.
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


def _compare(result: Compared, rules: Rules, path: str, place: str, old: Any, new: Any) -> None:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in dict.fromkeys([*old, *new]):
            below = f"{place}/{name}"
            if rules.allow(below):
                result.left_out.add(below)
            elif name in old and name in new:
                _compare(result, rules, f"{path}/{name}", below, old[name], new[name])
            elif name in old:
                result.differs(f"{path}/{name}", old[name], "no field")
            else:
                result.adds(f"{path}/{name}", below, rules)
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            result.differs(path, f"{len(old)} entries", f"{len(new)} entries")
        for index, (left, right) in enumerate(zip(old, new, strict=False)):
            _compare(result, rules, f"{path}/{index}", place, left, right)
    else:
        result.values += 1
        # Kinds as well: in Python 1 == 1.0 == True, in JSON they are not the same.
        if type(old) is not type(new) or not _same(old, new):
            result.differs(path, repr(old), repr(new))


def _same(old: Any, new: Any) -> bool:
    """Equal; floats up to the last digits, which depend on the order of a parallel sum."""
    if isinstance(old, float):
        return math.isclose(old, new, rel_tol=1e-12) or (math.isnan(old) and math.isnan(new))
    return bool(old == new)
