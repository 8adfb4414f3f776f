"""Pictures as metadata: when a chart is drawn, and how a picture is shown.

A chart takes a second of CPU and 20 kB of Dagster's event log; a whole tick takes two seconds. So
the ticks within an hour draw none: the tick that closes an hour does, and every run that is no
tick, one chart an asset (docs/decisions/pictures-once-a-run.md). A map takes milliseconds, and
every run draws it.

What belongs here: the choice and the Markdown. What does not: what is drawn (`charts`,
`station_map`) and figures (`tables`).
Concept: https://docs.dagster.io/guides/build/assets/metadata-and-tags
"""

import base64
from datetime import datetime
from urllib.parse import quote

import dagster as dg

from belib_weather.partitions import LIVE_TAG, NO_CHARTS_TAG, is_single
from belib_weather.window import HOUR, Window

MOST_BYTES = 60_000
"""Of a picture as Markdown."""
REPORT = dg.MetadataValue.asset(dg.AssetKey("availability_report"))
"""The page that shows the whole picture."""

Shown = dict[str, dg.MetadataValue]
"""Metadata: `picture` and a link to the `report`, or the link alone."""
_SAFE = "/:=,;'"
"""Characters that may stand as they are in a quoted attribute, in a URL and in Markdown."""


class PictureTooLarge(ValueError):
    """A picture that would bloat Dagster's event log."""


def is_drawn(context: dg.AssetExecutionContext) -> bool:
    """False for a tick within an hour; a run of the live job over a range completes one."""
    tags = context.run.tags
    return NO_CHARTS_TAG not in tags and (LIVE_TAG not in tags or not is_single(context))


def pictured_hour(window: Window, now: datetime) -> datetime:
    """The hour of a run that carries its picture: the last that is over, else the first.

    The current hour is built again within minutes, with a picture of its own.
    """
    over = [hour for hour in window.hours if hour + HOUR <= now]
    return over[-1] if over else window.start


def chart_entries(text: str, whole: str, png: bytes) -> Shown:
    """A chart as Markdown: `text` in place of the picture, `whole` says where its rows are.

    Raises:
        PictureTooLarge: the Markdown exceeds `MOST_BYTES`.
    """
    return _entries(text, whole, f"data:image/png;base64,{base64.b64encode(png).decode()}")


def map_entries(text: str, whole: str, svg: str) -> Shown:
    """A map as Markdown; as plain text, which the database packs better than base64.

    Raises:
        PictureTooLarge: the Markdown exceeds `MOST_BYTES`.
    """
    return _entries(text, whole, f"data:image/svg+xml,{quote(svg, safe=_SAFE)}")


def _entries(text: str, whole: str, address: str) -> Shown:
    picture = f"![{text}]({address})\n\n{whole}"
    if len(picture) > MOST_BYTES:
        raise PictureTooLarge(f"the picture has {len(picture)} bytes, more than {MOST_BYTES}")
    return {"picture": dg.MetadataValue.md(picture), "report": REPORT}
