"""The numbers for a monitor, read and written once by a command; and their state for `doctor`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from belib_weather.assets.monitor_readings import Sources, read_numbers
from belib_weather.lake import Lake, Spool
from belib_weather.local.finding import Finding, State
from belib_weather.local.stores import find_stores
from belib_weather.metrics.exposition import FILE_NAME, write_metrics
from belib_weather.search import SearchStore, SearchUnavailable
from belib_weather.settings import Settings
from belib_weather.warehouse import Warehouse

_LATE = 3
"""Cadences after which the file is no news."""


def write_numbers(settings: Settings) -> Path:
    """Read the numbers from stores that run, and write the file; returns where.

    Raises:
        NotRunning: MongoDB or PostgreSQL does not run.
    """
    urls = find_stores(settings, "mongo", "postgres", "elasticsearch")

    def search() -> SearchStore:
        if urls.elasticsearch is None:
            raise SearchUnavailable(urls.elasticsearch_problem or "there is no Elasticsearch here")
        return SearchStore(urls.elasticsearch, settings.index_prefix)

    lake, warehouse = Lake(urls.mongo, settings.mongo_database), Warehouse(urls.postgres)
    sources = Sources(
        lake=lambda: lake,
        warehouse=lambda: warehouse,
        search=search,
        dagster=lambda: Warehouse(urls.dagster_postgres),
        spool=Spool(settings.spool_dir, settings.spool_max_mb),
        prefix=settings.index_prefix,
        home=settings.data_dir,
        folders=settings.measured_folders,
        cadence=settings.cadence,
        start=settings.start_at,
    )
    with lake:
        return write_metrics(settings.metrics_dir, read_numbers(sources, datetime.now(UTC)))


def metrics_finding(settings: Settings) -> Finding:
    """Where the numbers are, and how old."""
    path = settings.metrics_dir / FILE_NAME
    try:
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return Finding("Metrics", State.OFF, f"{path} is not written yet; `belib-weather metrics`")
    age = datetime.now(UTC) - written
    minutes = f"{age / timedelta(minutes=1):.0f} min old"
    return Finding(
        "Metrics", State.OK if age < _LATE * settings.cadence else State.OFF, f"{path}, {minutes}"
    )
