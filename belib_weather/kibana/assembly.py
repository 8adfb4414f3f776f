"""A dashboard as a saved object: panels by value, placed on the grid, with links and controls.

What belongs here: `panelsJSON` and what surrounds it. What does not: which panels (`dashboards`).
Panels are stored by value, so a bundle needs only dashboards, data views and a tag.
"""

from itertools import accumulate
from typing import Any

from belib_weather.kibana.controls import control_group
from belib_weather.kibana.dashboards import CREDITS, DASHBOARDS, GRID_COLUMNS, Dashboard
from belib_weather.kibana.data_views import data_view_id
from belib_weather.kibana.drilldowns import (
    HISTORY,
    HISTORY_REFERENCE,
    drilldowns_of,
    enhancements,
)
from belib_weather.kibana.lens import LENS_SHAPES, lens_attributes
from belib_weather.kibana.maps import LAYER_REFERENCE as MAP_REFERENCE
from belib_weather.kibana.maps import map_embeddable
from belib_weather.kibana.objects import OLDEST_KIBANA, Reference, SavedObject, nested_json
from belib_weather.kibana.vega import interval_specification
from belib_weather.panels.i18n import Language
from belib_weather.panels.specification import Dataset, Panel, Shape

HEAD_HEIGHT = 5
LINKS_HEIGHT = 4
LINKS = "links"
Placed = tuple[dict[str, Any], tuple[Reference, ...]]


def dashboard_id(index_prefix: str, dashboard: Dashboard) -> str:
    """Id of a dashboard; stable, so that links to it last."""
    return f"{index_prefix}-{dashboard.name}"


def tag_id(index_prefix: str) -> str:
    """Id of the tag of all dashboards."""
    return f"{index_prefix}-tag"


def saved_dashboard(dashboard: Dashboard, index_prefix: str) -> SavedObject:
    """The dashboard as Kibana imports it."""
    placed = _placed(dashboard, index_prefix)
    views = {dataset: data_view_id(index_prefix, dataset) for dataset in Dataset}
    controls, control_references = control_group(dashboard.controls, views)
    tag = tag_id(index_prefix)
    return SavedObject(
        "dashboard",
        dashboard_id(index_prefix, dashboard),
        {
            "title": dashboard.title,
            "description": dashboard.question,
            "panelsJSON": nested_json([panel for panel, _ in placed]),
            "optionsJSON": nested_json(
                {
                    "hidePanelTitles": False,
                    "syncColors": False,
                    "syncCursor": True,
                    "syncTooltips": False,
                    "useMargins": True,
                }
            ),
            "controlGroupInput": controls,
            "timeRestore": True,
            "timeFrom": f"now-{dashboard.days}d/d",
            "timeTo": "now",
            "refreshInterval": {"pause": False, "value": 300_000},
            "kibanaSavedObjectMeta": {
                "searchSourceJSON": nested_json(
                    {"filter": [], "query": {"language": "kuery", "query": ""}}
                )
            },
            "version": 1,
        },
        (
            *(reference for _, references in placed for reference in references),
            *control_references,
            Reference(f"tag-ref-{tag}", "tag", tag),
        ),
    )


def _placed(dashboard: Dashboard, index_prefix: str) -> list[Placed]:
    placed = [_head(dashboard), _links(index_prefix)]
    top_of_rows = HEAD_HEIGHT + LINKS_HEIGHT
    tops = accumulate((row.height for row in dashboard.rows), initial=top_of_rows)
    for top, row in zip(tops, dashboard.rows, strict=False):
        width = GRID_COLUMNS // len(row.panels)
        for position, panel in enumerate(row.panels):
            grid = {"x": position * width, "y": top, "w": width, "h": row.height}
            placed.append(_panel(panel, grid, index_prefix, dashboard.name))
    return placed


def _panel(panel: Panel, grid: dict[str, int], index_prefix: str, page: str) -> Placed:
    view = data_view_id(index_prefix, panel.dataset)
    frame = _frame(panel.name, grid) | {"title": panel.title.in_(Language.ENGLISH)}
    if panel.shape in LENS_SHAPES:
        attributes, ways = lens_attributes(panel, index_prefix), drilldowns_of(panel, page)
        lens = frame | {
            "type": "lens",
            "embeddableConfig": {"attributes": attributes, "enhancements": enhancements(ways)},
        }
        references = attributes["references"]
        history = f"{index_prefix}-{HISTORY}"
        return lens, (
            *(
                Reference(f"{panel.name}:{one['name']}", one["type"], one["id"])
                for one in references
            ),
            *(
                Reference(f"{panel.name}:{HISTORY_REFERENCE}", "dashboard", history)
                for way in ways
                if way.is_to_history
            ),
        )
    if panel.shape is Shape.MAP:
        map_panel = frame | {"type": "map", "embeddableConfig": map_embeddable(panel)}
        return map_panel, (Reference(f"{panel.name}:{MAP_REFERENCE}", "index-pattern", view),)
    specification = interval_specification(panel, view)
    return frame | _visualization("vega", {"spec": nested_json(specification)}), ()


def link_name(dashboard: Dashboard) -> str:
    """Name of the reference of a link to a dashboard."""
    return f"link_{dashboard.name}_dashboard"


def _links(index_prefix: str) -> Placed:
    """Links to all pages, which keep the period and the filters."""
    grid = {"x": 0, "y": HEAD_HEIGHT, "w": GRID_COLUMNS, "h": LINKS_HEIGHT}
    options = {"openInNewTab": False, "useCurrentDateRange": True, "useCurrentFilters": True}
    links = [
        {
            "type": "dashboardLink",
            "id": one.name,
            "order": order,
            "label": one.title,
            "destinationRefName": link_name(one),
            "options": options,
        }
        for order, one in enumerate(DASHBOARDS)
    ]
    config = {
        "attributes": {"layout": "horizontal", "links": links},
        "enhancements": {},
        "hidePanelTitles": True,
    }
    panel = _frame(LINKS, grid) | {"title": "", "type": "links", "embeddableConfig": config}
    return panel, tuple(
        Reference(f"{LINKS}:{link_name(one)}", "dashboard", dashboard_id(index_prefix, one))
        for one in DASHBOARDS
    )


def head_text(dashboard: Dashboard) -> str:
    """The question that the page answers, and the credits: Markdown."""
    lines = [f"### {dashboard.question}", dashboard.remark, CREDITS]
    return "\n\n".join(line for line in lines if line)


def _head(dashboard: Dashboard) -> Placed:
    grid = {"x": 0, "y": 0, "w": GRID_COLUMNS, "h": HEAD_HEIGHT}
    parameters = {
        "fontSize": 12,
        "markdown": head_text(dashboard),
        "openLinksInNewTab": False,
    }
    head = _frame("head", grid) | {"title": ""} | _visualization("markdown", parameters)
    head["embeddableConfig"]["hidePanelTitles"] = True
    return head, ()


def _frame(panel_index: str, grid: dict[str, int]) -> dict[str, Any]:
    return {
        "panelIndex": panel_index,
        "gridData": grid | {"i": panel_index},
        "version": OLDEST_KIBANA,
    }


def _visualization(kind: str, parameters: dict[str, Any]) -> dict[str, Any]:
    search = {"filter": [], "query": {"language": "kuery", "query": ""}}
    return {
        "type": "visualization",
        "embeddableConfig": {
            "enhancements": {},
            "savedVis": {
                "title": "",
                "description": "",
                "type": kind,
                "params": parameters,
                "uiState": {},
                "data": {"aggs": [], "searchSource": search},
            },
        },
    }
