"""Panels: what is shown, declared once for Kibana, for the report and for the catalog.

A panel is a small typed specification: figures over dimensions of one dataset. From it follow the
Elasticsearch request (`es_requests`), the same figures of a frame (`evaluate`) and a picture
(`pictures`); `belib_weather.kibana` turns it into a saved object.

What belongs here: specifications and pure functions. What does not: requests that are sent, files.
"""

from belib_weather.panels.dimensions import Day, Dimension, Hour, Ranges, Terms
from belib_weather.panels.filters import Filter
from belib_weather.panels.i18n import LANGUAGES, Language, Message
from belib_weather.panels.measures import Aggregation, Measure, Ratio, Statistic, Total
from belib_weather.panels.specification import Dataset, Panel, Shape

__all__ = [
    "LANGUAGES",
    "Aggregation",
    "Dataset",
    "Day",
    "Dimension",
    "Filter",
    "Hour",
    "Language",
    "Measure",
    "Message",
    "Panel",
    "Ranges",
    "Ratio",
    "Shape",
    "Statistic",
    "Terms",
    "Total",
]
