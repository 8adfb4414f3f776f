"""What another program changes in Elasticsearch is found by value and published again."""

from collections.abc import Callable
from itertools import cycle

import pytest

from belib_weather.search.projections import (
    Projection,
)
from belib_weather_tests.graph.conftest import Platform
from belib_weather_tests.graph.publication import Documents, jobs, look, repair, verdicts
from belib_weather_tests.graph.published_indices import ALL, INDICES, OF_ROWS, edit_one

Damage = Callable[[Documents, Projection], None]


def delete_documents(documents: Documents, projection: Projection) -> None:
    for document_id in list(documents.all(projection))[:3]:
        (index,) = documents.indices(projection)
        documents.ask("DELETE", f"/{index}/_doc/{document_id}".replace("|", "%7C"), refresh="true")


def add_one(documents: Documents, projection: Projection) -> None:
    source = next(iter(documents.all(projection).values()))
    (index,) = documents.indices(projection)
    time = {projection.time_column: "2031-01-01T00:00:00Z"} if projection.time_column else {}
    documents.ask("PUT", f"/{index}/_doc/nobody", {**source, **time}, refresh="true")


def drop_the_index(documents: Documents, projection: Projection) -> None:
    (index,) = documents.indices(projection)
    documents.ask("DELETE", f"/{index}")


def restore_an_older_copy(documents: Documents, projection: Projection) -> None:
    """The same name, mapping and aliases, and fewer documents with other values."""
    (index,) = documents.indices(projection)
    unchanged = list(documents.all(projection).items())[2:20]
    shape = documents.ask("GET", f"/{index}")[index]
    documents.ask("DELETE", f"/{index}")
    documents.ask(
        "PUT",
        f"/{index}",
        {
            "mappings": shape["mappings"],
            "aliases": shape["aliases"],
            "settings": {"analysis": shape["settings"]["index"]["analysis"]},
        },
    )
    for document_id, source in unchanged:
        path = f"/{index}/_doc/{document_id}".replace("|", "%7C")
        documents.ask("PUT", path, {**source, "source": "long ago"})
    documents.ask("POST", f"/{index}/_refresh")


def take_it_from_the_alias(documents: Documents, projection: Projection) -> None:
    (index,) = documents.indices(projection)
    documents.ask("DELETE", f"/{index}/_alias/{documents.alias(projection)}")


@pytest.mark.parametrize(
    "damages",
    [
        pytest.param((delete_documents, edit_one, add_one), id="documents"),
        pytest.param((drop_the_index, restore_an_older_copy, take_it_from_the_alias), id="indices"),
    ],
)
@pytest.mark.parametrize("rounds", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_changes_by_other_programs_are_repaired_automatically(
    published: Platform, documents: Documents, damages: tuple[Damage, ...], rounds: int
) -> None:
    """In one round each index has one of the damages; in three rounds all."""
    assert jobs(look(published)) == []
    for first in range(rounds):
        for projection, damage in zip(INDICES, cycle(damages[first:] + damages[:first])):
            damage(documents, projection)

        found = look(published)
        assert verdicts(found) == ALL | dict.fromkeys(OF_ROWS, False), first
        assert jobs(found) == ["audit_index"] * len(INDICES), first
        assert repair(published) == ["audit_index"] * len(INDICES), first

        assert documents.agree(), first
        found = look(published)
        assert (jobs(found), verdicts(found)) == ([], ALL), first
