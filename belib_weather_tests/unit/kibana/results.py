"""What a Vega panel shows of an answer, and where the rows of a panel differ from those of SQL."""

import math
from datetime import date, datetime
from typing import Any

import vl_convert

from belib_weather_tests.unit.kibana.interpreter import Json, Rows


def vega_rows_of(spec: Json, buckets: list[Json]) -> Rows:
    """The rows that a specification computes from the buckets of an answer."""
    spec = spec | {"data": {"values": buckets}}
    names = ("key", "share", "difference", "low", "high", "days")
    spec["layer"][1]["encoding"]["tooltip"] = [
        {"field": name, "type": "nominal", "title": name}
        | ({} if name == "key" else {"type": "quantitative", "format": ".12f"})
        for name in names
    ]
    scene = vl_convert.vegalite_to_scenegraph(spec, vl_version="5.21")
    return [(tip["key"], *(_number(tip[name]) for name in names[1:])) for tip in _tooltips(scene)]


def _number(text: str) -> float | None:
    return None if text == "null" else float(text.replace("\N{MINUS SIGN}", "-"))


def _tooltips(node: Any) -> list[dict[str, str]]:
    """The fields of each point's tooltip, which screen readers read."""
    if isinstance(node, dict):
        words = [part.partition(": ") for part in node.get("description", "").split("; ")]
        tooltip = {name: value for name, _, value in words}
        here = [tooltip] if "days" in tooltip else []
        return here + [found for child in node.values() for found in _tooltips(child)]
    if isinstance(node, list):
        return [found for child in node for found in _tooltips(child)]
    return []


def differs(shown: Rows, in_sql: Rows) -> str:
    """Where two results differ, in any order of their rows; nothing where they do not."""
    ours, theirs = (sorted(map(_comparable, rows), key=str) for rows in (shown, in_sql))
    if len(ours) != len(theirs):
        return f"{len(ours)} rows, SQL has {len(theirs)}"
    for one, other in zip(ours, theirs, strict=True):
        if len(one) != len(other) or not all(map(_same, one, other)):
            return f"{one}, SQL has {other}"
    return ""


def _comparable(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Times, words and nothing first, so that rows pair up before their numbers are compared."""
    return tuple(
        v if v is None or isinstance(v, str | date | datetime) else _rounded(v) for v in row
    )


def _rounded(value: Any) -> float | None:
    return None if value is None or math.isnan(float(value)) else round(float(value), 7)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-6)
    return bool(one == other)
