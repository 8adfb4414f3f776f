"""Mappings follow from the datasets, column by column."""

import dataframely as dy
import pytest

from belib_weather.datasets import AvailabilityFact, Station, StationState
from belib_weather.datasets.episodes import EpisodeAtPoint
from belib_weather.datasets.feed import FeedHour
from belib_weather.datasets.outages import Outage
from belib_weather.datasets.reliability import ReliabilityOfStation, TimeToRepair
from belib_weather.datasets.saturation import Saturation
from belib_weather.datasets.weather_association import WeatherAssociation
from belib_weather.search.projections import (
    AVAILABILITY_INDEX,
    EPISODES_INDEX,
    FEED_INDEX,
    OUTAGES_INDEX,
    RELIABILITY_INDEX,
    REPAIR_INDEX,
    SATURATION_INDEX,
    STATIONS_INDEX,
    WEATHER_INDEX,
    Projection,
)

TYPE_OF_DTYPE = {
    "String": "keyword",
    "Enum": "keyword",
    "Boolean": "boolean",
    "Int16": "short",
    "Int32": "integer",
    "Int64": "long",
    "Float64": "double",
    "Date": "date",
    "Datetime": "date",
}


@pytest.mark.parametrize(
    ("projection", "schema"),
    [
        (AVAILABILITY_INDEX, AvailabilityFact),
        (STATIONS_INDEX, StationState),
        (FEED_INDEX, FeedHour),
        (EPISODES_INDEX, EpisodeAtPoint),
        (OUTAGES_INDEX, Outage),
        (RELIABILITY_INDEX, ReliabilityOfStation),
        (REPAIR_INDEX, TimeToRepair),
        (SATURATION_INDEX, Saturation),
        (WEATHER_INDEX, WeatherAssociation),
    ],
)
def test_every_column_has_a_field_of_its_type_and_unit(
    projection: Projection, schema: type[dy.Schema]
) -> None:
    fields = projection.mapping["properties"]
    described = projection.mapping["_meta"]["fields"]
    for name, column in schema.columns().items():
        if name in ("latitude", "longitude"):
            assert name not in fields
            continue
        assert fields[name]["type"] == TYPE_OF_DTYPE[type(column.dtype).__name__]
        assert fields[name].get("meta", {}).get("unit") == (column.metadata or {}).get("unit")
        assert described[name] == column.description
    if "latitude" in schema.columns():
        assert fields["location"] == {"type": "geo_point"}
    assert projection.mapping["dynamic"] == "strict"


@pytest.mark.parametrize("projection", [AVAILABILITY_INDEX, EPISODES_INDEX, STATIONS_INDEX])
def test_dates_have_no_format_of_their_own_and_addresses_are_also_text(
    projection: Projection,
) -> None:
    fields = projection.mapping["properties"]
    assert not any("format" in field for field in fields.values())
    assert fields["address"]["type"] == "keyword"
    assert fields["address"]["fields"]["text"]["type"] == "text"


def test_documents_of_availability_have_the_facts_columns_and_their_stations() -> None:
    added = set(AVAILABILITY_INDEX.mapping["properties"]) - set(AvailabilityFact.column_names())
    assert added == {"station_name", "address", "arrondissement", "power_kw", "location"}
    assert added - {"location"} <= set(Station.column_names())


def test_a_generation_changes_with_a_type_and_not_with_a_description() -> None:
    class Reworded(StationState):
        available = dy.Int32(min=0, metadata={"unit": "points"}, description="Other words.")

    class Wider(StationState):
        available = dy.Float64(min=0)  # type: ignore[assignment]  # the change under test

    assert Projection("stations", Reworded).generation == STATIONS_INDEX.generation
    assert Projection("stations", Wider).generation != STATIONS_INDEX.generation
