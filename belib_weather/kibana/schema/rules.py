"""Alerting rules, as bodies of requests to Kibana's rule API."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, Json, TypeAdapter

from belib_weather.kibana.schema.base import Closed, No, NoQuery, Nothing, Yes

Thresholds = Annotated[list[int | float], Field(min_length=1, max_length=1)]
Comparator = Literal["<", ">"]


class Schedule(Closed):
    """How often a rule runs: as snapshots come."""

    interval: Literal["5m"]


class _Rule(Closed):
    name: str
    enabled: Yes
    schedule: Schedule
    tags: Annotated[list[Literal["belib_weather"]], Field(min_length=1, max_length=1)]
    actions: Nothing
    # As Kibana's interface for rules spells it.
    notify_when: Literal["onActionGroupChange"] = Field(alias="notify_when")


class Search(Closed):
    """The documents that are counted."""

    query: dict[str, Any]


class QueryParameters(Closed):
    """The number of documents within the window, in total or by group."""

    search_type: Literal["esQuery"]
    index: Annotated[list[str], Field(min_length=1, max_length=1)]
    time_field: str
    time_window_size: int
    time_window_unit: Literal["m"]
    es_query: Json[Search]
    size: Literal[0]
    agg_type: Literal["count"]
    threshold_comparator: Comparator
    threshold: Thresholds
    exclude_hits_from_previous_run: No
    group_by: Literal["all", "top"]
    term_field: str | None = None
    term_size: int | None = None


class QueryRule(_Rule):
    """Compares a number of documents."""

    rule_type_id: Literal[".es-query"] = Field(alias="rule_type_id")
    consumer: Literal["stackAlerts"]
    params: QueryParameters


class Sum(Closed):
    """A letter of the equation."""

    name: Annotated[str, Field(pattern="^[A-Z]$")]
    agg_type: Literal["sum"]
    field: str


class Criterion(Closed):
    """A ratio of sums against a threshold."""

    comparator: Comparator
    threshold: Thresholds
    time_size: int
    time_unit: Literal["m"]
    equation: str
    label: str
    metrics: Annotated[list[Sum], Field(min_length=1)]


class SearchConfiguration(Closed):
    """All documents of a data view."""

    index: str
    query: NoQuery


class RatioParameters(Closed):
    """One criterion, in total or by group."""

    criteria: Annotated[list[Criterion], Field(min_length=1, max_length=1)]
    alert_on_no_data: No
    alert_on_group_disappear: No
    search_configuration: SearchConfiguration
    group_by: Annotated[list[str], Field(min_length=1, max_length=1)] | None = None


class RatioRule(_Rule):
    """Compares a ratio."""

    rule_type_id: Literal["observability.rules.custom_threshold"] = Field(alias="rule_type_id")
    consumer: Literal["logs"]
    params: RatioParameters


RULES: TypeAdapter[dict[str, QueryRule | RatioRule]] = TypeAdapter(
    dict[str, Annotated[QueryRule | RatioRule, Field(discriminator="rule_type_id")]],
    config=ConfigDict(defer_build=True),
)
"""Reads the rules of a bundle by their ids.

Raises:
    pydantic.ValidationError: one has a key or a value that the schema does not have.
"""
