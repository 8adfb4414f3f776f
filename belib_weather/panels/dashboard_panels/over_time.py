"""Hour by hour and day by day."""

from belib_weather.panels import figures as f
from belib_weather.panels.dashboard_panels.shared import SETTLED
from belib_weather.panels.dimensions import Day, Hour
from belib_weather.panels.i18n import Message
from belib_weather.panels.specification import Dataset, Panel, Shape

_FACTS = Dataset.AVAILABILITY

STATUS_OVER_TIME = Panel(
    "status-over-time",
    Message("Status of the charge points over time"),
    _FACTS,
    Shape.STACKED,
    f.STATUS_HOURS,
    (Hour(),),
    filters=SETTLED,
    note=Message("Shares of the time of all points, stacked in the order of the legend."),
)
AVAILABILITY_OVER_TIME = Panel(
    "availability-over-time",
    Message("Availability over time"),
    _FACTS,
    Shape.LINES,
    (f.SHARE_AVAILABLE, f.OCCUPANCY),
    (Hour(),),
    note=Message(
        "Availability is of all points whose record is fresh, occupancy of those in service."
    ),
)
OCCUPANCY_BY_DAY = Panel(
    "occupancy-by-day",
    Message("Occupancy and saturation by day"),
    _FACTS,
    Shape.LINES,
    (f.OCCUPANCY, f.SATURATION),
    (Day(),),
    note=Message("By the calendar of Paris; today is not over."),
)
WEATHER_OVER_TIME = Panel(
    "weather-over-time",
    Message("Weather over time"),
    _FACTS,
    Shape.LINES,
    (f.TEMPERATURE, f.PRECIPITATION),
    (Hour(),),
    note=Message("One place for the whole city."),
)
QUALITY_OVER_TIME = Panel(
    "quality-over-time",
    Message("Data quality over time"),
    _FACTS,
    Shape.LINES,
    (f.COVERAGE, f.SHARE_STALE, f.SHARE_UNKNOWN),
    (Hour(),),
    filters=SETTLED,
    note=Message("Within polled hours; an hour without a poll is in the panels on polls alone."),
)
QUALITY_BY_DAY = Panel(
    "quality-by-day",
    Message("Data quality by day"),
    _FACTS,
    Shape.TABLE,
    (f.FACTS, f.STATIONS, f.COVERAGE, f.SHARE_STALE, f.SHARE_UNKNOWN, f.STATION_HOURS),
    (Day(),),
    filters=SETTLED,
    note=Message("Coverage is within polled hours; shares are of the time observed."),
)
OUT_OF_ORDER_BY_ARRONDISSEMENT = Panel(
    "out-of-order-by-arrondissement",
    Message("Out of order or unknown, by arrondissement"),
    _FACTS,
    Shape.BARS,
    (f.SHARE_OUT_OF_ORDER, f.SHARE_UNKNOWN),
    (f.ARRONDISSEMENT,),
    note=Message("Of the observed time of all points whose record is fresh."),
)
