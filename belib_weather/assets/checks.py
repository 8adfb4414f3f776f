"""Asset checks: what must hold of each layer, declared in one registry.

A blocking check stands where wrong data would spread; the invariants are also asserted before
anything is swapped in. What belongs here: expected against actual. What does not: how results
reach each partition (`check_factory`). Concept: https://docs.dagster.io/guides/test/asset-checks
"""

from collections.abc import Iterator
from datetime import datetime

import dagster as dg
import polars as pl

from belib_weather.assets.check_factory import Finding, PartitionCheck
from belib_weather.assets.current import belib_current
from belib_weather.assets.dimensions import stations
from belib_weather.assets.document_checks import READABLE_CHECKS
from belib_weather.assets.facts import availability_facts
from belib_weather.assets.parsed_documents import Unreadable, newest_readable, parsed_snapshot
from belib_weather.assets.raw import raw_belib_snapshots
from belib_weather.assets.search import availability_index, stations_index
from belib_weather.datasets import POINT_SECONDS
from belib_weather.formats.spelling import unknown_labels
from belib_weather.lake import Lake
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.networks import NETWORK
from belib_weather.resources import LakeResource, SearchResource, WarehouseResource
from belib_weather.search import SearchStore
from belib_weather.search.projections import AVAILABILITY_INDEX, STATIONS_INDEX
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_FACTS, STATION_STATES, STATIONS
from belib_weather.window import DAY, Window

MOST_UNKNOWN_SHARE = 0.25
"""Unknown and stale seconds are 3-9 % of the observed ones on real days, 9 % in an outage."""
MOST_REFUSED_SHARE = 0.01


def _by_day(window: Window) -> Iterator[Window]:
    for day in window.days:
        yield Window(max(day, window.start), min(day + DAY, window.end))


def _record_counts_match(window: Window, lake: Lake) -> Iterator[Finding]:
    stored = lake.inventory(RAW_SNAPSHOTS, window).with_columns(
        pl.col("captured_at").dt.truncate("1h").alias("hour")
    )
    for hour in window.hours:
        rows = stored.filter(pl.col("hour") == hour)
        short = rows.filter(pl.col("record_count") != pl.col("expected_count"))
        yield Finding(
            hour,
            short.is_empty(),
            {
                "snapshots": rows.height,
                "records": int(rows["record_count"].sum()),
                "snapshots with another count than announced": short.height,
            },
        )


def _feed_schema_is_known(window: Window, lake: Lake) -> Iterator[Finding]:
    summaries, feed = lake.summaries(RAW_SNAPSHOTS, window), NETWORK.realtime
    for hour in window.hours:
        own = [s for at, s in summaries if hour <= at < hour + (DAY / 24)]
        fields = set().union(*(set(s.get("fields", [])) for s in own))
        labels = set().union(*(set(s.get("statuses", {})) for s in own))
        new = fields - feed.field_names - feed.ignored_fields
        lost = feed.field_names - fields if own else frozenset()
        unknown = unknown_labels(dict.fromkeys(labels, 1)).keys() | (labels & {"null"})
        yield Finding(
            hour,
            not (new or lost or unknown),
            {
                "new fields": sorted(new),
                "lost fields": sorted(lost),
                "unknown status labels": sorted(unknown),
            },
        )


def _facts_findings(
    window: Window, warehouse: Warehouse, wrong: pl.Expr, figures: dict[str, pl.Expr]
) -> Iterator[Finding]:
    """One finding per hour: passed unless `wrong`; `figures` are its figures."""
    for day in _by_day(window):
        found = (
            warehouse.read(AVAILABILITY_FACTS, day)
            .group_by("hour")
            .agg(wrong.alias("wrong"), **figures)
        )
        by_hour = {row.pop("hour"): row for row in found.iter_rows(named=True)}
        for hour in day.hours:
            row = by_hour.get(hour, {"wrong": False})
            yield Finding(hour, not row.pop("wrong"), row)


