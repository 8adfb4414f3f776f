"""Lens panels: a layer of columns, and one of four visualizations of it."""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field

from belib_weather.kibana.schema.base import (
    Closed,
    Colour,
    Empty,
    No,
    Nothing,
    Query,
    Reference,
    Yes,
)
from belib_weather.kibana.schema.columns import Column, Static


class _Drawn(Closed):
    layer_id: Literal["layer"]
    layer_type: Literal["data"]


class Stop(Closed):
    """A colour up to, or from, a value or a share of the range."""

    color: Colour
    stop: Annotated[int | float, Field(ge=0, le=100)]


class PaletteParameters(Closed):
    """Colours in steps, from low to high."""

    name: Literal["custom"]
    range_type: Literal["percent", "number"]
    range_min: Literal[0]
    range_max: None
    continuity: Literal["above"]
    reverse: No
    progression: Literal["fixed"]
    steps: Literal[2, 5]
    max_steps: Literal[2, 5]
    stops: list[Stop]
    color_stops: list[Stop]


class Palette(Closed):
    """Colours of values."""

    name: Literal["custom"]
    type: Literal["palette"]
    params: PaletteParameters


class PaletteOfCells(Palette):
    """The colours of a heatmap."""

    accessor: str


class Numbers(_Drawn):
    """One or two numbers; the first may be coloured by a limit."""

    metric_accessor: str
    secondary_metric_accessor: str | None = None
    palette: Palette | None = None


class TableColumn(Closed):
    """A column of a table; none is hidden, turned, coloured or summed up."""

    column_id: str
    is_transposed: No
    is_metric: bool


class Sorting(Closed):
    """What a table is sorted by."""

    column_id: str
    direction: Literal["asc", "desc"]


class Paging(Closed):
    """Rows a page."""

    enabled: Yes
    size: Literal[10]


class Table(_Drawn):
    """A table."""

    columns: list[TableColumn]
    paging: Paging
    row_height: Literal["single"]
    sorting: Sorting | None = None


class Style(Closed):
    """Colour and axis of a measure."""

    for_accessor: str
    color: Colour
    axis_mode: Literal["left", "right"]


class XYLayer(_Drawn):
    """Measures over an axis; no second split, no collapsing, no palette."""

    series_type: Literal["line", "bar", "bar_percentage_stacked"]
    x_accessor: str
    accessors: Annotated[list[str], Field(min_length=1)]
    y_config: list[Style]


class LineStyle(Closed):
    """A line with its name, and no area below or above it."""

    for_accessor: Literal["limit"]
    axis_mode: Literal["left"]
    color: Colour
    fill: Literal["none"]
    line_width: Literal[2]
    text_visibility: Yes


class LimitLine(Closed):
    """A line at the limit of an alert."""

    layer_id: Literal["limits"]
    layer_type: Literal["referenceLine"]
    accessors: Annotated[list[Literal["limit"]], Field(min_length=1, max_length=1)]
    y_config: Annotated[list[LineStyle], Field(min_length=1, max_length=1)]


class XYLegend(Closed):
    """The legend of a chart."""

    is_visible: bool
    position: Literal["bottom"]


class TitlesShown(Closed):
    """Which axes have a title."""

    x: bool
    y_left: Yes
    y_right: Yes


class Gridlines(Closed):
    """Which axes have lines across the chart."""

    x: No
    y_left: Yes
    y_right: No


class TicksShown(Closed):
    """Which axes have labels."""

    x: Yes
    y_left: Yes
    y_right: Yes


class Level(Closed):
    """Labels are written upright."""

    x: Literal[0]
    y_left: Literal[0]
    y_right: Literal[0]


class Extent(Closed):
    """From where to where an axis goes."""

    mode: Literal["full", "dataBounds"]
    nice_values: Yes


class XY(Closed):
    """A chart over an axis."""

    preferred_series_type: Literal["line", "bar", "bar_percentage_stacked"]
    title: Literal[""]
    legend: XYLegend
    value_labels: Literal["hide"]
    fitting_function: Literal["None"]
    axis_titles_visibility_settings: TitlesShown
    gridlines_visibility_settings: Gridlines
    tick_labels_visibility_settings: TicksShown
    labels_orientation: Level
    layers: Annotated[
        list[Annotated[XYLayer | LimitLine, Field(discriminator="layer_type")]],
        Field(min_length=1, max_length=2),
    ]
    x_title: str | None = None
    y_title: str
    y_right_title: str | None = None
    y_left_extent: Extent
    y_right_extent: Extent | None = None


class HeatmapLegend(Closed):
    """The scale of colours."""

    is_visible: Yes
    position: Literal["right"]
    type: Literal["heatmap_legend"]


class HeatmapGrid(Closed):
    """The cells and the axes."""

    type: Literal["heatmap_grid"]
    is_cell_label_visible: No
    is_x_axis_label_visible: Yes
    is_x_axis_title_visible: Yes
    is_y_axis_label_visible: Yes
    is_y_axis_title_visible: Yes
    x_sort_predicate: Literal["asc"]
    y_sort_predicate: Literal["asc"]


class Heatmap(_Drawn):
    """A value as the colour of a cell."""

    shape: Literal["heatmap"]
    x_accessor: str
    y_accessor: str
    value_accessor: str
    legend: HeatmapLegend
    grid_config: HeatmapGrid
    palette: PaletteOfCells


class Layer(Closed):
    """All columns, of all documents: nothing is sampled, no column lacks a part."""

    column_order: list[str]
    columns: dict[str, Column]
    incomplete_columns: Empty
    sampling: Literal[1]


class LimitColumns(Closed):
    """The value that a line is at."""

    limit: Static


class LimitLayer(Closed):
    """The layer of a line."""

    column_order: Annotated[list[Literal["limit"]], Field(min_length=1, max_length=1)]
    columns: LimitColumns
    incomplete_columns: Empty
    sampling: Literal[1]


class Layers(Closed):
    """The layer of what is asked, and perhaps that of a line."""

    layer: Layer
    limits: LimitLayer | None = None


class FormBased(Closed):
    """Layers that were made by form."""

    layers: Layers


class Datasources(Closed):
    """No layer in text or ES|QL."""

    form_based: FormBased


DrawnT = TypeVar("DrawnT", Numbers, Table, XY, Heatmap)


class State(Closed, Generic[DrawnT]):
    """What is asked, and how it is drawn; no filter but the panel's query."""

    ad_hoc_data_views: Empty
    datasource_states: Datasources
    filters: Nothing
    internal_references: Nothing
    query: Query
    visualization: DrawnT


class _Lens(Closed):
    title: str
    description: str
    type: Literal["lens"]
    references: Annotated[list[Reference], Field(min_length=1, max_length=2)]


class LensNumbers(_Lens):
    """A panel of numbers."""

    visualization_type: Literal["lnsMetric"]
    state: State[Numbers]


class LensTable(_Lens):
    """A table."""

    visualization_type: Literal["lnsDatatable"]
    state: State[Table]


class LensXY(_Lens):
    """A chart over an axis."""

    visualization_type: Literal["lnsXY"]
    state: State[XY]


class LensHeatmap(_Lens):
    """A heatmap."""

    visualization_type: Literal["lnsHeatmap"]
    state: State[Heatmap]


Lens = Annotated[
    LensNumbers | LensTable | LensXY | LensHeatmap, Field(discriminator="visualization_type")
]
