"""The panels: declared once, shown in Kibana, in the report and in the catalog.

What belongs here: which figures over which dimensions, and how to read them. What does not: on
which page a panel stands (`kibana.dashboards`, `report`).
"""

from belib_weather.panels import figures as f
from belib_weather.panels.dimensions import Day, Hour, Terms
from belib_weather.panels.filters import Is
from belib_weather.panels.i18n import Text
from belib_weather.panels.measures import Aggregation, Statistic, Total
from belib_weather.panels.specification import Dataset, Panel, Shape

_FACTS, _NOW = Dataset.AVAILABILITY, Dataset.STATIONS

# The state now. Counts are of fresh records; shares are ratios of their sums.
_FREE = Total("available", Text("points free", "points libres"), ("available",))
_STATIONS_FREE = Statistic(
    "stations_with_a_free_point",
    Text("stations with a free point", "stations avec un point libre"),
    Aggregation.ROWS,
    "station_id",
    filter=Is("station_status", ("available",)),
)
_NEWEST = Statistic(
    "newest_snapshot",
    Text("newest snapshot", "dernier relevé"),
    Aggregation.MAXIMUM,
    "captured_at",
    is_time=True,
)
_NEWEST_UPDATE = Statistic(
    "newest_update",
    Text("last heard of", "dernière nouvelle"),
    Aggregation.MAXIMUM,
    "newest_update",
    is_time=True,
)
_STATION_STATUS = Terms(
    "station_status", Text("State of the station", "État de la station"), size=4
)

FREE_NOW = Panel(
    "free-now",
    Text("Free points now", "Points libres maintenant"),
    _NOW,
    Shape.NUMBERS,
    (_FREE, f.SHARE_AVAILABLE_NOW),
    note=Text("Freshly reported; of points in service.", "Signalés récemment ; points en service."),
)
STATIONS_FREE_NOW = Panel(
    "stations-free-now",
    Text("Stations with a free point", "Stations avec un point libre"),
    _NOW,
    Shape.NUMBERS,
    (_STATIONS_FREE, f.STATIONS),
)
STATION_MAP = Panel(
    "station-map",
    Text("Stations now, by availability", "Les stations maintenant, par disponibilité"),
    _NOW,
    Shape.MAP,
    (_FREE,),
)
STATIONS_BY_STATE = Panel(
    "stations-by-state",
    Text("How many stations are in which state", "Combien de stations dans quel état"),
    _NOW,
    Shape.BARS,
    (f.STATIONS,),
    (_STATION_STATUS,),
)
FREE_STATIONS = Panel(
    "free-stations",
    Text("Stations with a free point now", "Stations avec un point libre maintenant"),
    _NOW,
    Shape.TABLE,
    (_FREE, f.CHARGE_POINTS),
    (f.STATION, f.ADDRESS),
    filters=(Is("station_status", ("available",)),),
    sort_by="available",
)
FREE_BY_ARRONDISSEMENT = Panel(
    "free-by-arrondissement",
    Text("Available now, by arrondissement", "Disponibilité maintenant, par arrondissement"),
    _NOW,
    Shape.BARS,
    (f.SHARE_AVAILABLE_NOW,),
    (f.ARRONDISSEMENT,),
)
NEWEST_SNAPSHOT = Panel(
    "newest-snapshot",
    Text("The feed", "Le flux"),
    _NOW,
    Shape.NUMBERS,
    (_NEWEST, f.CHARGE_POINTS),
)
SILENT_NOW = Panel(
    "silent-now",
    Text("Unknown or stale now", "Inconnus ou périmés maintenant"),
    _NOW,
    Shape.NUMBERS,
    (f.SHARE_SILENT_NOW, f.CHARGE_POINTS),
)
SILENT_STATIONS = Panel(
    "silent-stations",
    Text("Silent stations, the longest first", "Stations muettes, la plus ancienne d'abord"),
    _NOW,
    Shape.TABLE,
    (_NEWEST_UPDATE, f.CHARGE_POINTS),
    (f.STATION, f.ADDRESS),
    filters=(Is("station_status", ("silent",)),),
    note=Text(
        "Every point unknown or older than 26 h.", "Tous points inconnus ou de plus de 26 h."
    ),
    sort_by="-newest_update",
)

