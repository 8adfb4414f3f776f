"""A dashboard: its panels by value, its controls, and its settings."""

from typing import Annotated, Any, Literal

from pydantic import Field, Json

from belib_weather.kibana.objects import OLDEST_KIBANA
from belib_weather.kibana.schema.base import Closed, Empty, No, NoSearch, Nothing, Yes
from belib_weather.kibana.schema.lens import Lens
from belib_weather.kibana.schema.maps import MapAttributes, View


class Place(Closed):
    """Where a panel stands, in cells of the grid."""

    x: Annotated[int, Field(ge=0, le=47)]
    y: Annotated[int, Field(ge=0)]
    w: Annotated[int, Field(ge=4, le=48)]
    h: Annotated[int, Field(ge=4, le=30)]
    i: str


class _Panel(Closed):
    panel_index: str
    grid_data: Place
    title: str
    version: Annotated[str, Field(pattern=f"^{OLDEST_KIBANA.replace('.', '[.]')}$")]


class LinkOptions(Closed):
    """A link keeps the period and the filters."""

    open_in_new_tab: No
    use_current_date_range: Yes
    use_current_filters: Yes


class ToDashboard(Closed):
    """A way to another page."""

    factory_id: Literal["DASHBOARD_TO_DASHBOARD_DRILLDOWN"]
    name: Annotated[str, Field(min_length=1)]
    config: LinkOptions


class DiscoverOptions(Closed):
    """Discover takes the page's place."""

    open_in_new_tab: No


class ToDiscover(Closed):
    """A way to the documents."""

    factory_id: Literal["OPEN_IN_DISCOVER_DRILLDOWN"]
    name: Annotated[str, Field(min_length=1)]
    config: DiscoverOptions


class Event(Closed):
    """What a click on a value offers."""

    event_id: str
    triggers: Annotated[list[Literal["FILTER_TRIGGER"]], Field(min_length=1, max_length=1)]
    action: Annotated[ToDashboard | ToDiscover, Field(discriminator="factory_id")]


class DynamicActions(Closed):
    """Drilldowns."""

    events: Annotated[list[Event], Field(min_length=1)]


class Enhancements(Closed):
    """Drilldowns, and nothing else."""

    dynamic_actions: DynamicActions | None = None


class LensConfiguration(Closed):
    """No period of its own, no hidden title."""

    attributes: Lens
    enhancements: Enhancements


class LensPanel(_Panel):
    """A Lens panel."""

    type: Literal["lens"]
    embeddable_config: LensConfiguration


class MapConfiguration(Closed):
    """No layer is hidden."""

    attributes: MapAttributes
    enhancements: Empty
    hidden_layers: Nothing
    is_layer_toc_open: Yes
    map_center: View
    open_toc_details: Nothing


class MapPanel(_Panel):
    """A map."""

    type: Literal["map"]
    embeddable_config: MapConfiguration


class VisualizationData(Closed):
    """A search that adds nothing."""

    aggs: Nothing
    search_source: NoSearch


class _Visualization(Closed):
    title: Literal[""]
    description: Literal[""]
    ui_state: Empty
    data: VisualizationData


class MarkdownParameters(Closed):
    """A text."""

    font_size: Literal[12]
    markdown: str
    open_links_in_new_tab: No


class Markdown(_Visualization):
    """A text."""

    type: Literal["markdown"]
    params: MarkdownParameters


class VegaSource(Closed):
    """What a specification asks; the page's period and filters are added."""

    context: Yes = Field(alias="%context%")
    time_field: str = Field(alias="%timefield%")
    index: str
    body: dict[str, Any]


class VegaFormat(Closed):
    """Which part of the answer is the data."""

    property: Literal["aggregations.by0.buckets"]


class VegaData(Closed):
    """Where the data comes from."""

    url: VegaSource
    format: VegaFormat


