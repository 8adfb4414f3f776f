"""Typical weeks and the last one: periods of their own."""

from belib_weather.panels import figures as f
from belib_weather.panels.dashboard_panels.shared import LATEST
from belib_weather.panels.filters import Filter
from belib_weather.panels.i18n import Message
from belib_weather.panels.specification import Dataset, Panel, Shape
from belib_weather.vocabulary import RepairArea

_STATIONS = Filter("scope", (RepairArea.STATION.value,))
_ARRONDISSEMENTS = Filter("scope", (RepairArea.ARRONDISSEMENT.value,))
_EVENING = 18
BEST_HOURS = Panel(
    "best-hours",
    Message("Best hours of the week at a station"),
    Dataset.PROFILES,
    Shape.TABLE,
    (f.ESTIMATED_CHANCE, f.ESTIMATED_CHANCE_LOW, f.ESTIMATED_CHANCE_HIGH, f.DAYS_OBSERVED),
    (f.STATION, f.ADDRESS, f.LOCAL_WEEKDAY, f.LOCAL_HOUR),
    filters=(_STATIONS, Filter("place_in_week", tuple(range(1, 11)))),
    note=Message(
        "The ten best hours of each station; choose one by its address. Estimated chance of a free"
        " point with its 90% interval."
    ),
    sort_by="estimated_chance",
)
TYPICAL_WEEK = Panel(
    "typical-week",
    Message("Chance of a free point in a coming week"),
    Dataset.PROFILES,
    Shape.HEATMAP,
    (f.ESTIMATED_CHANCE,),
    (f.LOCAL_HOUR, f.LOCAL_WEEKDAY),
    filters=(_STATIONS,),
    note=Message("Mean of the estimates of the stations that are chosen."),
)
FULL_AT_18 = Panel(
    "full-at-18",
    Message("Which arrondissements are full at 18:00?"),
    Dataset.PROFILES,
    Shape.BARS,
    (f.SATURATION,),
    (f.ARRONDISSEMENT,),
    filters=(_ARRONDISSEMENTS, Filter("local_hour", (_EVENING,))),
    note=Message(
        "Share of the time from 18:00 to 19:00 in which a station was full, out of full or free;"
        " all days of the last weeks."
    ),
)
FULL_HOURS_OF_THE_WEEK = Panel(
    "full-hours-of-the-week",
    Message("At which hours of the week are stations full?"),
    Dataset.PROFILES,
    Shape.HEATMAP,
    (f.SATURATION,),
    (f.LOCAL_HOUR, f.LOCAL_WEEKDAY),
    filters=(_ARRONDISSEMENTS,),
    note=Message("Of the arrondissements that are chosen, over the last weeks."),
)
LACKED_LAST_WEEK = Panel(
    "lacked-last-week",
    Message("Where points lacked last week"),
    Dataset.SATURATION,
    Shape.TABLE,
    (f.SATURATION, f.FULL_HOURS, f.OCCUPIED_HOURS_A_DAY, f.POINTS_IN_SERVICE),
    (f.ARRONDISSEMENT, f.FULLEST_HOURS),
    filters=(_ARRONDISSEMENTS, LATEST),
    note=Message("The last week that is over. Occupied hours are of a point in service and a day."),
    sort_by="saturation",
)
WEATHER_DIFFERENCES = Panel(
    "weather-differences",
    Message("Occupancy in other weather, at the same hour of the week"),
    Dataset.WEATHER,
    Shape.TABLE,
    (
        f.DIFFERENCE,
        f.DIFFERENCE_LOW,
        f.DIFFERENCE_HIGH,
        f.HOURS_OF_WEATHER,
        f.DAYS_OF_WEATHER,
    ),
    (f.CONDITION, f.COMPARED_WITH, f.STANDING, f.REASON),
    filters=(Filter("scope", (RepairArea.CITY.value,)),),
    note=Message(
        "Whole city, in percentage points, with 95% intervals. Withheld: too little was seen;"
        " provisional: under 90 days, of whose intervals 96% cover the truth. An association, not a"
        " cause."
    ),
)
