"""`demo` and `up`: start everything, print what is stored, keep it running, stop it.

What belongs here: the steps of these two commands. What does not: the processes (`stack`) and the
history (`backfill`).
"""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Thread

from belib_weather.assets.polling import append_spooled
from belib_weather.lake import RAW_SNAPSHOTS, Spool
from belib_weather.local.addresses import print_addresses
from belib_weather.local.backfill import fill, missing_hours, refill_weather, report_refill
from belib_weather.local.background_fill import BackgroundFill, filling, start_background_fill
from belib_weather.local.console import CommandError, out, say, warn
from belib_weather.local.disk_space import Disk, DiskWatch
from belib_weather.local.feed_watch import FeedWatch, feed_problem
from belib_weather.local.first_views import first_views, print_report, print_site
from belib_weather.local.lost_data import is_refilled, lost_raw
from belib_weather.local.modes import COMMANDS, HISTORY_MINUTES, Mode, settings_of
from belib_weather.local.outdated_rows import outdated_rows
from belib_weather.local.poll_watch import PollReport
from belib_weather.local.ports import Ports, common_folder
from belib_weather.local.process_table import running
from belib_weather.local.readers import refuse_readers
from belib_weather.local.run_plan import REPORT, Run
from belib_weather.local.session_lock import session
from belib_weather.local.signals import Stopped, stoppable, uninterrupted
from belib_weather.local.stack import NAMES, TITLES, Platform, end_processes, take_down
from belib_weather.local.state_file import StateFile
from belib_weather.local.stores import Stores, open_stores, start_stores
from belib_weather.local.stores_alone import were_started_alone
from belib_weather.local.summary import table
from belib_weather.local.supervisor import Supervisor
from belib_weather.local.waiting_runs import QueueWatch
from belib_weather.local.worker import Work, Workers, reason_of
from belib_weather.settings import Settings
from belib_weather.window import Window, floor_hour

_LOOK_SECONDS = 1.0


def serve(
    mode: Mode, *, days: int | None, port: int | None, site_port: int | None = None, stay: bool
) -> None:
    """Run the platform of a mode.

    Args:
        mode: live or demo.
        days: of simulated history before today; None in live mode.
        port: of the Dagster UI; None takes 3000 or the next that is free.
        site_port: of the site; None takes 8080 or the next that is free.
        stay: keep it running until a signal; else stop when the history is filled.

    Raises:
        CommandError: something does not start, or the history cannot be filled.
    """
    began = time.monotonic()
    refuse_readers(settings_of(mode))
    data_dir = settings_of(mode).data_dir
    with (
        stoppable(),
        session(data_dir, COMMANDS[mode]),
        closing(Ports(common_folder())) as ports,
        _stop_at_end(settings_of(mode)),
    ):
        _end_leftovers(settings_of(mode))
        state = StateFile.read(data_dir).with_free_ports(port, ports, site=site_port)
        if days is not None:
            state = state.since(datetime.now(UTC).date() - timedelta(days=days))
        state.write(data_dir)
        settings = settings_of(mode)
        with closing(Platform(settings, state, Supervisor(_print_with_time), say)) as platform:
            spool = Spool(settings.spool_dir, settings.spool_max_mb)
            workers = Workers(platform.launcher)
            stores, report = _up(settings, platform, workers, spool)
            if report is not None:
                _report(reason_of(report))
            background_fill = start_background_fill(settings, stores, workers)
            workers.close()
            if background_fill is not None and not stay:
                say(background_fill.wait())
            note = filling(background_fill.older) if background_fill is not None and stay else None
            if stay:
                print_site(platform.site_url)
            out.print(table(stores, is_simulated=mode == "demo", note=note))
            print_report(settings)
            if stay:
                print_addresses(settings, stores, platform.url, platform.site_url)
                say(f"Ready after {time.monotonic() - began:.0f} s. Ctrl-C stops everything.")
                _keep_running(settings, stores, PollReport(spool), background_fill)
            else:
                say(f"Done after {time.monotonic() - began:.0f} s.")


