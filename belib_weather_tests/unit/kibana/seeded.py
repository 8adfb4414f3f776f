"""Wrong bundles: one change of a sound one, by name or made from its own keys and values.

A change is made in the decoded bundle, where JSON within JSON is open too.
"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

Path = tuple[str | int, ...]
GONE = object()
_HARMLESS = {(("references",), "reversed")}
_INNER = ("JSON", "fieldAttrs", "fieldFormatMap", "spec")


def opened(value: Any, key: str = "") -> Any:
    """A value with the JSON in its texts decoded."""
    if isinstance(value, str) and key.endswith(_INNER):
        return opened(json.loads(value))
    if isinstance(value, dict):
        return {name: opened(inside, name) for name, inside in value.items()}
    return [opened(inside) for inside in value] if isinstance(value, list) else value


def closed(value: Any, key: str = "") -> Any:
    """The opposite of `opened`."""
    if isinstance(value, dict):
        value = {name: closed(inside, name) for name, inside in value.items()}
    elif isinstance(value, list):
        value = [closed(inside) for inside in value]
    return json.dumps(value) if key.endswith(_INNER) else value


def line_of(saved: Any) -> bytes:
    """A line of a bundle."""
    return json.dumps(closed(saved)).encode()


def changed(saved: Any, path: str, value: Any) -> Any:
    """A copy with another value at a path, or without what is there (`GONE`).

    A segment `@name` is the panel of that name, `#2` the element of that number. A function gets
    the old value and gives the new one.
    """
    keys: list[str | int] = []
    inside = saved
    for segment in path.split("/"):
        keys.append(_key(inside, segment))
        inside = inside.get(keys[-1]) if isinstance(inside, dict) else inside[keys[-1]]
    if value is GONE:
        last = keys.pop()
        return with_change(saved, tuple(keys), lambda old: _without(last, old))
    return with_change(saved, tuple(keys), value if callable(value) else lambda _: value)


def _key(inside: Any, segment: str) -> str | int:
    if segment.startswith("@"):
        return next(i for i, one in enumerate(inside) if one["panelIndex"] == segment[1:])
    return int(segment[1:]) if segment.startswith("#") else segment


def generated(bundle: list[Any]) -> Iterator[tuple[int, Path, str, Callable[[Any], Any]]]:
    """Changes of every key and value, each kind once for all places of one shape.

    The number of the object, the path to what is changed, what kind of change it is, and what gives
    the new value.
    """
    seen: set[tuple[Any, ...]] = set()
    for number, saved in enumerate(bundle):
        for path, shape, value in _places(saved, (), (saved.get("type", ""),)):
            for kind, change in _changes(value):
                if (shape, kind) not in seen and (path, kind) not in _HARMLESS:
                    seen.add((shape, kind))
                    yield number, path, kind, change


def with_change(saved: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """The object with one change of `generated`; what is around it is shared, not copied."""
    if not path:
        return change(saved)
    copied = saved.copy()
    inside = saved.get(path[0]) if isinstance(saved, dict) else saved[path[0]]
    copied[path[0]] = with_change(inside, path[1:], change)
    return copied


def _places(value: Any, path: Path, shape: Path) -> Iterator[tuple[Path, Path, Any]]:
    """Every value with its path, and the path without names of panels, columns and fields."""
    yield path, shape, value
    if isinstance(value, dict):
        for name, inside in value.items():
            is_named = shape[-1:] in (("columns",), ("fieldAttrs",)) or name.startswith("control-")
            kind = inside.get("operationType", "") if isinstance(inside, dict) else ""
            yield from _places(inside, (*path, name), (*shape, kind if is_named else name))
    elif isinstance(value, list):
        for i, inside in enumerate(value):
            kind = _kind(inside) if isinstance(inside, dict) else ""
            yield from _places(inside, (*path, i), (*shape, kind))


def _kind(panel: dict[str, Any]) -> str:
    attributes = panel.get("embeddableConfig", {}).get("attributes", {})
    return str(attributes.get("visualizationType") or panel.get("type", ""))


def _without(name: str | int, old: Any) -> Any:
    if isinstance(old, list):
        return [one for number, one in enumerate(old) if number != name]
    return {key: old[key] for key in old if key != name}


def _changes(value: Any) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    match value:
        case bool():
            yield "opposite", lambda old: not old
            yield "number", int
        case str():
            yield "other text", lambda old: f"{old}x"
            yield "nothing", lambda _: None
        case int() | float():
            yield "more", lambda old: old + 1
            yield "text", str
        case None:
            yield "something", lambda _: 0
        case dict():
            yield "unknown key", lambda old: old | {"unknown": 1}
            for name in value:
                yield f"without {name}", partial(_without, name)
        case list():
            yield "one more", lambda old: [*old, old[-1] if old else {}]
            if value:
                yield "one less", lambda old: old[:-1]
            if value != value[::-1]:
                yield "reversed", lambda old: old[::-1]
