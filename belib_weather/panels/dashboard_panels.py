"""The panels: declared once, shown in Kibana, in the report and in the catalog.

What belongs here: which figures over which dimensions, and how to read them. What does not: on
which page a panel stands (`kibana.dashboards`, `report`).
"""

from belib_weather.panels import figures as f
from belib_weather.panels.dimensions import Day, Hour, Terms
from belib_weather.panels.filters import Filter
from belib_weather.panels.i18n import Message
from belib_weather.panels.limits import LEAST_AVAILABLE, MOST_SILENT
from belib_weather.panels.measures import Aggregation, Statistic, Total
from belib_weather.panels.specification import Dataset, Panel, Shape
from belib_weather.vocabulary import SINCE_KINDS, OutageEnd, OutageKind, PeriodKind, RepairArea
from belib_weather.vocabulary import Standing as PlaceInRanking

_FACTS, _NOW, _FEED = Dataset.AVAILABILITY, Dataset.STATIONS, Dataset.FEED
_EPISODES, _OUTAGES, _RELIABILITY = Dataset.EPISODES, Dataset.OUTAGES, Dataset.RELIABILITY
_OCCUPIED = (Filter("status", ("occupied",)), Filter("is_stale", (False,)))
_SETTLED = (Filter("is_provisional", (False,)),)
"""Without hours whose polls may still come: their future is not unobserved."""

# The state now. Counts are of fresh records; shares are ratios of their sums.
_FREE = Total("available", Message("free points"), ("available",))
_STATIONS_FREE = Statistic(
    "stations_with_a_free_point",
    Message("stations with a free point"),
    Aggregation.ROWS,
    "station_id",
    filter=Filter("station_status", ("available",)),
)
_NEWEST = Statistic(
    "newest_snapshot",
    Message("latest snapshot"),
    Aggregation.MAXIMUM,
    "captured_at",
    is_time=True,
)
_NEWEST_UPDATE = Statistic(
    "newest_update",
    Message("last update"),
    Aggregation.MAXIMUM,
    "newest_update",
    is_time=True,
)
_STATION_STATUS = Terms("station_status", Message("State of the station"), size=4)
_IS_BROKEN = (Filter("station_status", ("out_of_order", "silent")),)
_BROKEN = Statistic(
    "stations_broken",
    Message("stations broken"),
    Aggregation.ROWS,
    "station_id",
    filter=_IS_BROKEN[0],
)
_SINCE = Statistic("since", Message("since"), Aggregation.MAXIMUM, "since", is_time=True)
_SINCE_KIND = Terms("since_kind", Message("Beginning"), size=2)
_OUT_SINCE = Statistic(
    "out_of_order_since",
    Message("since"),
    Aggregation.MAXIMUM,
    "out_of_order_since",
    is_time=True,
)
_OUT_SINCE_KIND = Terms("out_of_order_since_kind", Message("Beginning"), size=2)
_POINTS_OUT = Total("points_out", Message("points out of order"), ("reported_out_of_order",))
_POINTS_SILENT = Total("points_silent", Message("points unknown or stale"), ("unknown", "stale"))

