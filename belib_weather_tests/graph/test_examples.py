"""The examples, run as programs by users who may only read, on a simulated week."""

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import polars as pl
import pytest
import sqlalchemy as sa
from PIL import Image

from belib_weather.embedded import StoreUrls
from belib_weather.partitions import day_key
from belib_weather.warehouse.tables import (
    CHARGE_POINTS,
    FACTS_OF_MARTS,
    OCCUPANCY_PROFILE,
    RELIABILITY_OF_STATIONS,
    STATION_RELIABILITY,
    STATION_STATES,
    STATIONS,
    STATUS_RUNS,
)
from belib_weather.window import Window
from belib_weather_tests.clocks import StoppedClock
from belib_weather_tests.graph.conftest import EPISODES, MARTS, Platform, keys_of
from belib_weather_tests.local_stores import CHECKOUT

CENTRE = (48.8566, 2.3522)
HERE = f"{CENTRE[0]},{CENTRE[1]}"
PARIS = ZoneInfo("Europe/Paris")
LAST_WEEK = date(2026, 11, 9)
NOW = datetime(2026, 11, 16, 8, 20, tzinfo=UTC)
"""A Monday: the last week is over."""
FIRST = datetime(2026, 11, 8, tzinfo=UTC)
DAYS = (f"{FIRST:%Y-%m-%d}", f"{NOW:%Y-%m-%d}")
Line = tuple[str, ...]
Examples = Callable[..., list[str]]


