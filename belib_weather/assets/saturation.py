"""How full stations were, week by week, in PostgreSQL: the table, and its check.

What belongs here: which weeks are computed again, and replacing their rows. What does not: the
computation (`transform.saturation`).
"""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import dagster as dg
import polars as pl
from pydantic import TypeAdapter

from belib_weather.assets.export_ledger import fingerprints
from belib_weather.assets.facts import availability_facts
from belib_weather.assets.mart_facts import GROUP, today_in_paris
from belib_weather.assets.presentation import CatalogResource
from belib_weather.assets.raw import SINGLE_RUN
from belib_weather.assets.table_metadata import table_metadata
from belib_weather.datasets.saturation import SATURATION_RULES, Saturation
from belib_weather.dates import window_of_date
from belib_weather.lanes import Lane
from belib_weather.resources import Clock, FirstPartition, WarehouseResource
from belib_weather.transform.saturation import COLUMNS
from belib_weather.transform.saturation import saturation as saturation_of
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import FACTS_OF_MARTS, SATURATION
from belib_weather.window import DAY, Window

_WEEK = timedelta(weeks=1)
_INPUTS = "saturation made from"
"""Mark of progress: a fingerprint of the inputs of each week."""
_RECORDED = TypeAdapter(dict[date, str])


@dg.asset(
    group_name=GROUP,
    kinds={"postgres", "polars"},
    deps=[availability_facts],
    tags=Lane.MARTS.tags,
    metadata=table_metadata(Saturation, SATURATION.name),
    code_version=str(SATURATION_RULES),
    backfill_policy=SINGLE_RUN,
)
def saturation(
    context: dg.AssetExecutionContext,
    warehouse: WarehouseResource,
    clock: Clock,
    first_partition: FirstPartition,
    catalog: CatalogResource,
) -> dg.MaterializeResult[None]:
    """How full every station and every arrondissement was, by the week in Paris.

    Seconds full and seconds without a free point, points in service, hours for which a point was
    occupied in a day, and the hours that were full for longest. The running week goes up to
    yesterday. Weeks whose facts did not change keep their rows.
    """
    store, today = warehouse.connect(), today_in_paris(clock.now())
    with store.locked(SATURATION) as transaction:
        recorded = store.state(_INPUTS)
        before = _RECORDED.validate_json(recorded) if recorded else {}
        now = dict(_fingerprints(store, first_partition.start, today))
        changed = [week for week, mark in now.items() if before.get(week) != mark]
        unchanged = pl.col("week").is_in([week for week in now if week not in changed])
        parts = [transaction.read(SATURATION).filter(unchanged)]
        parts += [saturation_of(_facts_of(store, week, today)) for week in changed]
        rows = pl.concat(parts).sort(Saturation.primary_key())
        written = transaction.upsert(SATURATION, rows)
        transaction.set_state(_INPUTS, _RECORDED.dump_json(now).decode())
    catalog.show(context, lambda draw: draw.saturation_table(rows))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": rows.height,
            "weeks": len(now),
            "weeks computed": len(changed),
            "rows written": written.inserted + written.updated,
        }
    )


def _facts_of(store: Warehouse, week: date, today: date) -> pl.DataFrame:
    """Columns of `FactOfAMart` of the dates of a week before today."""
    end = window_of_date(min(week + _WEEK, today) - DAY).end
    return store.read(FACTS_OF_MARTS, Window(window_of_date(week).start, end), COLUMNS)


def _fingerprints(store: Warehouse, start: datetime, today: date) -> Iterator[tuple[date, str]]:
    """A hash of the inputs of each week with facts before today."""
    end = window_of_date(today).start
    if end <= start:
        return
    weeks: dict[date, list[str]] = {}
    for day, mark in fingerprints(store, Window(start, end)).items():
        weeks.setdefault(day - timedelta(days=day.weekday()), []).append(f"{day} {mark}")
    for week, marks in weeks.items():
        text = "\n".join((f"rules {SATURATION_RULES}", *marks))
        yield week, hashlib.sha256(text.encode()).hexdigest()


@dg.asset_check(asset=saturation)
def seconds_full_are_without_a_free_point(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    """No area was full for longer than it had no free point, and none for longer than observed."""
    rows = warehouse.connect().read(SATURATION)
    full, without, observed = (
        pl.col(name)
        for name in ("full_seconds", "without_available_seconds", "any_observed_seconds")
    )
    wrong = rows.filter((full > without) | (without > observed)).height
    return dg.AssetCheckResult(
        passed=wrong == 0, metadata={"areas and weeks": rows.height, "wrong": wrong}
    )