FREE_NOW = Panel(
    "free-now",
    Message("Free points now"),
    _NOW,
    Shape.NUMBERS,
    (_FREE, f.SHARE_AVAILABLE_NOW),
    note=Message("Charge points whose record is fresh; of those in service."),
)
STATIONS_FREE_NOW = Panel(
    "stations-free-now",
    Message("Stations with a free point"),
    _NOW,
    Shape.NUMBERS,
    (_STATIONS_FREE, f.STATIONS),
    note=Message("At least one point is free and its record is fresh."),
)
STATION_MAP = Panel(
    "station-map",
    Message("Stations now, by availability"),
    _NOW,
    Shape.MAP,
    (_FREE,),
    note=Message("One mark for each station, in the colour of its state."),
)
STATIONS_BY_STATE = Panel(
    "stations-by-state",
    Message("Stations by state"),
    _NOW,
    Shape.BARS,
    (f.STATIONS,),
    (_STATION_STATUS,),
    note=Message(
        "One word for each station: available, or else full, or else silent, or else out of order."
    ),
)
FREE_STATIONS = Panel(
    "free-stations",
    Message("Stations with a free point now"),
    _NOW,
    Shape.TABLE,
    (_FREE, f.CHARGE_POINTS),
    (f.STATION, f.ADDRESS),
    filters=(Filter("station_status", ("available",)),),
    sort_by="available",
    note=Message("Free points whose record is fresh, the most first."),
)
FREE_BY_ARRONDISSEMENT = Panel(
    "free-by-arrondissement",
    Message("Available now, by arrondissement"),
    _NOW,
    Shape.BARS,
    (f.SHARE_AVAILABLE_NOW,),
    (f.ARRONDISSEMENT,),
    note=Message("Of the points whose record is fresh; the line is the limit of the alert."),
    limit=LEAST_AVAILABLE,
)
FREE_IN_PERIOD_BY_ARRONDISSEMENT = Panel(
    "free-in-period-by-arrondissement",
    Message("Available in the period, by arrondissement"),
    _FACTS,
    Shape.BARS,
    (f.SHARE_AVAILABLE,),
    (f.ARRONDISSEMENT,),
    note=Message("The same share over the period: one that is far below it now has dropped."),
)
NEWEST_SNAPSHOT = Panel(
    "newest-snapshot",
    Message("Latest snapshot"),
    _NOW,
    Shape.NUMBERS,
    (_NEWEST, f.CHARGE_POINTS),
    note=Message("When the state shown was captured."),
)
SILENT_NOW = Panel(
    "silent-now",
    Message("Unknown or stale now"),
    _NOW,
    Shape.NUMBERS,
    (f.SHARE_SILENT_NOW, f.CHARGE_POINTS),
    note=Message("Of all points; coloured beyond the limit of the alert."),
    limit=MOST_SILENT,
)
BROKEN_NOW = Panel(
    "broken-now",
    Message("Stations broken now"),
    _NOW,
    Shape.NUMBERS,
    (_BROKEN, f.STATIONS),
    note=Message("No point is free or in use: all are out of order, unknown or stale."),
)
POINTS_OUT_OF_ORDER_NOW = Panel(
    "points-out-of-order-now",
    Message("Points out of order now"),
    _NOW,
    Shape.NUMBERS,
    (_POINTS_OUT, f.CHARGE_POINTS),
    note=Message("As reported, also where the record is older than 26 h."),
)
BROKEN_STATIONS = Panel(
    "broken-stations",
    Message("Broken stations, longest first"),
    _NOW,
    Shape.TABLE,
    (_SINCE, _POINTS_OUT, _POINTS_SILENT, f.CHARGE_POINTS, _NEWEST_UPDATE),
    (f.STATION, f.ADDRESS, _STATION_STATUS, _SINCE_KIND),
    filters=_IS_BROKEN,
    note=Message(
        "Silent: every point is unknown, or its record is older than 26 h. Out of order: the"
        " others, also where points are planned or withdrawn."
    ),
    sort_by="-since",
)
BROKEN_MAP = Panel(
    "broken-map",
    Message("Broken stations now"),
    _NOW,
    Shape.MAP,
    (_BROKEN,),
    filters=_IS_BROKEN,
    note=Message("Stations without a point that is free or in use."),
)
POINTS_OUT_OF_ORDER = Panel(
    "points-out-of-order",
    Message("Stations with points out of order, longest first"),
    _NOW,
    Shape.TABLE,
    (_OUT_SINCE, _POINTS_OUT, f.CHARGE_POINTS),
    (f.STATION, f.ADDRESS, _OUT_SINCE_KIND),
    filters=(Filter("out_of_order_since_kind", SINCE_KINDS),),
    note=Message("Since when some point of the station has been out of order."),
    sort_by="-out_of_order_since",
)
SOURCES_NOW = Panel(
    "sources-now",
    Message("Source of the data"),
    _NOW,
    Shape.TABLE,
    (_NEWEST,),
    (f.SOURCE,),
    note=Message("“simulator:” is simulated data."),
)

