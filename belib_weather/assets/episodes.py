"""Status episodes: how long each charge point kept a status, in PostgreSQL, and their checks.

What belongs here: window → read → transform → replace, day by day. What does not: the rules
(`transform.episodes`), and gluing over midnights (the view `status_runs`).
"""

from collections.abc import Iterator
from functools import partial

import dagster as dg
import polars as pl

from belib_weather.assets.build_episodes import BuiltDays, build_days
from belib_weather.assets.check_factory import Finding, PartitionCheck
from belib_weather.assets.presentation import CatalogResource, Drawers, Entries
from belib_weather.assets.raw import SINGLE_RUN, raw_belib_snapshots
from belib_weather.assets.run_metadata import percent
from belib_weather.assets.sightings_reader import chunks, warn_of_rejected
from belib_weather.assets.table_metadata import table_metadata
from belib_weather.datasets import STATUS_SECONDS
from belib_weather.datasets.episodes import EPISODE_RULES, StatusEpisode
from belib_weather.lanes import Lane
from belib_weather.partitions import DAILY, day_key, window_of
from belib_weather.resources import LakeResource, WarehouseResource
from belib_weather.vocabulary import STATUSES, EdgeKind
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_FACTS, STATUS_EPISODES
from belib_weather.window import Grain, Window

_SUMS = [*STATUS_SECONDS, "stale_seconds"]


@dg.asset(
    group_name="core",
    kinds={"postgres", "polars"},
    deps=[raw_belib_snapshots],
    partitions_def=DAILY,
    tags=Lane.EPISODES.tags,
    metadata=table_metadata(StatusEpisode, STATUS_EPISODES.name),
    code_version=str(EPISODE_RULES),
    backfill_policy=SINGLE_RUN,
)
def status_episodes(
    context: dg.AssetExecutionContext,
    lake: LakeResource,
    warehouse: WarehouseResource,
    catalog: CatalogResource,
) -> dg.MaterializeResult[None]:
    """How long each charge point kept a status, exact to the second, by the UTC day.

    Grain: segment, the longest run of observed seconds of one point with one status, as fresh,
    within a UTC day. Each end says how it is known. An occupied run is about a charging session,
    as far as polls can see one; it says nothing about energy.
    """
    window, raw, store = window_of(context), lake.connect(), warehouse.connect()
    for built in build_days(raw, store, chunks(raw, window, grain=Grain.DAY)):
        _report(context, built)
        catalog.show(context, partial(_table, built.episodes))
    return dg.MaterializeResult()


def _table(episodes: pl.DataFrame, draw: Drawers) -> Entries:
    return draw.episodes_table(episodes)


def _report(context: dg.AssetExecutionContext, built: BuiltDays) -> None:
    """Attach the figures of each day; warn of records left out and of days without snapshots."""
    warn_of_rejected(context, built.rejected)
    named = built.unreadable.report(context)
    by_day = {row["day"]: row for row in _figures(built.episodes).iter_rows(named=True)}
    for day, snapshots in built.inputs.select("hour", "snapshots").iter_rows():
        row = by_day.get(day)
        figures = {
            "dagster/partition_row_count": row["segments"] if row else 0,
            "snapshots": snapshots,
            **named,
        }
        if row:
            figures["charge points"] = row["charge_points"]
            figures["ends unseen (%)"] = percent(row["unseen"])
            figures["restamps"] = row["restamps"]
        context.add_asset_metadata(figures, partition_key=day_key(day))
        if not snapshots:
            context.log.warning(f"{day_key(day)} has no snapshots, so it has no episodes")


def _figures(episodes: pl.DataFrame) -> pl.DataFrame:
    """`day`, `segments`, `charge_points`, share of ends `unseen`, `restamps`."""
    unseen = pl.mean_horizontal(
        (pl.col(kind) == EdgeKind.UNSEEN).mean() for kind in ("start_kind", "end_kind")
    )
    return episodes.group_by(pl.col("started_at").dt.truncate("1d").alias("day")).agg(
        pl.len().alias("segments"),
        pl.col("charge_point_id").n_unique().alias("charge_points"),
        unseen.alias("unseen"),
        pl.col("restamps").sum(),
    )


def _do_not_overlap(window: Window, warehouse: Warehouse) -> Iterator[Finding]:
    # By the primary key, so a point's segments follow each other.
    end_before = pl.col("ended_at").shift(1).over("charge_point_id")
    for day in map(Window.day, window.days):
        rows = warehouse.read(STATUS_EPISODES, day)
        overlapping = rows.select((pl.col("started_at") < end_before).sum()).item()
        yield Finding(
            day.start, not overlapping, {"segments": rows.height, "overlapping": overlapping}
        )


def _agree_with_facts(window: Window, warehouse: Warehouse) -> Iterator[Finding]:
    for day in map(Window.day, window.days):
        facts = warehouse.read(AVAILABILITY_FACTS, day)
        if facts["is_provisional"].any():
            yield Finding(day.start, passed=True, metadata={"waits for": "the end of the day"})
            continue
        expected = facts.select(pl.col(_SUMS).cast(pl.Int64).sum()).row(0, named=True)
        actual = seconds_by_status(warehouse.read(STATUS_EPISODES, day))
        differing = [name for name in _SUMS if expected[name] != actual[name]]
        yield Finding(
            day.start,
            not differing,
            {
                "observed point-seconds in facts": sum(expected.values()),
                "in episodes": sum(actual.values()),
                "differing": differing,
            },
        )


def seconds_by_status(episodes: pl.DataFrame) -> dict[str, int]:
    """Fresh seconds of each status and stale ones, by the names of the facts' columns."""
    seconds, stale = pl.col("seconds").cast(pl.Int64), pl.col("is_stale")
    fresh = (
        seconds.filter(~stale & (pl.col("status") == status)).sum().alias(name)
        for status, name in zip(STATUSES, STATUS_SECONDS, strict=True)
    )
    sums: dict[str, int] = episodes.select(
        *fresh, seconds.filter(stale).sum().alias("stale_seconds")
    ).row(0, named=True)
    return sums


EPISODE_CHECKS = (
    PartitionCheck(
        name="do_not_overlap",
        asset=status_episodes,
        description="No second of a charge point is in two segments.",
        find=_do_not_overlap,
        resources=frozenset({"warehouse"}),
        blocking=True,
    ),
    PartitionCheck(
        name="agree_with_facts",
        asset=status_episodes,
        description="Seconds of every status, and stale ones, are those of the facts of the day.",
        find=_agree_with_facts,
        resources=frozenset({"warehouse"}),
    ),
)