def _one_row_per_station(window: Window, warehouse: Warehouse) -> Iterator[Finding]:
    stations_seen = pl.col("station_id").n_unique()
    return _facts_findings(
        window,
        warehouse,
        wrong=stations_seen != pl.len(),
        figures={"rows": pl.len(), "stations": stations_seen},
    )


def _seconds_add_up(window: Window, warehouse: Warehouse) -> Iterator[Finding]:
    actual, expected = pl.sum_horizontal(POINT_SECONDS), pl.col("charge_points") * 3600
    return _facts_findings(
        window,
        warehouse,
        wrong=(actual != expected).any(),
        figures={"expected point-seconds": expected.sum(), "actual point-seconds": actual.sum()},
    )


def _unknown_share_is_low(window: Window, warehouse: Warehouse) -> Iterator[Finding]:
    observed = (pl.col("charge_points") * 3600 - pl.col("unobserved_seconds")).sum()
    doubtful = (pl.col("unknown_seconds") + pl.col("stale_seconds")).sum()
    return _facts_findings(
        window,
        warehouse,
        wrong=doubtful > observed * MOST_UNKNOWN_SHARE,
        figures={
            "unknown or stale point-seconds": doubtful,
            "observed point-seconds": observed,
            "share (%)": (100 * doubtful / pl.when(observed > 0).then(observed)).round(1),
            "limit (%)": pl.lit(round(100 * MOST_UNKNOWN_SHARE)).first(),
        },
    )


def _weather_joined(window: Window, warehouse: Warehouse) -> Iterator[Finding]:
    missing = pl.any_horizontal(pl.col("temperature_c", "precipitation_mm").is_null())
    return _facts_findings(
        window,
        warehouse,
        wrong=missing.any(),
        figures={"rows": pl.len(), "rows without weather": missing.sum()},
    )


def _counts_agree(window: Window, warehouse: Warehouse, search: SearchStore) -> Iterator[Finding]:
    rows = dict(warehouse.count(AVAILABILITY_FACTS, window).iter_rows())
    documents = dict(search.count(AVAILABILITY_INDEX, window).iter_rows())
    refused = _refused_documents(window, warehouse, search)
    # Readers see the old index until it is rebuilt; publishing writes into the new one, which
    # has its counts.
    waiting = {hour for month in search.outdated(AVAILABILITY_INDEX) for hour in month.hours}
    for hour in window.hours:
        expected, actual = rows.get(hour, 0), documents.get(hour, 0)
        if hour in waiting:
            figures = {
                "PostgreSQL": expected,
                "Elasticsearch": actual,
                "waits for": "rebuild_index",
            }
            yield Finding(hour, passed=True, metadata=figures)
            continue
        left_out = len(refused.get(hour, {}))
        # `every_document_taken` reports one refused document; many are a fault of ours.
        is_small = left_out <= max(1, expected * MOST_REFUSED_SHARE)
        yield Finding(
            hour,
            expected - left_out <= actual <= expected and is_small,
            {"PostgreSQL": expected, "Elasticsearch": actual, "refused": left_out},
        )


def _all_documents_indexed(
    window: Window, warehouse: Warehouse, search: SearchStore
) -> Iterator[Finding]:
    refused = _refused_documents(window, warehouse, search)
    for hour in window.hours:
        yield Finding(hour, hour not in refused, {"refused": refused.get(hour, {})})


def _refused_documents(
    window: Window, warehouse: Warehouse, search: SearchStore
) -> dict[datetime, dict[str, str]]:
    with warehouse.publication(search.alias(AVAILABILITY_INDEX)) as ledger:
        return ledger.refused(window)


