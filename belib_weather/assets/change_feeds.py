"""Feeds of what changed at stations, as files beside the site; written last in every tick.

What belongs here: from the outbox to files. What does not: texts and formats (`feeds`), loaded only
here and only to write: a fault in one of them costs the feeds, no poll.
"""

from datetime import datetime
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
from belib_weather.warehouse import Lock, WarehouseTransaction
from belib_weather.warehouse.tables import STATIONS
from belib_weather.window import DAY

if TYPE_CHECKING:
    from belib_weather.feeds.formats import Feed

_LOCK = Lock("change_feeds")
_POSITION = "change_feeds have told up to"
"""Mark of progress: a position of the outbox."""
SPAN = 7 * DAY
MOST_ENTRIES = 50
_MOST_ROWS = 100_000


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
    full, broke down, came back. Only feeds of stations that changed are written again.
    """
    from belib_weather.feeds.formats import atom, json_feed  # noqa: PLC0415 - a fault costs no poll

    store, now, problems = warehouse.connect(), clock.now(), Problems()
    site = f"{site_folder.url.rstrip('/')}/" if site_folder.url else ""
    # Locked until the files are written; a killed run writes the same files again.
    with store.locked(_LOCK) as transaction:
        told = transaction.state(_POSITION)
        new = transaction.changes(int(told or 0), most=_MOST_ROWS, subject=Subject.STATION)
        stations = store.read(STATIONS).filter(pl.col("valid_to").is_null())
        due = _due(new, stations, is_first=told is None)
        feeds = _feeds(transaction, due, stations, now)
        for feed in feeds:
            path = site_folder.folder / feed.path
            path.parent.mkdir(parents=True, exist_ok=True)
            for ending, body_of in (("atom", atom), ("json", json_feed)):
                with problems.of(name := f"{feed.path}.{ending}"):
                    write_file(site_folder.folder / name, body_of(feed, site), mode=PUBLIC)
        if not (stations.is_empty() or problems):
            position = new["position"].max() if new.height else int(told or 0)
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


def _due(new: pl.DataFrame, stations: pl.DataFrame, *, is_first: bool) -> pl.DataFrame:
    """The stations whose feeds, and those of their arrondissements, are written again."""
    if is_first:
        return stations
    return stations.filter(pl.col("station_id").is_in(new["station_id"].unique().implode()))


def _feeds(
    transaction: WarehouseTransaction, due: pl.DataFrame, stations: pl.DataFrame, now: datetime
) -> list["Feed"]:
    from belib_weather.feeds.entries import TOLD, entries  # noqa: PLC0415 - as above
    from belib_weather.feeds.formats import Feed  # noqa: PLC0415 - as above

    districts = sorted(due["arrondissement"].drop_nulls().unique())
    known = stations.filter(
        pl.col("arrondissement").is_in(districts)
        | pl.col("station_id").is_in(due["station_id"].implode())
    )
    changes = transaction.changes(
        0,
        most=_MOST_ROWS,
        subject=Subject.STATION,
        stations=known["station_id"].to_list(),
        seen_since=now - SPAN,
    )
    # Corrections of the past ring nowhere; what was taken back goes.
    told = in_force(changes).filter(pl.col("event").is_in(TOLD), ~pl.col("is_correction"))
    names = dict(stations.select("station_id", "station_name").drop_nulls().iter_rows())
    place = dict(stations.select("station_id", "arrondissement").iter_rows())

    def feed(page: str, title: str, ids: set[str]) -> Feed:
        rows = told.filter(pl.col("station_id").is_in(sorted(ids))).tail(MOST_ENTRIES)
        own = entries(rows, names)
        path = page.strip("/")
        return Feed(f"feeds/{path}", f"{path}/", title, own, max((e.at for e in own), default=now))

    by_station = [
        feed(page_paths.station(one), f"Belib' {names.get(one, one)}", {one})
        for one in due["station_id"]
    ]
    by_district = [
        feed(
            page_paths.arrondissement(number),
            f"Belib' Paris {number}",
            {one for one, of in place.items() if of == number},
        )
        for number in districts
    ]
    return [*by_station, *by_district]
