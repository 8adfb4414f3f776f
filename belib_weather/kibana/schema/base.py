"""What all parts of the schema share."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


def _as_in_kibana(name: str) -> str:
    """`panels_json` as Kibana writes it: `panelsJSON`."""
    return to_camel(name).replace("Json", "JSON").replace("Toc", "TOC")


class Closed(BaseModel):
    """A JSON object with these keys and no other; numbers, words and truth values are not mixed."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        alias_generator=_as_in_kibana,
        defer_build=True,
    )


class Empty(Closed):
    """An object without any key."""


def _only(value: object) -> AfterValidator:
    """Accepts this value alone. `Literal` would accept 1 for true."""

    def check(found: object) -> object:
        if found is not value:
            raise ValueError(f"must be {value}")
        return found

    return AfterValidator(check)


Yes = Annotated[bool, _only(value=True)]
No = Annotated[bool, _only(value=False)]
Nothing = Annotated[list[Any], Field(max_length=0)]
"""An empty list: a filter, a control's choice or an ad-hoc data view in it would be a fault."""
Colour = Annotated[str, Field(pattern=r"^#[0-9A-F]{6}$")]


class Reference(Closed):
    """A link to another saved object."""

    name: str
    type: Literal["index-pattern", "tag", "dashboard"]
    id: str


Alone = Annotated[list[Reference], Field(min_length=1, max_length=1)]


class Query(Closed):
    """A condition in Kibana's query language."""

    language: Literal["kuery"]
    query: str


class NoQuery(Query):
    """No condition."""

    query: Literal[""]


class NoSearch(Closed):
    """A search that adds nothing: neither filters nor a query."""

    filter: Nothing
    query: NoQuery
