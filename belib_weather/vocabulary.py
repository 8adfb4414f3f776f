"""The canonical words of the domain: statuses, weather classes; and the limits of the definitions.

What belongs here: closed vocabularies and rules that hold for every network. What does not: the
labels of one network (`networks`), and rules that need a clock, a store or a frame.
"""

from enum import StrEnum


def _values(words: type[StrEnum]) -> tuple[str, ...]:
    return tuple(word.value for word in words)


class Status(StrEnum):
    """Canonical status of a charge point, in the order that breaks ties between sightings.

    Of two sightings of one point in one second with the same stamp, the status *latest in this
    list* counts.
    """

    AVAILABLE = "available"
    OCCUPIED = "occupied"
    RESERVED = "reserved"
    OUT_OF_ORDER = "out_of_order"
    PLANNED = "planned"
    REMOVED = "removed"
    UNKNOWN = "unknown"


STATUSES = _values(Status)
DOWN_STATUSES: tuple[str, ...] = (Status.OUT_OF_ORDER.value, Status.UNKNOWN.value)
"""Of these the runs consist that can be outages."""
UP_STATUSES: tuple[str, ...] = (
    Status.AVAILABLE.value,
    Status.OCCUPIED.value,
    Status.RESERVED.value,
)


class EdgeKind(StrEnum):
    """How the begin or the end of an episode is known."""

    EXACT = "exact"
    """The status changed at the stamp of the new record."""
    POLLED = "polled"
    """The status changed between two polls; when is set by the hand-over."""
    STALE = "stale"
    """The same status, but the record turned stale, or a fresher one came."""
    UNSEEN = "unseen"
    """The second beyond is unobserved."""
    MIDNIGHT = "midnight"
    """Cut at midnight UTC; the same status, as fresh, is observed beyond."""


EDGE_KINDS = _values(EdgeKind)


class OutageKind(StrEnum):
    """Whether a run of out of order and unknown has down time."""

    OUTAGE = "outage"
    SILENCE = "silence"


OUTAGE_KINDS = _values(OutageKind)


class OutageEnd(StrEnum):
    """How an outage ends; all but the first are censored."""

    RETURNED = "returned"
    """The point is in service again."""
    UNSEEN = "unseen"
    """The next second is unobserved."""
    WITHDRAWN = "withdrawn"
    """The point is planned or removed."""
    LASTS = "lasts"
    """At the end of the observed time."""


OUTAGE_ENDS = _values(OutageEnd)


class PeriodKind(StrEnum):
    """A period on the calendar of Paris."""

    WEEK = "week"
    MONTH = "month"


PERIOD_KINDS = _values(PeriodKind)


class Standing(StrEnum):
    """What can be said of a station's reliability in a period."""

    NEVER_AVAILABLE = "never available"
    """Observed at least half of the time, without one available second: out of order, or full."""
    NOT_REPORTING = "not reporting"
    """The same, and for more than half of the time nothing fresh is known of it."""
    RANKED = "ranked"
    UNDECIDED = "undecided"
    """More than half of the time is silent, unsettled or unobserved."""
    NOT_OBSERVED = "not observed"
    """For less than half of the time."""
    NOT_IN_SERVICE = "not in service"
    """All its points are planned or removed."""


STANDINGS = _values(Standing)
WORST_FIRST = (Standing.NEVER_AVAILABLE, Standing.NOT_REPORTING, Standing.RANKED)
"""The standings that have a place in lists of the worst, in the order of these lists."""


class RepairArea(StrEnum):
    """What times to repair are computed for."""

    CITY = "city"
    ARRONDISSEMENT = "arrondissement"
    POWER_CLASS = "power class"
    STATION = "station"


REPAIR_AREAS = _values(RepairArea)


class StationStatus(StrEnum):
    """One word for a whole station now; the first that applies, in this order."""

    AVAILABLE = "available"
    FULL = "full"
    SILENT = "silent"
    OUT_OF_ORDER = "out_of_order"


STATION_STATUSES = _values(StationStatus)


class SinceKind(StrEnum):
    """How well the beginning of a run is known."""

    SEEN = "seen"
    """Another word was sighted at most 30 min before."""
    AT_LEAST = "at_least"
    """Nothing was sighted in the 30 min before, or the run is as long as is looked back."""


SINCE_KINDS = _values(SinceKind)


class WeatherClass(StrEnum):
    """Coarse class of a WMO weather code, for grouping and filtering."""

    CLEAR = "clear"
    CLOUDY = "cloudy"
    FOG = "fog"
    DRIZZLE = "drizzle"
    RAIN = "rain"
    SNOW = "snow"
    THUNDERSTORM = "thunderstorm"


WEATHER_CLASSES = _values(WeatherClass)

WEATHER_CLASS_OF_CODE: dict[int, WeatherClass] = {
    0: WeatherClass.CLEAR,
    **dict.fromkeys((1, 2, 3), WeatherClass.CLOUDY),
    **dict.fromkeys((45, 48), WeatherClass.FOG),
    **dict.fromkeys((51, 53, 55, 56, 57), WeatherClass.DRIZZLE),
    **dict.fromkeys((61, 63, 65, 66, 67, 80, 81, 82), WeatherClass.RAIN),
    **dict.fromkeys((71, 73, 75, 77, 85, 86), WeatherClass.SNOW),
    **dict.fromkeys((95, 96, 99), WeatherClass.THUNDERSTORM),
}
"""WMO 4677 subset that Open-Meteo publishes; showers go with what falls."""

GAP_LIMIT_SECONDS = 1_800
"""Two sightings further apart than this leave the time between them unobserved."""
STALENESS_SECONDS = 93_600
"""A record whose stamp is older than this (26 h) no longer shows the present."""
UNKNOWN_IS_DOWN_AFTER_SECONDS = 86_400
"""From then on a point that is unknown is down; before, it is silent or unsettled."""
RETURN_LIMIT_SECONDS = 1_800
"""A shorter return to service lies inside the outage."""
TOGETHER_SECONDS = 600
"""Points of a station that go down within so many seconds go down together."""
SIMULATED = "simulator:"
"""Begins the `source` of whatever rests on simulated responses."""
