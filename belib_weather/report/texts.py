"""Titles of the report's tables' columns, and names of kinds of days.

What belongs here: texts that several tables share. What does not: sentences with figures
(`sentences`), and the fixed texts of the page, which stand in its template.
"""

from belib_weather.panels.i18n import Message
from belib_weather.report.advice import Kind

COLUMNS: dict[str, Message] = {
    "kind": Message("Days"),
    "best": Message("Best hours"),
    "worst": Message("Worst hours"),
    "hour": Message("Hour"),
    "chance": Message("Chance of a free point"),
    "difference": Message("Points above the other hours of the same days"),
    "interval": Message("95% interval of the difference"),
    "best_less_worst": Message("Points between them on the same days"),
    "days": Message("Days observed"),
    "station_hours": Message("Station-hours observed"),
    "arrondissement": Message("Arrondissement"),
    "free": Message("Free points"),
    "known": Message("Points with a known state"),
    "share_free": Message("Share free"),
    "stations_free": Message("Stations with a free point"),
    "stations": Message("Stations"),
    "address": Message("Address"),
    "station": Message("Station"),
    "state": Message("State"),
    "points": Message("Charge points"),
    "weather": Message("Weather"),
    "hours": Message("Hours observed"),
    "occupancy": Message("Occupancy"),
    "difference_of_occupancy": Message("Points of occupancy above the other hours"),
    "of_occupancy": Message("95% interval of that"),
    "share_available": Message("Share of points available"),
    "temperature": Message("Temperature (°C)"),
    "precipitation": Message("Precipitation (mm)"),
    "out_of_order": Message("Share out of order"),
    "unknown": Message("Share unknown"),
    "saturation": Message("Saturation"),
    "full_hours": Message("Hours full"),
    "date": Message("Date in Paris"),
    "taken": Message("Snapshots taken"),
    "expected": Message("Snapshots expected"),
    "missed": Message("Snapshots missed"),
    "time_observed": Message("Time observed"),
    "coverage": Message("Coverage within polled hours"),
    "stale": Message("Share stale"),
    "time": Message("Time in Paris"),
}

KINDS: dict[Kind, Message] = {
    Kind.WEEKDAYS: Message("Weekdays"),
    Kind.WEEKEND: Message("Weekend"),
}
