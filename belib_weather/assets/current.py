"""The live state: every charge point now, in MongoDB for apps.

What belongs here: projections of the newest snapshot alone. What does not: history (`facts`).
"""

import dagster as dg

from belib_weather.assets.parsed_documents import (
    Unreadable,
    newest_readable,
    parsed_snapshot,
    parsed_static,
)
from belib_weather.assets.raw import SINGLE_RUN, raw_belib_snapshots, raw_belib_static
from belib_weather.assets.run_metadata import both_clocks
from belib_weather.lake.schema import BELIB_CURRENT, RAW_SNAPSHOTS, RAW_STATIC
from belib_weather.lanes import Lane
from belib_weather.resources import LakeResource
from belib_weather.transform.states import current_points


@dg.asset(
    group_name="raw",
    kinds={"mongodb", "polars"},
    deps=[raw_belib_snapshots, raw_belib_static],
    tags=Lane.LIVE.tags,
    metadata={"dagster/table_name": f"belib.{BELIB_CURRENT}"},
    backfill_policy=SINGLE_RUN,
)
def belib_current(
    context: dg.AssetExecutionContext, lake: LakeResource
) -> dg.MaterializeResult[None]:
    """Every charge point at the newest snapshot, with its place, name, power, plugs, opening hours.

    For apps and `$near` queries; equipment is that of the newest static export. One document per
    charge point; each poll writes only what changed.
    """
    store, unreadable = lake.connect(), Unreadable()
    found = newest_readable(store, RAW_SNAPSHOTS, parsed_snapshot, unreadable)
    static = newest_readable(store, RAW_STATIC, parsed_static, unreadable) if found else None
    named = unreadable.report(context)
    if found is None:
        context.log.warning("no snapshot is stored yet, or none that can be read")
        return dg.MaterializeResult(metadata={"dagster/row_count": 0, **named})
    newest, snapshot = found
    current = current_points(
        snapshot.sightings(newest.captured_at),
        snapshot.points(newest.captured_at),
        newest.captured_at,
        newest.source,
        static[1].records if static else None,
    )
    written = store.replace_current(current)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": current.height,
            "captured at": both_clocks(newest.captured_at),
            "documents written": written.inserted + written.updated + written.deleted,
            "records rejected": snapshot.rejected.height,
            "points without a sign of life": current["last_updated"].null_count(),
            **named,
        }
    )
