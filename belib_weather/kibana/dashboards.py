"""The dashboards: which panels stand where, for whom.

What belongs here: the arrangement, in rows of a grid of 48 columns. What does not: what a panel
shows (`panels.dashboard_panels`), how it is stored (`assembly`).
"""

from dataclasses import dataclass

from belib_weather.credits import CREDITS as SOURCES
from belib_weather.kibana import controls as c
from belib_weather.kibana import drilldowns
from belib_weather.kibana.controls import Control
from belib_weather.panels.dashboard_panels import (
    forecasts,
    hours,
    now,
    outages,
    over_time,
    places,
    polls,
    stream,
    weather,
    weeks,
)
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
        Row(7, (now.FREE_NOW, now.STATIONS_FREE_NOW, now.NEWEST_SNAPSHOT, now.SOURCES_NOW)),
        Row(18, (now.STATION_MAP, now.FREE_STATIONS)),
        Row(14, (weeks.BEST_HOURS, weeks.TYPICAL_WEEK)),
        Row(14, (hours.CHANCE_BY_HOUR_AND_WEEKDAY, hours.CHANCE_BY_HOUR)),
        Row(
            12,
            (
                places.CHANCE_BY_ARRONDISSEMENT,
                weather.CHANCE_BY_WEATHER,
                weather.CHANCE_INTERVALS_BY_WEATHER,
            ),
        ),
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
        Row(7, (now.BROKEN_NOW, now.POINTS_OUT_OF_ORDER_NOW, now.SILENT_NOW, now.SOURCES_NOW)),
        Row(15, (now.BROKEN_STATIONS,)),
        Row(7, (polls.TIME_OBSERVED, polls.POLLS, polls.REFUSED_ANSWERS, polls.LONGEST_GAP)),
        Row(13, (polls.TIME_OBSERVED_OVER_TIME, polls.LONGEST_GAP_OVER_TIME)),
        Row(12, (now.FREE_BY_ARRONDISSEMENT, places.FREE_IN_PERIOD_BY_ARRONDISSEMENT)),
        Row(14, (places.WORST_STATIONS,)),
        Row(15, (outages.FAILED_LAST_WEEK,)),
        Row(16, (now.BROKEN_MAP, now.POINTS_OUT_OF_ORDER)),
        Row(15, (outages.OUTAGES_THAT_LAST,)),
        Row(14, (outages.OUTAGE_LENGTHS, outages.REPAIR_BY_ARRONDISSEMENT)),
        Row(13, (over_time.STATUS_OVER_TIME, over_time.QUALITY_OVER_TIME)),
        Row(12, (over_time.OUT_OF_ORDER_BY_ARRONDISSEMENT, now.STATIONS_BY_STATE)),
        Row(12, (over_time.AVAILABILITY_OVER_TIME,)),
        Row(6, (stream.STREAM_LAG,)),
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
        Row(7, (hours.OCCUPANCY_AND_LAST_WEEK, hours.CHANCE_AND_LAST_WEEK)),
        Row(15, (places.DEMAND_AND_SUPPLY, places.SATURATION_BY_ARRONDISSEMENT)),
        Row(14, (weeks.FULL_AT_18, weeks.FULL_HOURS_OF_THE_WEEK)),
        Row(13, (weeks.LACKED_LAST_WEEK,)),
        Row(14, (hours.OCCUPANCY_BY_HOUR_AND_WEEKDAY, hours.PRESSURE_BY_HOUR)),
        Row(12, (places.OCCUPANCY_BY_POWER, over_time.OCCUPANCY_BY_DAY)),
        Row(13, (places.OCCUPIED_LENGTH_BY_HOUR, places.OCCUPIED_LENGTH_BY_POWER)),
        Row(14, (places.FULLEST_STATIONS,)),
        Row(7, (weather.ROWS_BY_SOURCE,)),
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
        Row(13, (weeks.WEATHER_DIFFERENCES,)),
        Row(13, (weather.WEATHER_INTERVALS, weather.OCCUPANCY_BY_TEMPERATURE)),
        Row(13, (weather.OCCUPANCY_BY_WEATHER_AND_HOUR, over_time.WEATHER_OVER_TIME)),
        Row(13, (over_time.QUALITY_BY_DAY, over_time.QUALITY_OVER_TIME)),
        Row(13, (polls.POLLS_BY_DAY, polls.POLLS_OVER_TIME)),
        Row(9, (weather.ROWS_BY_SOURCE,)),
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
        Row(7, (hours.OCCUPANCY_AND_LAST_WEEK, hours.CHANCE_AND_LAST_WEEK)),
        Row(13, (over_time.STATUS_OVER_TIME, over_time.AVAILABILITY_OVER_TIME)),
        Row(13, (over_time.OCCUPANCY_BY_DAY, over_time.QUALITY_OVER_TIME)),
        Row(13, (hours.CHANCE_BY_HOUR_AND_WEEKDAY, hours.OCCUPANCY_BY_HOUR_AND_WEEKDAY)),
        Row(14, (places.FULLEST_STATIONS,)),
        Row(14, (places.WORST_STATIONS,)),
        Row(7, (weather.ROWS_BY_SOURCE,)),
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
        Row(7, (forecasts.FORECAST_QUALITY, forecasts.FORECAST_LEVEL, now.SOURCES_NOW)),
        Row(15, (forecasts.CHANCES_AHEAD,)),
        Row(15, (forecasts.RELIABILITY_OF_FORECASTS, forecasts.FORECASTS_BY_TENTH)),
        Row(15, (forecasts.ERROR_BY_HORIZON, forecasts.ERROR_IN_SERVICE)),
        Row(13, (forecasts.ERROR_BY_DAY,)),
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
