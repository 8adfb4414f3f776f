"""The dashboards as pages, for where there is no Kibana.

The same panels send the same requests to Elasticsearch; Vega-Lite draws in place of Kibana.
Controls, other periods and zooming are missing.

What belongs here: requests and layout. What does not: pictures (`panels.pictures`).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
import polars as pl
from markupsafe import Markup

from belib_weather.credits import are_simulated
from belib_weather.dates import window_of_date
from belib_weather.kibana.dashboards import CREDITS, DASHBOARDS, GRID_COLUMNS, Dashboard
from belib_weather.networks import NETWORK
from belib_weather.panels.es_requests import intervals, request, result
from belib_weather.panels.grids import TABLE_ROWS
from belib_weather.panels.i18n import Language
from belib_weather.panels.number_formats import stamp
from belib_weather.panels.pictures import picture
from belib_weather.panels.rendering import inline_svg, svg_of
from belib_weather.panels.specification import Dataset, Panel, Shape
from belib_weather.panels.texts import columns_of
from belib_weather.search.projections import PROJECTIONS, Projection
from belib_weather.window import Window

Search = Callable[[Projection, Mapping[str, Any]], Mapping[str, Any]]
"""Projection and body of a search to its answer, as `SearchStore.search`."""
_MARK = "Simulated data"
_COLUMN = 26
"""Pixels of a picture for each column of the grid."""
_PAGES = jinja2.Environment(
    loader=jinja2.PackageLoader("belib_weather.kibana"), autoescape=True, trim_blocks=True
)


@dataclass(frozen=True)
class Figure:
    """A panel on a page: a picture, or a table of its first rows."""

    name: str
    title: str
    note: str
    width: int
    svg: Markup | None = None
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    left_out: int = 0


def preview_pages(search: Search, now: datetime) -> Iterator[tuple[str, str]]:
    """Name and HTML of a page for each dashboard, with the dashboard's own period until `now`."""
    mark = _MARK if _is_simulated(search) else ""
    for dashboard in DASHBOARDS:
        window = _period(dashboard, now)
        html = _PAGES.get_template("preview.html.j2").render(
            columns=GRID_COLUMNS,
            credits=CREDITS,
            dashboard=dashboard,
            dashboards=DASHBOARDS,
            figures=list(_figures(dashboard, search, window, mark)),
            mark=mark,
            period=f"From {stamp(window.start)} to {stamp(now)}, Paris time.",
        )
        yield dashboard.name, html


def panel_rows(panel: Panel, search: Search, window: Window) -> pl.DataFrame:
    """What a panel shows of a period."""
    answer = search(PROJECTIONS[panel.dataset.index], request(panel, window))
    if panel.shape is Shape.INTERVALS:
        return intervals(panel, answer)
    return result(panel, answer, window)


def _figures(dashboard: Dashboard, search: Search, window: Window, mark: str) -> Iterator[Figure]:
    for row in dashboard.rows:
        width = GRID_COLUMNS // len(row.panels)
        for panel in row.panels:
            yield _figure(panel, panel_rows(panel, search, window), width, mark)


def _figure(panel: Panel, rows: pl.DataFrame, width: int, mark: str) -> Figure:
    title, note = panel.title.en, panel.note_in(Language.ENGLISH)
    if panel.shape is Shape.TABLE:
        columns = columns_of(panel, rows.head(TABLE_ROWS), Language.ENGLISH)
        return Figure(
            panel.name,
            title,
            note,
            width,
            columns=tuple(columns),
            rows=tuple(zip(*columns.values(), strict=True)),
            left_out=max(rows.height - TABLE_ROWS, 0),
        )
    svg = svg_of(picture(panel, rows, mark=mark, width=width * _COLUMN), Language.ENGLISH)
    # Drawn from our own specification, with every text escaped.
    drawn = Markup(inline_svg(svg, panel.name, title, note))  # noqa: S704
    return Figure(panel.name, title, note, width, svg=drawn)


def _period(dashboard: Dashboard, now: datetime) -> Window:
    """From a midnight in Paris, as Kibana rounds `now-7d/d`, until now."""
    first = now.astimezone(ZoneInfo(NETWORK.zone)).date() - timedelta(days=dashboard.days)
    return Window(window_of_date(first).start, now)


def _is_simulated(search: Search) -> bool:
    aggregation = {"sources": {"terms": {"field": "source", "size": 10}}}
    answers = (search(PROJECTIONS[d.index], {"size": 0, "aggs": aggregation}) for d in Dataset)
    return are_simulated(
        str(bucket["key"])
        for answer in answers
        for bucket in answer.get("aggregations", {}).get("sources", {}).get("buckets", ())
    )
