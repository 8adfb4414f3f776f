"""Checks of what was polled: no hour is left out, and the collector is not in an outage.

What belongs here: verdicts over `feed_hours`. What does not: its rows (`feed`).
"""

from datetime import timedelta

import dagster as dg
import polars as pl

from belib_weather.assets.feed import MOST_HOURS, SHOWN, feed_hours
from belib_weather.assets.run_metadata import both_clocks
from belib_weather.lake import RAW_SNAPSHOTS
from belib_weather.partitions import contiguous
from belib_weather.resources import Clock, LakeResource, WarehouseResource
from belib_weather.vocabulary import GAP_LIMIT_SECONDS
from belib_weather.warehouse.tables import FEED_HOURS
from belib_weather.window import HOUR, Window, floor_hour


@dg.asset_check(asset=feed_hours)
def feed_hours_have_no_hole(warehouse: WarehouseResource, clock: Clock) -> dg.AssetCheckResult:
    """From the first hour with an expected poll to now every hour has a row."""
    now = clock.now()
    hours = warehouse.connect().read(FEED_HOURS)
    polled = hours.filter(pl.col("expected_snapshots").is_not_null())["hour"]
    if polled.is_empty():
        return dg.AssetCheckResult(passed=True, metadata={"hours": hours.height})
    expected = Window(polled[0], floor_hour(now) + HOUR).hours
    missing = sorted(set(expected) - set(hours["hour"]))
    return dg.AssetCheckResult(
        passed=not missing,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"hours": hours.height, "missing": [f"{hour:%FT%H}" for hour in missing[:10]]},
    )


@dg.asset_check(asset=feed_hours)
def no_outage_now(
    lake: LakeResource, warehouse: WarehouseResource, clock: Clock
) -> dg.AssetCheckResult:
    """A snapshot was taken in the last 30 minutes; names the hours of a week without any."""
    now = clock.now()
    newest = lake.connect().newest_captured_at(RAW_SNAPSHOTS)
    hours = warehouse.connect().read(FEED_HOURS, Window(floor_hour(now) - SHOWN, floor_hour(now)))
    dark = contiguous(hours.filter(pl.col("snapshots") == 0)["hour"], most=MOST_HOURS)
    return dg.AssetCheckResult(
        passed=newest is None or now - newest <= timedelta(seconds=GAP_LIMIT_SECONDS),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "newest snapshot": both_clocks(newest) if newest else "none",
            "hours without a snapshot": sum(len(window.hours) for window in dark),
            "when": [f"{window}" for window in dark[-10:]],
        },
    )
