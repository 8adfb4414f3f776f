"""The three stores, Dagster's own records, and what MongoDB does not hold yet.

An unset URL means an embedded server under `home`.
"""

from pathlib import Path

from pydantic import Field

from belib_weather.settings.group import Group
from belib_weather.settings.values import DagsterPostgresUrl, HttpUrl, MongoUrl, PostgresUrl


class StoreSettings(Group):
    """The three stores, Dagster's own records, and what MongoDB does not hold yet."""

    mongo_url: MongoUrl | None = Field(
        None, description="MongoDB.", examples=["mongodb://user:password@localhost:27017"]
    )
    mongo_database: str = Field(
        "belib", pattern=r"^[a-z][a-z0-9_]{0,37}$", description="MongoDB database of the raw layer."
    )
    postgres_url: PostgresUrl | None = Field(
        None,
        description="PostgreSQL database of the facts.",
        examples=["postgresql+psycopg://user:password@localhost:5432/belib"],
    )
    dagster_postgres_url: DagsterPostgresUrl | None = Field(
        None,
        description="PostgreSQL database of Dagster's own records (read by dagster.yaml).",
        examples=["postgresql+psycopg2://user:password@localhost:5432/dagster"],
    )
    elasticsearch_url: HttpUrl | None = Field(
        None, description="Elasticsearch 9.", examples=["http://user:password@localhost:9200"]
    )
    elasticsearch_home: Path | None = Field(
        None,
        description="An unpacked Elasticsearch 9 to start embedded, in place of the fetched one.",
        examples=["/opt/elasticsearch-9.2.4"],
    )
    index_prefix: str = Field(
        "belib", pattern=r"^[a-z][a-z0-9_]{0,62}$", description="Prefix of indices and aliases."
    )
    quarantine_days: int | None = Field(
        None,
        ge=7,
        description="Days for which the bodies of refused answers are kept; unset, without limit.",
        examples=["365"],
    )
    spool_folder: Path | None = Field(
        None,
        description="Folder of snapshots that MongoDB does not hold yet; unset, beside the stores.",
        examples=["/srv/belib/spool"],
    )
    spool_max_mb: int = Field(
        1024, ge=16, description="Size of that folder at most; a day of polls is about 16 MB."
    )
