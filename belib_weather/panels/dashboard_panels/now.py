"""The state now. Counts are of fresh records; shares are ratios of their sums."""

from belib_weather.panels import figures as f
from belib_weather.panels.dashboard_panels.shared import SINCE
from belib_weather.panels.dimensions import Terms
from belib_weather.panels.filters import Filter
from belib_weather.panels.i18n import Message
from belib_weather.panels.limits import LEAST_AVAILABLE, MOST_SILENT
from belib_weather.panels.measures import Aggregation, Statistic, Total
from belib_weather.panels.specification import Dataset, Panel, Shape
from belib_weather.vocabulary import SINCE_KINDS

_NOW = Dataset.STATIONS

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
    (SINCE, _POINTS_OUT, _POINTS_SILENT, f.CHARGE_POINTS, _NEWEST_UPDATE),
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
