"""Feeds of what changed at stations, as files beside the site; written last in every tick.

What belongs here: from the outbox to files. What does not: texts and formats (`feeds`), loaded only
here and only to write: a fault in one of them costs the feeds, no poll.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
import polars as pl

from belib_weather import page_paths
from belib_weather.assets.open_data import GROUP, LAST
from belib_weather.assets.problems import Problems
from belib_weather.assets.raw import SINGLE_RUN
from belib_weather.assets.station_states import station_states
from belib_weather.datasets.changes import Subject
from belib_weather.files import PUBLIC, write_file
from belib_weather.lanes import Lane
from belib_weather.resources import Clock, SiteResource, WarehouseResource
from belib_weather.transform.corrections import in_force
from belib_weather.warehouse import Lock, Warehouse, WarehouseTransaction
from belib_weather.warehouse.tables import STATION_STATES, STATIONS
from belib_weather.window import DAY

if TYPE_CHECKING:
    from belib_weather.feeds.formats import Feed

_LOCK = Lock("change_feeds")
_POSITION = "change_feeds have told up to"
"""Mark of progress: a position of the outbox."""
SPAN = 7 * DAY
MOST_ENTRIES = 50
_MOST_ROWS = 100_000
Stations = dict[str, str]
"""Stations of a page, each with the title of the page's feed."""


@dg.asset(
    group_name=GROUP,
    kinds={"atom", "json"},
    deps=[station_states],
    tags=Lane.LIVE.tags,
    op_tags=LAST,
    backfill_policy=SINGLE_RUN,
)
def change_feeds(
    warehouse: WarehouseResource, site_folder: SiteResource, clock: Clock
) -> dg.MaterializeResult[None]:
    """What changed at stations in the last seven days: Atom and JSON feeds.

    One feed per station and per arrondissement below `feeds/` of the site: became free, became
    full, broke down, came back. Only feeds of stations that changed, and missing ones, are written.
    """
    from belib_weather.feeds.formats import atom, json_feed  # noqa: PLC0415 - a fault costs no poll

    store, now, problems = warehouse.connect(), clock.now(), Problems()
    site = f"{site_folder.url.rstrip('/')}/" if site_folder.url else ""
    # Locked until the files are written; a killed run writes the same files again.
    with store.locked(_LOCK) as transaction:
        stored = transaction.state(_POSITION)
        new = transaction.changes(int(stored or 0), most=_MOST_ROWS, subject=Subject.STATION)
        stations = _stations(store)
        pages = _due(site_folder.folder, new, stations, is_first=stored is None)
        feeds = _feeds(transaction, pages, stations, now, problems)
        for feed in feeds:
            for ending, body_of in (("atom", atom), ("json", json_feed)):
                path = site_folder.folder / f"{feed.path}.{ending}"
                with problems.of(f"{feed.path}.{ending}"):
                    path.parent.mkdir(parents=True, exist_ok=True)
                    write_file(path, body_of(feed, site), mode=PUBLIC)
        if not (stations.is_empty() or problems):
            position = new["position"].max() if new.height else int(stored or 0)
            transaction.set_state(_POSITION, str(position))
    problems.raise_if_any(
        f"These feeds stay as they were in {site_folder.folder}; all others are written. The next"
        " tick writes them again: if the disk is not full, it is a fault in belib_weather/feeds"
    )
    folder = str(site_folder.folder / "feeds")
    return dg.MaterializeResult(
        metadata={
            "folder": dg.MetadataValue.path(folder),
            "changes": new.height,
            "feeds written": len(feeds),
        }
    )


def _stations(store: Warehouse) -> pl.DataFrame:
    """Every station that has a page: those in force, and those of the newest snapshot."""
    columns = ("station_id", "station_name", "arrondissement")
    known = store.read(STATIONS).filter(pl.col("valid_to").is_null()).select(columns)
    states = store.read(STATION_STATES).select(columns)
    return pl.concat([known, states.join(known, on="station_id", how="anti")])


def _due(
    folder: Path, new: pl.DataFrame, stations: pl.DataFrame, *, is_first: bool
) -> dict[str, Stations]:
    """Pages whose feeds are written, with their stations: of what changed, and missing ones."""
    pages: defaultdict[str, Stations] = defaultdict(dict)
    for station, name, number in stations.iter_rows():
        pages[page_paths.station(station)][station] = f"Belib' {name or station}"
        if number is not None:
            pages[page_paths.arrondissement(number)][station] = f"Belib' Paris {number}"
    changed = set(new["station_id"])
    return {
        page: of_page
        for page, of_page in pages.items()
        if is_first
        or not changed.isdisjoint(of_page)
        or not all((folder / f"{page_paths.feed(page)}.{e}").is_file() for e in ("atom", "json"))
    }


def _feeds(
    transaction: WarehouseTransaction,
    pages: Mapping[str, Stations],
    stations: pl.DataFrame,
    now: datetime,
    problems: Problems,
) -> list["Feed"]:
    """The feeds of pages; one that fails is left out."""
    from belib_weather.feeds.entries import REPORTED_EVENTS, entries  # noqa: PLC0415 - as above
    from belib_weather.feeds.formats import Feed  # noqa: PLC0415 - as above

    changes = transaction.changes(
        0,
        most=_MOST_ROWS,
        subject=Subject.STATION,
        stations=sorted({station for of_page in pages.values() for station in of_page}),
        seen_since=now - SPAN,
    )
    # No corrections of the past; retracted changes are removed.
    reported = in_force(changes).filter(
        pl.col("event").is_in(REPORTED_EVENTS), ~pl.col("is_correction")
    )
    names = dict(stations.select("station_id", "station_name").drop_nulls().iter_rows())
    feeds = []
    for page, of_page in pages.items():
        with problems.of(path := page_paths.feed(page)):
            rows = reported.filter(pl.col("station_id").is_in(list(of_page)))
            own = entries(rows.tail(MOST_ENTRIES), names)
            updated = max((each.at for each in own), default=now)
            title = next(iter(of_page.values()))
            feeds.append(Feed(path, page.lstrip("/"), title, own, updated))
    return feeds
