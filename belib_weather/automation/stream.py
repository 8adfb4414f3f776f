"""Changes of status on Kafka: the asset, its job and its sensor, where its servers are set.

Concept: https://docs.dagster.io/guides/automate/sensors
"""

from datetime import datetime, timedelta

import dagster as dg

from belib_weather.assets.status_stream import lag_of, status_stream_definitions
from belib_weather.resources import Clock, KafkaResource, WarehouseResource
from belib_weather.settings import Settings

JOB = "stream"
AGAIN = timedelta(minutes=5)
"""Pause after a run that failed."""


def stream_automation(settings: Settings) -> dg.Definitions:
    """The asset, job and sensor; nothing unless BELIB_KAFKA_BOOTSTRAP_SERVERS is set."""
    if settings.kafka_bootstrap_servers is None:
        return dg.Definitions()
    asset, check = status_stream_definitions()
    job = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.assets(asset),
        description="Sends what changed at charge points and stations to Kafka, each change once.",
    )

    @dg.sensor(
        job=job,
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Sends what changed as soon as the outbox holds it; goes on after an outage.",
    )
    def stream_due(
        context: dg.SensorEvaluationContext, warehouse: WarehouseResource, clock: Clock
    ) -> dg.RunRequest | dg.SkipReason:
        if not lag_of(warehouse.connect()).waiting:
            return dg.SkipReason("all changes are sent")
        last = context.instance.get_run_records(dg.RunsFilter(job_name=JOB), limit=1)
        if last and not last[0].dagster_run.is_finished:
            return dg.SkipReason("a run sends them")
        if last and last[0].dagster_run.is_failure and _is_recent(last[0].end_time, clock.now()):
            return dg.SkipReason("the last run failed: the next is five minutes after it")
        return dg.RunRequest()

    return dg.Definitions(
        assets=[asset],
        asset_checks=[check],
        jobs=[job],
        sensors=[stream_due],
        resources={"kafka": KafkaResource.of(settings)},
    )


def _is_recent(ended: float | None, now: datetime) -> bool:
    return ended is not None and now.timestamp() - ended < AGAIN.total_seconds()
