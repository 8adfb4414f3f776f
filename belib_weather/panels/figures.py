"""The platform's figures as measures, and what else panels count.

What belongs here: measures that several panels share. What does not: formulas (`datasets.figures`)
and panels (`dashboard_panels`).
"""

from belib_weather.datasets import figures
from belib_weather.datasets.figures import POINT_SECONDS
from belib_weather.panels.dimensions import Ranges, Terms
from belib_weather.panels.filters import Filter
from belib_weather.panels.i18n import STATUS_NAMES, Message
from belib_weather.panels.measures import Aggregation, Change, Ratio, Statistic, Total
from belib_weather.vocabulary import OUTAGE_ENDS, OutageEnd

SHARE_AVAILABLE = Ratio(figures.SHARE_AVAILABLE)
OCCUPANCY = Ratio(figures.OCCUPANCY)
CHANCE = Ratio(figures.CHANCE_OF_A_FREE_POINT, bands=(0.8, 0.9, 0.95, 0.98))
"""Its bands: none is free one time in 5, in 10, in 20, in 50."""
SATURATION = Ratio(figures.SATURATION, is_near_zero=True)
SATURATION_RANKED = Ratio(figures.SATURATION, is_near_zero=True, of_half_observed=True)
OCCUPANCY_CHANGE, CHANCE_CHANGE = Change(OCCUPANCY), Change(CHANCE)
COVERAGE = Ratio(figures.COVERAGE)
TIME_OBSERVED = Ratio(figures.TIME_OBSERVED)
SHARE_UNKNOWN = Ratio(figures.SHARE_UNKNOWN, is_near_zero=True)
SHARE_OUT_OF_ORDER = Ratio(figures.SHARE_OUT_OF_ORDER, is_near_zero=True)
SHARE_STALE = Ratio(figures.SHARE_STALE, is_near_zero=True)
FREE_WHEN_NOT_FULL = Ratio(figures.FREE_WHEN_NOT_FULL, of_half_observed=True)
# Of the present: counts of charge points in place of seconds.
SHARE_AVAILABLE_NOW = Ratio(figures.SHARE_AVAILABLE.now())
SHARE_SILENT_NOW = Ratio(figures.SHARE_SILENT_NOW, is_near_zero=True)

# Of forecasts that were made, against what came.
CHANCE_SAID = Ratio(figures.CHANCE_SAID)
SHARE_CAME = Ratio(figures.SHARE_CAME)
BRIER_SCORE = Ratio(figures.BRIER_SCORE, decimals=2, is_near_zero=True)
FORECASTS_SCORED = Total("forecasts_scored", Message("forecasts scored"), ("n",))

CHARGE_POINTS = Total("charge_points", Message("charge points"), ("charge_points",))
STATION_HOURS = Total(
    "station_hours_observed",
    Message("station-hours observed"),
    ("any_observed_seconds",),
    divisor=3600,
)
FREE_HOURS = Total(
    "free_hours", Message("hours with a free point"), ("any_available_seconds",), divisor=3600
)
FULL_HOURS = Total("full_hours", Message("hours full"), ("full_seconds",), divisor=3600)
OCCUPIED_HOURS = Total(
    "occupied_point_hours",
    Message("point-hours occupied"),
    ("occupied_seconds",),
    divisor=3600,
)
OFFERED_HOURS = Total(
    "offered_point_hours",
    Message("point-hours in service"),
    ("available_seconds", "occupied_seconds", "reserved_seconds"),
    divisor=3600,
)
DAYS = Statistic("days", Message("days"), Aggregation.DISTINCT, "local_date")
STATIONS = Statistic("stations", Message("stations"), Aggregation.DISTINCT, "station_id")
FACTS = Statistic("facts", Message("rows"), Aggregation.ROWS, "station_id")

