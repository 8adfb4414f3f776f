"""A small city with three weeks of facts, holes and oddities included, in both stores.

It spans the night on which Paris turns the clock back; some stations have no address or power, some
hours no weather, some station-hours are partly or wholly unobserved. On one day nothing was polled
from 02:00 to 08:00.
"""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from belib_weather.datasets import (
    STATUS_SECONDS,
    AvailabilityFact,
    ChargePoint,
    Station,
    StationState,
)
from belib_weather.datasets.changes import Lag
from belib_weather.datasets.episodes import StatusEpisode
from belib_weather.dates import local_calendar
from belib_weather.networks import NETWORK
from belib_weather.search import SearchStore
from belib_weather.search.documents import availability_documents, episode_documents
from belib_weather.search.projections import (
    AVAILABILITY_INDEX,
    EPISODES_INDEX,
    FEED_INDEX,
    STATIONS_INDEX,
    STREAM_INDEX,
)
from belib_weather.search.stream_documents import stream_documents
from belib_weather.vocabulary import EDGE_KINDS, STATUSES, WEATHER_CLASSES
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    AVAILABILITY_FORECASTS,
    CHARGE_POINTS,
    FEED_HOURS,
    OUTAGES,
    STATION_STATES,
    STATIONS,
    STATUS_EPISODES,
)
from belib_weather.window import HOUR, Window
from belib_weather_tests.outage_day import feed_of_polls, polls_without
from belib_weather_tests.stores.kibana import marts

PERIOD = Window(datetime(2026, 10, 12, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC))
OUTAGE_DAY = Window.day(datetime(2026, 10, 20, tzinfo=UTC))
OUTAGE = Window(OUTAGE_DAY.start + 2 * HOUR, OUTAGE_DAY.start + 8 * HOUR)
_STATIONS = 24
MOVED = 3
HARDLY_SEEN = 11
"""A station without a free point that was observed in the last days of the period alone."""
LONG_DEAD = 18
"""A station that has been silent for longer than the rule on unreachable stations looks back."""


def stations() -> pl.DataFrame:
    """Stations in twelve arrondissements, one of them nowhere."""
    number = np.arange(_STATIONS)
    frame = pl.DataFrame(
        {
            "station_id": [f"FR*V75*PPX{n:02}*01" for n in number],
            "valid_from": [PERIOD.start - timedelta(days=1)] * _STATIONS,
            "valid_to": None,
            "station_name": [f"Paris | Rue {n}" for n in number],
            "address": [
                None if n == 5 else f"{n} rue de l'Essai 750{n % 12 + 1:02}" for n in number
            ],
            "arrondissement": [None if n == 5 else int(n % 12 + 1) for n in number],
            "latitude": [None if n == 5 else 48.82 + n / 300 for n in number],
            "longitude": [None if n == 5 else 2.27 + n / 200 for n in number],
            "charge_points": number % 4 + 3,
            "power_kw": [None if n == 7 else (3.7, 7.4, 22.0, 50.0)[n % 4] for n in number],
            **dict.fromkeys(("has_ef", "has_type_2", "has_combo_ccs", "has_chademo"), None),
        }
    )
    return Station.validate(frame, cast=True)


def versions() -> pl.DataFrame:
    """The stations as they were: one of them has another address from half of the period on."""
    half = PERIOD.start + timedelta(days=10)
    moves = pl.col("station_id") == f"FR*V75*PPX{MOVED:02}*01"
    then = stations().filter(moves)
    return Station.validate(
        pl.concat(
            [
                stations().with_columns(pl.when(moves).then(half).alias("valid_to")),
                then.with_columns(valid_from=pl.lit(half), address=pl.lit("1 place du Départ")),
            ],
            how="diagonal_relaxed",
        ),
        cast=True,
    )