# When: by the clock and the calendar of Paris.
CHANCE_BY_HOUR = Panel(
    "chance-by-hour",
    Text("Chance of a free point, by hour of the day", "Chance d'un point libre, selon l'heure"),
    _FACTS,
    Shape.LINES,
    (f.CHANCE,),
    (f.LOCAL_HOUR,),
)
CHANCE_BY_HOUR_AND_WEEKDAY = Panel(
    "chance-by-hour-and-weekday",
    Text("When is a point free?", "Quand un point est-il libre ?"),
    _FACTS,
    Shape.HEATMAP,
    (f.CHANCE, f.STATION_HOURS),
    (f.LOCAL_HOUR, f.LOCAL_WEEKDAY),
    note=Text(
        "Share of the observed time in which a station had a free point.",
        "Part du temps observé où une station avait un point libre.",
    ),
)
OCCUPANCY_BY_HOUR_AND_WEEKDAY = Panel(
    "occupancy-by-hour-and-weekday",
    Text("When are points occupied?", "Quand les points sont-ils occupés ?"),
    _FACTS,
    Shape.HEATMAP,
    (f.OCCUPANCY, f.STATION_HOURS),
    (f.LOCAL_HOUR, f.LOCAL_WEEKDAY),
    note=Text("Occupied, of points in service.", "Occupés, parmi les points en service."),
)
PRESSURE_BY_HOUR = Panel(
    "pressure-by-hour",
    Text("Occupancy and saturation over the day", "Occupation et saturation dans la journée"),
    _FACTS,
    Shape.LINES,
    (f.OCCUPANCY, f.SATURATION),
    (f.LOCAL_HOUR,),
)

# Where.
CHANCE_BY_ARRONDISSEMENT = Panel(
    "chance-by-arrondissement",
    Text(
        "Chance of a free point, by arrondissement", "Chance d'un point libre, par arrondissement"
    ),
    _FACTS,
    Shape.BARS,
    (f.CHANCE,),
    (f.ARRONDISSEMENT,),
)
SATURATION_BY_ARRONDISSEMENT = Panel(
    "saturation-by-arrondissement",
    Text("Saturation by arrondissement", "Saturation par arrondissement"),
    _FACTS,
    Shape.BARS,
    (f.SATURATION,),
    (f.ARRONDISSEMENT,),
    note=Text("Full, of the time free or full.", "Complètes, parmi le temps libre ou complet."),
)
DEMAND_AND_SUPPLY = Panel(
    "demand-and-supply",
    Text("Demand against supply", "La demande face à l'offre"),
    _FACTS,
    Shape.TABLE,
    (
        f.STATIONS,
        f.OFFERED_HOURS,
        f.OCCUPIED_HOURS,
        f.OCCUPANCY,
        f.SATURATION,
        f.STATION_HOURS,
    ),
    (f.ARRONDISSEMENT,),
    sort_by="occupancy",
)
OCCUPANCY_BY_POWER = Panel(
    "occupancy-by-power",
    Text("Occupancy by power", "Occupation selon la puissance"),
    _FACTS,
    Shape.BARS,
    (f.OCCUPANCY,),
    (f.POWERS,),
)
FULLEST_STATIONS = Panel(
    "fullest-stations",
    Text("Stations most often full", "Stations le plus souvent complètes"),
    _FACTS,
    Shape.TABLE,
    (f.SATURATION, f.FULL_HOURS, f.OCCUPANCY, f.STATION_HOURS),
    (f.STATION, f.ADDRESS),
    sort_by="saturation",
)
WORST_STATIONS = Panel(
    "worst-stations",
    Text("Stations least available", "Stations les moins disponibles"),
    _FACTS,
    Shape.TABLE,
    (f.SHARE_AVAILABLE, f.CHANCE, f.SHARE_OUT_OF_ORDER, f.SHARE_UNKNOWN, f.STATION_HOURS),
    (f.STATION, f.ADDRESS),
    sort_by="-share_available",
)

