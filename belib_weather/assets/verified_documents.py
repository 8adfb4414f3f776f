"""Verifying stored documents, partition by partition, in one reading of a run's window.

What belongs here: what each partition holds, and which of its documents are damaged. What does not:
whether a document can be parsed (`document_checks`).
"""

from collections import defaultdict
from datetime import datetime

import dagster as dg

from belib_weather.assets.run_metadata import kilobytes
from belib_weather.lake import Lake
from belib_weather.partitions import key_of
from belib_weather.window import Grain, Window

_MOST_LOGGED, _MOST_SHOWN = 5, 20


def verify(
    context: dg.AssetExecutionContext, store: Lake, collection: str, window: Window, grain: Grain
) -> list[datetime]:
    """Verify all documents of a window, hashes included, and attach what each partition holds.

    A damaged document costs itself: the check `documents_readable` names it, and the rest goes on.

    Returns:
        The starts of the partitions that hold no document.
    """
    corrupt: dict[str, list[str]] = defaultdict(list)
    for error in store.verify(collection, window).damaged:
        corrupt[key_of(error.captured_at, grain)].append(error.document_id)
    records: dict[str, int] = defaultdict(int)
    sizes: dict[str, int] = defaultdict(int)
    columns = ("captured_at", "record_count", "size")
    for captured_at, count, size in store.inventory(collection, window).select(columns).iter_rows():
        key = key_of(captured_at, grain)
        records[key] += count
        sizes[key] += size
    for key in (key_of(start, grain) for start in window.starts(grain)):
        if damaged := corrupt.get(key):
            context.log.error(
                f"{len(damaged)} documents of {collection} in {key} do not match their hash"
                f" and are left out: {', '.join(damaged[:_MOST_LOGGED])}. Restore them from a"
                " backup of MongoDB, or take them out of use with `belib-weather raw set-aside`."
            )
        context.add_asset_metadata(
            {
                "dagster/partition_row_count": records.get(key, 0),
                "size (kB)": kilobytes(sizes.get(key, 0)),
                **({"damaged documents": damaged[:_MOST_SHOWN]} if damaged else {}),
            },
            partition_key=key,
        )
    return [start for start in window.starts(grain) if key_of(start, grain) not in sizes]
