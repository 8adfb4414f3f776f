"""The dashboards: which panels stand where, for whom.

What belongs here: the arrangement, in rows of a grid of 48 columns. What does not: what a panel
shows (`panels.dashboard_panels`), how it is stored (`assembly`).
"""

from dataclasses import dataclass

from belib_weather.credits import CREDITS as SOURCES
from belib_weather.kibana import controls as c
from belib_weather.kibana import drilldowns
from belib_weather.kibana.controls import Control
from belib_weather.panels import dashboard_panels as p
from belib_weather.panels.specification import Panel

GRID_COLUMNS = 48
CREDITS = " ".join(f"{SOURCES[name].line}." for name in ("opendata_paris", "open_meteo"))
"""Both licences require it wherever the data is shown."""


@dataclass(frozen=True)
class Row:
    """Panels side by side, each as wide as its share of the row, all of one height."""

    height: int
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class Dashboard:
    """A page for one kind of reader.

    Attributes:
        name: stable; the id follows from it.
        title: in the list of dashboards.
        question: what the page answers.
        controls: choices that filter its panels.
        rows: from the top.
        days: its default period: this many whole days, and today until now.
        remark: how to read it.
    """

    name: str
    title: str
    question: str
    controls: tuple[Control, ...]
    rows: tuple[Row, ...]
    days: int = 7
    remark: str = ""


