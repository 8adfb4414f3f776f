"""Writes docs/shapes.md: the fields of `belib_current` and of every index, from their datasets.

`make shapes` writes it again; a test fails when it is out of date.
"""

import dataframely as dy

from belib_weather.datasets.network import CurrentPoint
from belib_weather.search.projections import LATITUDE, LOCATION, LONGITUDE, PROJECTIONS, Projection
from belib_weather_tests.project import ROOT

PAGE = ROOT / "docs" / "shapes.md"
_HEAD = """# Shapes: `belib_current` and the indices

Generated from the datasets (`make shapes`). The tables of PostgreSQL carry the same descriptions as
comments (`\\d+`), the exports as `DATA_DICTIONARY.md`; live files are described in `openapi.json`
([open-data.md](open-data.md)).

## `belib_current` (MongoDB)

One document per charge point, `_id` is its id. `location` is a GeoJSON point with a 2dsphere index;
`latitude`, `longitude` and `captured_at` are columns of what the library reads, not fields of the
document.

"""


def page() -> str:
    """The page."""
    indices = "\n".join(_index(PROJECTIONS[name]) for name in sorted(PROJECTIONS))
    current = _table([_row(name, column) for name, column in CurrentPoint.columns().items()])
    return f"{_HEAD}{current}\n{indices}"


def _index(projection: Projection) -> str:
    mapping = projection.mapping
    described = mapping["_meta"]["fields"]
    rows = [
        (name, field["type"], field.get("meta", {}).get("unit", ""), described[name])
        for name, field in mapping["properties"].items()
    ]
    head = f"## `belib-{projection.name}` (Elasticsearch)\n\n{mapping['_meta']['description']}"
    key = " and ".join(f"`{name}`" for name in projection.id_columns)
    return f"{head} `_id` is made of {key}.\n\n{_table(rows)}"


def _row(name: str, column: dy.Column) -> tuple[str, str, str, str]:
    place = {LATITUDE: f"in `{LOCATION}`", LONGITUDE: f"in `{LOCATION}`"}
    kind = place.get(name) or type(column).__name__.lower()
    unit = str((column.metadata or {}).get("unit", ""))
    words = f" ({', '.join(column.categories)})" if isinstance(column, dy.Enum) else ""
    empty = " May be null." if column.nullable else ""
    return name, kind, unit, f"{column.description or ''}{words}{empty}"


def _table(rows: list[tuple[str, str, str, str]]) -> str:
    lines = ["| field | type | unit | meaning |", "|---|---|---|---|"]
    lines += [f"| `{name}` | {kind} | {unit} | {text} |" for name, kind, unit, text in rows]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
