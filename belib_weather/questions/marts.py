"""Best hours, reliability, saturation and weather: answers from the marts."""

from datetime import date, datetime, time, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import Field

from belib_weather import page_paths
from belib_weather.datasets.marts import ARRONDISSEMENT, CITY, STATION
from belib_weather.questions.answers import PARIS, Answer, Period, Row, credit_fields
from belib_weather.questions.chances import USUAL, percent_of
from belib_weather.questions.places import station_named
from belib_weather.questions.tool import Arguments, CannotAnswer, Tool, WarehouseReader
from belib_weather.vocabulary import WORST_FIRST, PeriodKind
from belib_weather.warehouse.tables import (
    OCCUPANCY_PROFILE,
    RELIABILITY_OF_STATIONS,
    SATURATION,
    STATION_STATES,
    WEATHER_AND_OCCUPANCY,
    WEATHER_ASSOCIATION,
)

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class BestHours(Arguments):
    """Arguments of `best_hours`."""

    station: str | None = Field(None, max_length=200, description="Id, name or address.")
    arrondissement: int | None = Field(None, ge=1, le=20, description="If no station is given.")
    weekday: int | None = Field(None, ge=1, le=7, description="1 is Monday; null is all week.")
    most: int = Field(5, ge=1, le=168, description="Hours at most, the best first.")


class UsualHour(Row):
    """An hour of the usual week."""

    area: str = Field(description="Station id, number of the arrondissement, or city.")
    weekday: str
    hour: int = Field(description="Hour on the clock of Paris: from this full hour to the next.")
    chance_percent: float = Field(
        description="Chance of a free point: estimated for a station; observed in an area."
    )
    chance_percent_low: float | None = Field(
        description="Lower end of its 90 % interval; null but for a station."
    )
    chance_percent_high: float | None = Field(
        description="Upper end of its 90 % interval; null but for a station."
    )
    days_observed: int
    page: str | None


def _best_hours(data: WarehouseReader, arguments: BestHours) -> Answer[UsualHour]:
    scope, area, page = _area(data, arguments.station, arguments.arrondissement)
    profile = OCCUPANCY_PROFILE.columns.c
    # Only stations have an estimate; the observed share of an area is precise enough.
    is_station = scope == STATION
    chance = profile.estimated_chance if is_station else profile.chance_of_a_free_point
    query = (
        sa.select(*profile)
        .where(profile.scope == scope, _is_in(profile.area, area))
        .where(chance.is_not(None))
        .order_by(chance.desc(), profile.local_weekday, profile.local_hour)
        .limit(arguments.most)
    )
    if arguments.weekday:
        query = query.where(profile.local_weekday == arguments.weekday)
    found = data.rows(query)
    rows = [
        UsualHour(
            area=row["area"],
            weekday=WEEKDAYS[row["local_weekday"] - 1],
            hour=row["local_hour"],
            chance_percent=round(100 * row[chance.name], 1),
            chance_percent_low=percent_of(row["estimated_chance_low"]),
            chance_percent_high=percent_of(row["estimated_chance_high"]),
            days_observed=row["days_observed"],
            page=page,
        )
        for row in found
    ]
    return Answer[UsualHour](
        asked=f"best hours of {_area_text(scope, area)}",
        rows=rows,
        basis=USUAL,
        period=_days(found, "first_date", "last_date"),
        note=None
        if rows
        else "no hour of the week is known yet: the profile is computed once a day",
        **credit_fields(_sources(data)),
    )


BEST_HOURS = Tool(
    "best_hours",
    "The hours of the usual week at which a station, an arrondissement or the city most likely has"
    " a free point.",
    BestHours,
    Answer[UsualHour],
    _best_hours,
)


class Reliability(Arguments):
    """Arguments of `reliability`."""

    station: str | None = Field(None, max_length=200, description="Id, name or address of one.")
    arrondissement: int | None = Field(None, ge=1, le=20, description="Only stations in it.")
    period: Literal["week", "month"] = Field("week", description="Kind of period.")
    starts_on: date | None = Field(
        None, description="First date of the period; null is the last one that is over."
    )
    most: int = Field(10, ge=1, le=100, description="Stations at most, the worst first.")


class ReliableStation(Row):
    """How reliable a station was."""

    station_id: str
    address: str | None
    arrondissement: int | None
    starts_on: date
    standing: str = Field(
        description="never available, not reporting, ranked, undecided, not observed, …"
    )
    availability_percent: float | None = Field(
        description="Technical availability: up ÷ (up + down)."
    )
    availability_percent_low: float | None = Field(description="If all silent time were down.")
    availability_percent_high: float | None = Field(description="If all silent time were up.")
    hours_down: float = Field(description="Point-hours out of order, or unknown for long.")
    outages_begun: int
    longest_outage_hours: float | None
    observed_percent: float | None
    charge_points: int
    page: str