def facts() -> pl.DataFrame:
    """A fact for nearly every station and hour, whose seconds add up."""
    random = np.random.default_rng(4)
    hours = pl.DataFrame({"hour": PERIOD.hours}).with_columns(
        pl.col("hour").cast(pl.Datetime("us", "UTC"))
    )
    grid = stations().select("station_id", "charge_points").join(hours, how="cross")
    grid = grid.filter(
        pl.Series(random.random(grid.height) > 0.03),
        ~pl.col("hour").is_between(OUTAGE.start, OUTAGE.end, closed="left"),
        (pl.col("station_id") != f"FR*V75*PPX{HARDLY_SEEN:02}*01")
        | (pl.col("hour") >= PERIOD.end - timedelta(days=4)),
    )
    n, seconds = grid.height, grid["charge_points"].to_numpy() * 3600
    weights = random.dirichlet((4, 3, 0.1, 0.4, 0.05, 0.02, 0.3, 0.3, 0.4), n)
    parts = np.floor(weights * seconds[:, None]).astype(np.int64)
    parts[:, -1] += seconds - parts.sum(axis=1)
    parts[random.random(n) < 0.02, :] = 0
    parts[:, -1] = seconds - parts[:, :-1].sum(axis=1)
    observed = np.where(parts[:, -1] == seconds, 0, random.integers(1800, 3601, n))
    free = np.floor(observed * random.random(n)).astype(np.int64)
    free[(grid["station_id"] == f"FR*V75*PPX{HARDLY_SEEN:02}*01").to_numpy()] = 0
    full = np.floor((observed - free) * random.random(n) * 0.5).astype(np.int64)
    names = (*STATUS_SECONDS, "stale_seconds", "unobserved_seconds")
    local = pl.col("hour").dt.convert_time_zone(NETWORK.zone)
    frame = grid.with_columns(
        pl.lit("opendata_paris/realtime").alias("source"),
        pl.lit(12).alias("snapshots"),
        *(pl.Series(name, parts[:, i]) for i, name in enumerate(names)),
        pl.Series("any_observed_seconds", observed),
        pl.Series("any_available_seconds", free),
        pl.Series("full_seconds", full),
        (pl.col("hour") >= PERIOD.end - timedelta(hours=1)).alias("is_provisional"),
        local.dt.date().alias("local_date"),
        local.dt.hour().cast(pl.Int16).alias("local_hour"),
        local.dt.weekday().cast(pl.Int16).alias("local_weekday"),
    ).join(_weather(hours), on="hour")
    return AvailabilityFact.validate(frame.select(AvailabilityFact.column_names()), cast=True)


def feed() -> pl.DataFrame:
    """What was polled: every five minutes, but in the outage, and now and then refused."""
    refused = [PERIOD.start + hour * HOUR + timedelta(minutes=7) for hour in range(0, 500, 37)]
    return feed_of_polls(polls_without(OUTAGE, PERIOD), PERIOD, now=PERIOD.end, refused=refused)


def _weather(hours: pl.DataFrame) -> pl.DataFrame:
    random = np.random.default_rng(5)
    n = hours.height
    wet = random.random(n) < 0.2
    lost = random.random(n) < 0.05
    classes = np.where(wet, "rain", random.choice(("clear", "cloudy", "fog"), n))
    return hours.with_columns(
        pl.Series("temperature_c", np.round(random.normal(9, 8, n), 1)),
        pl.Series("wind_speed_kmh", np.round(random.random(n) * 40, 1)),
        pl.Series("precipitation_mm", np.where(wet, np.round(random.random(n) * 3 + 0.1, 1), 0.0)),
        pl.Series("weather_code", np.where(wet, 61, 1)),
        pl.Series("weather_class", classes).cast(pl.Enum(WEATHER_CLASSES)),
        pl.lit("open_meteo/archive").alias("weather_source"),
    ).with_columns(
        pl.when(pl.Series(lost)).then(None).otherwise(pl.col(name)).alias(name)
        for name in (
            "temperature_c",
            "wind_speed_kmh",
            "precipitation_mm",
            "weather_code",
            "weather_class",
            "weather_source",
        )
    )


