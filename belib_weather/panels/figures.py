"""The platform's figures as measures, and what else panels count.

What belongs here: measures that several panels share. What does not: formulas (`datasets.figures`)
and panels (`dashboard_panels`).
"""

from belib_weather.datasets import figures
from belib_weather.datasets.figures import POINT_SECONDS
from belib_weather.panels.dimensions import Ranges, Terms
from belib_weather.panels.i18n import STATUS_NAMES, Text
from belib_weather.panels.measures import Aggregation, Ratio, Statistic, Total

SHARE_AVAILABLE = Ratio(figures.SHARE_AVAILABLE, "part des points disponibles")
OCCUPANCY = Ratio(figures.OCCUPANCY, "taux d'occupation")
CHANCE = Ratio(figures.CHANCE_OF_A_FREE_POINT, "chance d'un point libre")
SATURATION = Ratio(figures.SATURATION, "saturation")
COVERAGE = Ratio(figures.COVERAGE, "couverture")
SHARE_UNKNOWN = Ratio(figures.SHARE_UNKNOWN, "part inconnue")
SHARE_OUT_OF_ORDER = Ratio(figures.SHARE_OUT_OF_ORDER, "part en panne")
SHARE_STALE = Ratio(figures.SHARE_STALE, "part périmée")
# Of the present: counts of charge points in place of seconds.
SHARE_AVAILABLE_NOW = Ratio(figures.SHARE_AVAILABLE.now(), "part des points disponibles")
SHARE_SILENT_NOW = Ratio(figures.SHARE_SILENT_NOW, "part inconnue ou périmée")

CHARGE_POINTS = Total(
    "charge_points", Text("charge points", "points de charge"), ("charge_points",)
)
STATION_HOURS = Total(
    "station_hours_observed",
    Text("station-hours observed", "heures-stations observées"),
    ("any_observed_seconds",),
    divisor=3600,
)
FULL_HOURS = Total(
    "full_hours", Text("hours full", "heures complètes"), ("full_seconds",), divisor=3600
)
OCCUPIED_HOURS = Total(
    "occupied_point_hours",
    Text("point-hours occupied", "heures-points occupées"),
    ("occupied_seconds",),
    divisor=3600,
)
OFFERED_HOURS = Total(
    "offered_point_hours",
    Text("point-hours in service", "heures-points en service"),
    ("available_seconds", "occupied_seconds", "reserved_seconds"),
    divisor=3600,
)
DAYS = Statistic("days", Text("days", "jours"), Aggregation.DISTINCT, "local_date")
STATIONS = Statistic("stations", Text("stations", "stations"), Aggregation.DISTINCT, "station_id")
FACTS = Statistic("facts", Text("facts", "faits"), Aggregation.ROWS, "station_id")

STATUS_HOURS = tuple(
    Total(f"{kind}_hours", STATUS_NAMES[kind], (f"{kind}_seconds",), divisor=3600)
    for kind in (column.removesuffix("_seconds") for column in POINT_SECONDS)
)
"""Point-hours of each kind: stacked, they are all the hours of all points."""

TEMPERATURE = Statistic(
    "temperature_c",
    Text("temperature", "température"),
    Aggregation.MEAN,
    "temperature_c",
    unit="°C",
    decimals=1,
)
PRECIPITATION = Statistic(
    "precipitation_mm",
    Text("precipitation an hour", "précipitations par heure"),
    Aggregation.MEAN,
    "precipitation_mm",
    unit="mm",
    decimals=2,
)

ARRONDISSEMENT = Terms("arrondissement", Text("Arrondissement", "Arrondissement"), size=20)
LOCAL_HOUR = Terms("local_hour", Text("Hour in Paris", "Heure à Paris"), size=24)
LOCAL_WEEKDAY = Terms("local_weekday", Text("Weekday (1 is Monday)", "Jour (1 : lundi)"), size=7)
WEATHER_CLASS = Terms("weather_class", Text("Weather", "Météo"), size=10)
STATION = Terms("station_id", Text("Station", "Station"), size=1000)
ADDRESS = Terms("address", Text("Address", "Adresse"), size=1000, with_missing=True)
SOURCE = Terms("source", Text("Source", "Source"), size=20)
_OPEN = float("inf")
TEMPERATURES = Ranges(
    "temperature_c",
    Text("Temperature (°C)", "Température (°C)"),
    (-_OPEN, 0, 5, 10, 15, 20, 25, 30, _OPEN),
)
POWERS = Ranges("power_kw", Text("Power (kW)", "Puissance (kW)"), (0, 5, 12, 25, _OPEN))
"""Domestic sockets, the 7 kW of most points, 22 kW, fast chargers."""
