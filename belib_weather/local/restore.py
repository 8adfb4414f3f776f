"""Restoring a backup into stores that hold nothing yet.

What belongs here: the order, and what is refused. What does not: what a backup holds (`backup`).
"""

import shutil
from pathlib import Path

from belib_weather.embedded import StoreUrls
from belib_weather.embedded.home import private_folder
from belib_weather.lake import Lake
from belib_weather.lake.schema import RAW
from belib_weather.local import postgres_dump
from belib_weather.local.backup import DAGSTER, WAREHOUSE, Manifest, read_manifest
from belib_weather.local.console import CommandError, say
from belib_weather.local.mode_guard import claim
from belib_weather.local.readers import refuse_readers
from belib_weather.local.session_lock import session
from belib_weather.local.stores import find_stores
from belib_weather.settings import Settings
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_FACTS
from belib_weather.window import ALL_TIME


def restore(settings: Settings, folder: Path) -> Manifest:
    """Fill the stores of a home from a backup; the next start publishes to Elasticsearch.

    Raises:
        CommandError: the backup is damaged or of the other mode, the platform runs, or the stores
            hold data already; nothing was restored.
        LakeError, WarehouseError, EmbeddedError: a store fails; remove the home and begin again.
    """
    manifest = read_manifest(folder)
    if manifest.mode != settings.mode:
        raise CommandError(f"the backup is of {manifest.mode} data: give --mode {manifest.mode}")
    refuse_readers(settings)
    urls = find_stores(settings, "mongo", "postgres")
    with (
        session(settings.data_dir, "restore"),
        Lake(urls.mongo, settings.mongo_database) as lake,
    ):
        _refuse_data(settings, lake, urls)
        for name, url in ((WAREHOUSE, urls.postgres), (DAGSTER, urls.dagster_postgres)):
            postgres_dump.restore(url, folder / name)
            say(f"restored {name}")
        lake.prepare()
        for file in manifest.files:
            place, _, name = file.name.partition("/")
            if place == "mongo":
                collection = name.removesuffix(".bson")
                documents = lake.load(collection, folder / file.name)
                say(f"restored {collection}: {documents:,} documents")
            elif place == "spool":
                shutil.copyfile(folder / file.name, private_folder(settings.spool_dir) / name)
        warehouse = Warehouse(urls.postgres)
        warehouse.migrate()
        claim(settings, lake, warehouse)
    return manifest


def _refuse_data(settings: Settings, lake: Lake, urls: StoreUrls) -> None:
    """Refuse stores that hold raw documents or facts."""
    lake.prepare()
    stored = dict(lake.stats().select("collection", "documents").iter_rows())
    documents = sum(stored[collection] for collection in RAW)
    warehouse = Warehouse(urls.postgres)
    has_schema = warehouse.schema_version()[0] is not None
    rows = int(warehouse.count(AVAILABILITY_FACTS, ALL_TIME)["count"].sum()) if has_schema else 0
    if documents or rows:
        raise CommandError(
            f"the stores of {settings.data_dir} hold {documents:,} raw documents and {rows:,} rows"
            " of facts; a backup is restored into an empty home only: set BELIB_HOME to a new"
            " folder, or the addresses of the stores to empty databases"
        )
