"""Pictures in the catalog: when one is drawn, and how it is shown.

A chart takes a second of CPU and 20 kB of Dagster's event log; a whole tick takes two seconds. So
the ticks within an hour draw none: the tick that closes an hour does, and every run that is no
tick, one chart an asset (docs/decisions/pictures-once-a-run.md). A map takes milliseconds, and
every run draws it.

What belongs here: the choice, the Markdown, what happens when drawing fails. What does not: what
is drawn (`maps`; `charts`, imported only to draw) and figures (`tables`).
Concept: https://docs.dagster.io/guides/build/assets/metadata-and-tags
"""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import dagster as dg
import polars as pl
from polars.exceptions import PolarsError

from belib_weather.catalog.tables import expected_snapshots
from belib_weather.datasets import POINT_SECONDS, STATUS_SECONDS
from belib_weather.dates import dates_of, window_of_date
from belib_weather.lake import RAW_SNAPSHOTS, Lake, LakeError
from belib_weather.partitions import LIVE_TAG, is_single
from belib_weather.warehouse import Warehouse, WarehouseError
from belib_weather.window import DAY, HOUR, Window

MOST_BYTES = 60_000
"""Of a picture as Markdown."""
LONGEST = timedelta(days=15)
"""Of a range's snapshots, the last are counted."""

REPORT = dg.MetadataValue.asset(dg.AssetKey("availability_report"))
"""Where the whole of it is shown."""

Shown = dict[str, dg.MarkdownMetadataValue | dg.DagsterAssetMetadataValue]
"""Metadata: `picture` and a link to the `report`; the link alone, or nothing."""
_REFUSED = (ValueError, PolarsError, LakeError, WarehouseError)
_SAFE = "/:=,;'"
"""Characters that may stand as they are in a quoted attribute, in a URL and in Markdown."""


def is_drawn(context: dg.AssetExecutionContext) -> bool:
    """False for a tick within an hour; a run of the live job over a range closes one."""
    return LIVE_TAG not in context.run.tags or not is_single(context)


def pictured_hour(window: Window, now: datetime) -> datetime:
    """The hour of a run that carries its picture: the last that is over, else the first.

    The hour going on is made again within minutes, and then shows what that run told of it.
    """
    over = [hour for hour in window.hours if hour + HOUR <= now]
    return over[-1] if over else window.start


def hour_sums(facts: pl.DataFrame) -> pl.DataFrame:
    """The point-seconds by `hour`, `local_date` and `source`: small, also of a long range."""
    keys = ("hour", "local_date", "source")
    return facts.group_by(keys).agg(pl.col(POINT_SECONDS).cast(pl.Int64).sum())


def facts_picture(
    context: dg.AssetExecutionContext, store: Warehouse, window: Window, sums: pl.DataFrame
) -> Shown:
    """Availability over the days in Paris around the hours made, or over a longer range.

    Args:
        context: of the run.
        store: holds the other hours of the day.
        window: the hours made.
        sums: the `hour_sums` of their facts.
    """

    def draw() -> bytes:
        from belib_weather.catalog import charts  # noqa: PLC0415 - takes two thirds of a second

        is_short = window.end - window.start < DAY
        rows = store.read("availability_facts", days_in_paris(window)) if is_short else sums
        return charts.png_of(charts.facts_chart(rows, window), rows["source"].unique())

    if not sums.select(pl.sum_horizontal(pl.col(STATUS_SECONDS)).sum()).item():
        return {}  # nothing was observed, as by the first snapshot of all
    return _charted(
        context,
        f"Share of points available and occupancy, about {window}",
        "Station by station: the view `availability_hours` in PostgreSQL.",
        draw,
    )


def days_in_paris(window: Window) -> Window:
    """The whole days in Paris that a window touches."""
    dates = dates_of(window)
    return Window(window_of_date(dates[0]).start, window_of_date(dates[-1]).end)


def coverage_picture(context: dg.AssetExecutionContext, lake: Lake, window: Window) -> Shown:
    """Snapshots per hour of the day before the end of the window, or of all of a longer one."""

    def draw() -> bytes:
        from belib_weather.catalog import charts  # noqa: PLC0415 - takes two thirds of a second

        held = lake.inventory(RAW_SNAPSHOTS, shown)
        chart = charts.coverage_chart(_hours_held(held, shown))
        return charts.png_of(chart, held["source"].unique())

    start = max(min(window.start, window.end - DAY), window.end - LONGEST)
    shown = Window(start, window.end)
    whole = "One by one: `belib-weather raw list`."
    return _charted(context, f"Snapshots stored per hour, {shown}", whole, draw)


def weather_picture(context: dg.AssetExecutionContext, rows: pl.DataFrame) -> Shown:
    """Temperature and precipitation (`WeatherHour` rows)."""

    def draw() -> bytes:
        from belib_weather.catalog import charts  # noqa: PLC0415 - takes two thirds of a second

        return charts.png_of(charts.weather_chart(rows), rows["source"].unique())

    if rows.is_empty():
        return {}
    whole = "Hour by hour: the table `weather_hours` in PostgreSQL."
    return _charted(context, "Temperature and precipitation, by the hour", whole, draw)


def _hours_held(inventory: pl.DataFrame, window: Window) -> pl.DataFrame:
    """`hour`, `snapshots`, `expected` of each hour of a window."""
    now, hours = datetime.now(UTC), window.hours
    held = inventory.select(pl.col("captured_at").dt.truncate("1h"))
    expected = [expected_snapshots(hour, now) for hour in hours]
    return (
        pl.DataFrame(
            {"hour": hours, "expected": expected},
            schema_overrides={"hour": held.schema["captured_at"]},
        )
        .join(
            held.group_by("captured_at").len("snapshots"),
            left_on="hour",
            right_on="captured_at",
            how="left",
        )
        .with_columns(pl.col("snapshots").fill_null(0))
        .sort("hour")
    )


def _charted(
    context: dg.AssetExecutionContext, text: str, whole: str, draw: Callable[[], bytes]
) -> Shown:
    """A PNG where it is due."""
    if not is_drawn(context):
        return {"report": REPORT}
    from altair.utils.schemapi import SchemaValidationError  # noqa: PLC0415 - as above

    def address() -> str:
        return f"data:image/png;base64,{base64.b64encode(draw()).decode()}"

    return _pictured(context, text, whole, address, (*_REFUSED, SchemaValidationError))


def mapped(
    context: dg.AssetExecutionContext, text: str, whole: str, draw: Callable[[], str]
) -> Shown:
    """A map (SVG), at each run; as plain text, which the database packs better than base64."""

    def address() -> str:
        return f"data:image/svg+xml,{quote(draw(), safe=_SAFE)}"

    return _pictured(context, text, whole, address, _REFUSED)


def _pictured(
    context: dg.AssetExecutionContext,
    text: str,
    whole: str,
    address: Callable[[], str],
    refused: tuple[type[Exception], ...],
) -> Shown:
    """The picture as Markdown. The data are stored by now, so one that fails is a warning."""
    try:
        shown = f"![{text}]({address()})\n\n{whole}"
    except refused as error:
        context.log.warning(f"the data are stored, but not drawn: {error}")
        return {"report": REPORT}
    if len(shown) > MOST_BYTES:
        context.log.warning(f"the picture has {len(shown)} bytes, more than {MOST_BYTES}: left out")
        return {"report": REPORT}
    return {"picture": dg.MetadataValue.md(shown), "report": REPORT}
