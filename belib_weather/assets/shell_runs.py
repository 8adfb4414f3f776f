"""Runs of a shell without the platform: they ask no public API in vain.

What belongs here: telling such a run from the platform's own, which polls whatever is away. What
does not: finding the stores (`resources`).
"""

import dagster as dg
from dagster_postgres.event_log import PostgresEventLogStorage

from belib_weather.lake import LakeUnavailable
from belib_weather.resources import LakeResource


def refuse_without_stores(instance: dg.DagsterInstance, lake: LakeResource) -> None:
    """Refuse a run whose answer nothing would take: of a shell, where no embedded MongoDB runs.

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