def charge_points() -> pl.DataFrame:
    """A point of every station, with its place and power."""
    rows = stations().with_columns(
        pl.col("station_id").str.replace("PPX", "EPX").add("*1").alias("charge_point_id"),
        pl.lit("FRV75").alias("roaming_id"),
        *(
            pl.lit(None, dtype).alias(name)
            for name, dtype in (("opening_hours", pl.String), ("accessibility", pl.String))
        ),
        pl.lit(None, pl.Date).alias("commissioned_on"),
    )
    return ChargePoint.validate(rows.select(ChargePoint.column_names()), cast=True)


def episodes() -> pl.DataFrame:
    """Eight segments of every point and day, of any length, status and kind of end."""
    random = np.random.default_rng(8)
    points = charge_points().select("charge_point_id", "station_id")
    days = pl.DataFrame({"day": PERIOD.days}, schema={"day": pl.Datetime("us", "UTC")})
    keys = points.join(days, how="cross")
    cuts = np.sort(random.choice(86_400 // 8, (keys.height, 9)), axis=1) * 8
    cuts += np.arange(9)  # no two are the same
    parts = [
        keys.with_columns(
            pl.Series("from", cuts[:, i]), pl.Series("seconds", np.diff(cuts)[:, i]), i=pl.lit(i)
        )
        for i in range(8)
    ]
    rows = pl.concat(parts)
    n = rows.height
    start = pl.col("day") + pl.duration(seconds="from")
    drawn = rows.with_columns(
        start.alias("started_at"),
        (start + pl.duration(seconds="seconds")).alias("ended_at"),
        pl.Series("status", random.choice(("available", "occupied", "unknown"), n)),
        pl.Series("is_stale", random.random(n) < 0.1),
        pl.Series("start_kind", random.choice(EDGE_KINDS, n)),
        pl.Series("end_kind", random.choice(EDGE_KINDS, n)),
        pl.Series("restamps", random.integers(0, 3, n)),
        pl.lit(None, pl.Datetime("us", "UTC")).alias("stamp"),
        pl.lit("opendata_paris/realtime").alias("source"),
        *local_calendar(start),
    )
    return StatusEpisode.validate(drawn.select(StatusEpisode.column_names()), cast=True)


def states(captured_at: datetime) -> pl.DataFrame:
    """The state of every station at an instant; one in six is silent for days, one for 40."""
    random = np.random.default_rng(6)
    known = stations().drop("valid_from", "valid_to").with_columns(pl.col("charge_points"))
    points = known["charge_points"].to_numpy()
    kinds = ("available", "occupied", "out_of_order", "unknown", "stale")
    drawn = np.array([random.multinomial(n, (0.35, 0.4, 0.1, 0.05, 0.1)) for n in points])
    silent = np.arange(_STATIONS) % 6 == 0
    drawn[silent] = 0
    drawn[silent, -1] = points[silent]
    counts = {kind: drawn[:, i] for i, kind in enumerate(kinds)}
    frame = known.with_columns(
        pl.lit(captured_at).cast(pl.Datetime("us", "UTC")).alias("captured_at"),
        pl.lit("opendata_paris/realtime").alias("source"),
        *(
            pl.Series(kind, counts.get(kind, np.zeros(_STATIONS, dtype=int)))
            for kind in (*STATUSES, "stale")
        ),
        *(
            pl.Series(f"reported_{kind}", counts.get(kind, np.zeros(_STATIONS, dtype=int)))
            for kind in STATUSES
        ),
        pl.Series(
            "newest_update",
            [
                captured_at - timedelta(days=40 if i == LONG_DEAD else 3, hours=i)
                if s
                else captured_at
                for i, s in enumerate(silent)
            ],
        ).cast(pl.Datetime("us", "UTC")),
    ).with_columns(
        pl.when(pl.col("available") > 0)
        .then(pl.lit("available"))
        .when(pl.col("occupied") > 0)
        .then(pl.lit("full"))
        .when(pl.col("unknown") + pl.col("stale") == pl.col("charge_points"))
        .then(pl.lit("silent"))
        .otherwise(pl.lit("out_of_order"))
        .alias("station_status")
    )
    number = pl.int_range(pl.len())
    instant = pl.lit(captured_at).cast(pl.Datetime("us", "UTC"))
    kind = pl.when(number % 3 == 0).then(pl.lit("at_least")).otherwise(pl.lit("seen"))
    has_broken = pl.col("reported_out_of_order") > 0
    frame = frame.with_columns(
        (instant - pl.duration(minutes=35 * number)).alias("since"),
        kind.alias("since_kind"),
        pl.when(has_broken)
        .then(instant - pl.duration(minutes=50 * number))
        .alias("out_of_order_since"),
        pl.when(has_broken).then(kind.reverse()).alias("out_of_order_since_kind"),
    )
    return StationState.validate(frame.select(StationState.column_names()), cast=True)


def load(
    warehouse: Warehouse, search: SearchStore, captured_at: datetime
) -> dict[str, pl.DataFrame]:
    """Put the city into both stores, each by its own way in; the documents of marts, by index."""
    rows, now, polled = facts(), states(captured_at), feed()
    with warehouse.locked(AVAILABILITY_FACTS, PERIOD) as transaction:
        transaction.replace(AVAILABILITY_FACTS, rows, PERIOD)
        transaction.upsert(STATIONS, versions())
        transaction.replace(STATION_STATES, now)
        transaction.replace(FEED_HOURS, polled, PERIOD)
        transaction.upsert(CHARGE_POINTS, charge_points())
    with warehouse.locked(STATUS_EPISODES, PERIOD) as transaction:
        transaction.replace(STATUS_EPISODES, episodes(), PERIOD)
    search.publish(AVAILABILITY_INDEX, availability_documents(rows, versions()), PERIOD)
    search.publish(STATIONS_INDEX, now)
    search.publish(FEED_INDEX, polled, PERIOD)
    search.publish(EPISODES_INDEX, episode_documents(episodes(), charge_points()), PERIOD)
    of_marts = marts.mart_rows(PERIOD, stations(), availability_documents(rows, versions()))
    with warehouse.locked(OUTAGES) as transaction:
        for table, rows_of_mart in of_marts.tables.items():
            transaction.replace(table, rows_of_mart)
    origin = Window.hour(PERIOD.end - HOUR)
    with warehouse.locked(AVAILABILITY_FORECASTS, origin) as transaction:
        forecasts = marts.forecasts(stations(), origin.start)
        transaction.replace(AVAILABILITY_FORECASTS, forecasts, origin)
    documents = of_marts.documents(warehouse)
    documents[STREAM_INDEX] = stream_documents(
        _sent(warehouse, captured_at), captured_at, is_sent=False
    )
    for projection, rows in documents.items():
        search.publish(projection, rows, PERIOD if projection.time_column else None)
    return {projection.name: rows for projection, rows in documents.items()}


def _sent(warehouse: Warehouse, captured_at: datetime) -> Lag:
    """Five changes in the outbox, of which the first two were sent."""
    rows = [
        {
            "change_id": f"{n:032x}",
            "subject": "point",
            "subject_id": "FR*V75*EPX01*01*1",
            "station_id": "FR*V75*PPX01*01",
            "event": "status",
            "from_word": "available",
            "to_word": "occupied",
            "from_is_stale": False,
            "to_is_stale": False,
            "occurred_at": captured_at - timedelta(minutes=60 - n),
            "kind": "polled",
            "seen_at": captured_at - timedelta(minutes=50 - n),
            "source": "simulator:opendata_paris/realtime",
            "rules": 1,
            "is_correction": False,
            "is_late": False,
            "retracts": None,
        }
        for n in range(5)
    ]
    changes = pl.DataFrame(rows, schema_overrides={"rules": pl.Int16, "retracts": pl.String})
    with warehouse.locked(STATION_STATES) as transaction:
        transaction.append_changes(changes)
    return warehouse.lag_after(2)