# Of outages: observed without a gap, so one that a pause of the collector cuts ends censored.
_LATEST = Filter("is_latest", (True,))
_IS_OUTAGE = Filter("kind", (OutageKind.OUTAGE.value,))
_HAS_A_PLACE = (PlaceInRanking.NEVER_AVAILABLE.value, PlaceInRanking.RANKED.value)
FAILED_LAST_WEEK = Panel(
    "failed-last-week",
    Message("Stations that failed most last week"),
    _RELIABILITY,
    Shape.TABLE,
    (f.PLACE, f.HOURS_DOWN, f.OUTAGES_BEGUN, f.LONGEST_OUTAGE, f.POINTS_ALREADY_OUT),
    (f.STATION, f.ADDRESS, f.STANDING),
    filters=(
        Filter("period", (PeriodKind.WEEK.value,)),
        _LATEST,
        Filter("standing", _HAS_A_PLACE),
    ),
    note=Message(
        "The last week that is over; those that were never available first, also the silent ones,"
        " whose hours down are not known. Hours of all points."
    ),
    sort_by="-place",
)
OUTAGES_THAT_LAST = Panel(
    "outages-that-last",
    Message("Points and stations out of order, longest first"),
    _OUTAGES,
    Shape.TABLE,
    (_SINCE, f.HOURS_SO_FAR, f.POINTS_IN_OUTAGE),
    (f.STATION, f.OUTAGE_OF, f.ADDRESS),
    filters=(_IS_OUTAGE, Filter("end_kind", (OutageEnd.LASTS.value,))),
    note=Message(
        "At the newest snapshot of the last run. Hours are observed without a gap; since: the stamp"
        " of the record where it is older."
    ),
    sort_by="-since",
)
OUTAGE_LENGTHS = Panel(
    "outage-lengths",
    Message("How long do outages last?"),
    _OUTAGES,
    Shape.BARS,
    (f.OUTAGES_RETURNED, f.OUTAGES_CENSORED),
    (f.OUTAGE_LENGTHS,),
    filters=(_IS_OUTAGE, Filter("is_begun", (True,))),
    note=Message(
        "Of all outages whose begin was seen. Those without a seen end last at least so long: they"
        " go on, the collector paused, or the point was withdrawn."
    ),
)
REPAIR_BY_ARRONDISSEMENT = Panel(
    "repair-by-arrondissement",
    Message("Time to repair, by arrondissement"),
    Dataset.REPAIR,
    Shape.TABLE,
    (
        f.REPAIR_MEDIAN,
        f.REPAIR_MEDIAN_LOW,
        f.REPAIR_MEDIAN_HIGH,
        f.REPAIR_P90,
        f.OUTAGES_BEGUN,
        f.OUTAGES_ENDED,
        f.FAILURE_RATE,
    ),
    (f.SCOPE, f.AREA),
    filters=(
        _LATEST,
        Filter("scope", (RepairArea.CITY.value, RepairArea.ARRONDISSEMENT.value)),
    ),
    note=Message(
        "This quarter, outages whose begin was seen (Kaplan-Meier). Empty: half of them, or nine of"
        " ten, were not followed to their end."
    ),
    sort_by="median_hours",
)

# Typical weeks and the last one: periods of their own.
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
    filters=(_ARRONDISSEMENTS, _LATEST),
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

_SINCE_LAST_WEEK = Message(
    "Change in percentage points since the same days and hours, a week before."
)

# When: by the clock and the calendar of Paris.
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

# Where.
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

