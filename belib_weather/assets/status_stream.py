"""Changes of status on Kafka: an asset that exists where BELIB_KAFKA_BOOTSTRAP_SERVERS is set.

A job of its own, so that a broker that is away costs no poll. What belongs here: from the outbox to
the stream, and the lag, its check and what Kibana shows of it. What does not: messages and
transactions (`stream`), loaded only here and only to send.
"""

from datetime import datetime, timedelta

import dagster as dg
import polars as pl

from belib_weather.assets.station_states import station_states
from belib_weather.assets.table_metadata import OWNERS
from belib_weather.datasets.changes import Lag, Subject
from belib_weather.resources import Clock, KafkaResource, SearchResource, WarehouseResource
from belib_weather.search import SearchError
from belib_weather.search.projections import STREAM_INDEX
from belib_weather.search.stream_documents import stream_documents
from belib_weather.stream.errors import StreamError
from belib_weather.warehouse import Lock, Warehouse, WarehouseTransaction
from belib_weather.warehouse.tables import STATION_STATES

GROUP = "exports"
SENT = "status_stream has sent up to"
"""A mark for the sensor alone: what was sent is what Kafka says."""
LOCK = Lock("status_stream")
LONGEST_WAIT = timedelta(minutes=15)
_ALL = 10_000_000


def status_stream_definitions() -> tuple[dg.AssetsDefinition, dg.AssetChecksDefinition]:
    """The asset `status_stream` and its check; not module-level, so the registry lists neither."""

    @dg.asset(group_name=GROUP, kinds={"kafka"}, deps=[station_states], owners=OWNERS)
    def status_stream(
        context: dg.AssetExecutionContext,
        warehouse: WarehouseResource,
        kafka: KafkaResource,
        search: SearchResource,
        clock: Clock,
    ) -> dg.MaterializeResult[None]:
        """Changes of charge points and stations as messages on Kafka, each once.

        From the outbox `status_changes`, in its order, keyed by charge point or station; for
        readers of committed data. Topics and schemas: docs/stream.md.
        """
        store = warehouse.connect()
        try:
            with store.locked(LOCK) as transaction, kafka.connect() as stream:
                sent = stream.publish(
                    lambda after, most: transaction.changes(after, most=most),
                    unchanged=lambda: unchanged_stations(transaction),
                )
                transaction.set_state(SENT, str(sent.position))
        except StreamError:
            _show_lag(context, store, search, clock.now(), is_sent=False)
            raise
        lag = _show_lag(context, store, search, clock.now(), is_sent=True)
        if not sent.is_resumed:
            context.log.warning(
                "the outbox is another one than the last that was sent, as after a restore: the"
                " topics were read, and only what they lack was sent"
            )
        return dg.MaterializeResult(
            metadata={
                "messages": sent.changes,
                "sent up to": sent.position,
                "changes waiting": lag.waiting,
            }
        )

    @dg.asset_check(asset=status_stream)
    def status_stream_is_current(warehouse: WarehouseResource, clock: Clock) -> dg.AssetCheckResult:
        """No change waits for longer than 15 minutes to be sent."""
        lag = lag_of(warehouse.connect())
        wait = clock.now() - lag.oldest_waiting_at if lag.oldest_waiting_at else timedelta()
        return dg.AssetCheckResult(
            passed=wait <= LONGEST_WAIT,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={
                "changes waiting": lag.waiting,
                "the oldest waits (s)": round(wait.total_seconds()),
            },
        )

    return status_stream, status_stream_is_current


def unchanged_stations(transaction: WarehouseTransaction) -> pl.DataFrame:
    """States of the stations that the outbox has no change of, apart from late ones."""
    # The states before the changes: of what is written in between there is a change.
    states = transaction.read(STATION_STATES)
    changes = transaction.changes(0, most=_ALL, subject=Subject.STATION)
    return states.join(changes.filter(~pl.col("is_late")), on="station_id", how="anti")


def lag_of(store: Warehouse) -> Lag:
    """What was sent, and what waits."""
    return store.lag_after(int(store.state(SENT) or 0))


def _show_lag(
    context: dg.AssetExecutionContext,
    store: Warehouse,
    search: SearchResource,
    tried_at: datetime,
    *,
    is_sent: bool,
) -> Lag:
    """Write the lag where Kibana reads it, also of a try that failed; without it nothing stops."""
    lag = lag_of(store)
    try:
        document = stream_documents(lag, tried_at, is_sent=is_sent)
        search.connect().publish(STREAM_INDEX, document)
    except SearchError as error:
        context.log.warning(f"Kibana does not show this try to send: {error}")
    return lag
