"""Builds the status episodes of days from raw documents, under a lock, in one transaction.

What belongs here: a chunk from raw to the swap. What does not: the rules (`transform.episodes`)
and what the catalog shows (`episodes`).
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from belib_weather.assets.lost_raw import refuse_lost_raw
from belib_weather.assets.parsed_documents import Unreadable
from belib_weather.assets.sightings_reader import SightingsReader
from belib_weather.lake import Lake
from belib_weather.parallel import pipelined
from belib_weather.transform.episodes import status_episodes
from belib_weather.transform.input_hashes import episode_input_hashes
from belib_weather.transform.sources import sources_by
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import STATUS_EPISODES
from belib_weather.window import Grain, Window


@dataclass(frozen=True)
class BuiltDays:
    """The episodes that were stored, what was left out, and the inputs of each day (`hour`)."""

    episodes: pl.DataFrame
    rejected: pl.DataFrame
    inputs: pl.DataFrame
    unreadable: Unreadable


def build_days(raw: Lake, store: Warehouse, chunks: Iterable[Window]) -> Iterator[BuiltDays]:
    """Build the episodes of chunks from raw, one after the other.

    While the episodes of one are computed and stored, the next one is read.

    Raises:
        dg.Failure: raw documents of the present episodes of a chunk are missing; neither it nor
            what follows was changed.
    """
    reader = SightingsReader(raw)
    return pipelined(_build(raw, store, reader, chunk) for chunk in chunks)


def _build(
    raw: Lake, store: Warehouse, reader: SightingsReader, chunk: Window
) -> Generator[None, None, BuiltDays]:
    """Build the episodes of a chunk; replace them and their ledger in one transaction.

    Yields when raw is read.

    Raises:
        dg.Failure: raw documents of the present episodes are missing; nothing was changed.
    """
    # Read under the lock: of two runs on one day, the one that writes last has read last.
    with store.locked(STATUS_EPISODES, chunk) as transaction:
        sightings = reader.read(chunk)
        yield
        inputs = episode_input_hashes(sightings.documents, chunk)
        refuse_lost_raw(raw, store, STATUS_EPISODES, inputs, chunk)
        episodes = status_episodes(
            sightings.good, window=chunk, sources=sources_by(Grain.DAY, sightings.documents)
        )
        transaction.replace(STATUS_EPISODES, episodes, chunk)
        transaction.record_inputs(STATUS_EPISODES, inputs.rename({"hour": STATUS_EPISODES.time}))
    return BuiltDays(episodes, sightings.rejected, inputs, sightings.unreadable)
