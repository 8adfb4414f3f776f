"""A line of the bundle: a data view, the tag, or a dashboard."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, Json, TypeAdapter

from belib_weather.kibana.schema.base import Closed, Colour, Nothing, Reference
from belib_weather.kibana.schema.dashboard import DashboardAttributes


class FieldNote(Closed):
    """What a field means, and its name with a unit."""

    custom_description: Annotated[str, Field(min_length=1, max_length=300)]
    custom_label: Annotated[str, Field(pattern=r"^[a-z ]+ [(](°C|km/h|kW|mm)[)]$")] | None = None


class LookupEntry(Closed):
    """Another word for a value."""

    key: str
    value: str


class LookupParameters(Closed):
    """Other words for some values; any other value stands as it is."""

    lookup_entries: Annotated[list[LookupEntry], Field(min_length=1)]
    unknown_key_value: None


class Lookup(Closed):
    """A field whose values are written in other words."""

    id: Literal["static_lookup"]
    params: LookupParameters


class LinkParameters(Closed):
    """Where a value leads to, and how it is written."""

    type: Literal["a"]
    url_template: Annotated[
        str,
        Field(
            pattern=r"^(https://www[.]openstreetmap[.]org/|[.][.]/app/dashboards#/view/)"
            r".*[{]{2}value[}]{2}"
        ),
    ]
    label_template: Literal["{{value}}"]


class Link(Closed):
    """A field whose values are links."""

    id: Literal["url"]
    params: LinkParameters


class PatternParameters(Closed):
    """One digit behind the point, where it is not 0."""

    pattern: Literal["0,0.[0]"]


class Pattern(Closed):
    """A field of numbers with a unit."""

    id: Literal["number"]
    params: PatternParameters


FieldFormat = Annotated[Lookup | Link | Pattern, Field(discriminator="id")]


class DataViewAttributes(Closed):
    """A data view: no field is added, shadowed or hidden."""

    title: str
    name: str
    time_field_name: str | None = None
    field_attrs: Json[dict[str, FieldNote]]
    field_format_map: Json[dict[str, FieldFormat]]
    runtime_field_map: Literal["{}"]
    fields: Literal["[]"]
    source_filters: Literal["[]"]


class TagAttributes(Closed):
    """A tag."""

    name: str
    description: str
    color: Colour


class _Saved(Closed):
    id: str
    core_migration_version: Literal["8.8.0"]


class DataView(_Saved):
    """A data view."""

    type: Literal["index-pattern"]
    attributes: DataViewAttributes
    references: Nothing
    type_migration_version: Literal["8.0.0"]


class Tag(_Saved):
    """A tag."""

    type: Literal["tag"]
    attributes: TagAttributes
    references: Nothing
    type_migration_version: Literal["8.0.0"]


class Dashboard(_Saved):
    """A dashboard."""

    type: Literal["dashboard"]
    attributes: DashboardAttributes
    references: list[Reference]
    type_migration_version: Literal["10.2.0"]


Saved = Annotated[DataView | Tag | Dashboard, Field(discriminator="type")]
SAVED: TypeAdapter[Saved] = TypeAdapter(Saved, config=ConfigDict(defer_build=True))
"""Reads a line.

Raises:
    pydantic.ValidationError: it has a key or a value that the schema does not have.
"""
