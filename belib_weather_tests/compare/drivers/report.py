"""Draw the report of given rows at a given instant: `report.py ROWS STATES DAYS NOW FOLDER`.

Writes the report's own files into the folder, and beside them `drawn.json`: the Vega-Lite
specification of every picture, in order, with the decimal mark that it is drawn with.
"""

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from inspect import signature
from pathlib import Path
from typing import Any
from unittest.mock import patch

import polars as pl
import vl_convert


def recorded(pictures: list[dict[str, Any]]) -> Any:
    """Note every picture that is drawn."""
    draw = vl_convert.vegalite_to_svg

    def drawn(specification: Any, *arguments: Any, **options: Any) -> str:
        decimal = options["format_locale"]["decimal"]
        pictures.append({"decimal": decimal, "specification": specification})
        return draw(specification, *arguments, **options)

    return patch.object(vl_convert, "vegalite_to_svg", drawn)


def polled(facts: pl.DataFrame, hours: Iterable[datetime]) -> pl.DataFrame:
    """Snapshots of each hour, as many as its best seen station has, against four expected."""
    every = pl.DataFrame({"hour": list(hours)}, schema={"hour": facts.schema["hour"]})
    snapshots = facts.group_by("hour").agg(pl.col("snapshots").max().cast(pl.Int64))
    quarter = pl.lit(15 * 60, dtype=pl.Int64).alias("cadence_seconds")
    return every.join(snapshots, on="hour", how="left").select(
        "hour",
        pl.col("snapshots").fill_null(0),
        quarter,
        pl.lit(4, dtype=pl.Int64).alias("expected"),
    )


def main(rows: str, states: str, days: str, now: str, folder: str) -> None:
    """Draw it."""
    pictures: list[dict[str, Any]] = []
    with recorded(pictures):
        from belib_weather.datasets import AvailabilityHour, StationState
        from belib_weather.report import Period, report_of
        from belib_weather.report.files import write

        period = Period.of(int(days), datetime.fromisoformat(now))
        facts = AvailabilityHour.cast(pl.read_parquet(rows))
        known = StationState.cast(pl.read_parquet(states))
        window = period.window
        inside = facts.filter(pl.col("hour").is_between(window.start, window.end, closed="left"))
        # Newer code gets what was polled; older code guesses it from the facts.
        takes_polls = "polled" in signature(report_of).parameters
        more: dict[str, Any] = {"polled": polled(inside, window.hours)} if takes_polls else {}
        write(Path(folder), report_of(inside, known, period=period, **more))
    drawn = {"pictures": pictures, "searches": []}
    Path(folder, "drawn.json").write_text(json.dumps(drawn), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
