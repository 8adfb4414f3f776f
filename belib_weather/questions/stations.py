"""Stations near a place, and one station: now and at an hour to come."""

from datetime import datetime, time
from typing import Annotated, Any

import polars as pl
from pydantic import Field

from belib_weather import page_paths
from belib_weather.questions.answers import PARIS, Answer, Period, Row, credit_fields
from belib_weather.questions.chances import AS_SEEN, Chance, chances
from belib_weather.questions.places import (
    spot,
    station_named,
    stations_now,
)
from belib_weather.questions.tool import Arguments, CannotAnswer, Tool, WarehouseReader
from belib_weather.transform.distance import metres_from

NOW_SEEN = "the newest snapshot"
At = Annotated[
    datetime | None,
    Field(description="ISO 8601, on the clock of Paris unless it has an offset; null is now."),
]


class StationsNear(Arguments):
    """Arguments of `stations_near`."""

    place: str = Field(
        min_length=1,
        max_length=200,
        description="A street or address of a station, a place such as Gare de Lyon, an"
        " arrondissement such as 75011, or `48.8566,2.3522`.",
    )
    at: At = None
    within_metres: int = Field(800, ge=50, le=5000, description="How far to walk at most.")
    at_least_kw: float = Field(0, ge=0, le=400, description="Rated power of a point at least.")
    most: int = Field(3, ge=1, le=20, description="Stations at most, the surest first.")


class WithChance(Row):
    """A station with its chance at the requested hour."""

    chance_percent: float | None = Field(
        description="Chance of a free point at the hour; null where not known."
    )
    chance_percent_low: float | None = Field(
        description="Lower end of its 90 % interval; of the usual week."
    )
    chance_percent_high: float | None = Field(
        description="Upper end of its 90 % interval; of the usual week."
    )
    days_observed: int | None = Field(
        description="Dates on which the hour was observed; of the usual week."
    )
    chance_from: str | None = Field(description="The forecast and its model, or the usual week.")
    expected_free_points: float | None = Field(description="Of the forecast, at the hour.")
    free_points_low: int | None = Field(description="Lower end of their 80 % interval.")
    free_points_high: int | None = Field(description="Upper end of their 80 % interval.")


class StationNear(WithChance):
    """A station near a place."""

    station_id: str
    address: str | None
    latitude: float
    longitude: float
    distance_metres: int = Field(description="As the crow flies.")
    power_kw: float | None = Field(description="Highest rated power of its points.")
    charge_points: int
    state_now: str = Field(description="available, full, silent or out_of_order.")
    free_points_now: int = Field(description="Freshly available at the newest snapshot.")
    page: str


def _stations_near(data: WarehouseReader, arguments: StationsNear) -> Answer[StationNear]:
    here, at = spot(data, arguments.place), data.instant(arguments.at)
    states = stations_now(data)
    near = _within(
        states, here.latitude, here.longitude, arguments.within_metres, arguments.at_least_kw
    )
    known = chances(data, at, [row["station_id"] for row in near])
    is_now = at - data.now() <= AS_SEEN
    rows = [_near(data, row, known.get(row["station_id"])) for row in near]
    rows.sort(key=_surest_now if is_now else _by_chance)
    return Answer[StationNear](
        asked=f"stations within {arguments.within_metres} m of {here.name}, {_time_text(at)}",
        rows=rows[: arguments.most],
        basis=f"{NOW_SEEN}; `chance_from` says what each chance is from",
        period=_period(states, known),
        note=_note(here.others, rows, arguments),
        **credit_fields(row["source"] for row in states),
    )


def _within(
    states: list[dict[str, Any]], latitude: float, longitude: float, metres: int, power_kw: float
) -> list[dict[str, Any]]:
    """States of the stations near a place with their `distance_metres`."""
    if not states:
        raise CannotAnswer("no station is known yet: nothing was polled")
    frame = pl.DataFrame(states, infer_schema_length=None).drop_nulls(["latitude", "longitude"])
    return (
        frame.with_columns(distance_metres=metres_from(latitude, longitude))
        .filter(
            pl.col("distance_metres") <= metres,
            (pl.col("power_kw").cast(pl.Float64) >= power_kw) | (pl.lit(power_kw) == 0),
        )
        .sort("distance_metres", "station_id")
        .to_dicts()
    )