# Over time.
STATUS_OVER_TIME = Panel(
    "status-over-time",
    Text("What the points were doing", "Ce que faisaient les points"),
    _FACTS,
    Shape.STACKED,
    f.STATUS_HOURS,
    (Hour(),),
    note=Text(
        "Shares of the time of all points, from the bottom up as in the legend.",
        "Parts du temps de tous les points, de bas en haut dans l'ordre de la légende.",
    ),
)
AVAILABILITY_OVER_TIME = Panel(
    "availability-over-time",
    Text("Availability over time", "La disponibilité au fil du temps"),
    _FACTS,
    Shape.LINES,
    (f.SHARE_AVAILABLE, f.OCCUPANCY),
    (Hour(),),
)
OCCUPANCY_BY_DAY = Panel(
    "occupancy-by-day",
    Text("Occupancy and saturation by day", "Occupation et saturation par jour"),
    _FACTS,
    Shape.LINES,
    (f.OCCUPANCY, f.SATURATION),
    (Day(),),
)
WEATHER_OVER_TIME = Panel(
    "weather-over-time",
    Text("The weather over time", "La météo au fil du temps"),
    _FACTS,
    Shape.LINES,
    (f.TEMPERATURE, f.PRECIPITATION),
    (Hour(),),
)
QUALITY_OVER_TIME = Panel(
    "quality-over-time",
    Text("What the polls could see", "Ce que les relevés ont pu voir"),
    _FACTS,
    Shape.LINES,
    (f.COVERAGE, f.SHARE_STALE, f.SHARE_UNKNOWN),
    (Hour(),),
)
QUALITY_BY_DAY = Panel(
    "quality-by-day",
    Text("Data quality by day", "Qualité des données par jour"),
    _FACTS,
    Shape.TABLE,
    (f.FACTS, f.STATIONS, f.COVERAGE, f.SHARE_STALE, f.SHARE_UNKNOWN, f.STATION_HOURS),
    (Day(),),
)
OUT_OF_ORDER_BY_ARRONDISSEMENT = Panel(
    "out-of-order-by-arrondissement",
    Text("Out of order or unknown, by arrondissement", "En panne ou inconnus, par arrondissement"),
    _FACTS,
    Shape.BARS,
    (f.SHARE_OUT_OF_ORDER, f.SHARE_UNKNOWN),
    (f.ARRONDISSEMENT,),
)

# With the weather: an association, never a cause.
_NO_CAUSE = Text("An association; not a cause.", "Une association ; pas une cause.")
CHANCE_BY_WEATHER = Panel(
    "chance-by-weather",
    Text("Chance of a free point, by weather", "Chance d'un point libre, selon la météo"),
    _FACTS,
    Shape.TABLE,
    (f.CHANCE, f.SHARE_AVAILABLE, f.STATION_HOURS, f.DAYS),
    (f.WEATHER_CLASS,),
    note=_NO_CAUSE,
    sort_by="station_hours_observed",
)
WEATHER_INTERVALS = Panel(
    "weather-intervals",
    Text("Occupancy by weather, with intervals", "Occupation selon la météo, avec intervalles"),
    _FACTS,
    Shape.INTERVALS,
    (f.OCCUPANCY, f.STATION_HOURS),
    (f.WEATHER_CLASS, Day()),
    note=Text(
        "95 % intervals from whole days. An association; not a cause.",
        "Intervalles à 95 % sur jours entiers. Une association ; pas une cause.",
    ),
)
CHANCE_INTERVALS_BY_WEATHER = Panel(
    "chance-intervals-by-weather",
    Text("A free point, by weather", "Un point libre, selon la météo"),
    _FACTS,
    Shape.INTERVALS,
    (f.CHANCE, f.STATION_HOURS),
    (f.WEATHER_CLASS, Day()),
    note=Text(
        "95 % intervals from whole days. An association; not a cause.",
        "Intervalles à 95 % sur jours entiers. Une association ; pas une cause.",
    ),
)
OCCUPANCY_BY_TEMPERATURE = Panel(
    "occupancy-by-temperature",
    Text("Occupancy by temperature", "Occupation selon la température"),
    _FACTS,
    Shape.TABLE,
    (f.OCCUPANCY, f.SHARE_AVAILABLE, f.STATION_HOURS, f.DAYS),
    (f.TEMPERATURES,),
    note=_NO_CAUSE,
)
OCCUPANCY_BY_WEATHER_AND_HOUR = Panel(
    "occupancy-by-weather-and-hour",
    Text("Occupancy by weather over the day", "Occupation selon la météo, dans la journée"),
    _FACTS,
    Shape.HEATMAP,
    (f.OCCUPANCY, f.STATION_HOURS),
    (f.LOCAL_HOUR, f.WEATHER_CLASS),
    note=_NO_CAUSE,
)
ROWS_BY_SOURCE = Panel(
    "rows-by-source",
    Text("Where the facts come from", "D'où viennent les faits"),
    _FACTS,
    Shape.TABLE,
    (
        f.FACTS,
        f.STATIONS,
        f.DAYS,
        Statistic(
            "provisional",
            Text("provisional", "provisoires"),
            Aggregation.ROWS,
            "station_id",
            filter=Is("is_provisional", (True,)),
        ),
    ),
    (f.SOURCE,),
)

# Every panel above, so that none can be forgotten.
PANELS: dict[str, Panel] = {
    value.name: value for value in tuple(globals().values()) if isinstance(value, Panel)
}
"""Every panel by its name."""
