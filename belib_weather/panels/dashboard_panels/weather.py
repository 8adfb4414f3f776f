"""With the weather: an association, never a cause."""

from belib_weather.panels import figures as f
from belib_weather.panels.dimensions import Day
from belib_weather.panels.filters import Filter
from belib_weather.panels.i18n import Message
from belib_weather.panels.measures import Aggregation, Statistic
from belib_weather.panels.specification import Dataset, Panel, Shape

_FACTS = Dataset.AVAILABILITY

_NO_CAUSE = Message("An association, not a cause.")
_WITHIN_DAYS = Message(
    "Bars: 95% intervals, with 14 to 27 days approximate, with fewer none. An association, not a"
    " cause."
)
CHANCE_BY_WEATHER = Panel(
    "chance-by-weather",
    Message("Chance of a free point, by weather"),
    _FACTS,
    Shape.TABLE,
    (f.CHANCE, f.SHARE_AVAILABLE, f.STATION_HOURS, f.DAYS),
    (f.WEATHER_CLASS,),
    note=_NO_CAUSE,
    sort_by="station_hours_observed",
)
WEATHER_INTERVALS = Panel(
    "weather-intervals",
    Message("Occupancy by weather, against other hours of the same days"),
    _FACTS,
    Shape.INTERVALS,
    (f.OCCUPANCY, f.STATION_HOURS),
    (f.WEATHER_CLASS, Day()),
    note=_WITHIN_DAYS,
)
CHANCE_INTERVALS_BY_WEATHER = Panel(
    "chance-intervals-by-weather",
    Message("A free point by weather, against other hours of the same days"),
    _FACTS,
    Shape.INTERVALS,
    (f.CHANCE, f.STATION_HOURS),
    (f.WEATHER_CLASS, Day()),
    note=_WITHIN_DAYS,
)
OCCUPANCY_BY_TEMPERATURE = Panel(
    "occupancy-by-temperature",
    Message("Occupancy, by temperature"),
    _FACTS,
    Shape.TABLE,
    (f.OCCUPANCY, f.SHARE_AVAILABLE, f.STATION_HOURS, f.DAYS),
    (f.TEMPERATURES,),
    note=_NO_CAUSE,
)
OCCUPANCY_BY_WEATHER_AND_HOUR = Panel(
    "occupancy-by-weather-and-hour",
    Message("Occupancy, by weather and hour of the day"),
    _FACTS,
    Shape.HEATMAP,
    (f.OCCUPANCY, f.STATION_HOURS),
    (f.LOCAL_HOUR, f.WEATHER_CLASS),
    note=_NO_CAUSE,
)
ROWS_BY_SOURCE = Panel(
    "rows-by-source",
    Message("Rows by source"),
    _FACTS,
    Shape.TABLE,
    (
        f.FACTS,
        f.STATIONS,
        f.DAYS,
        Statistic(
            "provisional",
            Message("provisional"),
            Aggregation.ROWS,
            "station_id",
            filter=Filter("is_provisional", (True,)),
        ),
    ),
    (f.SOURCE,),
    note=Message("“simulator:” is simulated data."),
)