def _near(data: WarehouseReader, row: dict[str, Any], chance: Chance | None) -> StationNear:
    return StationNear(
        station_id=row["station_id"],
        address=row["address"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        distance_metres=row["distance_metres"],
        power_kw=row["power_kw"],
        charge_points=row["charge_points"],
        state_now=row["station_status"],
        free_points_now=row["available"],
        **_of(chance),
        page=data.page(page_paths.station(row["station_id"])),
    )


def _of(chance: Chance | None) -> dict[str, Any]:
    """The fields of a row about its chance."""
    if chance is None:
        return dict.fromkeys(_CHANCE)
    return {name: getattr(chance, field) for name, field in _CHANCE.items()}


_CHANCE = {
    "chance_percent": "percent",
    "chance_percent_low": "low",
    "chance_percent_high": "high",
    "days_observed": "days_observed",
    "chance_from": "basis",
    "expected_free_points": "points",
    "free_points_low": "points_low",
    "free_points_high": "points_high",
}


def _by_chance(row: StationNear) -> tuple[float, int, str]:
    return (-1.0 if row.chance_percent is None else row.chance_percent) * -1, *_nearest(row)


def _surest_now(row: StationNear) -> tuple[bool, float, int, str]:
    return row.free_points_now == 0, *_by_chance(row)


def _nearest(row: StationNear) -> tuple[int, str]:
    return row.distance_metres, row.station_id


def _note(others: tuple[str, ...], rows: list[StationNear], arguments: StationsNear) -> str | None:
    if not rows:
        return f"no station within {arguments.within_metres} m; try a larger distance"
    return f"the place could also be: {'; '.join(others)}" if others else None


def _time_text(at: datetime) -> str:
    return f"{at.astimezone(PARIS):%A %Y-%m-%d %H:%M} in Paris"


def _period(states: list[dict[str, Any]], known: dict[str, Chance]) -> Period:
    newest = max((row["captured_at"] for row in states), default=None)
    first = min((chance.first for chance in known.values() if chance.first), default=None)
    return Period.of(datetime.combine(first, time(), PARIS) if first else None, newest)


STATIONS_NEAR = Tool(
    "stations_near",
    "Where to charge near a place, now or at an hour within seven days: the stations within"
    " walking distance, the surest first, with free points now and the chance of a free one.",
    StationsNear,
    Answer[StationNear],
    _stations_near,
)


class OfStation(Arguments):
    """Arguments of `station`."""

    station: str = Field(
        min_length=1, max_length=200, description="Id, name or address of the station."
    )
    at: At = None


class StationNow(WithChance):
    """A station now, and its chance at an hour."""

    station_id: str
    station_name: str | None
    address: str | None
    arrondissement: int | None
    power_kw: float | None
    state_now: str = Field(description="available, full, silent or out_of_order.")
    state_since: datetime = Field(description="Since when, on the clock of Paris.")
    state_since_kind: str = Field(description="seen, or at_least: it may be older.")
    charge_points: int
    free_points: int
    occupied_points: int
    reserved_points: int
    out_of_order_points: int
    silent_points: int = Field(description="Points whose record is older than 26 h.")
    out_of_order_since: datetime | None
    page: str


def _station(data: WarehouseReader, arguments: OfStation) -> Answer[StationNow]:
    row, at = station_named(data, arguments.station), data.instant(arguments.at)
    known = chances(data, at, [row["station_id"]])
    since = row["out_of_order_since"]
    found = StationNow(
        **{name: row[name] for name in ("station_id", "station_name", "address")},
        arrondissement=row["arrondissement"],
        power_kw=row["power_kw"],
        state_now=row["station_status"],
        state_since=row["since"].astimezone(PARIS),
        state_since_kind=row["since_kind"],
        charge_points=row["charge_points"],
        free_points=row["available"],
        occupied_points=row["occupied"],
        reserved_points=row["reserved"],
        out_of_order_points=row["out_of_order"],
        silent_points=row["stale"],
        out_of_order_since=since and since.astimezone(PARIS),
        **_of(known.get(row["station_id"])),
        page=data.page(page_paths.station(row["station_id"])),
    )
    return Answer[StationNow](
        asked=f"station {row['station_id']}, {_time_text(at)}",
        rows=[found],
        basis=f"{NOW_SEEN}; `chance_from` says what the chance is from",
        period=_period([row], known),
        **credit_fields([row["source"]]),
    )


STATION = Tool(
    "station",
    "One station: whether it works, its free, occupied, broken and silent points since when, and"
    " the chance of a free point at an hour within seven days.",
    OfStation,
    Answer[StationNow],
    _station,
)