PARTITION_CHECKS = (
    *READABLE_CHECKS,
    PartitionCheck(
        name="counts_as_expected",
        asset=raw_belib_snapshots,
        description="Every snapshot holds as many records as the API announced.",
        find=_record_counts_match,
        resources=frozenset({"lake"}),
        blocking=True,
    ),
    PartitionCheck(
        name="feed_as_known",
        asset=raw_belib_snapshots,
        description="The feed has the known fields and status labels; names what is new or lost.",
        find=_feed_schema_is_known,
        resources=frozenset({"lake"}),
    ),
    PartitionCheck(
        name="one_row_per_station",
        asset=availability_facts,
        description="Station and hour are unique.",
        find=_one_row_per_station,
        resources=frozenset({"warehouse"}),
        blocking=True,
    ),
    PartitionCheck(
        name="seconds_add_up",
        asset=availability_facts,
        description="Status, stale and unobserved seconds are charge points × 3600, exactly.",
        find=_seconds_add_up,
        resources=frozenset({"warehouse"}),
        blocking=True,
    ),
    PartitionCheck(
        name="mostly_known",
        asset=availability_facts,
        description="Unknown and stale seconds stay within bounds.",
        find=_unknown_share_is_low,
        resources=frozenset({"warehouse"}),
    ),
    PartitionCheck(
        name="weather_joined",
        asset=availability_facts,
        description="Every row has its weather.",
        find=_weather_joined,
        resources=frozenset({"warehouse"}),
    ),
    PartitionCheck(
        name="counts_agree",
        asset=availability_index,
        description="Elasticsearch holds as many documents as PostgreSQL rows, hour by hour.",
        find=_counts_agree,
        resources=frozenset({"warehouse", "search"}),
        blocking=True,
    ),
    PartitionCheck(
        name="every_document_taken",
        asset=availability_index,
        description="Elasticsearch refused no document; names those that it did, with the reason.",
        find=_all_documents_indexed,
        resources=frozenset({"warehouse", "search"}),
    ),
)


@dg.asset_check(asset=stations)
def inside_greater_paris(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    """Present stations with a place lie inside greater Paris."""
    present = warehouse.connect().read(STATIONS).filter(pl.col("valid_to").is_null())
    placed = present.drop_nulls(["latitude", "longitude"])
    outside = placed.filter(~NETWORK.bounds.contains(pl.col("latitude"), pl.col("longitude")))
    return dg.AssetCheckResult(
        passed=outside.is_empty(),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"placed": placed.height, "outside": outside["station_id"].head(20).to_list()},
    )


@dg.asset_check(asset=stations_index, additional_deps=[belib_current])
def states_agree(lake: LakeResource, search: SearchResource) -> dg.AssetCheckResult:
    """The index counts the charge points of the live state, status by status."""
    expected = dict(lake.connect().current().group_by("status").len().iter_rows())
    actual = search.connect().reported_statuses()
    return dg.AssetCheckResult(
        passed=expected == actual,
        metadata={"belib_current": expected, "stations_index": actual},
    )


@dg.asset_check(asset=stations_index)
def stations_agree(warehouse: WarehouseResource, search: SearchResource) -> dg.AssetCheckResult:
    """Elasticsearch holds as many stations as PostgreSQL."""
    expected = warehouse.connect().read(STATION_STATES).height
    actual = search.connect().total(STATIONS_INDEX)
    return dg.AssetCheckResult(
        passed=expected == actual,
        metadata={"PostgreSQL": expected, "Elasticsearch": actual},
    )


@dg.asset_check(asset=belib_current)
def every_point_once(lake: LakeResource) -> dg.AssetCheckResult:
    """The live state holds each charge point of the newest snapshot once."""
    store = lake.connect()
    newest = newest_readable(store, RAW_SNAPSHOTS, parsed_snapshot, Unreadable())
    expected, current = newest[1].record_count if newest else 0, store.current()
    return dg.AssetCheckResult(
        # Rejected and doubled records make the state smaller, never larger.
        passed=current.height <= expected and current["charge_point_id"].is_unique().all(),
        metadata={"records in the snapshot": expected, "charge points": current.height},
    )