def _reliability(data: WarehouseReader, arguments: Reliability) -> Answer[ReliableStation]:
    view = RELIABILITY_OF_STATIONS.columns.c
    starts_on = arguments.starts_on or _last_complete(data, arguments.period)
    query = (
        sa.select(*view)
        .where(view.period == arguments.period, view.starts_on == starts_on)
        .order_by(view.place.nulls_last(), view.station_id)
        .limit(arguments.most)
    )
    words = "stations"
    if arguments.station:
        station = station_named(data, arguments.station)
        query, words = query.where(view.station_id == station["station_id"]), station["station_id"]
    else:
        query = query.where(view.standing.in_(WORST_FIRST))
    if arguments.arrondissement:
        query = query.where(view.arrondissement == arguments.arrondissement)
        words += f" in arrondissement {arguments.arrondissement}"
    rows = [
        ReliableStation(
            **{name: row[name] for name in ("station_id", "address", "arrondissement")},
            starts_on=row["starts_on"],
            standing=row["standing"],
            availability_percent=percent_of(row["technical_availability"]),
            availability_percent_low=percent_of(row["technical_availability_low"]),
            availability_percent_high=percent_of(row["technical_availability_high"]),
            hours_down=round(row["hours_down"], 1),
            outages_begun=row["outages_begun"],
            longest_outage_hours=_rounded(row["longest_outage_hours"]),
            observed_percent=percent_of(row["share_observed"]),
            charge_points=row["charge_points"],
            page=data.page(page_paths.station(row["station_id"])),
        )
        for row in data.rows(query)
    ]
    return Answer[ReliableStation](
        asked=f"reliability of {words} in the {arguments.period} of {starts_on}, the worst first",
        rows=rows,
        basis="what was observed",
        period=Period.of(_midnight(starts_on), _midnight(_end_of(starts_on, arguments.period))),
        note=None if rows else f"no rows of the {arguments.period} that starts on {starts_on}",
        **credit_fields(_sources(data)),
    )


RELIABILITY = Tool(
    "reliability",
    "How often stations failed in a week or a month: technical availability, hours down, outages;"
    " the worst first, or one station.",
    Reliability,
    Answer[ReliableStation],
    _reliability,
)


class Saturated(Arguments):
    """Arguments of `saturation`."""

    arrondissement: int | None = Field(None, ge=1, le=20, description="One; null is all of them.")
    week: date | None = Field(None, description="A date in the week; null is the last one over.")
    most: int = Field(20, ge=1, le=20, description="Arrondissements at most, the fullest first.")


class SaturatedArea(Row):
    """How full the stations of an arrondissement were in a week."""

    arrondissement: int
    week: date = Field(description="Its Monday.")
    stations: int
    charge_points: int
    points_in_service: float | None = Field(description="Mean number.")
    saturation_percent: float | None = Field(
        description="Full ÷ (some point free + full), of the observed time of its stations."
    )
    chance_of_a_free_point_percent: float | None
    occupied_hours_per_point_and_day: float | None
    fullest_hours: str | None = Field(description="Hours of the week at which it is fullest.")
    days_observed: int
    page: str


def _saturation(data: WarehouseReader, arguments: Saturated) -> Answer[SaturatedArea]:
    mart = SATURATION.columns.c
    over = _last_complete(data, PeriodKind.WEEK)
    week = arguments.week - timedelta(days=arguments.week.weekday()) if arguments.week else over
    query = sa.select(*mart).where(mart.scope == ARRONDISSEMENT, mart.week == week)
    if arguments.arrondissement:
        query = query.where(mart.arrondissement == arguments.arrondissement)
    query = query.order_by(mart.saturation.desc().nulls_last(), mart.arrondissement)
    rows = [
        SaturatedArea(
            **{n: row[n] for n in ("arrondissement", "week", "stations", "charge_points")},
            points_in_service=_rounded(row["points_in_service"]),
            saturation_percent=percent_of(row["saturation"]),
            chance_of_a_free_point_percent=percent_of(row["chance_of_a_free_point"]),
            occupied_hours_per_point_and_day=_rounded(row["occupied_hours_per_point_day"], 2),
            fullest_hours=row["fullest_hours"],
            days_observed=row["days_observed"],
            page=data.page(page_paths.arrondissement(row["arrondissement"])),
        )
        for row in data.rows(query.limit(arguments.most))
    ]
    return Answer[SaturatedArea](
        asked=f"saturation of {_scope_text(arguments.arrondissement)} in the week of {week}",
        rows=rows,
        basis="what was observed",
        period=Period.of(_midnight(week), _midnight(week + timedelta(days=7))),
        note=None if rows else f"no rows of the week of {week}",
        **credit_fields(_sources(data)),
    )


