"""Data views: one for each alias.

What belongs here: what Kibana needs to know about an index. What does not: the index.
Concept: https://www.elastic.co/docs/explore-analyze/find-and-organize/data-views
"""

from belib_weather.kibana.objects import SavedObject, inner
from belib_weather.panels.specification import Dataset
from belib_weather.search.projections import PROJECTIONS

_NAMES = {
    Dataset.AVAILABILITY: "Belib availability by hour",
    Dataset.FEED: "Belib polls by hour",
    Dataset.STATIONS: "Belib stations now",
}


def data_view_id(index_prefix: str, dataset: Dataset) -> str:
    """Id of the data view: the alias that it shows."""
    return f"{index_prefix}-{dataset.index}"


def data_view(index_prefix: str, dataset: Dataset) -> SavedObject:
    """The data view of an alias; Kibana reads the fields from the mapping."""
    alias = data_view_id(index_prefix, dataset)
    described = PROJECTIONS[dataset.index].mapping["_meta"]["fields"]
    return SavedObject(
        "index-pattern",
        alias,
        {
            "title": alias,
            "name": _NAMES[dataset],
            "timeFieldName": dataset.time_field,
            "fieldAttrs": inner(
                {name: {"customDescription": text[:300]} for name, text in described.items()}
            ),
            "fieldFormatMap": "{}",
            "runtimeFieldMap": "{}",
            "fields": "[]",
            "sourceFilters": "[]",
        },
    )
