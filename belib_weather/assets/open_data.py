"""The present in open formats, as files beside the site; written at every tick, after all else.

What belongs here: from the stores to files, and the check of what is written. What does not: the
formats (`live_files`), which are loaded only here and only to write: a fault in one of them costs
its file, no poll.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from belib_weather.assets.dimensions import charge_points
from belib_weather.assets.parsed_documents import (
    Unreadable,
    newest_readable,
    parsed_snapshot,
    parsed_static,
)
from belib_weather.assets.problems import Problems
from belib_weather.assets.raw import SINGLE_RUN, raw_belib_snapshots
from belib_weather.assets.run_metadata import both_clocks, kilobytes
from belib_weather.assets.station_states import station_states
from belib_weather.files import PUBLIC, write_file
from belib_weather.lake import Lake
from belib_weather.lake.schema import RAW_SNAPSHOTS, RAW_STATIC
from belib_weather.lanes import Lane
from belib_weather.resources import LakeResource, SiteResource, WarehouseResource
from belib_weather.transform.states import current_points
from belib_weather.warehouse import Lock, Warehouse
from belib_weather.warehouse.tables import CHARGE_POINTS, STATION_STATES

if TYPE_CHECKING:
    from belib_weather.live_files.present import Present
    from belib_weather.live_files.writing import LiveFiles

GROUP = "exports"
_LOCK = Lock("open_data_files")
_STATIC_MADE_FROM = "irve-statique.csv is made from"
"""Mark of progress: the document, and the version of the rules."""
LAST = {"dagster/priority": "-10"}
"""Of the steps of a run that are ready, these start last."""


@dg.asset(
    group_name=GROUP,
    kinds={"json", "csv"},
    deps=[raw_belib_snapshots, charge_points, station_states],
    tags=Lane.LIVE.tags,
    op_tags=LAST,
    backfill_policy=SINGLE_RUN,
)
def open_data_files(
    context: dg.AssetExecutionContext,
    lake: LakeResource,
    warehouse: WarehouseResource,
    site_folder: SiteResource,
) -> dg.MaterializeResult[None]:
    """The present in open formats: GeoJSON, JSON, IRVE, DATEX II, OCPI, described by OpenAPI.

    One file per format below `data/` of the site, each replaced in one step after every poll.
    Formats and fields: docs/open-data.md.
    """
    from belib_weather.live_files.catalog import (  # noqa: PLC0415 - lazy, so that
        FOLDER,
        IRVE_STATIQUE,
        QUESTIONS,
    )
    from belib_weather.live_files.writing import (  # noqa: PLC0415 - a fault costs no poll
        MAKERS,
        LiveFiles,
        static_file,
    )

    raw, store, unreadable, problems = lake.connect(), warehouse.connect(), Unreadable(), Problems()
    folder = site_folder.folder / FOLDER
    # Locked until the files are written: older ones cannot overwrite newer ones.
    with store.locked(_LOCK) as transaction:
        present = _present(raw, store, unreadable)
        if present is None:
            context.log.warning("no snapshot is stored yet, or none that can be read")
            return dg.MaterializeResult(metadata={"files": 0, **unreadable.report(context)})
        files = LiveFiles({})
        for name, make in MAKERS.items():
            with problems.of(name):
                files = files.plus(make(present))
        with problems.of(QUESTIONS.name):
            files = files.plus(LiveFiles({QUESTIONS.name: _questions()}))
        document = _static_document(raw)
        is_known = (
            document == store.state(_STATIC_MADE_FROM) and (folder / IRVE_STATIQUE.name).exists()
        )
        if document and not is_known:
            found = newest_readable(raw, RAW_STATIC, parsed_static, unreadable)
            with problems.of(IRVE_STATIQUE.name):
                if found is not None:
                    files = files.plus(static_file(found[0].body))
        written = _write(folder, files, problems)
        if document and not is_known and IRVE_STATIQUE.name not in problems:
            transaction.set_state(_STATIC_MADE_FROM, document)
    for name, left_out in files.left_out.items():
        context.log.warning(f"{name}: left out, because the format refuses them: {left_out}")
    problems.raise_if_any(
        f"These files stay as they were in {folder}; all others are written. A later tick writes"
        " them once the cause is gone: if it is no full disk, it is a fault of the format's module"
        " in belib_weather/live_files"
    )
    return dg.MaterializeResult(
        metadata={
            "folder": dg.MetadataValue.path(str(folder)),
            "files": len(files.bodies),
            "files written": written,
            "size (kB)": kilobytes(sum(map(len, files.bodies.values()))),
            "charge points": present.points.height,
            "stations": present.stations.height,
            "left out": {name: sum(of.values()) for name, of in files.left_out.items()},
            **({"captured at": both_clocks(at)} if (at := present.updated_at) else {}),
            **unreadable.report(context),
        }
    )


def _present(raw: Lake, store: Warehouse, unreadable: Unreadable) -> "Present | None":
    """The newest snapshot, as parsed in this run already, with states and equipment."""
    from belib_weather.live_files.present import Present  # noqa: PLC0415 - as above

    found = newest_readable(raw, RAW_SNAPSHOTS, parsed_snapshot, unreadable)
    if found is None:
        return None
    newest, snapshot = found
    current = current_points(
        snapshot.sightings(newest.captured_at),
        snapshot.points(newest.captured_at),
        newest.captured_at,
        newest.source,
    )
    return Present.of(current, store.read(STATION_STATES), store.read(CHARGE_POINTS))


def _questions() -> bytes:
    """The OpenAPI description of the questions, beside the files; another server answers them."""
    from belib_weather.live_files.encoding import json_bytes  # noqa: PLC0415 - as above
    from belib_weather.questions.openapi import document  # noqa: PLC0415 - as above

    return json_bytes(document())


def _static_document(raw: Lake) -> str | None:
    """Version of the equipment's inputs: changes when its file has to be written again."""
    from belib_weather.live_files.openapi_3_1 import VERSION  # noqa: PLC0415 - as above

    captured_at = raw.newest_captured_at(RAW_STATIC)
    return f"{captured_at.isoformat()} {VERSION}" if captured_at else None


def _write(folder: Path, files: "LiveFiles", problems: Problems) -> int:
    """Replace the files that differ; returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for name, body in files.bodies.items():
        with problems.of(name):
            if not (path := folder / name).exists() or path.read_bytes() != body:
                write_file(path, body, mode=PUBLIC)
                written += 1
    return written


@dg.asset_check(asset=open_data_files)
def live_files_keep_their_formats(site_folder: SiteResource) -> dg.AssetCheckResult:
    """Every written file has the fields, words and patterns that its format declares."""
    from belib_weather.live_files.catalog import FOLDER, LIVE_FILES  # noqa: PLC0415 - as above
    from belib_weather.live_files.declared import faults  # noqa: PLC0415 - as above

    folder = site_folder.folder / FOLDER
    bodies = {f: (folder / f.name).read_bytes() for f in LIVE_FILES if (folder / f.name).exists()}
    found = {file.name: lines for file, body in bodies.items() if (lines := faults(file, body))}
    return dg.AssetCheckResult(
        passed=not found, metadata={"files": len(bodies), "faults": dg.MetadataValue.json(found)}
    )