def _up(
    settings: Settings, platform: Platform, workers: Workers, spool: Spool
) -> tuple[Stores, Work | None]:
    """Start everything side by side, and fill the history; the views may still be made."""
    pool = ThreadPoolExecutor()
    try:
        simulated = pool.submit(platform.start_simulator) if settings.mode == "demo" else None
        served = pool.submit(platform.start_site)
        workers.prepare()
        urls = start_stores(settings, with_tables=True)
        if urls.elasticsearch_problem:
            say(urls.elasticsearch_problem)
        stores = open_stores(settings, urls, with_indices=False)
        indices = pool.submit(stores.search.prepare) if stores.search is not None else None
        _append_spooled(spool, stores)
        if lost := lost_raw(stores.lake, stores.warehouse):
            warn(f"{lost}.")
        if outdated := outdated_rows(stores.warehouse):
            say(outdated)
        is_new = settings.mode == "live" and is_refilled(stores.lake, stores.warehouse)
        platform.use_stores(urls)
        user_interface = pool.submit(platform.start_user_interface)
        if simulated is not None:
            simulated.result()
        views = first_views(settings, with_index=stores.search is not None)
        if settings.mode == "demo":
            report = _fill_history(
                settings, platform, workers, stores, views=views, indices=indices
            )
        else:
            if indices is not None:
                indices.result()
            _take_first_snapshot(settings, platform, workers, stores)
            report = workers.last.begin(REPORT, views)
        user_interface.result()
        served.result()
        # Not earlier: its sensor of late data would request the hours that are being filled.
        watched = pool.submit(platform.start_watchdog)
        platform.start_daemon()
        watched.result()
        if is_new:
            days = settings.start, datetime.now(UTC).date()
            refilled = refill_weather(workers.first, *days)
            Thread(target=report_refill, args=(refilled,), daemon=True).start()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return stores, report


def _append_spooled(spool: Spool, stores: Stores) -> None:
    if count := append_spooled(spool, lambda: stores.lake, say):
        say(f"{count} documents that had waited in {spool.folder} are in MongoDB now.")


def _fill_history(
    settings: Settings,
    platform: Platform,
    workers: Workers,
    stores: Stores,
    *,
    views: list[Run],
    indices: Future[None] | None,
) -> Work | None:
    """Fill the missing hours of the demo; the views that are being made."""
    now = datetime.now(UTC)
    hours = missing_hours(stores, settings.start_at, now, indices)
    polls = int((now - hours.start) / timedelta(minutes=HISTORY_MINUTES)) + 1
    return fill(
        workers,
        platform.supervisor,
        stores,
        hours,
        now,
        polls=polls,
        views=views,
        indices=indices,
    )


def _take_first_snapshot(
    settings: Settings, platform: Platform, workers: Workers, stores: Stores
) -> None:
    now = datetime.now(UTC)
    if trouble := feed_problem(settings):
        say(f"No snapshot yet: {trouble}")
        return
    try:
        hour = Window.hour(floor_hour(now))
        fill(workers, platform.supervisor, stores, hour, now, polls=1)
    except CommandError as error:
        say(f"{error}; it is tried again on schedule")


def _report(reason: str | None) -> None:
    if reason is not None:
        say(f"Not every file could be written: {reason}")


def _keep_running(
    settings: Settings, stores: Stores, polls: PollReport, background_fill: BackgroundFill | None
) -> None:
    """Look at feed, queue and disk until a signal comes; the supervisor looks at the processes."""
    newest = partial(stores.lake.newest_captured_at, RAW_SNAPSHOTS)
    feed = FeedWatch(newest, settings.cadence)
    queue, disk = QueueWatch(stores.urls.dagster_postgres), DiskWatch(Disk(settings))
    try:
        while True:
            time.sleep(_LOOK_SECONDS)
            if background_fill is not None and (line := background_fill.look()):
                _print_with_time(line)
            for line in (*feed.look(), *polls.look(), queue.look(), disk.look()):
                if line:
                    warn(f"{datetime.now(UTC):%H:%M:%S} UTC  {line}")
    except Stopped:
        return


def _print_with_time(line: str) -> None:
    say(f"{datetime.now(UTC):%H:%M:%S} UTC  {line}")


def _end_leftovers(settings: Settings) -> None:
    """End what a killed command left, except the stores, which are found again."""
    left = [TITLES[name] for name in running(settings.data_dir, NAMES)]
    if left:
        what = ", ".join(dict.fromkeys(left))
        say(f"An earlier start was killed and left running: {what}. They are started again.")
        end_processes(settings, lambda _: None)


@contextmanager
def _stop_at_end(settings: Settings) -> Iterator[None]:
    """End everything at the end, whatever happens, but stores that `stores up` started before."""
    keeps_stores = were_started_alone(settings)
    try:
        yield
    finally:
        with uninterrupted(lambda: say("Stopping already; wait a moment.")):
            say("Stopping …")
            take_down(settings, lambda _: None, with_stores=not keeps_stores)
            if keeps_stores:
                say("The stores stay up; `belib-weather stores down` stops them.")