@pytest.fixture
def printed(platform: Platform, stores: StoreUrls, tmp_path: Path) -> Examples:
    """Runs examples with their options on the platform's stores, and returns what each prints."""

    def run(*lines: Line) -> list[str]:
        settings = platform.settings
        urls = {
            f"BELIB_{name.upper()}_URL": read_only(
                getattr(settings, f"{name}_url").get_secret_value(), stores.readers.get(name)
            )
            for name in ("mongo", "postgres", "elasticsearch")
        }
        out = ("--to", str(tmp_path / "out"))
        programs = [(str(CHECKOUT / "examples" / name), *out, *rest) for name, *rest in lines]
        done = subprocess.run(
            [sys.executable, "-m", "belib_weather_tests.programs"],
            input=json.dumps(programs),
            cwd=CHECKOUT,
            env=os.environ | urls | {"BELIB_MONGO_DATABASE": settings.mongo_database},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        answers = json.loads(done.stdout)
        assert not [errors for _, errors in answers if "Traceback" in errors]
        return [output or errors for output, errors in answers]

    return run


def read_only(url: str, reader: str | None) -> str:
    """The address as `env --reader` has it; of a server of one's own, in transactions that read."""
    own = urlsplit(url)
    if reader:
        return urlsplit(reader)._replace(path=own.path, query=own.query).geturl()
    if own.scheme.startswith("postgresql"):
        return own._replace(query="options=-c%20default_transaction_read_only%3Don").geturl()
    return url


@pytest.fixture
def week(platform: Platform, now: datetime) -> Platform:
    """A small city, polled every half hour for eight days, with all marts."""
    settings = {"feed_history_minutes": 30, "start": FIRST.date()}
    present = platform.changed(settings=settings)
    assert present.materialize("raw_weather", "weather_hours", keys=DAYS).success
    assert present.materialize("raw_belib_static", keys=day_key(now)).success
    platform = platform.changed(settings=settings, clock=StoppedClock(at=f"{NOW}"))
    hours = keys_of(Window(FIRST, NOW.replace(minute=0)))
    assert platform.materialize("raw_belib_snapshots", keys=hours).success
    assert present.materialize("charge_points", "stations").success
    for names, keys in (
        (("station_states", "belib_current", "feed_hours"), None),
        (("availability_facts",), hours),
        (EPISODES, DAYS),
        (MARTS, None),
    ):
        assert platform.materialize(*names, keys=keys).success, names
    return platform


def test_every_example_ends_in_a_picture_and_a_sentence_of_true_numbers(
    week: Platform, printed: Examples
) -> None:
    own_address = alone(week)
    begun = datetime.now(PARIS)
    shown: tuple[tuple[Line, list[str]], ...] = (
        (("operators.py",), failed_and_broken(week)),
        (("drivers.py", "--near", HERE, "--metres", "5000"), ["Tomorrow, "]),
        (("drivers.py", "--near", own_address.upper()), ["go to ", " (0 m)"]),
        (("planners.py",), lacking(week)),
        (("fleets.py", "--depots", HERE, "--metres", "5000"), near_depots(week)),
        (("researchers.py",), occupied(week)),
        (("apps.py", "--near", HERE, "--metres", "5000"), live(week)),
        (("visitors.py", "--power", "7"), free_and_strong(week)),
    )
    *sentences, weather, nowhere, unknown = printed(
        *(line for line, _ in shown),
        ("weather.py",),
        ("drivers.py", "--near", "48.0,2.0"),
        ("drivers.py", "--near", "1 Rue Inconnue"),
    )
    missing = {}
    for (line, expected), said in zip(shown, sentences, strict=True):
        file, sentence = said.strip().splitlines()[-2:]
        with Image.open(file) as picture:
            assert picture.width > 300, line
        if parts := [part for part in expected if part not in sentence]:
            missing[line[0]] = (sentence, parts)
    assert missing == {}
    days = (begun, datetime.now(PARIS))  # midnight may pass while the examples run
    missing_of_day = [[p for p in tomorrow(week, day) if p not in sentences[1]] for day in days]
    assert [] in missing_of_day, sentences[1]
    too_short = "Nothing can be said yet of what goes with cold or rain: fewer than 28 days"
    assert weather.strip() == f"{too_short} (8 days so far)."
    assert nowhere.startswith("No station within 800 m of 48.0,2.0: the nearest of ")
    assert unknown.startswith("no station has an address with the words of '1 Rue Inconnue'")
    assert week.settings.postgres_url
    engine = sa.create_engine(week.settings.postgres_url.get_secret_value())
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE station_states RENAME COLUMN since TO begun"))
    engine.dispose()
    (older,) = printed(("operators.py",))
    assert older.startswith("PostgreSQL lacks what this asks for (column "), older


def alone(week: Platform) -> str:
    """The address of a station with no other within 800 m."""
    now = week.warehouse.read(STATIONS).filter(pl.col("valid_to").is_null())
    places = now.drop_nulls(["address", "latitude"]).to_dicts()
    return next(
        str(row["address"])
        for row in places
        if all(
            other is row
            or metres(other["latitude"], other["longitude"], (row["latitude"], row["longitude"]))
            > 900
            for other in places
        )
    )


def failed_and_broken(week: Platform) -> list[str]:
    """Parts of the operators' sentence, by polars from the mart and from the states."""
    of_week = (pl.col("period") == "week") & (pl.col("starts_on") == LAST_WEEK)
    down = week.warehouse.read(STATION_RELIABILITY).filter(of_week)["down_seconds"].sum() / 3600
    states = week.warehouse.read(STATION_STATES)
    down_first = week.warehouse.read(RELIABILITY_OF_STATIONS).filter(
        of_week, pl.col("place").is_not_null(), pl.col("hours_down") > 0
    )
    first = down_first.sort("place").row(0, named=True)
    broken = states["station_status"].cast(pl.String).is_in(["silent", "out_of_order"]).sum()
    points = states.select(pl.sum("reported_out_of_order", "charge_points")).row(0)
    return [
        "In the week from 9 November 2026, ",
        f" failed most ({first['standing']}): {first['hours_down']:.0f} point-hours down, ",
        f" of the {down:.0f} point-hours of all. ",
        f" At 08:30 on 16 November {broken} of"
        f" {states.height} stations are silent or out of order as a whole, and {points[0]} of"
        f" {points[1]} points are reported out of order.",
    ]


def tomorrow(week: Platform, today: datetime) -> list[str]:
    """Parts of the drivers' sentence, by plain Python from the profile and the stations."""
    day = today + timedelta(days=1)
    of_hour = {"scope": "station", "local_weekday": day.isoweekday(), "local_hour": 18}
    chances = {
        row["area"]: row["estimated_chance"]
        for row in week.warehouse.read(OCCUPANCY_PROFILE).iter_rows(named=True)
        if row.items() >= of_hour.items()
    }
    near = stations_near(week)
    best = max(chances[station] for station in near)
    return [
        f"Tomorrow, {day:%A %-d %B} at 18:00, ",
        f"the best of {len(near)} stations within 5000 m",
        f"a chance of {100 * best:.0f} % (90 % interval ",
        "if it rains, nothing can be said: fewer than 28 days (8 days so far).",
    ]


def metres(
    latitude: float | None, longitude: float | None, here: tuple[float, float] = CENTRE
) -> float:
    """From a place, as on a plane; nowhere is far."""
    if latitude is None or longitude is None:
        return math.inf
    east = math.radians(longitude - here[1]) * math.cos(math.radians(here[0]))
    return 6_371_000 * math.hypot(math.radians(latitude - here[0]), east)


def lacking(week: Platform) -> list[str]:
    """Parts of the planners' sentence, by polars from the facts."""
    before_today = pl.col("local_date") < NOW.date()
    facts = week.warehouse.read(FACTS_OF_MARTS).filter(
        before_today,
        pl.col("local_hour") == 18,
        pl.col("local_weekday") <= 5,
        pl.col("arrondissement").is_not_null(),
    )
    sums = facts.group_by("arrondissement").agg(
        pl.sum("full_seconds"), (pl.col("any_available_seconds") + pl.col("full_seconds")).sum()
    )
    share = pl.col("full_seconds") / pl.col("any_available_seconds")
    number, full, seconds, _ = (
        sums.filter(pl.col("any_available_seconds") > 0)
        .with_columns(share=share)
        .sort("share")
        .row(-1)
    )
    return [
        f"points lack most in arrondissement {number} ({100 * full / seconds:.0f} %, ",
        f" of {sums['any_available_seconds'].sum() / 3600:.0f} station-hours",
    ]


def stations_near(week: Platform) -> list[str]:
    """Ids within 5 km."""
    return [
        row["station_id"]
        for row in week.warehouse.read(STATIONS).iter_rows(named=True)
        if row["valid_to"] is None and metres(row["latitude"], row["longitude"]) <= 5000
    ]


def near_depots(week: Platform) -> list[str]:
    """Parts of the fleets' sentence, by polars from outages and facts."""
    month = week.warehouse.read(STATION_RELIABILITY).filter(
        pl.col("period") == "month", pl.col("station_id").is_in(stations_near(week))
    )
    up, down, begun = month.select(pl.sum("up_seconds", "down_seconds", "outages_begun")).row(0)
    rain = week.warehouse.read(FACTS_OF_MARTS).unique("hour").drop_nulls("temperature_c")
    return [
        f"{HERE}: {100 * up / (up + down):.0f} % (between ",
        f" of {(up + down) / 3600:.0f} point-hours, {begun} outages begun. ",
        f" Of {rain.height} hours with weather ",
        f" {rain.filter(pl.col('precipitation_mm') >= 1).height} rain of 1 mm or more",
    ]


def occupied(week: Platform) -> list[str]:
    """Parts of the researchers' sentence, by polars from the segments, glued here."""
    runs = week.warehouse.read(STATUS_RUNS).filter(
        pl.col("status") == "occupied", ~pl.col("is_stale")
    )
    known = pl.col("start_kind", "end_kind").cast(pl.String).is_in(["exact", "polled"])
    whole = runs.filter(pl.all_horizontal(known))
    points = week.warehouse.read(CHARGE_POINTS).filter(pl.col("valid_to").is_null())
    of_7 = whole.join(points.filter(pl.col("power_kw") == 7), on="charge_point_id", how="semi")
    median = of_7["seconds"].median()
    assert isinstance(median, float)
    return [
        f"of the {whole.height} of {runs.height} runs that were seen",
        f" 7.0 kW {median / 3600:.1f} h (nine of ten within ",
        "; polled every 30 minutes; ",
    ]


def live(week: Platform) -> list[str]:
    """Parts of the apps' sentence, from the live state as the lake reads it."""
    points = [
        row
        for row in week.lake.current().iter_rows(named=True)
        if metres(row["latitude"], row["longitude"]) <= 5000
    ]
    free = [row for row in points if row["status"] == "available" and not row["is_stale"]]
    return [f"At 08:30 on 16 November 2026 {len(free)} of {len(points)} charge points within"]


def free_and_strong(week: Platform) -> list[str]:
    """Parts of the visitors' sentence: the nearest free point of 7 kW or more."""
    power = week.warehouse.read(CHARGE_POINTS).filter(pl.col("valid_to").is_null())
    louvre = (48.8606, 2.3376)
    free = week.lake.current().filter(pl.col("status") == "available", ~pl.col("is_stale"))
    strong = free.join(power.filter(pl.col("power_kw") >= 7), on="charge_point_id", how="semi")
    nearest = min(
        strong.iter_rows(named=True),
        key=lambda row: metres(row["latitude"], row["longitude"], louvre),
    )
    return [f" the nearest free point of 7 kW or more is at {nearest['address']}, "]
