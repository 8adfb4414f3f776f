"""The short table at the end of a start: what is stored, and the state of the city now.

What belongs here: reading figures and showing them. What does not: computing them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl
from rich.table import Table

from belib_weather.datasets.figures import SHARE_AVAILABLE
from belib_weather.lake import RAW_SNAPSHOTS
from belib_weather.local.stores import Stores
from belib_weather.networks import NETWORK
from belib_weather.warehouse.tables import WEATHER_HOURS
from belib_weather.window import HOUR, Window, floor_hour

_MB = 1e6
_FEWEST_POINTS = 10
"""An arrondissement with fewer known points is not ranked."""
_FIGURE = SHARE_AVAILABLE.now()


@dataclass(frozen=True)
class Share:
    """Charge points freshly available, of those freshly known that are in service."""

    place: str
    available: int
    known: int

    def __str__(self) -> str:
        return f"{self.available / self.known:.0%} of {self.known:,} charge points"


def shares(current: pl.DataFrame) -> tuple[Share | None, list[Share]]:
    """The whole city's share, and that of each arrondissement with enough points, best first.

    Args:
        current: rows of `belib_current`.
    """
    fresh = current.filter(~pl.col("is_stale") & pl.col("status").is_in(_FIGURE.denominator))
    if fresh.is_empty():
        return None, []
    is_available = pl.col("status").is_in(_FIGURE.numerator).sum()
    ranked = (
        fresh.drop_nulls("arrondissement")
        .group_by("arrondissement")
        .agg(is_available.alias("available"), pl.len().alias("known"))
        .filter(pl.col("known") >= _FEWEST_POINTS)
        .sort(pl.col("available") / pl.col("known"), "arrondissement", descending=[True, False])
    )
    city = Share("Paris", fresh.select(is_available).item(), fresh.height)
    return city, [Share(_ordinal(a), n, k) for a, n, k in ranked.iter_rows()]


def _ordinal(arrondissement: int) -> str:
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(arrondissement % 20, "th")
    return f"{arrondissement}{suffix}"


def table(stores: Stores, *, is_simulated: bool, note: str | None = None) -> Table:
    """What is stored, and the city now.

    Args:
        stores: that are counted.
        is_simulated: whether the data are.
        note: below it, on what is being filled; what is empty then "follows".
    """
    captured_at = stores.lake.newest_captured_at(RAW_SNAPSHOTS)
    local = captured_at and captured_at.astimezone(ZoneInfo(NETWORK.zone))
    when = f"{local:%d %B %Y, %H:%M}" if local else "no snapshot"
    kind = "SIMULATED DATA, a made-up city" if is_simulated else "Belib charge points, live"
    table = Table(
        title=f"{kind}\n{when} in Paris", show_header=False, title_style="bold", caption=note
    )
    for name, value in _stored(stores, is_filling=note is not None):
        table.add_row(name, value)
    table.add_section()
    for name, value in _now(stores):
        table.add_row(name, value)
    return table


def _stored(stores: Stores, *, is_filling: bool) -> list[tuple[str, str]]:
    def row(store: str, name: str, number: int, size: int) -> tuple[str, str]:
        if not number and is_filling:
            return f"{store} {name}", "follows"
        what = "rows" if store == "PostgreSQL" else "documents"
        return f"{store} {name}", f"{number:,} {what}, {size / _MB:,.1f} MB"

    rows = [
        row("MongoDB", name, documents, size)
        for name, documents, size in stores.lake.stats().iter_rows()
        if documents
    ]
    rows += [
        row("PostgreSQL", name, count, size)
        for name, count, size in stores.warehouse.sizes().iter_rows()
        if name not in {"input_ledger", "platform_state"}
    ]
    if stores.search is None:
        return [*rows, ("Elasticsearch", "does not run, so nothing is indexed")]
    sizes = (
        stores.search.sizes()
        .group_by("alias", maintain_order=True)
        .agg(pl.col("documents", "bytes").sum())
    )
    return rows + [
        row("Elasticsearch", alias, documents, size)
        for alias, documents, size in sizes.select("alias", "documents", "bytes").iter_rows()
    ]


def _now(stores: Stores) -> list[tuple[str, str]]:
    city, ranked = shares(stores.lake.current())
    rows = [("available now", str(city) if city else "not known yet: no snapshot is stored")]
    if ranked:
        rows.append(("best arrondissement", f"{ranked[0].place}: {ranked[0]}"))
        rows.append(("worst arrondissement", f"{ranked[-1].place}: {ranked[-1]}"))
    return [*rows, ("weather now", _weather(stores, datetime.now(UTC)))]


def _weather(stores: Stores, now: datetime) -> str:
    """Temperature and wind of this hour's stamp; rain of the next one, which is a sum."""
    hour = floor_hour(now)
    rows = stores.warehouse.read(WEATHER_HOURS, Window(hour, hour + 2 * HOUR))
    at = {row["hour"]: row for row in rows.iter_rows(named=True)}
    instant, following = at.get(hour), at.get(hour + HOUR)
    if instant is None or instant["temperature_c"] is None:
        return "not known yet"
    parts = [f"{instant['temperature_c']:.1f} °C"]
    if instant["wind_speed_kmh"] is not None:
        parts.append(f"wind {instant['wind_speed_kmh']:.0f} km/h")
    if following is not None and following["weather_class"] is not None:
        parts.append(f"{following['weather_class']}, {following['precipitation_mm']:.1f} mm")
    return ", ".join(parts)
