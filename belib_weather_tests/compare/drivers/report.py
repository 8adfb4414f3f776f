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
    local = ("local_date", "local_hour", "local_weekday")
    snapshots = facts.group_by("hour").agg(
        pl.col("snapshots").max(),
        pl.col("charge_points").sum(),
        pl.col("source", *local).first(),
    )
    return every.join(snapshots, on="hour", how="inner").with_columns(
        pl.lit(4).alias("expected_snapshots"),
        pl.lit(3600).alias("observed_seconds"),
        pl.lit(900).alias("longest_gap_seconds"),
        pl.lit(0).alias("refused"),
        pl.lit(value=False).alias("is_provisional"),
    )


def fitted(schema: Any, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows in the columns of a dataset; those that older code does not know are null."""
    missing = [name for name in schema.column_names() if name not in rows.columns]
    filled = rows.with_columns(pl.lit(None).alias(name) for name in missing)
    rows_of_dataset: pl.DataFrame = schema.cast(filled.select(schema.column_names()))
    return rows_of_dataset


def main(rows: str, states: str, days: str, now: str, folder: str) -> None:
    """Draw it."""
    pictures: list[dict[str, Any]] = []
    with recorded(pictures):
        from belib_weather.datasets import AvailabilityHour, StationState
        from belib_weather.report import Period, report_of
        from belib_weather.report.files import write

        period = Period.of(int(days), datetime.fromisoformat(now))
        facts = fitted(AvailabilityHour, pl.read_parquet(rows))
        known = fitted(StationState, pl.read_parquet(states))
        window = period.window
        inside = facts.filter(pl.col("hour").is_between(window.start, window.end, closed="left"))
        more: dict[str, Any] = {}
        # Newer code gets what was polled; older code guesses it from the facts.
        if "feed" in signature(report_of).parameters:
            from belib_weather.datasets.feed import FeedHour

            more = {"feed": fitted(FeedHour, polled(inside, window.hours))}
        write(Path(folder), report_of(inside, known, period=period, **more))
    Path(folder, "drawn.json").write_text(json.dumps(pictures), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