SATURATION_OF_AREAS = Tool(
    "saturation",
    "How full the stations of an arrondissement, or of all, were in a week: supply, demand, and the"
    " hours at which points lack.",
    Saturated,
    Answer[SaturatedArea],
    _saturation,
)


class Weather(Arguments):
    """Arguments of `weather_association`."""

    arrondissement: int | None = Field(None, ge=1, le=20, description="One; null is the city.")


class WeatherDifference(Row):
    """What goes with a weather, in percentage points of occupancy."""

    area: str
    weather: str
    compared_with: str
    points_of_occupancy: float = Field(description="Difference in percentage points.")
    at_least: float = Field(description="Lower end of its 95 % interval.")
    at_most: float = Field(description="Upper end of its 95 % interval.")
    standing: str = Field(description="reported, or provisional: from fewer than 90 days.")
    hours: int = Field(description="Hours in this weather.")
    days: int = Field(description="Dates with such an hour.")


def _weather(data: WarehouseReader, arguments: Weather) -> Answer[WeatherDifference]:
    scope = ARRONDISSEMENT if arguments.arrondissement else CITY
    area = str(arguments.arrondissement) if arguments.arrondissement else CITY
    view, mart = WEATHER_AND_OCCUPANCY.columns.c, WEATHER_ASSOCIATION.columns.c
    found = data.rows(
        sa.select(*view)
        .where(view.scope == scope, _is_in(view.area, area))
        .order_by(view.weather, view.compared_with)
    )
    extent = data.rows(
        sa.select(mart.first_date, mart.last_date, mart.days_used)
        .where(mart.scope == scope, _is_in(mart.area, area))
        .limit(1)
    )
    names = WeatherDifference.model_fields.keys() - {"points_of_occupancy", "at_least", "at_most"}
    rows = [
        WeatherDifference(
            **{name: row[name] for name in names},
            **{
                name: round(row[name], 2) for name in ("points_of_occupancy", "at_least", "at_most")
            },
        )
        for row in found
    ]
    days = extent[0]["days_used"] if extent else 0
    return Answer[WeatherDifference](
        asked=f"what weather goes with in {_area_text(scope, area)}",
        rows=rows,
        basis="association within the same hours of the week; not a cause",
        period=_days(extent, "first_date", "last_date"),
        note=None if rows else f"too little was seen to say: {days} days, 28 are needed at least",
        **credit_fields(_sources(data)),
    )


WEATHER = Tool(
    "weather_association",
    "What cold, heat and rain go with in the occupancy of charge points, with intervals; an"
    " association, not a cause.",
    Weather,
    Answer[WeatherDifference],
    _weather,
)


def _area(
    data: WarehouseReader, station: str | None, arrondissement: int | None
) -> tuple[str, str, str]:
    """Scope, area and page of the station or arrondissement; of the city if there is neither."""
    if station and arrondissement:
        raise CannotAnswer("give a station or an arrondissement, not both")
    if station:
        key = str(station_named(data, station)["station_id"])
        return STATION, key, data.page(page_paths.station(key))
    if arrondissement:
        return (
            ARRONDISSEMENT,
            str(arrondissement),
            data.page(page_paths.arrondissement(arrondissement)),
        )
    return CITY, CITY, data.page("/")


def _is_in(column: sa.ColumnElement[Any], area: str) -> sa.ColumnElement[bool]:
    """Whether a row is of the area; the scope of the city has one area alone."""
    return sa.true() if area == CITY else column == area


def _area_text(scope: str, area: str) -> str:
    return "the city" if scope == CITY else f"{scope} {area}"


def _scope_text(arrondissement: int | None) -> str:
    return f"arrondissement {arrondissement}" if arrondissement else "all arrondissements"


def _last_complete(data: WarehouseReader, period: str) -> date:
    """First date of the last week or month that is over in Paris."""
    today = data.now().astimezone(PARIS).date()
    if period == PeriodKind.WEEK:
        return today - timedelta(days=today.weekday() + 7)
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def _end_of(starts_on: date, period: str) -> date:
    """Date after the last of a period."""
    if period == PeriodKind.WEEK:
        return starts_on + timedelta(days=7)
    return (starts_on.replace(day=1) + timedelta(days=32)).replace(day=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)


def _days(rows: list[dict[str, Any]], first: str, last: str) -> Period:
    if not rows:
        return Period()
    end = max(row[last] for row in rows) + timedelta(days=1)
    return Period.of(_midnight(min(row[first] for row in rows)), _midnight(end))


def _rounded(value: float | None, digits: int = 1) -> float | None:
    return None if value is None else round(value, digits)


def _sources(data: WarehouseReader) -> list[str]:
    states = STATION_STATES.columns.c
    return [row["source"] for row in data.rows(sa.select(states.source).distinct())]
