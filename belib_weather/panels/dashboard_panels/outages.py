"""Outages and the time to repair: observed without a gap, so a pause of the collector censors."""

from belib_weather.panels import figures as f
from belib_weather.panels.dashboard_panels.shared import LATEST, SINCE
from belib_weather.panels.filters import Filter
from belib_weather.panels.i18n import Message
from belib_weather.panels.specification import Dataset, Panel, Shape
from belib_weather.vocabulary import WORST_FIRST, OutageEnd, OutageKind, PeriodKind, RepairArea

_OUTAGES = Dataset.OUTAGES
_RELIABILITY = Dataset.RELIABILITY

_IS_OUTAGE = Filter("kind", (OutageKind.OUTAGE.value,))
_HAS_A_PLACE = tuple(standing.value for standing in WORST_FIRST)
FAILED_LAST_WEEK = Panel(
    "failed-last-week",
    Message("Stations that failed most or did not report last week"),
    _RELIABILITY,
    Shape.TABLE,
    (f.PLACE, f.HOURS_DOWN, f.OUTAGES_BEGUN, f.LONGEST_OUTAGE, f.POINTS_ALREADY_OUT),
    (f.STATION, f.ADDRESS, f.STANDING),
    filters=(
        Filter("period", (PeriodKind.WEEK.value,)),
        LATEST,
        Filter("standing", _HAS_A_PLACE),
    ),
    note=Message(
        "The last week that is over: first those never available, then those not reporting, whose"
        " hours down are not known, then the others by availability. Hours of all points."
    ),
    sort_by="-place",
)
OUTAGES_THAT_LAST = Panel(
    "outages-that-last",
    Message("Points and stations out of order, longest first"),
    _OUTAGES,
    Shape.TABLE,
    (SINCE, f.HOURS_SO_FAR, f.POINTS_IN_OUTAGE),
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
        LATEST,
        Filter("scope", (RepairArea.CITY.value, RepairArea.ARRONDISSEMENT.value)),
    ),
    note=Message(
        "This quarter, outages whose begin was seen (Kaplan-Meier). Empty: half of them, or nine of"
        " ten, were not followed to their end."
    ),
    sort_by="median_hours",
)
