"""Data views: one for each alias, and one more of the present for the rules.

What belongs here: what Kibana needs to know about an index. What does not: the index.
Concept: https://www.elastic.co/docs/explore-analyze/find-and-organize/data-views
"""

from typing import Any

from belib_weather.kibana.drilldowns import history_links
from belib_weather.kibana.objects import SavedObject, nested_json
from belib_weather.networks import NETWORK
from belib_weather.panels.i18n import Language
from belib_weather.panels.number_formats import WEEKDAYS, weekday
from belib_weather.panels.specification import Dataset
from belib_weather.search.projections import PROJECTIONS
from belib_weather.vocabulary import SIMULATED, SinceKind

CAPTURE_TIME = "captured_at"
"""Of a station now: when it was captured."""
_SIMULATED = f"{SIMULATED}{NETWORK.realtime.source}"
_NAMES = {
    Dataset.AVAILABILITY: "Belib availability by hour",
    Dataset.EPISODES: "Belib status episodes",
    Dataset.FEED: "Belib polls by hour",
    Dataset.STATIONS: "Belib stations now",
    Dataset.OUTAGES: "Belib outages and silences",
    Dataset.RELIABILITY: "Belib reliability by week and month",
    Dataset.REPAIR: "Belib times to repair",
    Dataset.PROFILES: "Belib typical weeks",
    Dataset.SATURATION: "Belib saturation by week",
    Dataset.WEATHER: "Belib occupancy by weather",
    Dataset.FORECASTS: "Belib forecasts of a free point",
    Dataset.FORECAST_SCORES: "Belib scores of forecasts",
    Dataset.STREAM: "Belib changes sent to Kafka",
}


def _lookup(words: dict[str, str]) -> dict[str, Any]:
    """Other words for some values of a field; any other value stands as it is."""
    entries = [{"key": key, "value": value} for key, value in words.items()]
    return {"id": "static_lookup", "params": {"lookupEntries": entries, "unknownKeyValue": None}}


_AT_LEAST = {SinceKind.AT_LEAST.value: "at least", SinceKind.SEEN.value: "seen to begin"}
_WEEKDAYS = {str(day): weekday(day, Language.ENGLISH) for day in WEEKDAYS}
_ON_A_MAP = "https://www.openstreetmap.org/search?query={{value}}%20Paris"


def _link(template: str) -> dict[str, Any]:
    """A value as a link, under its own name."""
    params = {"type": "a", "urlTemplate": template, "labelTemplate": "{{value}}"}
    return {"id": "url", "params": params}


_UNITS = {"c": "°C", "kmh": "km/h", "kw": "kW", "mm": "mm"}
"""Of a field, by the end of its name. No format of a number that every Kibana has can write one, so
the field's label does."""
_WITH_UNIT: dict[str, Any] = {"id": "number", "params": {"pattern": "0,0.[0]"}}


def label(field: str) -> str | None:
    """The field's name with its unit, as `temperature (°C)`; None where it has none."""
    quantity, _, unit = field.rpartition("_")
    return f"{quantity.replace('_', ' ')} ({_UNITS[unit]})" if unit in _UNITS else None


_FORMATS: dict[str, dict[str, Any]] = {
    "local_weekday": _lookup(_WEEKDAYS),
    "address": _link(_ON_A_MAP),
    "source": _lookup({_SIMULATED: f"SIMULATED DATA ({_SIMULATED})"}),
    "since_kind": _lookup(_AT_LEAST),
    "out_of_order_since_kind": _lookup(_AT_LEAST),
}


def formats(index_prefix: str, dataset: Dataset) -> dict[str, dict[str, Any]]:
    """How the values of fields are written, by field; stations and places lead to their history."""
    links = {field: _link(address) for field, address in history_links(index_prefix).items()}
    described = PROJECTIONS[dataset.index].mapping["_meta"]["fields"]
    units = {field: _WITH_UNIT for field in described if label(field)}
    known = _FORMATS | links | units
    return {field: known[field] for field in described if field in known}


def notes(dataset: Dataset) -> dict[str, dict[str, str]]:
    """The description of each field, and its label where it has a unit."""
    described = PROJECTIONS[dataset.index].mapping["_meta"]["fields"]
    return {
        field: {"customDescription": text[:300]}
        | ({"customLabel": named} if (named := label(field)) else {})
        for field, text in described.items()
    }


def data_view_id(index_prefix: str, dataset: Dataset) -> str:
    """Id of the data view: the alias that it shows."""
    return f"{index_prefix}-{dataset.index}"


def rules_view_id(index_prefix: str) -> str:
    """Id of the data view of the present by the time of capture, which threshold rules need."""
    return f"{data_view_id(index_prefix, Dataset.STATIONS)}-by-capture"


def declared_views(index_prefix: str) -> dict[str, tuple[Dataset, str, str | None]]:
    """Dataset, name and time field of each data view, by its id."""
    views: dict[str, tuple[Dataset, str, str | None]] = {
        data_view_id(index_prefix, dataset): (dataset, _NAMES[dataset], dataset.time_field)
        for dataset in Dataset
    }
    name = "Belib stations by time of capture (for rules)"
    return views | {rules_view_id(index_prefix): (Dataset.STATIONS, name, CAPTURE_TIME)}


def data_views(index_prefix: str) -> tuple[SavedObject, ...]:
    """The data views of all aliases; Kibana reads the fields from the mapping."""
    return tuple(
        _data_view(index_prefix, view_id, *declared)
        for view_id, declared in declared_views(index_prefix).items()
    )


def _data_view(
    index_prefix: str, view_id: str, dataset: Dataset, name: str, time_field: str | None
) -> SavedObject:
    return SavedObject(
        "index-pattern",
        view_id,
        {
            "title": data_view_id(index_prefix, dataset),
            "name": name,
            **({"timeFieldName": time_field} if time_field else {}),
            "fieldAttrs": nested_json(notes(dataset)),
            "fieldFormatMap": nested_json(formats(index_prefix, dataset)),
            "runtimeFieldMap": "{}",
            "fields": "[]",
            "sourceFilters": "[]",
        },
    )