# Of what was polled, hour by hour.
HOURS = Statistic("hours", Message("hours"), Aggregation.ROWS, "hour")
SNAPSHOTS = Total("snapshots", Message("snapshots stored"), ("snapshots",))
SNAPSHOTS_EXPECTED = Total(
    "snapshots_expected", Message("snapshots expected"), ("expected_snapshots",)
)
REFUSED = Total("refused", Message("answers refused"), ("refused",), is_near_zero=True)
LONGEST_GAP = Statistic(
    "longest_gap",
    Message("longest gap within an hour"),
    Aggregation.MAXIMUM,
    "longest_gap_seconds",
    unit="s",
)

# Of status episodes: how long a status lasts is said of those whose ends were both seen.
_WHOLE = Filter("is_whole", (True,))
MEAN_LENGTH = Statistic(
    "mean_minutes",
    Message("mean length"),
    Aggregation.MEAN,
    "minutes",
    filter=_WHOLE,
    unit="min",
)
WHOLE_EPISODES = Statistic(
    "whole_episodes",
    Message("seen from begin to end"),
    Aggregation.ROWS,
    "charge_point_id",
    filter=_WHOLE,
)
EPISODES = Statistic("episodes", Message("episodes"), Aggregation.ROWS, "charge_point_id")
RESTAMPS = Total("restamps", Message("restamps"), ("restamps",))

# Of outages and marts: one row a group, so the greatest is the value.
HOURS_SO_FAR = Statistic(
    "hours_so_far",
    Message("hours so far"),
    Aggregation.MAXIMUM,
    "duration_hours",
    unit="h",
    decimals=1,
)
POINTS_IN_OUTAGE = Total("points_in_outage", Message("charge points"), ("charge_points",))
OUTAGES_RETURNED = Statistic(
    "outages_returned",
    Message("ended by a return"),
    Aggregation.ROWS,
    "outage_of",
    filter=Filter("end_kind", (OutageEnd.RETURNED.value,)),
)
OUTAGES_CENSORED = Statistic(
    "outages_censored",
    Message("end not seen"),
    Aggregation.ROWS,
    "outage_of",
    filter=Filter("end_kind", tuple(e for e in OUTAGE_ENDS if e != OutageEnd.RETURNED)),
)
PLACE = Statistic("place", Message("place"), Aggregation.MAXIMUM, "place")
HOURS_DOWN = Statistic(
    "hours_down",
    Message("point-hours down"),
    Aggregation.MAXIMUM,
    "hours_down",
    decimals=1,
)
OUTAGES_BEGUN = Total("outages_begun", Message("outages begun"), ("outages_begun",))
OUTAGES_ENDED = Total("outages_ended", Message("outages ended"), ("outages_ended",))
POINTS_ALREADY_OUT = Total(
    "points_already_out", Message("points already out"), ("points_already_out",)
)
LONGEST_OUTAGE = Statistic(
    "longest_outage",
    Message("longest outage"),
    Aggregation.MAXIMUM,
    "longest_outage_hours",
    unit="h",
    decimals=1,
)


def _hours_to_repair(name: str, title: Message) -> Statistic:
    return Statistic(name, title, Aggregation.MAXIMUM, name, unit="h", decimals=1)


REPAIR_MEDIAN = _hours_to_repair("median_hours", Message("half repaired within"))
REPAIR_MEDIAN_LOW = _hours_to_repair("median_hours_low", Message("95% interval from"))
REPAIR_MEDIAN_HIGH = _hours_to_repair("median_hours_high", Message("to"))
REPAIR_P90 = _hours_to_repair("p90_hours", Message("nine of ten within"))
FAILURE_RATE = Statistic(
    "failure_rate",
    Message("outages per 1,000 point-hours up"),
    Aggregation.MAXIMUM,
    "outages_per_1000_hours",
    decimals=2,
)


def _chance(name: str, title: Message) -> Statistic:
    return Statistic(name, title, Aggregation.MEAN, name, decimals=1, is_share=True)


