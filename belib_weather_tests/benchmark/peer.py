"""What a user would build instead: dlt loads the polls into PostgreSQL, then one SQL statement.

It is given every advantage: only the three fields that are needed, as Arrow tables that polars
parsed, loaded by COPY. It makes the point-seconds of the facts; their other columns, checks,
locks and ledgers are left out.

dlt is installed by `make bench` (extra `bench`).
"""

import os
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from importlib.util import find_spec
from typing import Any

import polars as pl
import psycopg
import pymongo
import sqlalchemy as sa
import zstandard
from psycopg import sql

from belib_weather.datasets import STATUS_SECONDS
from belib_weather.lake import RAW_SNAPSHOTS
from belib_weather.networks import NETWORK
from belib_weather.warehouse.tables import AVAILABILITY_FACTS
from belib_weather.window import Window
from belib_weather_tests.benchmark.cases import Case
from belib_weather_tests.benchmark.clock import Figures, timed
from belib_weather_tests.benchmark.limits import FIELDS
from belib_weather_tests.benchmark.opened import lake_and_warehouse, url_of

_COLUMNS = (*STATUS_SECONDS, "stale_seconds")
_MARGIN = timedelta(minutes=30)
_BUILD = r"""
CREATE TABLE peer_facts AS
WITH sighted AS (
    SELECT id_pdc, statut_pdc AS label, date_trunc('second', at) AS at,
           date_trunc('second', last_updated::timestamptz) AS stamp
    FROM peer.observations
), following AS (
    SELECT *, lead(at) OVER point AS next_at, lead(stamp) OVER point AS next_stamp,
           lead(label) OVER point AS next_label
    FROM sighted WINDOW point AS (PARTITION BY id_pdc ORDER BY at)
), handed_over AS (
    SELECT *, CASE WHEN next_stamp > stamp AND next_stamp <= next_at
                        AND to_char(next_stamp AT TIME ZONE 'Europe/Paris', 'HH24:MI') <> '04:30'
                   THEN greatest(at, next_stamp) ELSE next_at END AS change
    FROM following WHERE next_at - at <= interval '30 minutes'
), in_force AS (
    SELECT id_pdc, label, stamp, at AS begin, change AS finish FROM handed_over WHERE at < change
    UNION ALL
    SELECT id_pdc, next_label, next_stamp, change, next_at FROM handed_over WHERE change < next_at
), fresh AS (
    SELECT id_pdc, label, begin, least(finish, stamp + interval '26 hours') AS finish FROM in_force
    UNION ALL
    SELECT id_pdc, 'stale', greatest(begin, stamp + interval '26 hours'), finish FROM in_force
), by_hour AS (
    SELECT id_pdc, label, hour, extract(epoch FROM least(finish, hour + interval '1 hour')
                                                   - greatest(begin, hour))::bigint AS seconds
    FROM fresh, generate_series(date_trunc('hour', begin), finish - interval '1 second',
                                interval '1 hour') AS hour
    WHERE begin < finish
), seconds AS (
    SELECT id_pdc, hour, {sums} FROM by_hour GROUP BY id_pdc, hour
), points AS (
    SELECT DISTINCT id_pdc, date_trunc('hour', at) AS hour,
           regexp_replace(regexp_replace(id_pdc, '^([^*]*\*[^*]*\*)E', '\1P'),
                          CASE WHEN id_pdc ~ '^[^*]*\*[^*]*\*EHB'
                               THEN '^([^*]*\*[^*]*\*[^*]*(?:\*[^*]*)*?)\*[^*]*\*[^*]*$'
                               ELSE '^([^*]*\*[^*]*\*[^*]*(?:\*[^*]*)*?)\*[^*]*$' END,
                          '\1') AS station_id
    FROM sighted
)
SELECT station_id, points.hour, count(*) AS charge_points, {totals}
FROM points LEFT JOIN seconds USING (id_pdc, hour)
WHERE points.hour >= {start} AND points.hour < {end}
GROUP BY station_id, points.hour
"""


def peer(case: Case) -> Figures:
    """Seconds of its load and of its SQL, and how many of its values the facts do not have.

    Nothing where dlt is not installed.
    """
    if find_spec("dlt") is None:
        return {}
    _, warehouse, settings = lake_and_warehouse()
    url = sa.make_url(url_of(settings.postgres_url)).set(drivername="postgresql")
    address = url.render_as_string(hide_password=False)
    figures: Figures = {}
    wide = case.window.widened(_MARGIN, _MARGIN)
    with timed(figures, "peer's load"):
        _load(_polls(url_of(settings.mongo_url), settings.mongo_database, wide), address)
    with psycopg.connect(address) as connection:
        connection.execute("SET timezone = 'UTC'")
        with timed(figures, "peer's SQL"):
            connection.execute(_statement(case.window))
            connection.commit()
        rows = connection.execute("SELECT * FROM peer_facts").fetchall()
    schema = ["station_id", "hour", "charge_points", *_COLUMNS]
    theirs = pl.DataFrame(rows, schema=schema, orient="row")
    return figures | _difference(warehouse.read(AVAILABILITY_FACTS, case.window), theirs)


def _polls(url: str, database: str, window: Window) -> Iterator[Any]:
    stamps = {"captured_at": {"$gte": window.start, "$lt": window.end}}
    with pymongo.MongoClient[dict[str, Any]](url, tz_aware=True) as client:
        for document in client[database][RAW_SNAPSHOTS].find(stamps):
            records = pl.read_json(zstandard.decompress(document["body"]), schema=FIELDS)
            yield records.with_columns(pl.lit(document["captured_at"]).alias("at")).to_arrow()


def _load(polls: Iterator[Any], address: str) -> None:
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    import dlt  # only `make bench` installs it

    with tempfile.TemporaryDirectory(prefix="belib-bench-") as folder:
        pipeline = dlt.pipeline(
            "peer",
            pipelines_dir=folder,
            destination=dlt.destinations.postgres(address),
            dataset_name="peer",
        )
        observations = dlt.resource(polls, name="observations", write_disposition="replace")
        pipeline.run(observations, loader_file_format="csv").raise_on_failed_jobs()


def _statement(window: Window) -> sql.Composed:
    """The SQL, with the labels of the network's feed."""
    labels: dict[str, list[str]] = {name: [] for name in _COLUMNS} | {"stale_seconds": ["stale"]}
    for label, status in NETWORK.status_of_label.items():
        labels[f"{status}_seconds"].append(label)
    sums = (
        sql.SQL("coalesce(sum(seconds) FILTER (WHERE lower(label) = ANY({})), 0) AS {}").format(
            [label.lower() for label in labels[name]], sql.Identifier(name)
        )
        for name in _COLUMNS
    )
    totals = (
        sql.SQL("coalesce(sum({0}), 0)::bigint AS {0}").format(sql.Identifier(name))
        for name in _COLUMNS
    )
    return sql.SQL(_BUILD).format(
        sums=sql.SQL(", ").join(sums),
        totals=sql.SQL(", ").join(totals),
        start=window.start,
        end=window.end,
    )


def _difference(own: pl.DataFrame, theirs: pl.DataFrame) -> Figures:
    columns = [pl.col(name).cast(pl.Int64) for name in ("charge_points", *_COLUMNS)]
    key = [pl.col("station_id"), pl.col("hour").cast(pl.Datetime("us", "UTC"))]
    rows = [frame.select(*key, *columns).sort("station_id", "hour") for frame in (own, theirs)]
    same = rows[0].join(rows[1], on=rows[0].columns, how="semi").height
    return {"peer's rows": theirs.height, "peer's rows that differ": own.height - same}
