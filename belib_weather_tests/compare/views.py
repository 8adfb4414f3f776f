"""What is held against what: the report, what dashboards show, and the exported Kibana bundle.

What belongs here: which pages, panels and saved objects are compared. What does not: how two of
them are (`pages`, `frames`, `documents`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from belib_weather_tests.compare import intended
from belib_weather_tests.compare.documents import compare_documents, compare_named
from belib_weather_tests.compare.dumps import bundle_of
from belib_weather_tests.compare.frames import ROW, compare_frames
from belib_weather_tests.compare.pages import compare_pages
from belib_weather_tests.compare.phases import names, pairs
from belib_weather_tests.compare.result import Compared, Rules
from belib_weather_tests.compare.texts import (
    bundle_without_texts,
    data_of_picture,
    paired_data,
)

_LANGUAGE_OF_DECIMAL = {".": "en", ",": "fr"}


def of_bundles(old: Path, new: Path, rules: Rules) -> Iterator[Compared]:
    """Two exported Kibana bundles: every number, query and id, panel by panel."""
    found = [
        {key: bundle_without_texts(one, (key.split(" ")[0],)) for key, one in bundle_of(f).items()}
        for f in (old, new)
    ]
    panels = [dict(_panels_of(objects)) for objects in found]
    yield compare_named("kibana objects", found[0], found[1], rules)
    yield compare_named("kibana panels", panels[0], panels[1], rules)


def _panels_of(objects: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Take the panels out of their dashboards: `belib-drivers free-now` and the like."""
    for name, one in objects.items():
        kind, key = name.split(" ", 1)
        if kind == "dashboard":
            for panel in one["attributes"].pop("panelsJSON"):
                yield f"{key} {panel['panelIndex']}", panel


def of_panels(old: Path, new: Path, rules: Rules) -> Iterator[Compared]:
    """What each panel of the dashboards shows of the same documents at the same instant."""
    files = [
        {path.stem: path for path in sorted(folder.glob("*.parquet"))} for folder in (old, new)
    ]
    yield names("dashboards", files[0], files[1], rules)
    for name, left, right in pairs("dashboards", files[0], files[1], rules):
        rows = [pl.read_parquet(path).with_row_index(ROW) for path in (left, right)]
        yield compare_frames(f"dashboards {name}", rows[0], rows[1], _key_of_panel(rows[0]), rules)


def _key_of_panel(rows: pl.DataFrame) -> list[str]:
    """A station, or else all that is no measure."""
    if "station_id" in rows.columns:
        return ["station_id"]
    return [name for name, kind in rows.schema.items() if not kind.is_float() and kind != pl.UInt32]


def of_reports(old: Path, new: Path, rules: Rules) -> Iterator[Compared]:
    """Two folders of reports: elements and numbers of pages, and the data of pictures."""
    kind = "report"
    files = [
        {path.name: path for path in sorted(folder.iterdir()) if path.suffix in (".html", ".png")}
        for folder in (old, new)
    ]
    yield names(kind, files[0], files[1], rules)
    for name, left, right in pairs(kind, files[0], files[1], rules):
        if name.endswith(".html"):
            pages = [path.read_text(encoding="utf-8") for path in (left, right)]
            language = "fr" if name.endswith(".fr.html") else "en"
            yield compare_pages(
                f"{kind} {name}", pages[0], pages[1], language, rules, intended.COLUMNS_OF_REPORT
            )
    drawn = [json.loads((f / "drawn.json").read_text(encoding="utf-8")) for f in (old, new)]
    data = [
        [
            data_of_picture(one["specification"], _LANGUAGE_OF_DECIMAL[one["decimal"]])
            for one in each
        ]
        for each in drawn
    ]
    # All pictures are there in both, or there are files that only one has.
    held = [paired_data(before, after) for before, after in zip(*data, strict=False)]
    pictures = [_numbered({"data": pair[side]} for pair in held) for side in (0, 1)]
    yield compare_documents(f"{kind} pictures", pictures[0], pictures[1], rules)


def _numbered(values: Iterable[Any]) -> dict[str, Any]:
    return {f"{number}": value for number, value in enumerate(values)}
