"""What each alias holds, and the mapping that follows from its dataset.

What belongs here: the shape of indices; a new index is declared at the end of this file. What
does not: requests.
Concept: https://www.elastic.co/docs/manage-data/data-store/mapping/explicit-mapping
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import dataframely as dy

from belib_weather.datasets import StationState
from belib_weather.datasets.feed import FeedHour
from belib_weather.search.documents import AvailabilityDocument, EpisodeDocument
from belib_weather.search.forecast_documents import ForecastDocument, ScoreDocument
from belib_weather.search.mart_documents import (
    OutageDocument,
    ProfileDocument,
    ReliabilityDocument,
    RepairDocument,
    SaturationDocument,
    WeatherDocument,
)
from belib_weather.search.stream_documents import StreamDocument

LATITUDE, LONGITUDE, LOCATION = "latitude", "longitude", "location"

SETTINGS: dict[str, Any] = {
    "number_of_shards": 1,
    # None on a single node, one as soon as there is a second.
    "auto_expand_replicas": "0-1",
    # Readers see a publication when it is refreshed as a whole, not in pieces.
    "refresh_interval": "-1",
    # "7" is no number and 7.5 no integer: strict in values as in names.
    "mapping.coerce": False,
    # Of what Elasticsearch's core offers: stemming and folding of accents are in a module that not
    # every server has.
    "analysis": {
        "filter": {"french_stop": {"type": "stop", "stopwords": "_french_"}},
        "analyzer": {
            "french_words": {
                "type": "custom",
                "tokenizer": "standard",
                "filter": ["lowercase", "french_stop"],
            }
        },
    },
}

FULL_TEXT: dict[str, Any] = {"text": {"type": "text", "analyzer": "french_words"}}
"""Beside the keyword: `address.text` finds an address by its words."""

_TYPES: dict[type[dy.Column], dict[str, str]] = {
    dy.String: {"type": "keyword"},
    dy.Enum: {"type": "keyword"},
    dy.Bool: {"type": "boolean"},
    dy.Int16: {"type": "short"},
    dy.Int32: {"type": "integer"},
    dy.Int64: {"type": "long"},
    dy.Float64: {"type": "double"},
    # Without a format: one of ours would refuse the milliseconds that Kibana's rules and every
    # browser send, and a date_histogram in another time zone cuts its bounds to `strict_date`.
    dy.Date: {"type": "date"},
    dy.Datetime: {"type": "date"},
}


@dataclass(frozen=True)
class Projection:
    """What one alias holds.

    Attributes:
        name: of the alias, after the prefix.
        dataset: declares the columns, which become the fields of a document.
        time_column: windows of it are published, into one index per UTC month. None: there is a
            single index, published as a whole.
        full_text: columns that can also be searched by their words, as `{column}.text`.
        only_changed: documents are compared before they are written, and those that are the same
            are left alone: for rows of which few change at a time.
    """

    name: str
    dataset: type[dy.Schema]
    time_column: str | None = None
    full_text: tuple[str, ...] = ("address",)
    only_changed: bool = False

    @property
    def time(self) -> str:
        """The time column.

        Raises:
            ValueError: there is none.
        """
        if self.time_column is None:
            raise ValueError(f"{self.name} has no time column, so it has no windows")
        return self.time_column

    @property
    def id_columns(self) -> list[str]:
        """The primary key, whose values make a document's `_id`."""
        return self.dataset.primary_key()

    @property
    def mapping(self) -> dict[str, Any]:
        """The strict mapping: one field per column, with its unit; descriptions in `_meta`.

        Latitude and longitude become one `geo_point`, `location`. Descriptions are kept beside
        the fields because a field's own `meta` values end at 50 characters.
        """
        columns = self.dataset.columns()
        described = {name: column.description or "" for name, column in columns.items()}
        properties: dict[str, Any] = {
            name: _field(column)
            for name, column in columns.items()
            if name not in (LATITUDE, LONGITUDE)
        }
        for name in self.full_text:
            if name in properties:
                properties[name]["fields"] = FULL_TEXT
        if LATITUDE in columns:
            properties[LOCATION] = {"type": "geo_point"}
            described[LOCATION] = "Latitude and longitude, WGS 84."
        return {
            "dynamic": "strict",
            "_meta": {
                "description": (self.dataset.__doc__ or "").partition("\n")[0],
                "fields": {name: described[name] for name in properties},
            },
            "properties": properties,
        }

    @property
    def generation(self) -> str:
        """Eight hexadecimal digits that change when documents must be written again.

        Units and descriptions do not count: they are changed in place.
        """
        types = {
            name: {key: value for key, value in field.items() if key != "meta"}
            for name, field in self.mapping["properties"].items()
        }
        shape = json.dumps([SETTINGS, types], sort_keys=True)
        return hashlib.sha256(shape.encode()).hexdigest()[:8]


def _field(column: dy.Column) -> dict[str, Any]:
    field: dict[str, Any] = dict(_TYPES[type(column)])
    if column.metadata and "unit" in column.metadata:
        field["meta"] = {"unit": column.metadata["unit"]}
    return field


AVAILABILITY_INDEX = Projection("availability", AvailabilityDocument, time_column="hour")
EPISODES_INDEX = Projection("episodes", EpisodeDocument, time_column="started_at")
FEED_INDEX = Projection("feed", FeedHour, time_column="hour")
STATIONS_INDEX = Projection("stations", StationState)
OUTAGES_INDEX = Projection("outages", OutageDocument, time_column="started_at", only_changed=True)
RELIABILITY_INDEX = Projection("reliability", ReliabilityDocument, only_changed=True)
REPAIR_INDEX = Projection("repair", RepairDocument, only_changed=True)
PROFILES_INDEX = Projection("profiles", ProfileDocument, only_changed=True)
SATURATION_INDEX = Projection("saturation", SaturationDocument, only_changed=True)
WEATHER_INDEX = Projection("weather", WeatherDocument, only_changed=True)
FORECASTS_INDEX = Projection("forecasts", ForecastDocument)
FORECAST_SCORES_INDEX = Projection("forecast_scores", ScoreDocument, only_changed=True)
STREAM_INDEX = Projection("stream", StreamDocument)
PROJECTIONS: dict[str, Projection] = {
    projection.name: projection
    for projection in (
        AVAILABILITY_INDEX,
        EPISODES_INDEX,
        FEED_INDEX,
        STATIONS_INDEX,
        OUTAGES_INDEX,
        RELIABILITY_INDEX,
        REPAIR_INDEX,
        PROFILES_INDEX,
        SATURATION_INDEX,
        WEATHER_INDEX,
        FORECASTS_INDEX,
        FORECAST_SCORES_INDEX,
        STREAM_INDEX,
    )
}
