"""Facts, stations and states for the search tests: valid rows of the datasets, made by formula."""

from datetime import UTC, datetime, timedelta

import polars as pl

from belib_weather.datasets import AvailabilityFact, ChargePoint, Station, StationState
from belib_weather.datasets.episodes import StatusEpisode
from belib_weather.datasets.feed import FeedHour
from belib_weather.dates import local_calendar
from belib_weather.search.documents import availability_documents
from belib_weather.window import Window

START = datetime(2026, 11, 2, tzinfo=UTC)
DAY = Window.day(START)
WEATHER = ("clear", "rain", "snow")


def station_ids(count: int) -> list[str]:
    return [f"FR*V75*PPX{number // 100:02d}*{number % 100:02d}" for number in range(count)]


def facts(
    window: Window, stations: int = 3, source: str = "opendata_paris/realtime"
) -> pl.DataFrame:
    """One fact per station and hour: 4 points, of which the busy seconds vary by station."""
    keys = (
        pl.DataFrame({"station_id": station_ids(stations)})
        .with_row_index("n")
        .join(
            pl.DataFrame({"hour": window.hours}, schema={"hour": pl.Datetime("us", "UTC")}),
            how="cross",
        )
    )
    local = pl.col("hour").dt.convert_time_zone("Europe/Paris")
    busy = (pl.col("n") * 100 % 3600).cast(pl.Int32)
    rows = keys.with_columns(
        source=pl.lit(source),
        charge_points=4,
        snapshots=12,
        available_seconds=14400 - busy,
        occupied_seconds=busy,
        any_observed_seconds=3600,
        any_available_seconds=3600,
        is_provisional=pl.lit(value=False),
        temperature_c=pl.when(pl.col("n") > 0).then(pl.col("hour").dt.hour() / 2.0 - 3),
        wind_speed_kmh=11.5,
        precipitation_mm=0.2,
        weather_code=61,
        weather_class=pl.col("n").mod(3).replace_strict(dict(enumerate(WEATHER))),
        weather_source=pl.lit("open_meteo/archive"),
        local_date=local.dt.date(),
        local_hour=local.dt.hour(),
        local_weekday=local.dt.weekday(),
    )
    zero = [name for name in AvailabilityFact.column_names() if name not in rows.columns]
    return AvailabilityFact.validate(
        rows.with_columns(pl.lit(0).alias(name) for name in zero), cast=True
    )


def stations(
    count: int = 3, valid_from: datetime = datetime(2020, 1, 1, tzinfo=UTC)
) -> pl.DataFrame:
    """The first station has a null address and place; the others stand on a line."""
    known = pl.col("n") > 0
    rows = (
        pl.DataFrame({"station_id": station_ids(count)})
        .with_row_index("n")
        .with_columns(
            valid_from=valid_from,
            valid_to=None,
            station_name=pl.lit('Paris | "Rivoli" \\ é'),
            address=pl.when(known).then(pl.format("{} rue de Rivoli 75004 Paris", "n")),
            arrondissement=pl.when(known).then(4),
            latitude=pl.when(known).then(48.85 + pl.col("n") / 10_000),
            longitude=pl.when(known).then(2.35),
            charge_points=4,
            power_kw=pl.when(known).then(7.4),
            has_ef=True,
            has_type_2=None,
            has_combo_ccs=None,
            has_chademo=None,
        )
    )
    return Station.validate(rows, cast=True)


def charge_points(count: int = 3) -> pl.DataFrame:
    """One point per station, with its place; the first has a null address, place and power."""
    rows = stations(count).with_columns(
        charge_point_id=pl.col("station_id").str.replace("PPX", "EPX") + "*1",
        roaming_id=pl.lit("FRV75"),
        opening_hours=pl.lit("24/7"),
        accessibility=pl.lit(None, pl.String),
        commissioned_on=pl.lit(None, pl.Date),
    )
    return ChargePoint.validate(rows.select(ChargePoint.column_names()), cast=True)


def episodes(window: Window, count: int = 3) -> pl.DataFrame:
    """A segment per point and hour, occupied and available in turn."""
    start = pl.col("started_at")
    is_even = start.dt.hour() % 2 == 0
    hours = pl.DataFrame(
        {"started_at": window.hours}, schema={"started_at": pl.Datetime("us", "UTC")}
    )
    rows = (
        charge_points(count)
        .select("charge_point_id", "station_id")
        .join(hours, how="cross")
        .with_columns(
            ended_at=start + pl.duration(hours=1),
            seconds=3600,
            status=pl.when(is_even).then(pl.lit("occupied")).otherwise(pl.lit("available")),
            is_stale=pl.lit(value=False),
            start_kind=pl.when(start.dt.hour() == 0)
            .then(pl.lit("midnight"))
            .otherwise(pl.lit("exact")),
            end_kind=pl.lit("polled"),
            restamps=0,
            stamp=pl.when(is_even).then(start),
            source=pl.lit("opendata_paris/realtime"),
        )
        .with_columns(*local_calendar(start))
    )
    return StatusEpisode.validate(rows.select(StatusEpisode.column_names()), cast=True)


def documents(window: Window, count: int = 3) -> pl.DataFrame:
    return availability_documents(facts(window, count), stations(count))


def states(
    count: int = 3, captured_at: datetime = datetime(2026, 11, 3, 10, 5, tzinfo=UTC)
) -> pl.DataFrame:
    rows = (
        stations(count)
        .drop("valid_from", "valid_to")
        .with_columns(
            captured_at=captured_at,
            source=pl.lit("opendata_paris/realtime"),
            station_status=pl.lit("available"),
            available=3,
            stale=1,
            since=captured_at - timedelta(minutes=20),
            since_kind=pl.lit("seen"),
            out_of_order_since=None,
            out_of_order_since_kind=None,
            reported_available=4,
            newest_update=captured_at - timedelta(minutes=7),
        )
    )
    zero = [name for name in StationState.column_names() if name not in rows.columns]
    return StationState.validate(rows.with_columns(pl.lit(0).alias(n) for n in zero), cast=True)


def feed(window: Window) -> pl.DataFrame:
    """Twelve snapshots in every hour but the first, which had none."""
    hours = pl.DataFrame({"hour": window.hours}, schema={"hour": pl.Datetime("us", "UTC")})
    is_polled = pl.col("hour") > window.start
    rows = hours.with_columns(
        snapshots=pl.when(is_polled).then(12).otherwise(0),
        expected_snapshots=12,
        observed_seconds=pl.when(is_polled).then(3600).otherwise(0),
        longest_gap_seconds=pl.when(is_polled).then(300).otherwise(3600),
        refused=0,
        charge_points=pl.when(is_polled).then(4).otherwise(0),
        source=pl.when(is_polled).then(pl.lit("opendata_paris/realtime")),
        is_provisional=pl.lit(value=False),
    ).with_columns(*local_calendar(pl.col("hour")))
    return FeedHour.validate(rows.select(FeedHour.column_names()), cast=True)
