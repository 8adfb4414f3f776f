"""A saved panel beside its declaration: the head of a page, Lens, maps, Vega.

What belongs here: one panel. What does not: how a Lens panel is read (`readings`).
"""

from collections.abc import Iterator

from belib_weather.kibana import readings
from belib_weather.kibana.data_views import data_view_id
from belib_weather.kibana.objects import nested_json
from belib_weather.kibana.readings import differences
from belib_weather.kibana.schema import dashboard as d
from belib_weather.kibana.schema import maps as m
from belib_weather.kibana.vega import interval_specification
from belib_weather.panels.colours import STATION_COLOURS
from belib_weather.panels.es_requests import MAP_FIELDS
from belib_weather.panels.i18n import Language
from belib_weather.panels.specification import Panel, Shape

_NOT_IN_TOOLTIPS = ("station_id", "location")


def head_faults(where: str, saved: d.Panel, text: str) -> Iterator[str]:
    """What differs in the head of a page, whose text is `text`."""
    config = saved.embeddable_config
    facts: readings.Facts = {"title": saved.title}
    if isinstance(config, d.VisualizationConfiguration):
        facts["hidden title"] = config.hide_panel_titles
        if isinstance(config.saved_vis, d.Markdown):
            facts["text"] = config.saved_vis.params.markdown
    yield from differences(where, facts, {"title": "", "hidden title": True, "text": text})


def panel_faults(where: str, saved: d.Panel, panel: Panel, prefix: str) -> Iterator[str]:
    """What differs in a panel."""
    title, index = panel.title.in_(Language.ENGLISH), data_view_id(prefix, panel.dataset)
    yield from differences(where, {"panel title": saved.title}, {"panel title": title})
    match saved.embeddable_config:
        case d.LensConfiguration(attributes=lens) if panel.shape in readings.SHAPES:
            stored, declared = readings.saved(lens, panel), readings.declared(panel, index)
            yield from differences(where, stored, declared)
        case d.MapConfiguration() as config if panel.shape is Shape.MAP:
            yield from _map(where, config, panel)
        case d.VisualizationConfiguration() as config if panel.shape is Shape.INTERVALS:
            yield from _vega(where, config, panel, index)
        case _:
            yield f"{where}: a panel of type {saved.type}, where {panel.shape} is declared"


def _map(where: str, config: d.MapConfiguration, panel: Panel) -> Iterator[str]:
    attributes, center = config.attributes, config.attributes.map_state_json
    view = (config.map_center.lat, config.map_center.lon, config.map_center.zoom)
    title = panel.title.in_(Language.ENGLISH)
    facts: readings.Facts = {
        "title": attributes.title,
        "note": attributes.description,
        "layers": [layer.id for layer in attributes.layer_list_json],
        "first view": (center.center.lat, center.center.lon, center.zoom),
    }
    declared: readings.Facts = {
        "title": title,
        "note": panel.note_in(Language.ENGLISH),
        "layers": ["base", "stations"],
        "first view": view,
        "label": title,
        "condition": " and ".join(f"({condition.kql()})" for condition in panel.filters),
        "tooltip": [name for name in MAP_FIELDS if name not in _NOT_IN_TOOLTIPS],
        "colours": [*STATION_COLOURS.items(), ("other", STATION_COLOURS["silent"])],
    }
    for layer in attributes.layer_list_json:
        if isinstance(layer, m.Stations):
            fill = layer.style.properties.fill_color.options
            colours = [(stop.stop, stop.color) for stop in fill.custom_color_palette]
            facts |= {
                "label": layer.label,
                "condition": layer.query.query,
                "tooltip": layer.source_descriptor.tooltip_properties,
                "colours": [*colours, ("other", fill.other_category_color)],
            }
    yield from differences(where, facts, declared)


def _vega(
    where: str, config: d.VisualizationConfiguration, panel: Panel, index: str
) -> Iterator[str]:
    if not isinstance(config.saved_vis, d.Vega):
        yield f"{where}: a text, where {panel.shape} are declared"
        return
    stored = config.saved_vis.params.spec.model_dump(by_alias=True)
    declared = interval_specification(panel, index)
    facts: tuple[readings.Facts, readings.Facts] = (
        {"hidden title": config.hide_panel_titles},
        {"hidden title": None},
    )
    # As text: in Python 1 equals true.
    for specification, of_specification in zip((stored, declared), facts, strict=True):
        of_specification |= {name: nested_json(part) for name, part in specification.items()}
    yield from differences(where, *facts)
