"""Columns of a Lens layer: one model for each operation that the bundle uses."""

from typing import Annotated, Literal

from pydantic import Field

from belib_weather.kibana.schema.base import Closed, No, Nothing, Query, Yes

Number = int | float
Decimals = Annotated[int, Field(ge=0, le=3)]


class FormatParameters(Closed):
    """How a number is written."""

    decimals: Decimals
    suffix: Annotated[str, Field(pattern="^ .+$")] | None = None
    pattern: Annotated[str, Field(pattern=r"^0,0\.\[0{1,4}\]%?$")] | None = None


class Format(Closed):
    """A number, a share in percent, or one of them by a pattern of Numeral.js."""

    id: Literal["number", "percent", "custom"]
    params: FormatParameters


class _Column(Closed):
    label: Annotated[str, Field(min_length=1)]
    custom_label: Yes


class MetricParameters(Closed):
    """Of a statistic of one field."""

    empty_as_null: bool
    format: Format | None = None


class Metric(_Column):
    """A statistic of one field, of the rows that pass its filter."""

    data_type: Literal["number", "date"]
    is_bucketed: No
    operation_type: Literal["sum", "average", "max", "unique_count", "count"]
    scale: Literal["ratio"]
    source_field: str
    params: MetricParameters
    filter: Query | None = None
    time_shift: Literal["1w"] | None = None


class LastParameters(Closed):
    """Of a last value."""

    sort_field: str
    show_array_values: Yes


class Last(_Column):
    """The value of the newest row."""

    data_type: Literal["string"]
    is_bucketed: No
    operation_type: Literal["last_value"]
    scale: Literal["ordinal"]
    source_field: str
    params: LastParameters


class StaticParameters(Closed):
    """A value, and how it is written."""

    value: Annotated[str, Field(pattern=r"^0[.]\d+$")]
    format: Format


class Static(_Column):
    """A value that is always the same."""

    data_type: Literal["number"]
    is_bucketed: No
    is_static_value: Yes
    operation_type: Literal["static_value"]
    scale: Literal["ratio"]
    references: Nothing
    params: StaticParameters


class Period(_Column):
    """The length of the page's period, in milliseconds."""

    data_type: Literal["number"]
    is_bucketed: No
    operation_type: Literal["time_range"]
    scale: Literal["ratio"]
    references: Nothing


class Node(Closed):
    """A step of the arithmetic within a formula."""

    type: Literal["function"]
    name: Literal["add", "divide", "ifelse", "lt", "multiply", "subtract"]
    args: Annotated[list["Node | str | Number"], Field(min_length=2, max_length=3)]


class Location(Closed):
    """Where in the text of a formula."""

    min: Literal[0]
    max: int


class Division(Closed):
    """The last step of every formula."""

    type: Literal["function"]
    name: Literal["divide", "multiply"]
    args: Annotated[list[Node | str | Number], Field(min_length=2, max_length=2)]
    location: Location
    text: str


class MathParameters(Closed):
    """The tree that Kibana computes."""

    tinymath_ast: Division


class Math(_Column):
    """The arithmetic of a formula."""

    data_type: Literal["number"]
    is_bucketed: No
    operation_type: Literal["math"]
    scale: Literal["ratio"]
    params: MathParameters
    references: Annotated[list[str], Field(min_length=1)]


class FormulaParameters(Closed):
    """The text that people edit."""

    formula: str
    is_formula_broken: No
    format: Format


class Formula(_Column):
    """A formula: it refers to its arithmetic."""

    data_type: Literal["number"]
    is_bucketed: No
    operation_type: Literal["formula"]
    scale: Literal["ratio"]
    params: FormulaParameters
    references: Annotated[list[str], Field(min_length=1, max_length=1)]


class Rank(_Column):
    """What groups are in the order of: the least value of their own field."""

    data_type: Literal["number"]
    is_bucketed: No
    operation_type: Literal["min"]
    scale: Literal["ratio"]
    source_field: str


class ByKey(Closed):
    """Groups in the order of their names."""

    type: Literal["alphabetical"]
    fallback: No


class ByRank(Closed):
    """Groups in the order of a number."""

    type: Literal["custom"]


class TermsFormat(Closed):
    """How a group is written."""

    id: Literal["terms"]


class TermsParameters(Closed):
    """Which groups there are."""

    size: Annotated[int, Field(ge=1, le=1000)]
    order_by: ByKey | ByRank
    order_agg: Rank | None = None
    order_direction: Literal["asc"]
    other_bucket: bool
    missing_bucket: bool
    parent_format: TermsFormat
    include: Nothing
    exclude: Nothing
    include_is_regex: No
    exclude_is_regex: No


class Terms(_Column):
    """A group for each value."""

    data_type: Literal["string", "number", "boolean"]
    is_bucketed: Yes
    operation_type: Literal["terms"]
    scale: Literal["ordinal"]
    source_field: str
    params: TermsParameters


class Bounds(Closed):
    """A group of a number: open where None."""

    # JSON writes the key `from`, which is a word of Python.
    low: Number | None = Field(alias="from")
    high: Number | None = Field(alias="to")
    label: str


class ArrowParameters(Closed):
    """How Kibana writes a group that has no label."""

    template: Literal["arrow_right"]
    replace_infinity: Yes


class Arrow(Closed):
    """The same."""

    id: Literal["range"]
    params: ArrowParameters


class RangesParameters(Closed):
    """Which groups there are."""

    type: Literal["range"]
    ranges: Annotated[list[Bounds], Field(min_length=1)]
    max_bars: Literal["auto"]
    parent_format: Arrow


class Ranges(_Column):
    """A group for each stretch of a number."""

    data_type: Literal["string"]
    is_bucketed: Yes
    operation_type: Literal["range"]
    scale: Literal["ordinal"]
    source_field: str
    params: RangesParameters


class DatesParameters(Closed):
    """How long a group is."""

    interval: Literal["1h", "1d"]
    include_empty_rows: bool
    drop_partials: No
    ignore_time_range: bool


class Dates(_Column):
    """A group for each hour or day."""

    data_type: Literal["date"]
    is_bucketed: Yes
    operation_type: Literal["date_histogram"]
    scale: Literal["interval"]
    source_field: str
    params: DatesParameters


Column = Annotated[
    Metric | Last | Period | Math | Formula | Terms | Ranges | Dates,
    Field(discriminator="operation_type"),
]
