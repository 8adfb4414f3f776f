"""The two partition definitions, and the way from a run context to a UTC window.

What belongs here: hours and days as Dagster partitions. What does not: local calendars (they
are columns) and store access. Concept: https://docs.dagster.io/guides/build/partitions-and-backfills
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import dagster as dg

from belib_weather.window import Grain, Window, floor_hour

HOURLY_KEY = "%Y-%m-%d-%H:%M"
DAILY_KEY = "%Y-%m-%d"
FORMATS = {Grain.HOUR: HOURLY_KEY, Grain.DAY: DAILY_KEY}
"""Of a partition key, by the grain."""
GRAIN_TAG = "belib/grain"
"""Tag of a partitioned asset: `hour` or `day`, for searches in the catalog."""
LIVE_TAG = "belib/live"
"""Tag of the runs of the live job."""
NO_CHARTS_TAG = "belib/no-charts"
"""Of a run whose charts nobody looks at, since another run has the newest hours."""
POLLED_TAG = "belib/polled"
"""Tag of a run for which the watchdog has polled already."""


class PartitionError(dg.DagsterError):
    """A run names partitions that do not exist: before the start, in the future, or none."""


@dataclass(frozen=True)
class Partitions:
    """Both partition definitions; the last one of each is the hour or day that is going on."""

    hourly: dg.HourlyPartitionsDefinition
    daily: dg.DailyPartitionsDefinition

    @classmethod
    def since(cls, start: datetime) -> "Partitions":
        """Partitions from the UTC day of `start` on."""
        midnight = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(
            hourly=dg.HourlyPartitionsDefinition(start_date=midnight, end_offset=1),
            daily=dg.DailyPartitionsDefinition(start_date=midnight, end_offset=1),
        )

    def of(self, grain: Grain | None) -> dg.TimeWindowPartitionsDefinition | None:
        """The definition of a grain, None for an unpartitioned asset."""
        return {None: None, Grain.HOUR: self.hourly, Grain.DAY: self.daily}[grain]


_ANY_START = Partitions.since(datetime(2020, 1, 1, tzinfo=UTC))
HOURLY, DAILY = _ANY_START.hourly, _ANY_START.daily
"""What assets declare. Importing them reads no setting: `build_defs` moves the start to BELIB_START
(docs/decisions/partitions-stand-on-the-asset.md)."""


def grain_of(definition: dg.PartitionsDefinition | None) -> Grain | None:
    """The grain of an asset by its partitions.

    Raises:
        ValueError: the partitions are neither hours nor days.
    """
    match definition:
        case None:
            return None
        case dg.HourlyPartitionsDefinition():
            return Grain.HOUR
        case dg.DailyPartitionsDefinition():
            return Grain.DAY
    raise ValueError(f"partitions are UTC hours or days here, not {definition}")


def window_of(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> Window:
    """The UTC window of a run's partitions, checked: Dagster does not validate tagged ranges.

    Raises:
        PartitionError: the range is reversed, empty, before the start or in the future.
    """
    op_context = context.op_execution_context
    definition = op_context.assets_def.partitions_def
    if not isinstance(definition, dg.TimeWindowPartitionsDefinition):
        raise PartitionError("this asset has no time partitions; leave the partition out")
    tags = op_context.run_tags
    last = definition.get_last_partition_key()
    if op_context.has_partition_key:
        first_key = last_key = op_context.partition_key
    else:
        first_key = tags.get("dagster/asset_partition_range_start", "")
        last_key = tags.get("dagster/asset_partition_range_end", "")
    for key in (first_key, last_key):
        if not _exists(definition, key):
            raise PartitionError(
                f"there is no partition {key!r}: they run from"
                f" {definition.get_first_partition_key()} (set BELIB_START to begin earlier)"
                f" to {last}"
            )
    start = definition.time_window_for_partition_key(first_key).start
    end = definition.time_window_for_partition_key(last_key).end
    if end <= start:
        raise PartitionError(f"the range {first_key}...{last_key} is reversed; swap its ends")
    return Window(start.astimezone(UTC), end.astimezone(UTC))


def _exists(definition: dg.TimeWindowPartitionsDefinition, key: str) -> bool:
    # Dagster also takes 00:30 for a key, and means the next hour by it.
    return (
        definition.has_partition_key(key)
        and f"{definition.time_window_for_partition_key(key).start:{definition.fmt}}" == key
    )


def is_single(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> bool:
    """True for a run of one partition by its key, false for a range."""
    return context.op_execution_context.has_partition_key


def hour_key(hour: datetime) -> str:
    """Partition key of the UTC hour that holds `hour`."""
    return f"{floor_hour(hour):{HOURLY_KEY}}"


def day_key(day: datetime) -> str:
    """Partition key of the UTC day that holds `day`."""
    return f"{day.astimezone(UTC):{DAILY_KEY}}"


def key_of(start: datetime, grain: Grain) -> str:
    """Partition key of the UTC hour or day that holds `start`."""
    return hour_key(start) if grain is Grain.HOUR else day_key(start)


def contiguous(starts: Iterable[datetime], *, most: int, grain: Grain = Grain.HOUR) -> list[Window]:
    """Cut hours or days into windows without gaps, of at most `most` of them each, in order."""
    windows: list[Window] = []
    for start in sorted(set(starts)):
        end = start + grain.length
        if windows and windows[-1].end == start and len(windows[-1].starts(grain)) < most:
            windows[-1] = Window(windows[-1].start, end)
        else:
            windows.append(Window(start, end))
    return windows
