"""Runs of a shell without the platform: they ask no public API in vain.

What belongs here: distinguishing such a run from the platform's own, which polls even if stores are
away. What does not: finding the stores (`resources`).
"""

import dagster as dg
from dagster_postgres.event_log import PostgresEventLogStorage

from belib_weather.lake import LakeUnavailable
from belib_weather.resources import LakeResource


def refuse_without_stores(instance: dg.DagsterInstance, lake: LakeResource) -> None:
    """Refuse a run of a shell while no embedded MongoDB runs: nothing could store its answer.

    The platform has Dagster's records in PostgreSQL; `dagster …` typed without
    `belib-weather env` has them in a folder that is deleted afterwards.

    Raises:
        dg.Failure: says what starts the stores.
    """
    if isinstance(instance.event_log_storage, PostgresEventLogStorage) or not lake.is_embedded:
        return
    try:
        lake.connect()
    except LakeUnavailable as error:
        raise dg.Failure(f"nothing was fetched: {error}", allow_retries=False) from None
