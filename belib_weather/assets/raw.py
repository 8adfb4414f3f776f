"""Raw layer: response bodies as received, in MongoDB; append-only, never edited.

What belongs here: fetching, appending and verifying. What does not: parsing a body
(`transform`).
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import dagster as dg
import polars as pl

from belib_weather.assets.external import (
    ARRONDISSEMENTS,
    BELIB_REALTIME,
    BELIB_STATIC,
    weather_key,
)
from belib_weather.assets.polling import append_spooled, poll_to_spool
from belib_weather.assets.presentation import CatalogResource
from belib_weather.assets.run_metadata import both_clocks
from belib_weather.assets.shell_runs import refuse_without_stores
from belib_weather.assets.verified_documents import verify
from belib_weather.clock import Now
from belib_weather.formats.realtime import read_realtime
from belib_weather.lake import Lake, LakeConflictError, LakeError, LakeValidationError, Spool
from belib_weather.lake.schema import (
    RAW_ARRONDISSEMENTS,
    RAW_SNAPSHOTS,
    RAW_STATIC,
    RAW_WEATHER,
)
from belib_weather.lanes import Lane
from belib_weather.partitions import (
    DAILY,
    HOURLY,
    POLLED_TAG,
    day_key,
    hour_key,
    is_single,
    window_of,
)
from belib_weather.resources import BelibFeed, Clock, LakeResource, SpoolResource, WeatherFeed
from belib_weather.settings import WeatherSource
from belib_weather.sources.capture_times import capture_time_problem
from belib_weather.sources.errors import RateLimited, SourceError
from belib_weather.sources.response import Response, rejected
from belib_weather.window import Grain, Window, floor_hour

GROUP = "raw"
HISTORY_THREADS = 4
SINGLE_RUN = dg.BackfillPolicy.single_run()


@dg.asset(
    group_name=GROUP,
    kinds={"mongodb"},
    deps=[BELIB_REALTIME],
    partitions_def=HOURLY,
    tags=Lane.LIVE.tags,
    metadata={"dagster/table_name": f"belib.{RAW_SNAPSHOTS}"},
    backfill_policy=SINGLE_RUN,
)
def raw_belib_snapshots(
    context: dg.AssetExecutionContext,
    lake: LakeResource,
    spool: SpoolResource,
    belib: BelibFeed,
    clock: Clock,
    catalog: CatalogResource,
) -> dg.MaterializeResult[None]:
    """Full snapshots of the real-time feed, as received; one document per poll.

    Materializing the current hour takes a snapshot; materializing a past hour verifies what is
    stored, hashes included. The public API keeps no history: an hour that was not polled can
    only come from `belib-weather import`.
    """
    window, now = window_of(context), clock.now()
    if floor_hour(now) in window.hours:
        refuse_without_stores(context.instance, lake)
        # First, before anything that could fail or wait: what is not polled is lost.
        _take_snapshot(context, belib, spool.connect(), lake.connect, clock.now)
    store = lake.connect()
    _fill_from_history(store, belib, window, now)
    for hour in verify(context, store, RAW_SNAPSHOTS, window, Grain.HOUR):
        _report_empty_hour(context, hour)
    catalog.show(context, lambda draw: draw.snapshots_table(store, window, now))
    catalog.show(context, lambda draw: draw.snapshots_chart(context, store, window, now))
    return dg.MaterializeResult()


def _take_snapshot(
    context: dg.AssetExecutionContext,
    belib: BelibFeed,
    spool: Spool,
    connect: Callable[[], Lake],
    now: Now,
) -> None:
    """Take a snapshot into the spool, unless the watchdog has, and append all that waits there."""
    if POLLED_TAG not in context.run.tags:
        fetch = _with_cadence(belib.connect().realtime, belib.cadence)
        response = poll_to_spool(fetch, spool, connect, context.log.warning, by="run", now=now)
        _report_source(context, BELIB_REALTIME, response)
        _warn_of_clocks(context, response, now())
    try:
        new = append_spooled(spool, connect, context.log.warning)
    except LakeError as error:
        raise dg.Failure(
            f"MongoDB does not take the snapshot: it waits in {spool.folder}, and the next tick"
            f" appends it. {error}"
        ) from error
    if new > 1:
        context.log.info(f"appended {new} documents that had waited in {spool.folder}")


def _fetch(store: Lake, collection: str, fetch: Callable[[], Response]) -> Response:
    """Fetch and append a response; a refused one goes to quarantine with its reason."""
    try:
        response = fetch()
        try:
            store.append(collection, response)
        except LakeConflictError:
            # Another run asked in the same millisecond and got another answer: ask again.
            response = fetch()
            store.append(collection, response)
    except SourceError as error:
        if error.response is not None:
            store.quarantine(error.response)
        raise
    except LakeValidationError as error:
        store.quarantine(rejected(response, str(error)))
        raise
    return response


def _warn_of_clocks(context: dg.AssetExecutionContext, response: Response, now: datetime) -> None:
    """A live snapshot is stored whatever the clocks show: it cannot be taken again."""
    if doubt := capture_time_problem(
        response.captured_at, read_realtime(response.body, sha256=response.sha256), now
    ):
        context.log.warning(f"one of the clocks is wrong, this machine's or the feed's: {doubt}")


def _with_cadence(fetch: Callable[[], Response], cadence: timedelta) -> Callable[[], Response]:
    """The same fetch as part of a series of polls: its response carries their cadence."""
    return lambda: replace(fetch(), cadence_seconds=int(cadence.total_seconds()))


def _fill_from_history(store: Lake, belib: BelibFeed, window: Window, now: datetime) -> None:
    """Ask a feed that has a history for the hours without a document.

    One that fails ends the run; what was fetched before stays.
    """
    step = belib.feed_history_minutes
    if step is None:
        return
    # The poll of this run, which came first, does not make the hour complete.
    before = pl.col("captured_at") < now.replace(microsecond=0)
    stored = store.inventory(RAW_SNAPSHOTS, window).filter(before)
    filled = set(stored["captured_at"].dt.truncate("1h"))
    feed = belib.connect()
    fetches = [
        _with_cadence(partial(feed.realtime, at=at), timedelta(minutes=step))
        for hour in window.hours
        if hour not in filled
        for at in (hour + timedelta(minutes=minute) for minute in range(0, 60, step))
        if at <= now
    ]
    with ThreadPoolExecutor(HISTORY_THREADS) as threads:
        for _ in threads.map(partial(_fetch_and_append, store, RAW_SNAPSHOTS), fetches):
            pass  # the first failure ends the others that wait


def _fetch_and_append(store: Lake, collection: str, fetch: Callable[[], Response]) -> None:
    """Fetch and append, and keep no body: a history is long."""
    _fetch(store, collection, fetch)


def _report_source(
    context: dg.AssetExecutionContext, source: dg.AssetKey, response: Response
) -> None:
    """Log that a source answered about the present: only this event makes it fresh."""
    statuses = {"statuses": response.summary["statuses"]} if "statuses" in response.summary else {}
    context.log_event(
        dg.AssetMaterialization(
            source,
            description="Fetched the present state.",
            metadata={
                "captured at": both_clocks(response.captured_at),
                "source": response.source,
                "records": response.record_count,
                **statuses,
            },
        )
    )


def _report_empty_hour(context: dg.AssetExecutionContext, hour: datetime) -> None:
    message = (
        f"no snapshot of {hour_key(hour)} is stored, and the public API keeps no history;"
        " import recorded exports with `belib-weather import FILE…`"
    )
    if is_single(context):
        raise dg.Failure(message, allow_retries=False)
    context.log.warning(message)


@dg.asset(
    group_name=GROUP,
    kinds={"mongodb"},
    deps=[BELIB_STATIC],
    partitions_def=DAILY,
    tags=Lane.STATIC.tags,
    metadata={"dagster/table_name": f"belib.{RAW_STATIC}"},
    backfill_policy=SINGLE_RUN,
)
def raw_belib_static(
    context: dg.AssetExecutionContext, lake: LakeResource, belib: BelibFeed, clock: Clock
) -> dg.MaterializeResult[None]:
    """Exports of the static dataset (equipment of the charge points), as received, one a day.

    Materializing today fetches the dataset; a past day verifies what is stored.
    """
    store, fetch = lake.connect(), belib.connect().static
    _fetch_today(context, store, RAW_STATIC, BELIB_STATIC, fetch, clock.now())
    return dg.MaterializeResult()


@dg.asset(
    group_name=GROUP,
    kinds={"mongodb"},
    deps=[ARRONDISSEMENTS],
    partitions_def=DAILY,
    tags=Lane.OUTLINES.tags,
    metadata={"dagster/table_name": f"belib.{RAW_ARRONDISSEMENTS}"},
    backfill_policy=SINGLE_RUN,
)
def raw_arrondissements(
    context: dg.AssetExecutionContext, lake: LakeResource, belib: BelibFeed, clock: Clock
) -> dg.MaterializeResult[None]:
    """Outlines of the arrondissements (GeoJSON), as received, one a week.

    Materializing today fetches the dataset; a past day verifies what is stored.
    """
    store, fetch = lake.connect(), belib.connect().outlines
    _fetch_today(context, store, RAW_ARRONDISSEMENTS, ARRONDISSEMENTS, fetch, clock.now())
    return dg.MaterializeResult()


def _fetch_today(
    context: dg.AssetExecutionContext,
    store: Lake,
    collection: str,
    source: dg.AssetKey,
    fetch: Callable[[], Response],
    now: datetime,
) -> None:
    """Fetch and append where today is among the days of the run; verify all of its days."""
    window = window_of(context)
    if any(day.date() == now.date() for day in window.days):
        _report_source(context, source, _fetch(store, collection, fetch))
    verify(context, store, collection, window, Grain.DAY)


@dg.asset(
    group_name=GROUP,
    kinds={"mongodb"},
    deps=[],
    partitions_def=DAILY,
    tags=Lane.WEATHER.tags,
    metadata={"dagster/table_name": f"belib.{RAW_WEATHER}"},
    backfill_policy=SINGLE_RUN,
)
def raw_weather(
    context: dg.AssetExecutionContext, lake: LakeResource, weather: WeatherFeed, clock: Clock
) -> dg.MaterializeResult[None]:
    """Weather responses, as received; each covers its day and the first stamp of the next.

    Today's hold the forecast of the next seven days as well, where the source has one
    (`weather_forecasts`).

    Recent days come from the forecast API and older ones from the archive; every
    materialization asks again, and an archive replaces a forecast downstream. In a range, a day
    whose answer is refused costs that day, which is asked for again later (`past_weather`).
    """
    window, store = window_of(context), lake.connect()
    api, today = weather.connect(), clock.now().date()
    failed = []
    for day in window.days:
        if day.date() != today and not api.has_history:
            context.log.warning(f"{day_key(day)} is over, and the source has no past weather")
            continue
        try:
            response = _fetch(store, RAW_WEATHER, partial(api.day, day.date(), today))
        except RateLimited:
            raise
        except SourceError as error:
            if is_single(context):
                raise
            failed.append(day)
            context.log.warning(f"no weather of {day_key(day)}: {error}")
            continue
        if day.date() == today:
            _report_source(context, weather_key(WeatherSource(weather.weather_source)), response)
        context.add_asset_metadata(
            {
                "dagster/partition_row_count": response.record_count,
                "source": response.source,
                "first hour": both_clocks(response.summary["first"]),
                "last hour": both_clocks(response.summary["last"]),
            },
            partition_key=day_key(day),
        )
    if len(failed) == len(window.days):
        raise dg.Failure(f"the source gave the weather of none of {len(failed)} days")
    return dg.MaterializeResult()
