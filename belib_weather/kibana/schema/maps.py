"""Map panels: the base map, and the stations on it."""

from typing import Annotated, Literal

from pydantic import Field, Json

from belib_weather.kibana.schema.base import Closed, Colour, No, NoQuery, Nothing, Query, Yes


class BaseSource(Closed):
    """Elastic's tiles."""

    type: Literal["EMS_TMS"]
    is_auto_select: Yes
    light_mode_default: Literal["road_map_desaturated"]


class BaseStyle(Closed):
    """As the tiles are."""

    type: Literal["EMS_VECTOR_TILE"]
    color: Literal[""]


class _Layer(Closed):
    visible: Yes
    min_zoom: Literal[0]
    max_zoom: Literal[24]
    include_in_fit_to_bounds: Yes


class BaseMap(_Layer):
    """The layer below."""

    id: Literal["base"]
    type: Literal["EMS_VECTOR_TILE"]
    label: None
    alpha: Literal[1]
    source_descriptor: BaseSource
    style: BaseStyle


class StationSource(Closed):
    """Every station as a document: follows the page's query and filters, and not its period."""

    id: Literal["stations-source"]
    type: Literal["ES_SEARCH"]
    index_pattern_ref_name: Literal["layer_1_source_index_pattern"]
    geo_field: Literal["location"]
    filter_by_map_bounds: No
    scaling_type: Literal["LIMIT"]
    apply_global_query: Yes
    apply_global_time: No
    apply_force_refresh: Yes
    tooltip_properties: list[str]
    sort_field: Literal[""]
    sort_order: Literal["desc"]
    top_hits_group_by_timeseries: No
    top_hits_split_field: Literal[""]
    top_hits_size: Literal[1]


class MarkerOptions(Closed):
    """A circle instead."""

    value: Literal["marker"]


class Icon(Closed):
    """The symbol."""

    type: Literal["STATIC"]
    options: MarkerOptions


class CircleOptions(Closed):
    """A circle."""

    value: Literal["circle"]


class Symbol(Closed):
    """What is drawn."""

    options: CircleOptions


class State(Closed):
    """The field of the state."""

    name: Literal["station_status"]
    origin: Literal["source"]


class FieldMeta(Closed):
    """Which values the legend names."""

    is_enabled: Yes
    sigma: Literal[3]


class Stop(Closed):
    """The colour of a state."""

    stop: str
    color: Colour


class FillOptions(Closed):
    """A colour for each state."""

    type: Literal["CATEGORICAL"]
    field: State
    field_meta_options: FieldMeta
    use_custom_color_palette: Yes
    custom_color_palette: list[Stop]
    other_category_color: Colour


class Fill(Closed):
    """The colour follows a field."""

    type: Literal["DYNAMIC"]
    options: FillOptions


class LineOptions(Closed):
    """White."""

    color: Literal["#FFFFFF"]


class Line(Closed):
    """The edge of a circle."""

    type: Literal["STATIC"]
    options: LineOptions


class ThinOptions(Closed):
    """A pixel."""

    size: Literal[1]


class Width(Closed):
    """The width of the edge."""

    type: Literal["STATIC"]
    options: ThinOptions


class SizeOptions(Closed):
    """Pixels."""

    size: Literal[7]


class Size(Closed):
    """The size of a circle."""

    type: Literal["STATIC"]
    options: SizeOptions


class Properties(Closed):
    """How a station looks."""

    icon: Icon
    symbolize_as: Symbol
    fill_color: Fill
    line_color: Line
    line_width: Width
    icon_size: Size


class StationStyle(Closed):
    """The same."""

    type: Literal["VECTOR"]
    is_time_aware: Yes
    properties: Properties


class Stations(_Layer):
    """The layer of the stations; no joins."""

    id: Literal["stations"]
    type: Literal["GEOJSON_VECTOR"]
    label: str
    alpha: Annotated[float, Field(ge=0.9, le=0.9)]
    joins: Nothing
    query: Query
    source_descriptor: StationSource
    style: StationStyle


Layer = Annotated[BaseMap | Stations, Field(discriminator="type")]


class Centre(Closed):
    """Paris."""

    lat: Annotated[float, Field(ge=48.8, le=48.95)]
    lon: Annotated[float, Field(ge=2.2, le=2.5)]


class View(Centre):
    """Paris, and how near."""

    zoom: Annotated[float, Field(ge=10, le=13)]


class Settings(Closed):
    """Settings of a map."""

    auto_fit_to_data_bounds: No


class MapState(Closed):
    """What is seen first; no filter, no query."""

    center: Centre
    zoom: Annotated[float, Field(ge=10, le=13)]
    query: NoQuery
    filters: Nothing
    settings: Settings


class InterfaceState(Closed):
    """Which parts of the list of layers are open."""

    is_layer_toc_open: Yes
    open_toc_details: Nothing


class MapAttributes(Closed):
    """The attributes of a map."""

    title: str
    description: str
    layer_list_json: Json[list[Layer]]
    map_state_json: Json[MapState]
    ui_state_json: Json[InterfaceState]