ESTIMATED_CHANCE = _chance("estimated_chance", Message("estimated chance"))
ESTIMATED_CHANCE_LOW = _chance("estimated_chance_low", Message("90% interval from"))
ESTIMATED_CHANCE_HIGH = _chance("estimated_chance_high", Message("to"))
CHANCE_AHEAD = _chance("chance_free", Message("forecast chance of a free point"))
DAYS_OBSERVED = Total("days_observed", Message("days observed"), ("days_observed",))
OCCUPIED_HOURS_A_DAY = Statistic(
    "occupied_hours_a_day",
    Message("occupied hours a day"),
    Aggregation.MAXIMUM,
    "occupied_hours_per_point_day",
    unit="h",
    decimals=1,
)
POINTS_IN_SERVICE = Statistic(
    "points_in_service",
    Message("points in service"),
    Aggregation.MAXIMUM,
    "points_in_service",
    decimals=1,
)


def _points(name: str, title: Message) -> Statistic:
    return Statistic(name, title, Aggregation.MAXIMUM, name, unit="pp", decimals=1)


DIFFERENCE = _points("points_of_occupancy", Message("difference"))
DIFFERENCE_LOW = _points("at_least", Message("95% interval from"))
DIFFERENCE_HIGH = _points("at_most", Message("to"))
HOURS_OF_WEATHER = Total("hours_of_weather", Message("hours in this weather"), ("hours",))
DAYS_OF_WEATHER = Total("days_of_weather", Message("days in this weather"), ("days",))

STATUS_HOURS = tuple(
    Total(f"{kind}_hours", STATUS_NAMES[kind], (f"{kind}_seconds",), divisor=3600)
    for kind in (column.removesuffix("_seconds") for column in POINT_SECONDS)
)
"""Point-hours of each kind: stacked, they are all the hours of all points."""

TEMPERATURE = Statistic(
    "temperature_c",
    Message("temperature"),
    Aggregation.MEAN,
    "temperature_c",
    unit="°C",
    decimals=1,
)
PRECIPITATION = Statistic(
    "precipitation_mm",
    Message("precipitation per hour"),
    Aggregation.MEAN,
    "precipitation_mm",
    unit="mm",
    decimals=2,
    is_near_zero=True,
)

ARRONDISSEMENT = Terms("arrondissement", Message("Arrondissement"), size=20)
LOCAL_HOUR = Terms("local_hour", Message("Hour in Paris"), size=24)
LOCAL_WEEKDAY = Terms("local_weekday", Message("Weekday (1 is Monday)"), size=7)
WEATHER_CLASS = Terms("weather_class", Message("Weather"), size=10)
CHANCE_BIN = Terms("chance_bin", Message("Tenth of the chance that was forecast"), size=10)
HORIZON = Terms("horizon_minutes", Message("Minutes ahead"), size=40)
FORECAST = Terms("forecast", Message("Forecast by"), size=10)
STATION = Terms("station_id", Message("Station"), size=1000)
ADDRESS = Terms("address", Message("Address"), size=1000, with_missing=True)
LAST_ADDRESS = Statistic("address", Message("Address"), Aggregation.LAST, "address")
"""One row for a station that moved: where it was last."""
OUTAGE_OF = Terms("outage_of", Message("Point or station"), size=1000)
STANDING = Terms("standing", Message("Standing"), size=10)
REASON = Terms("reason", Message("Reason"), size=10, with_missing=True)
CONDITION = Terms("condition", Message("Weather compared"), size=100)
COMPARED_WITH = Terms("compared_with", Message("Compared with"), size=100)
FULLEST_HOURS = Terms(
    "fullest_hours", Message("Hours most often full"), size=1000, with_missing=True
)
SCOPE = Terms("scope", Message("Kind of area"), size=5)
AREA = Terms("area", Message("Area"), size=1000)
SOURCE = Terms("source", Message("Source"), size=20)
_OPEN = float("inf")
TEMPERATURES = Ranges(
    "temperature_c",
    Message("Temperature (°C)"),
    (-_OPEN, 0, 5, 10, 15, 20, 25, 30, _OPEN),
)
OUTAGE_LENGTHS = Ranges(
    "duration_hours", Message("Length so far (hours)"), (0, 1, 6, 24, 72, 168, _OPEN)
)
POWERS = Ranges("power_kw", Message("Power (kW)"), (0, 5, 12, 25, _OPEN))
"""Domestic sockets, the 7 kW of most points, 22 kW, fast chargers."""
