"""A saved dashboard beside its declaration: period, places, controls, references, panels.

What belongs here: what surrounds the panels. What does not: what they show (`panel_check`).
"""

from collections.abc import Iterator
from itertools import accumulate

from belib_weather.kibana.assembly import (
    HEAD_HEIGHT,
    LINKS,
    LINKS_HEIGHT,
    dashboard_id,
    head_text,
    link_name,
    tag_id,
)
from belib_weather.kibana.controls import Control, key_of
from belib_weather.kibana.dashboards import DASHBOARDS, GRID_COLUMNS, Dashboard
from belib_weather.kibana.data_views import data_view_id
from belib_weather.kibana.drilldowns import HISTORY, HISTORY_REFERENCE, drilldowns_of
from belib_weather.kibana.lens import LAYER_REFERENCE
from belib_weather.kibana.maps import LAYER_REFERENCE as MAP_REFERENCE
from belib_weather.kibana.panel_check import head_faults, panel_faults
from belib_weather.kibana.readings import differences
from belib_weather.kibana.schema import dashboard as d
from belib_weather.kibana.schema import saved as s
from belib_weather.panels.specification import Panel, Shape


def dashboard_faults(saved: s.Dashboard, dashboard: Dashboard, prefix: str) -> Iterator[str]:
    """What differs."""
    attributes, panels = saved.attributes, saved.attributes.panels_json
    controls = attributes.control_group_input.panels_json
    chosen = [(key, c.type, c.order, c.explicit_input) for key, c in controls.items()]
    yield from differences(
        saved.id,
        {
            "title": attributes.title,
            "question": attributes.description,
            "period": attributes.time_from,
            "panels": [panel.panel_index for panel in panels],
            "places": [_place(panel) for panel in panels],
            "controls": [
                (key, kind, order, one.id, one.field_name, one.title)
                for key, kind, order, one in sorted(chosen, key=lambda each: each[2])
            ],
            "references": sorted((r.type, r.id, r.name) for r in saved.references),
        },
        {
            "title": dashboard.title,
            "question": dashboard.question,
            "period": f"now-{dashboard.days}d/d",
            "panels": ["head", LINKS, *(panel.name for panel in _panels(dashboard))],
            "places": list(_places(dashboard)),
            "controls": [
                (key_of(c), _kind_of(c), order, key_of(c), c.field, c.title)
                for order, c in enumerate(dashboard.controls)
            ],
            "references": sorted(_references(dashboard, prefix)),
        },
    )
    declared = {panel.name: panel for panel in _panels(dashboard)}
    for panel in panels:
        where = f"{saved.id}/{panel.panel_index}"
        if panel.panel_index == "head":
            yield from head_faults(where, panel, head_text(dashboard))
        elif panel.panel_index == LINKS:
            yield from _links_faults(where, panel)
        elif panel.panel_index in declared:
            yield from panel_faults(where, panel, declared[panel.panel_index], prefix)
            yield from _drilldown_faults(where, panel, declared[panel.panel_index], dashboard)


def _panels(dashboard: Dashboard) -> list[Panel]:
    return [panel for row in dashboard.rows for panel in row.panels]


def _place(panel: d.Panel) -> tuple[str, int, int, int, int]:
    at = panel.grid_data
    return at.i, at.x, at.y, at.w, at.h


def _places(dashboard: Dashboard) -> Iterator[tuple[str, int, int, int, int]]:
    yield "head", 0, 0, GRID_COLUMNS, HEAD_HEIGHT
    yield LINKS, 0, HEAD_HEIGHT, GRID_COLUMNS, LINKS_HEIGHT
    top_of_rows = HEAD_HEIGHT + LINKS_HEIGHT
    tops = accumulate((row.height for row in dashboard.rows), initial=top_of_rows)
    for top, row in zip(tops, dashboard.rows, strict=False):
        width = GRID_COLUMNS // len(row.panels)
        for i, panel in enumerate(row.panels):
            yield panel.name, i * width, top, width, row.height


def _links_faults(where: str, saved: d.Panel) -> Iterator[str]:
    """What differs in the links."""
    config = saved.embeddable_config
    links = config.attributes.links if isinstance(config, d.LinksConfiguration) else []
    yield from differences(
        where,
        {
            "title": saved.title,
            "links": [(one.id, one.order, one.label, one.destination_ref_name) for one in links],
        },
        {
            "title": "",
            "links": [
                (one.name, order, one.title, link_name(one)) for order, one in enumerate(DASHBOARDS)
            ],
        },
    )


def _drilldown_faults(
    where: str, saved: d.Panel, panel: Panel, dashboard: Dashboard
) -> Iterator[str]:
    """What differs in what a click offers; only Lens panels offer anything."""
    config = saved.embeddable_config
    actions = (
        config.enhancements.dynamic_actions if isinstance(config, d.LensConfiguration) else None
    )
    events = [] if actions is None else actions.events
    ways = drilldowns_of(panel, dashboard.name) if isinstance(config, d.LensConfiguration) else ()
    yield from differences(
        where,
        {"ways on": [(one.event_id, one.action.factory_id, one.action.name) for one in events]},
        {"ways on": [(one.event_id, one.factory, one.name) for one in ways]},
    )


def _kind_of(control: Control) -> str:
    return "rangeSliderControl" if control.is_range else "optionsListControl"


def _references(dashboard: Dashboard, prefix: str) -> Iterator[tuple[str, str, str]]:
    for one in DASHBOARDS:
        yield "dashboard", dashboard_id(prefix, one), f"{LINKS}:{link_name(one)}"
    for panel in _panels(dashboard):
        if panel.shape is not Shape.INTERVALS:
            name = MAP_REFERENCE if panel.shape is Shape.MAP else LAYER_REFERENCE
            view = data_view_id(prefix, panel.dataset)
            yield "index-pattern", view, f"{panel.name}:{name}"
        if panel.limit is not None and panel.shape is Shape.BARS:
            yield (
                "index-pattern",
                view,
                f"{panel.name}:{LAYER_REFERENCE.replace('layer-layer', 'layer-limits')}",
            )
        if any(one.is_to_history for one in drilldowns_of(panel, dashboard.name)):
            yield "dashboard", f"{prefix}-{HISTORY}", f"{panel.name}:{HISTORY_REFERENCE}"
    for control in dashboard.controls:
        kind = _kind_of(control).replace("Control", "DataView")
        view = data_view_id(prefix, control.dataset)
        yield "index-pattern", view, f"controlGroup_{key_of(control)}:{kind}"
    yield "tag", tag_id(prefix), f"tag-ref-{tag_id(prefix)}"
