"""When: by the clock and the calendar of Paris."""

from belib_weather.panels import figures as f
from belib_weather.panels.i18n import Message
from belib_weather.panels.specification import Dataset, Panel, Shape

_FACTS = Dataset.AVAILABILITY

_SINCE_LAST_WEEK = Message(
    "Change in percentage points since the same days and hours, a week before; empty unless both"
    " were observed about equally long."
)

CHANCE_BY_HOUR = Panel(
    "chance-by-hour",
    Message("Chance of a free point, by hour of the day"),
    _FACTS,
    Shape.LINES,
    (f.CHANCE,),
    (f.LOCAL_HOUR,),
    note=Message(
        "Share of the observed time in which a station had a free point, by the clock of Paris."
    ),
)
CHANCE_BY_HOUR_AND_WEEKDAY = Panel(
    "chance-by-hour-and-weekday",
    Message("When is a point free?"),
    _FACTS,
    Shape.HEATMAP,
    (f.CHANCE, f.STATION_HOURS),
    (f.LOCAL_HOUR, f.LOCAL_WEEKDAY),
    note=Message("Share of the observed time in which a station had a free point."),
)
OCCUPANCY_BY_HOUR_AND_WEEKDAY = Panel(
    "occupancy-by-hour-and-weekday",
    Message("When are points occupied?"),
    _FACTS,
    Shape.HEATMAP,
    (f.OCCUPANCY, f.STATION_HOURS),
    (f.LOCAL_HOUR, f.LOCAL_WEEKDAY),
    note=Message("Share of the points in service that were occupied."),
)
PRESSURE_BY_HOUR = Panel(
    "pressure-by-hour",
    Message("Occupancy and saturation, by hour of the day"),
    _FACTS,
    Shape.LINES,
    (f.OCCUPANCY, f.SATURATION),
    (f.LOCAL_HOUR,),
    note=Message(
        "Occupancy is of the points in service; saturation of the time full or with a free point."
    ),
)

OCCUPANCY_AND_LAST_WEEK = Panel(
    "occupancy-and-last-week",
    Message("Occupancy, and since last week"),
    _FACTS,
    Shape.NUMBERS,
    (f.OCCUPANCY, f.OCCUPANCY_CHANGE),
    note=_SINCE_LAST_WEEK,
)
CHANCE_AND_LAST_WEEK = Panel(
    "chance-and-last-week",
    Message("Chance of a free point, and since last week"),
    _FACTS,
    Shape.NUMBERS,
    (f.CHANCE, f.CHANCE_CHANGE),
    note=_SINCE_LAST_WEEK,
)
