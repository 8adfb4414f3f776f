"""Reliability of stations in PostgreSQL, by weeks and months of Paris: the table, and its check.

What belongs here: which periods are computed again. What does not: the computation
(`transform.reliability`), and shares (the view `reliability_of_stations`).
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from itertools import groupby

import dagster as dg
import polars as pl

from belib_weather.assets.dimensions import charge_points
from belib_weather.assets.outages import outages
from belib_weather.assets.presentation import CatalogResource, Drawers, Entries
from belib_weather.assets.raw import SINGLE_RUN
from belib_weather.assets.table_metadata import table_metadata
from belib_weather.datasets.reliability import (
    IN_SERVICE_SECONDS,
    RELIABILITY_RULES,
    StationReliability,
)
from belib_weather.dates import dates_of, month_of
from belib_weather.lanes import Lane
from belib_weather.resources import WarehouseResource
from belib_weather.transform.reliability import Period, periods_of, reliability
from belib_weather.vocabulary import PeriodKind
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    CHARGE_POINTS,
    OUTAGES,
    RELIABILITY_OF_STATIONS,
    SEGMENTS_OF_DOWN_TIME,
    STATION_RELIABILITY,
    STATUS_EPISODES,
)
from belib_weather.window import Window

GROUP = "marts"
_INPUTS = "station_reliability inputs"
"""Mark of progress: the hash of the inputs of each period."""
_UP_SECONDS = ("available_seconds", "occupied_seconds", "reserved_seconds")
_OF_FACTS = (*_UP_SECONDS, "charge_points", "unobserved_seconds")
_OF_OUTAGES = ("station_id", "charge_point_id", "kind", "is_begun", "started_at", "down_from")


@dataclass(frozen=True)
class Inputs:
    """The inputs of periods.

    Attributes:
        store: the warehouse.
        observed: from the first observed second to the end of the observed time.
        points: `ChargePoint` rows.
        outages: `Outage` rows.
    """

    store: Warehouse
    observed: Window
    points: pl.DataFrame
    outages: pl.DataFrame

    @property
    def periods(self) -> list[Period]:
        """The periods that hold observed time."""
        dates = dates_of(self.observed)
        return periods_of(dates[0], dates[-1])

    def digest(self, period: Period) -> str:
        """A hash of all that a period's rows depend on."""
        window = period.window
        end = min(window.end, self.observed.end)
        ledger = self.store.ledger(STATUS_EPISODES, period.days_read)
        touching = self._outages(window).select(
            *_OF_OUTAGES,
            pl.col("ended_at").clip(upper_bound=end),
            pl.when(pl.col("ended_at") < end).then("end_kind"),
        )
        listed = self.points.filter(
            (pl.col("valid_from") < end)
            & (pl.col("valid_to").is_null() | (pl.col("valid_to") > window.start))
        ).select("charge_point_id", "valid_from", pl.col("valid_to").clip(upper_bound=window.end))
        parts = (ledger.select("started_at", "input_hash"), touching, listed)
        texts = [f"{RELIABILITY_RULES} {end}", *(part.write_csv() for part in parts)]
        return sha256("\n".join(texts).encode()).hexdigest()

    def rows(self, periods: Iterable[Period]) -> Iterator[pl.DataFrame]:
        """The rows of periods; a month and the weeks that begin in it share their segments."""
        for _, month in groupby(sorted(periods, key=_month_of), key=_month_of):
            together = list(month)
            read = [period.days_read for period in together]
            days = Window(min(each.start for each in read), max(each.end for each in read))
            segments = self.store.read(SEGMENTS_OF_DOWN_TIME, days)
            for period in together:
                start, end = period.days_read.start, period.days_read.end
                own = segments.filter(pl.col("started_at").is_between(start, end, closed="left"))
                touching = self._outages(period.window)
                yield reliability(period, own, self.points, touching, self.observed.end)

    def _outages(self, window: Window) -> pl.DataFrame:
        touches = (pl.col("started_at") < window.end) & (pl.col("ended_at") >= window.start)
        return self.outages.filter(touches)


