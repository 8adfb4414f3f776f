"""From bodies of the real-time feed to sightings: one charge point in one snapshot.

What belongs here: statuses, stamps, and the rows that are none. What does not: attributes of the
points (`points`) and what follows from sightings (`intervals`, `facts`). Rules: docs/metrics.md.
"""

import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from belib_weather.networks import NETWORK
from belib_weather.transform.bodies import read_records
from belib_weather.vocabulary import STATUSES, Status

STATUS_TYPE = pl.Enum(STATUSES)
SIGHTINGS = pl.Schema(
    {
        "charge_point_id": pl.Categorical(),
        "second": pl.Int64(),
        "status": STATUS_TYPE,
        "updated": pl.Int64(),
    }
)
"""A sighting: the point, the UTC second of the snapshot, the canonical status, and the UTC second
of the record's stamp (`last_updated`); seconds since 1970, cut and never rounded."""
REJECTED = pl.Schema({"charge_point_id": pl.String(), "reason": pl.String(), "record": pl.String()})

_FIELDS = {"id_pdc": pl.String, "statut_pdc": pl.String, "last_updated": pl.String}
_BYTES_AT_ONCE = 8_000_000
"""Bodies parsed together by one thread: some fifteen of today's, so that cleaning costs little."""
_CORES = os.cpu_count() or 1


@dataclass(frozen=True)
class Cleaned:
    """Good rows, and those that could not be cleaned with the reason: none is dropped silently.

    `rejected` has `charge_point_id` (null if that is what is missing), `reason` and `record`
    (JSON text).
    """

    good: pl.DataFrame
    rejected: pl.DataFrame


def no_sightings() -> pl.DataFrame:
    """An empty frame of sightings."""
    return SIGHTINGS.to_frame()


def sightings(body: bytes, captured_at: datetime) -> Cleaned:
    """The sightings of one snapshot; see `sightings_of`, three times as quick for many."""
    return _cleaned(_parse((captured_at, body)))


def sightings_of(snapshots: Iterable[tuple[datetime, bytes]]) -> Cleaned:
    """The sightings of many snapshots, parsed on all cores and cleaned together.

    Args:
        snapshots: (`captured_at`, body) in any order; read lazily, a few at a time. A body is a
            JSON array or CSV of the real-time dataset.

    Returns:
        `good` by `SIGHTINGS`, in the order given. Whoever goes through a long time in chunks
        filters it by `second` for the margin that it shares with the next chunk. A row without an
        id, or without a stamp that has an offset, is rejected. Labels that are null or unheard of
        count as `unknown`.

    Raises:
        UnreadableBody: a body is neither JSON nor CSV; it should never have been stored.
    """
    batches = list(_batches(snapshots))
    return Cleaned(
        good=pl.concat([no_sightings(), *(batch.good for batch in batches)]),
        rejected=pl.concat([REJECTED.to_frame(), *(batch.rejected for batch in batches)]),
    )


def unheard_of_labels(body: bytes) -> dict[str, int]:
    """Status labels of a body that the network does not know, with their rows."""
    labels = read_records(body, {"statut_pdc": pl.String}, "a real-time body").to_series()
    counts = Counter(labels.drop_nulls())
    return {label: rows for label, rows in counts.items() if label not in NETWORK.status_of_label}


def second_of(instant: datetime) -> int:
    """Whole UTC second of an instant, cut: 09:59:59.7 is still in its hour."""
    return int(instant.timestamp() // 1)


def _batches(snapshots: Iterable[tuple[datetime, bytes]]) -> Iterator[Cleaned]:
    """Cleaned batches in order, made on all cores while the next snapshots are read."""
    under_way: deque[Future[Cleaned]] = deque()
    with ThreadPoolExecutor(_CORES) as threads:
        for batch in _held_at_once(snapshots):
            under_way.append(threads.submit(_parsed_and_cleaned, batch))
            if len(under_way) > _CORES:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


def _held_at_once(
    snapshots: Iterable[tuple[datetime, bytes]],
) -> Iterator[list[tuple[datetime, bytes]]]:
    batch, size = [], 0
    for snapshot in snapshots:
        batch.append(snapshot)
        size += len(snapshot[1])
        if size >= _BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _parsed_and_cleaned(batch: list[tuple[datetime, bytes]]) -> Cleaned:
    return _cleaned(pl.concat(map(_parse, batch)))


def _parse(snapshot: tuple[datetime, bytes]) -> pl.DataFrame:
    captured_at, body = snapshot
    rows = read_records(body, _FIELDS, f"the snapshot of {captured_at}")
    second = pl.Series("second", [second_of(captured_at)], dtype=pl.Int64)
    return rows.insert_column(rows.width, second.new_from_index(0, rows.height))


def _cleaned(rows: pl.DataFrame) -> Cleaned:
    sightings = rows.select(
        pl.col("id_pdc").cast(pl.Categorical()).alias("charge_point_id"),
        "second",
        _by_distinct(rows["statut_pdc"], _statuses).fill_null(Status.UNKNOWN.value).alias("status"),
        _by_distinct(rows["last_updated"], _seconds).alias("updated"),
    )
    no_id = (pl.col("charge_point_id") == "").fill_null(True)
    reason = (
        pl.when(no_id)
        .then(pl.lit("no id"))
        .when(pl.col("updated").is_null())
        .then(pl.lit("no stamp with an offset"))
    )
    flawed = sightings.select(no_id | pl.col("updated").is_null()).to_series()
    if not flawed.any():
        return Cleaned(good=sightings, rejected=REJECTED.to_frame())
    rejected = sightings.filter(flawed).select(
        pl.col("charge_point_id").cast(pl.String),
        reason.alias("reason"),
        rows.filter(flawed)
        .select(pl.struct(*_FIELDS).struct.json_encode())
        .to_series()
        .alias("record"),
    )
    return Cleaned(good=sightings.filter(~flawed), rejected=rejected)


def _by_distinct(texts: pl.Series, meaning: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """What texts mean, read once per distinct text: a day of stamps holds 40 copies of each."""
    distinct = texts.drop_nulls().unique()
    return meaning(distinct).gather(texts.cast(pl.Enum(distinct)).to_physical())


def _statuses(labels: pl.Series) -> pl.Series:
    canonical = {label: status.value for label, status in NETWORK.status_of_label.items()}
    return labels.replace_strict(canonical, default=Status.UNKNOWN.value, return_dtype=STATUS_TYPE)


def _seconds(stamps: pl.Series) -> pl.Series:
    return stamps.str.to_datetime("%+", strict=False, time_zone="UTC").dt.epoch("us") // 1_000_000
