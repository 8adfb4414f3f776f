"""From bodies of the real-time feed to sightings: one charge point in one snapshot.

What belongs here: statuses, stamps, and the rows that are none. What does not: attributes of the
points (`points`) and what follows from sightings (`intervals`, `facts`). Rules: docs/reckoning.md.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from belib_weather.transform.bodies import read_records
from belib_weather.vocabulary import STATUS_OF_LABEL, STATUSES, Status

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
_BYTES_AT_ONCE = 16_000_000
"""Bodies held unparsed at a time: some thirty of today's, enough to keep the threads busy."""


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
    """Status labels of a body that `vocabulary.STATUS_OF_LABEL` does not know, with their rows."""
    labels = read_records(body, {"statut_pdc": pl.String}, "a real-time body").to_series()
    counts = Counter(labels.drop_nulls())
    return {label: rows for label, rows in counts.items() if label not in STATUS_OF_LABEL}


def second_of(instant: datetime) -> int:
    """Whole UTC second of an instant, cut: 09:59:59.7 is still in its hour."""
    return int(instant.timestamp() // 1)


def _batches(snapshots: Iterable[tuple[datetime, bytes]]) -> Iterator[Cleaned]:
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for batch in _held_at_once(snapshots):
            yield _cleaned(pl.concat(threads.map(_parse, batch)))


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


def _parse(snapshot: tuple[datetime, bytes]) -> pl.DataFrame:
    captured_at, body = snapshot
    second = pl.lit(second_of(captured_at), dtype=pl.Int64).alias("second")
    return read_records(body, _FIELDS, f"the snapshot of {captured_at}").with_columns(second)


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
    """What texts mean, read once per distinct text: a day of stamps holds 40 copies of each.

    The codes are of this call alone. Those of the default categories are never freed, which with
    every stamp among them would be a leak.
    """
    codes = texts.cast(pl.Categorical(pl.Categories.random()))
    distinct = codes.drop_nulls().unique()
    meanings = meaning(distinct.cast(pl.String))
    return codes.replace_strict(distinct, meanings, default=None, return_dtype=meanings.dtype)


def _statuses(labels: pl.Series) -> pl.Series:
    canonical = {label: status.value for label, status in STATUS_OF_LABEL.items()}
    return labels.replace_strict(canonical, default=Status.UNKNOWN.value, return_dtype=STATUS_TYPE)


def _seconds(stamps: pl.Series) -> pl.Series:
    return stamps.str.to_datetime("%+", strict=False, time_zone="UTC").dt.epoch("us") // 1_000_000