@dg.asset(
    group_name=GROUP,
    kinds={"postgres", "polars"},
    deps=[outages, charge_points],
    tags=Lane.MARTS.tags,
    metadata=table_metadata(StationReliability, STATION_RELIABILITY.name),
    code_version=str(RELIABILITY_RULES),
    backfill_policy=SINGLE_RUN,
)
def station_reliability(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, catalog: CatalogResource
) -> dg.MaterializeResult[None]:
    """What the points of each station did in every week and month of Paris: sums and counts.

    Seconds up, down, silent and unsettled, and outages begun and ended. Shares are in the view
    `reliability_of_stations`, the worst stations first. A period whose inputs did not change keeps
    its rows.
    """
    store = warehouse.connect()
    with store.locked(STATION_RELIABILITY) as transaction:
        stored = transaction.read(STATION_RELIABILITY)
        inputs, before = _inputs(store), json.loads(store.state(_INPUTS) or "{}")
        current = {period: inputs.digest(period) for period in inputs.periods} if inputs else {}
        changed = [period for period in current if before.get(_name(period)) != current[period]]
        kept = [_rows_of(stored, period) for period in current if period not in changed]
        made = inputs.rows(changed) if inputs else ()
        rows = pl.concat([stored.clear(), *kept, *made])
        written = transaction.upsert(STATION_RELIABILITY, rows, stored)
        transaction.set_state(_INPUTS, json.dumps({_name(each): current[each] for each in current}))
    catalog.show(context, partial(_table, store.read(RELIABILITY_OF_STATIONS)))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": rows.height,
            "rows written": written.inserted + written.updated + written.deleted,
            "periods": len(current),
            "periods computed": [_name(period) for period in changed],
        }
    )


def _inputs(store: Warehouse) -> Inputs | None:
    observed = store.observed_time()
    if observed is None:
        return None
    return Inputs(store, observed, store.read(CHARGE_POINTS), store.read(OUTAGES))


def _name(period: Period) -> str:
    return f"{period.kind} {period.starts_on}"


def _month_of(period: Period) -> date:
    return month_of(period.starts_on)


def _rows_of(rows: pl.DataFrame, period: Period) -> pl.DataFrame:
    return rows.filter(
        (pl.col("period") == period.kind.value) & (pl.col("starts_on") == period.starts_on)
    )


def _table(rows: pl.DataFrame, draw: Drawers) -> Entries:
    return draw.reliability_table(rows)


@dg.asset_check(asset=station_reliability)
def reliability_agrees_with_facts(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    """Observed seconds, and those up, of the last whole week are those of the facts."""
    store = warehouse.connect()
    rows = store.read(STATION_RELIABILITY)
    weeks = rows.filter(pl.col("period") == PeriodKind.WEEK.value)["starts_on"].unique().sort()
    for week in reversed(weeks.to_list()):
        period = Period(PeriodKind.WEEK, week)
        facts = store.sums(AVAILABILITY_FACTS, period.window, ("is_provisional",), _OF_FACTS)
        if _is_whole(period.window, _rows_of(rows, period), facts):
            expected, actual = _of_facts(facts), _of_rows(_rows_of(rows, period))
            return dg.AssetCheckResult(
                passed=expected == actual,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"week": f"{week}", "facts": expected, "station_reliability": actual},
            )
    return dg.AssetCheckResult(passed=True, metadata={"waits for": "a whole week"})


def _is_whole(window: Window, rows: pl.DataFrame, facts: pl.DataFrame) -> bool:
    is_complete: bool = (rows["made_to"] == window.end).all()
    return is_complete and not facts.is_empty() and not facts["is_provisional"].any()


def _of_facts(facts: pl.DataFrame) -> dict[str, int]:
    observed = pl.col("charge_points") * 3600 - pl.col("unobserved_seconds")
    return _sums(facts, pl.sum_horizontal(_UP_SECONDS), observed)


def _of_rows(rows: pl.DataFrame) -> dict[str, int]:
    observed = pl.sum_horizontal(*IN_SERVICE_SECONDS, "planned_seconds", "removed_seconds")
    return _sums(rows, pl.col("up_seconds"), observed)


def _sums(frame: pl.DataFrame, up: pl.Expr, observed: pl.Expr) -> dict[str, int]:
    sums: dict[str, int] = frame.select(
        up.sum().alias("up point-seconds"),
        observed.sum().alias("observed point-seconds"),
    ).row(0, named=True)
    return sums
