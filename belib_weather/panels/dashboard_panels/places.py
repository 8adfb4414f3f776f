"""Where: by arrondissement, station and power."""

from belib_weather.panels import figures as f
from belib_weather.panels.filters import Filter
from belib_weather.panels.i18n import Message
from belib_weather.panels.specification import Dataset, Panel, Shape

_FACTS = Dataset.AVAILABILITY
_EPISODES = Dataset.EPISODES
_OCCUPIED = (Filter("status", ("occupied",)), Filter("is_stale", (False,)))

FREE_IN_PERIOD_BY_ARRONDISSEMENT = Panel(
    "free-in-period-by-arrondissement",
    Message("Available in the period, by arrondissement"),
    _FACTS,
    Shape.BARS,
    (f.SHARE_AVAILABLE,),
    (f.ARRONDISSEMENT,),
    note=Message("The same share over the period: one that is far below it now has dropped."),
)
CHANCE_BY_ARRONDISSEMENT = Panel(
    "chance-by-arrondissement",
    Message("Chance of a free point, by arrondissement"),
    _FACTS,
    Shape.BARS,
    (f.CHANCE,),
    (f.ARRONDISSEMENT,),
    note=Message("Share of the observed time in which a station had a free point."),
)
SATURATION_BY_ARRONDISSEMENT = Panel(
    "saturation-by-arrondissement",
    Message("Saturation, by arrondissement"),
    _FACTS,
    Shape.BARS,
    (f.SATURATION,),
    (f.ARRONDISSEMENT,),
    note=Message("Time full, out of the time full or with a free point."),
)
DEMAND_AND_SUPPLY = Panel(
    "demand-and-supply",
    Message("Demand and supply, by arrondissement"),
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
    note=Message("Hours are of points in service; the last column says how much was observed."),
)
OCCUPANCY_BY_POWER = Panel(
    "occupancy-by-power",
    Message("Occupancy, by power"),
    _FACTS,
    Shape.BARS,
    (f.OCCUPANCY,),
    (f.POWERS,),
    note=Message(
        "Share of the points in service that were occupied, by the station's highest power."
    ),
)
OCCUPIED_LENGTH_BY_HOUR = Panel(
    "occupied-length-by-hour",
    Message("How long is a point occupied, by the hour it begins?"),
    _EPISODES,
    Shape.LINES,
    (f.MEAN_LENGTH,),
    (f.LOCAL_HOUR,),
    filters=_OCCUPIED,
    note=Message(
        "Of occupied episodes whose begin and end were both seen, within a UTC day: long ones are"
        " missing more often, and two sessions between polls look like one. Not energy."
    ),
)
OCCUPIED_LENGTH_BY_POWER = Panel(
    "occupied-length-by-power",
    Message("How long is a point occupied, by power?"),
    _EPISODES,
    Shape.TABLE,
    (f.MEAN_LENGTH, f.WHOLE_EPISODES, f.EPISODES, f.RESTAMPS),
    (f.POWERS,),
    filters=_OCCUPIED,
    note=Message(
        "The length is of those seen from begin to end. A restamp is a change there and back that"
        " polls missed."
    ),
)
FULLEST_STATIONS = Panel(
    "fullest-stations",
    Message("Stations most often full"),
    _FACTS,
    Shape.TABLE,
    (f.LAST_ADDRESS, f.SATURATION_RANKED, f.FULL_HOURS, f.OCCUPANCY, f.STATION_HOURS),
    (f.STATION,),
    sort_by="saturation",
    note=Message(
        "Time full, out of the time full or with a free point. Last, without a share, those"
        " observed for less than half of the period."
    ),
)
WORST_STATIONS = Panel(
    "worst-stations",
    Message("Worst stations of the period: least often free when not full"),
    _FACTS,
    Shape.TABLE,
    (
        f.LAST_ADDRESS,
        f.FREE_WHEN_NOT_FULL,
        f.FREE_HOURS,
        f.SHARE_OUT_OF_ORDER,
        f.SHARE_UNKNOWN,
        f.SHARE_STALE,
        f.STATION_HOURS,
    ),
    (f.STATION,),
    note=Message(
        "First those without a free point; time full of cars does not count. Last, without a share,"
        " those observed for less than half of the period."
    ),
    sort_by="-free_when_not_full",
)
