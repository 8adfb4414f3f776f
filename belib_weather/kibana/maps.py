"""Map panels: stations as points, coloured by their state, on Elastic's base map.

What belongs here: what Kibana Maps stores. What does not: other visualizations.
Concept: https://www.elastic.co/docs/explore-analyze/visualize/maps
"""

from typing import Any

from belib_weather.kibana.objects import nested_json
from belib_weather.panels.colours import STATION_COLOURS
from belib_weather.panels.es_requests import MAP_FIELDS
from belib_weather.panels.i18n import Language
from belib_weather.panels.specification import Panel

LAYER_REFERENCE = "layer_1_source_index_pattern"
_PARIS = {"lat": 48.8589, "lon": 2.3470, "zoom": 11.4}
_NOT_IN_TOOLTIPS = ("station_id", "location")


def map_embeddable(panel: Panel) -> dict[str, Any]:
    """The configuration of a map panel stored by value."""
    title = panel.title.in_(Language.ENGLISH)
    return {
        "attributes": {
            "title": title,
            "description": panel.note_in(Language.ENGLISH),
            "layerListJSON": nested_json([_base_map(), _stations(panel, title)]),
            "mapStateJSON": nested_json(
                {
                    "center": {"lat": _PARIS["lat"], "lon": _PARIS["lon"]},
                    "zoom": _PARIS["zoom"],
                    "query": {"language": "kuery", "query": ""},
                    "filters": [],
                    "settings": {"autoFitToDataBounds": False},
                }
            ),
            "uiStateJSON": nested_json({"isLayerTOCOpen": True, "openTOCDetails": []}),
        },
        "enhancements": {},
        "hiddenLayers": [],
        "isLayerTOCOpen": True,
        "mapCenter": _PARIS,
        "openTOCDetails": [],
    }


def _base_map() -> dict[str, Any]:
    return {
        "id": "base",
        "type": "EMS_VECTOR_TILE",
        "label": None,
        "visible": True,
        "alpha": 1,
        "minZoom": 0,
        "maxZoom": 24,
        "sourceDescriptor": {
            "type": "EMS_TMS",
            "isAutoSelect": True,
            "lightModeDefault": "road_map_desaturated",
        },
        "style": {"type": "EMS_VECTOR_TILE", "color": ""},
        "includeInFitToBounds": True,
    }


def _stations(panel: Panel, title: str) -> dict[str, Any]:
    return {
        "id": "stations",
        "type": "GEOJSON_VECTOR",
        "label": title,
        "visible": True,
        "alpha": 0.9,
        "minZoom": 0,
        "maxZoom": 24,
        "joins": [],
        "includeInFitToBounds": True,
        "query": {
            "language": "kuery",
            "query": " and ".join(f"({condition.kql()})" for condition in panel.filters),
        },
        "sourceDescriptor": {
            "id": "stations-source",
            "type": "ES_SEARCH",
            "indexPatternRefName": LAYER_REFERENCE,
            "geoField": "location",
            "filterByMapBounds": False,
            "scalingType": "LIMIT",
            "applyGlobalQuery": True,
            "applyGlobalTime": False,  # the present has no period
            "applyForceRefresh": True,
            "tooltipProperties": [name for name in MAP_FIELDS if name not in _NOT_IN_TOOLTIPS],
            "sortField": "",
            "sortOrder": "desc",
            "topHitsGroupByTimeseries": False,
            "topHitsSplitField": "",
            "topHitsSize": 1,
        },
        "style": {"type": "VECTOR", "isTimeAware": True, "properties": _style()},
    }


def _style() -> dict[str, Any]:
    palette = [{"stop": status, "color": colour} for status, colour in STATION_COLOURS.items()]
    return {
        "icon": {"type": "STATIC", "options": {"value": "marker"}},
        "symbolizeAs": {"options": {"value": "circle"}},
        "fillColor": {
            "type": "DYNAMIC",
            "options": {
                "type": "CATEGORICAL",
                "field": {"name": "station_status", "origin": "source"},
                "fieldMetaOptions": {"isEnabled": True, "sigma": 3},
                "useCustomColorPalette": True,
                "customColorPalette": palette,
                "otherCategoryColor": STATION_COLOURS["silent"],
            },
        },
        "lineColor": {"type": "STATIC", "options": {"color": "#FFFFFF"}},
        "lineWidth": {"type": "STATIC", "options": {"size": 1}},
        "iconSize": {"type": "STATIC", "options": {"size": 7}},
    }
