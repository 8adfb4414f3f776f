"""Builds the facts of hours from raw documents, under a lock, in one transaction.

What belongs here: a chunk from raw to the swap. What does not: the rules (`transform`) and
what the catalog shows (`facts`).
"""

from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from belib_weather.assets.lost_raw import refuse_lost_raw
from belib_weather.assets.parsed_documents import Unreadable
from belib_weather.assets.sightings_reader import SightingsReader
from belib_weather.datasets import POINT_SECONDS
from belib_weather.lake import RAW_SNAPSHOTS, Lake, last_that_counts
from belib_weather.parallel import pipelined
from belib_weather.transform.facts import availability_facts
from belib_weather.transform.input_hashes import input_hashes
from belib_weather.transform.sources import sources_by
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_FACTS, WEATHER_HOURS
from belib_weather.window import HOUR, Grain, Window


@dataclass(frozen=True)
class BuiltHours:
    """The facts that were stored, what was left out, and the inputs of each hour.

    Attributes:
        without_life: sightings whose stamp is no sign of life.
    """

    facts: pl.DataFrame
    rejected: pl.DataFrame
    inputs: pl.DataFrame
    unreadable: Unreadable
    without_life: int

    @property
    def sums(self) -> pl.DataFrame:
        """The point-seconds by `hour`, `local_date` and `source`: small, also of a long range."""
        return hour_sums(self.facts)


def hour_sums(facts: pl.DataFrame) -> pl.DataFrame:
    """The point-seconds of facts by `hour`, `local_date` and `source`."""
    keys = ("hour", "local_date", "source")
    return facts.group_by(keys).agg(pl.col(POINT_SECONDS).cast(pl.Int64).sum())


def build_hours(raw: Lake, store: Warehouse, chunks: Iterable[Window]) -> Iterator[BuiltHours]:
    """Build the facts of chunks from raw, one after the other.

    While the facts of one are computed and stored, the next one is read.

    Raises:
        dg.Failure: raw documents of the present facts of a chunk are missing; neither it nor what
            follows was changed.
    """
    reader = SightingsReader(raw)
    return pipelined(_build(raw, store, reader, chunk) for chunk in chunks)


def _build(
    raw: Lake, store: Warehouse, reader: SightingsReader, chunk: Window
) -> Generator[None, None, BuiltHours]:
    """Build the facts of a chunk; replace them and their ledger in one transaction.

    Yields when raw is read.

    Raises:
        dg.Failure: raw documents of the present facts are missing; nothing was changed.
    """
    # Read under the lock: of two runs on one hour, the one that writes last has read last.
    with (
        store.locked(AVAILABILITY_FACTS, chunk) as transaction,
        ThreadPoolExecutor(1) as beside,
    ):
        hours = Window(chunk.start, chunk.end + HOUR)
        reading_weather = beside.submit(store.read, WEATHER_HOURS, hours)
        sightings = reader.read(chunk)
        yield
        weather, newest = reading_weather.result(), _newest(raw, sightings.documents, chunk.end)
        newest_second = int(newest.timestamp()) if newest else None
        inputs = input_hashes(sightings.documents, weather, chunk, newest_second)
        refuse_lost_raw(raw, store, AVAILABILITY_FACTS, inputs, chunk)
        facts = availability_facts(
            sightings.good,
            window=chunk,
            weather=weather,
            newest_snapshot=newest,
            sources=sources_by(Grain.HOUR, sightings.documents),
        )
        transaction.replace(AVAILABILITY_FACTS, facts, chunk)
        transaction.record_inputs(AVAILABILITY_FACTS, inputs)
    without_life = sightings.good["updated"].null_count()
    return BuiltHours(facts, sightings.rejected, inputs, sightings.unreadable, without_life)


def _newest(raw: Lake, documents: pl.DataFrame, end: datetime) -> datetime | None:
    """When the newest snapshot was captured, or one that makes no hour before `end` provisional.

    A server may read much to find the newest of all; most chunks read one after their end anyway.
    """
    counts = pl.col("captured_at").is_between(end, last_that_counts())
    after: datetime | None = documents.filter(counts)["captured_at"].max()  # type: ignore[assignment]
    return after or raw.newest_captured_at(RAW_SNAPSHOTS)