class VegaSpecification(Closed):
    """A Vega-Lite specification; of the steps and marks see `kibana.readings`."""

    schema_: Literal["https://vega.github.io/schema/vega-lite/v5.json"] = Field(alias="$schema")
    data: VegaData
    transform: list[dict[str, Any]]
    encoding: dict[str, Any]
    layer: list[dict[str, Any]]


class VegaParameters(Closed):
    """A specification as text."""

    spec: Json[VegaSpecification]


class Vega(_Visualization):
    """A picture by Vega-Lite."""

    type: Literal["vega"]
    params: VegaParameters


class VisualizationConfiguration(Closed):
    """A text without a title, or a picture."""

    enhancements: Empty
    saved_vis: Annotated[Markdown | Vega, Field(discriminator="type")]
    hide_panel_titles: Yes | None = None


class VisualizationPanel(_Panel):
    """A text or a picture by Vega-Lite."""

    type: Literal["visualization"]
    embeddable_config: VisualizationConfiguration


class DashboardLink(Closed):
    """A link to a dashboard, by the name of a reference."""

    type: Literal["dashboardLink"]
    id: str
    order: Annotated[int, Field(ge=0)]
    label: str
    destination_ref_name: str
    options: LinkOptions


class LinksAttributes(Closed):
    """Links side by side."""

    layout: Literal["horizontal"]
    links: list[DashboardLink]


class LinksConfiguration(Closed):
    """Links without a title."""

    attributes: LinksAttributes
    enhancements: Empty
    hide_panel_titles: Yes


class LinksPanel(_Panel):
    """Links to other pages."""

    type: Literal["links"]
    embeddable_config: LinksConfiguration


Panel = Annotated[
    LensPanel | MapPanel | VisualizationPanel | LinksPanel, Field(discriminator="type")
]


class Options(Closed):
    """How a dashboard looks."""

    hide_panel_titles: No
    sync_colors: No
    sync_cursor: Yes
    sync_tooltips: No
    use_margins: Yes


class ByName(Closed):
    """Choices in the order of their names."""

    by: Literal["_key"]
    direction: Literal["asc"]


class _Chosen(Closed):
    id: str
    field_name: str
    title: str
    enhancements: Empty


class ListChosen(_Chosen):
    """Nothing is chosen."""

    selected_options: Nothing
    sort: ByName


class RangeChosen(_Chosen):
    """The whole range."""

    step: Literal[1]


class _Control(Closed):
    order: Annotated[int, Field(ge=0)]
    grow: Yes
    width: Literal["medium"]


class ListControl(_Control):
    """A choice of values."""

    type: Literal["optionsListControl"]
    explicit_input: ListChosen


class RangeControl(_Control):
    """A choice of a range."""

    type: Literal["rangeSliderControl"]
    explicit_input: RangeChosen


class Ignored(Closed):
    """Controls ignore nothing."""

    ignore_filters: No
    ignore_query: No
    ignore_timerange: No
    ignore_validations: No


Control = Annotated[ListControl | RangeControl, Field(discriminator="type")]


class Controls(Closed):
    """All controls of a dashboard, each of which filters those after it."""

    chaining_system: Literal["HIERARCHICAL"]
    control_style: Literal["oneLine"]
    ignore_parent_settings_json: Json[Ignored]
    panels_json: Json[dict[str, Control]]
    show_apply_selections: No


class Refresh(Closed):
    """Every five minutes, as snapshots come."""

    pause: No
    value: Literal[300_000]


class SavedSearch(Closed):
    """The page's own search, which adds nothing."""

    search_source_json: Json[NoSearch]


class DashboardAttributes(Closed):
    """The attributes of a dashboard."""

    title: str
    description: str
    panels_json: Json[list[Panel]]
    options_json: Json[Options]
    control_group_input: Controls
    time_restore: Yes
    time_from: Annotated[str, Field(pattern=r"^now-[1-9]\d*d/d$")]
    time_to: Literal["now"]
    refresh_interval: Refresh
    kibana_saved_object_meta: SavedSearch
    version: Literal[1]