# Over time.
STATUS_OVER_TIME = Panel(
    "status-over-time",
    Message("Status of the charge points over time"),
    _FACTS,
    Shape.STACKED,
    f.STATUS_HOURS,
    (Hour(),),
    filters=_SETTLED,
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
    filters=_SETTLED,
    note=Message("Within polled hours; an hour without a poll is in the panels on polls alone."),
)
QUALITY_BY_DAY = Panel(
    "quality-by-day",
    Message("Data quality by day"),
    _FACTS,
    Shape.TABLE,
    (f.FACTS, f.STATIONS, f.COVERAGE, f.SHARE_STALE, f.SHARE_UNKNOWN, f.STATION_HOURS),
    (Day(),),
    filters=_SETTLED,
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

# What was polled, also where nothing was: an outage of the collector has no facts.
_RUNNING_HOUR = Message("Without a snapshot; of the running hour up to now.")
TIME_OBSERVED = Panel(
    "time-observed",
    Message("Time observed"),
    _FEED,
    Shape.NUMBERS,
    (f.TIME_OBSERVED, f.HOURS),
    filters=_SETTLED,
    note=Message("Of hours that are over, polled or not: between snapshots at most 30 min apart."),
)
POLLS = Panel(
    "polls",
    Message("Snapshots stored and expected"),
    _FEED,
    Shape.NUMBERS,
    (f.SNAPSHOTS, f.SNAPSHOTS_EXPECTED),
    filters=_SETTLED,
    note=Message("Of hours that are over; expected by the cadence of the last poll."),
)
REFUSED_ANSWERS = Panel(
    "refused-answers",
    Message("Refused answers"),
    _FEED,
    Shape.NUMBERS,
    (f.REFUSED,),
    note=Message("Incomplete or unreadable; they are in quarantine."),
)
LONGEST_GAP = Panel(
    "longest-gap",
    Message("Longest gap within an hour"),
    _FEED,
    Shape.NUMBERS,
    (f.LONGEST_GAP,),
    note=_RUNNING_HOUR,
)
TIME_OBSERVED_OVER_TIME = Panel(
    "time-observed-over-time",
    Message("Time observed, hour by hour"),
    _FEED,
    Shape.BARS,
    (f.TIME_OBSERVED,),
    (Hour(),),
    filters=_SETTLED,
    note=Message("An hour without a bar was not observed."),
)
POLLS_OVER_TIME = Panel(
    "polls-over-time",
    Message("Snapshots stored, expected and refused, hour by hour"),
    _FEED,
    Shape.LINES,
    (f.SNAPSHOTS, f.SNAPSHOTS_EXPECTED, f.REFUSED),
    (Hour(),),
    filters=_SETTLED,
    note=Message(
        "Refused answers have the axis on the right; an hour without a line was not polled."
    ),
)
LONGEST_GAP_OVER_TIME = Panel(
    "longest-gap-over-time",
    Message("Longest gap, hour by hour"),
    _FEED,
    Shape.BARS,
    (f.LONGEST_GAP,),
    (Hour(),),
    note=_RUNNING_HOUR,
)
POLLS_BY_DAY = Panel(
    "polls-by-day",
    Message("What was polled, by day"),
    _FEED,
    Shape.TABLE,
    (
        f.TIME_OBSERVED,
        f.HOURS,
        f.SNAPSHOTS,
        f.SNAPSHOTS_EXPECTED,
        f.REFUSED,
        f.LONGEST_GAP,
    ),
    (Day(),),
    filters=_SETTLED,
    note=Message("Of hours that are over; expected by the cadence of the last poll."),
)

# With the weather: an association, never a cause.
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

# How good forecasts were: what was said, against what came.
_SCORES = Dataset.FORECAST_SCORES
_RECENT, _ALL = Filter("is_recent", (True,)), Filter("population", ("all",))
_SERVED = (_RECENT, _ALL, Filter("forecast", ("served",)))
_LAST_28_DAYS = Message(
    "The last 28 days that are scored, all stations. Instants that were not observed are left out."
)
FORECAST_QUALITY = Panel(
    "forecast-quality",
    Message("Forecasts of the last 28 days"),
    _SCORES,
    Shape.NUMBERS,
    (f.BRIER_SCORE, f.FORECASTS_SCORED),
    filters=_SERVED,
    note=_LAST_28_DAYS,
)
FORECAST_LEVEL = Panel(
    "forecast-level",
    Message("What was forecast, and what came, on average"),
    _SCORES,
    Shape.NUMBERS,
    (f.CHANCE_SAID, f.SHARE_CAME),
    filters=_SERVED,
    note=_LAST_28_DAYS,
)
RELIABILITY_OF_FORECASTS = Panel(
    "reliability-of-forecasts",
    Message("What was forecast, and what came"),
    _SCORES,
    Shape.LINES,
    (f.CHANCE_SAID, f.SHARE_CAME),
    (f.CHANCE_BIN,),
    filters=_SERVED,
    note=Message(
        "Where the lines meet, a chance of 80 % means that a point was free in 80 of 100 cases."
        " Last 28 days, all horizons."
    ),
)
FORECASTS_BY_TENTH = Panel(
    "forecasts-by-tenth",
    Message("Forecasts by tenth of their chance"),
    _SCORES,
    Shape.TABLE,
    (f.CHANCE_SAID, f.SHARE_CAME, f.FORECASTS_SCORED),
    (f.CHANCE_BIN,),
    filters=_SERVED,
    note=_LAST_28_DAYS,
)
ERROR_BY_HORIZON = Panel(
    "error-by-horizon",
    Message("Error by time ahead, against what is easy"),
    _SCORES,
    Shape.TABLE,
    (f.BRIER_SCORE, f.FORECASTS_SCORED),
    (f.HORIZON, f.FORECAST),
    filters=(_RECENT, _ALL),
    note=Message(
        "Persistence is the state now, usual the mean of the hour of the week, blend the best"
        " mixture of the two on the same rows. Lower is better."
    ),
)
ERROR_IN_SERVICE = Panel(
    "error-in-service",
    Message("The same, of stations in service when it was forecast"),
    _SCORES,
    Shape.TABLE,
    (f.BRIER_SCORE, f.FORECASTS_SCORED),
    (f.HORIZON, f.FORECAST),
    filters=(_RECENT, Filter("population", ("in_service",))),
    note=Message("Stations out of order are easy to forecast; without them it is harder."),
)
ERROR_BY_DAY = Panel(
    "error-by-day",
    Message("Error by day"),
    _SCORES,
    Shape.LINES,
    (f.BRIER_SCORE,),
    (Day(),),
    filters=_SERVED,
    note=_LAST_28_DAYS,
)

# The newest forecast.
_MINUTES_AHEAD = (60, 120, 180, 360, 720, 1440)
CHANCES_AHEAD = Panel(
    "chances-ahead",
    Message("Chance of a free point in the next hours, by arrondissement"),
    Dataset.FORECASTS,
    Shape.HEATMAP,
    (f.CHANCE_AHEAD,),
    (f.HORIZON, f.ARRONDISSEMENT),
    filters=(Filter("horizon_minutes", _MINUTES_AHEAD),),
    note=Message("The newest forecast: the mean of the arrondissement's stations."),
)

# How far changes were sent to Kafka.
_OLDEST_WAITING = Statistic(
    "oldest_waiting",
    Message("the oldest, seen"),
    Aggregation.MAXIMUM,
    "oldest_waiting_at",
    is_time=True,
)
_NEWEST_SENT = Statistic(
    "newest_sent",
    Message("newest change sent, seen"),
    Aggregation.MAXIMUM,
    "newest_sent_at",
    is_time=True,
)
_TRIED = Statistic("tried", Message("tried"), Aggregation.MAXIMUM, "tried_at", is_time=True)
STREAM_LAG = Panel(
    "stream-lag",
    Message("Changes sent to Kafka"),
    Dataset.STREAM,
    Shape.TABLE,
    (
        Total("changes_waiting", Message("changes waiting"), ("changes_waiting",)),
        _OLDEST_WAITING,
        _NEWEST_SENT,
        _TRIED,
    ),
    (Terms("last_try", Message("Last try"), size=2),),
    note=Message(
        "At the last try; while Kafka does not answer there is one every five minutes. No row: no"
        " Kafka is set up."
    ),
)