DRIVERS = Dashboard(
    "drivers",
    "Belib: drivers",
    "When and where is a charge point free, given the weather?",
    (c.STATION_ADDRESS, c.ARRONDISSEMENT, c.POWER),
    (
        Row(7, (p.FREE_NOW, p.STATIONS_FREE_NOW, p.NEWEST_SNAPSHOT, p.SOURCES_NOW)),
        Row(18, (p.STATION_MAP, p.FREE_STATIONS)),
        Row(14, (p.BEST_HOURS, p.TYPICAL_WEEK)),
        Row(14, (p.CHANCE_BY_HOUR_AND_WEEKDAY, p.CHANCE_BY_HOUR)),
        Row(12, (p.CHANCE_BY_ARRONDISSEMENT, p.CHANCE_BY_WEATHER, p.CHANCE_INTERVALS_BY_WEATHER)),
    ),
)
OPERATORS = Dashboard(
    "operators",
    "Belib: operators",
    "What is out of order, silent or not observed, and since when?",
    (c.ARRONDISSEMENT, c.POWER),
    (
        # The five questions of a morning, in order: what is broken now and since when; is the feed
        # healthy; did yesterday have gaps; which arrondissement drops now; which are the worst.
        Row(7, (p.BROKEN_NOW, p.POINTS_OUT_OF_ORDER_NOW, p.SILENT_NOW, p.SOURCES_NOW)),
        Row(15, (p.BROKEN_STATIONS,)),
        Row(7, (p.TIME_OBSERVED, p.POLLS, p.REFUSED_ANSWERS, p.LONGEST_GAP)),
        Row(13, (p.TIME_OBSERVED_OVER_TIME, p.LONGEST_GAP_OVER_TIME)),
        Row(12, (p.FREE_BY_ARRONDISSEMENT, p.FREE_IN_PERIOD_BY_ARRONDISSEMENT)),
        Row(14, (p.WORST_STATIONS,)),
        Row(15, (p.FAILED_LAST_WEEK,)),
        Row(16, (p.BROKEN_MAP, p.POINTS_OUT_OF_ORDER)),
        Row(15, (p.OUTAGES_THAT_LAST,)),
        Row(14, (p.OUTAGE_LENGTHS, p.REPAIR_BY_ARRONDISSEMENT)),
        Row(13, (p.STATUS_OVER_TIME, p.QUALITY_OVER_TIME)),
        Row(12, (p.OUT_OF_ORDER_BY_ARRONDISSEMENT, p.STATIONS_BY_STATE)),
        Row(12, (p.AVAILABILITY_OVER_TIME,)),
        Row(6, (p.STREAM_LAG,)),
    ),
    remark=(
        "What is broken or free now, outages, the last week, the quarter and what was sent to Kafka"
        " do not follow the period. Polls are of the whole city: with"
        " any choice their panels are empty, unless courier:ignoreFilterIfFieldNotInIndex is on."
    ),
)
PLANNERS = Dashboard(
    "planners",
    "Belib: planners",
    "Where and when does demand reach the limits of supply?",
    (c.ARRONDISSEMENT, c.POWER, c.WEATHER, c.TEMPERATURE),
    (
        Row(7, (p.OCCUPANCY_AND_LAST_WEEK, p.CHANCE_AND_LAST_WEEK)),
        Row(15, (p.DEMAND_AND_SUPPLY, p.SATURATION_BY_ARRONDISSEMENT)),
        Row(14, (p.FULL_AT_18, p.FULL_HOURS_OF_THE_WEEK)),
        Row(13, (p.LACKED_LAST_WEEK,)),
        Row(14, (p.OCCUPANCY_BY_HOUR_AND_WEEKDAY, p.PRESSURE_BY_HOUR)),
        Row(12, (p.OCCUPANCY_BY_POWER, p.OCCUPANCY_BY_DAY)),
        Row(13, (p.OCCUPIED_LENGTH_BY_HOUR, p.OCCUPIED_LENGTH_BY_POWER)),
        Row(14, (p.FULLEST_STATIONS,)),
        Row(7, (p.ROWS_BY_SOURCE,)),
    ),
    days=30,
    remark=(
        "What is full at 18:00, the full hours of the week and the last week do not follow the"
        " period; they are of arrondissements, so with a choice of power or weather they are empty."
    ),
)
RESEARCHERS = Dashboard(
    "researchers",
    "Belib: researchers",
    "How does availability vary with the weather, and how good is the data?",
    (c.ARRONDISSEMENT, c.POWER, c.WEATHER, c.TEMPERATURE),
    (
        Row(13, (p.WEATHER_DIFFERENCES,)),
        Row(13, (p.WEATHER_INTERVALS, p.OCCUPANCY_BY_TEMPERATURE)),
        Row(13, (p.OCCUPANCY_BY_WEATHER_AND_HOUR, p.WEATHER_OVER_TIME)),
        Row(13, (p.QUALITY_BY_DAY, p.QUALITY_OVER_TIME)),
        Row(13, (p.POLLS_BY_DAY, p.POLLS_OVER_TIME)),
        Row(9, (p.ROWS_BY_SOURCE,)),
    ),
    days=30,
    remark=(
        "Associations, with their hours and days; none of them shows a cause. Occupancy in other"
        " weather does not follow the period or a choice. Polls are of the"
        " whole city: with any choice their panels are empty, unless"
        " courier:ignoreFilterIfFieldNotInIndex is on."
    ),
)
HISTORY = Dashboard(
    drilldowns.HISTORY,
    "Belib: history",
    "What happened at a station or in an arrondissement?",
    (c.ARRONDISSEMENT, c.STATION),
    (
        Row(7, (p.OCCUPANCY_AND_LAST_WEEK, p.CHANCE_AND_LAST_WEEK)),
        Row(13, (p.STATUS_OVER_TIME, p.AVAILABILITY_OVER_TIME)),
        Row(13, (p.OCCUPANCY_BY_DAY, p.QUALITY_OVER_TIME)),
        Row(13, (p.CHANCE_BY_HOUR_AND_WEEKDAY, p.OCCUPANCY_BY_HOUR_AND_WEEKDAY)),
        Row(14, (p.FULLEST_STATIONS,)),
        Row(14, (p.WORST_STATIONS,)),
        Row(7, (p.ROWS_BY_SOURCE,)),
    ),
    remark=(
        "Of the whole city until one is chosen: here, or on another page by a click on a bar or a"
        " cell, which keeps the period, or by the link of its name."
    ),
)
FORECASTS = Dashboard(
    "forecasts",
    "Belib: How good are the forecasts?",
    "Can the forecast chance of a free point be trusted?",
    (),
    (
        Row(7, (p.FORECAST_QUALITY, p.FORECAST_LEVEL, p.SOURCES_NOW)),
        Row(15, (p.CHANCES_AHEAD,)),
        Row(15, (p.RELIABILITY_OF_FORECASTS, p.FORECASTS_BY_TENTH)),
        Row(15, (p.ERROR_BY_HORIZON, p.ERROR_IN_SERVICE)),
        Row(13, (p.ERROR_BY_DAY,)),
    ),
    days=30,
    remark=(
        "Scores are of forecasts that were really made, against the states at their instants. The"
        " first come a day after the first forecasts. Neither they nor the newest forecast follow"
        " the period."
    ),
)
DASHBOARDS: tuple[Dashboard, ...] = (
    *(DRIVERS, OPERATORS, PLANNERS, RESEARCHERS, HISTORY),
    FORECASTS,
)
