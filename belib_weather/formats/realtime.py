"""The real-time feed: the status and place of every charge point, one body per snapshot.

What belongs here: labels, stamps and places of one body, and the records that cannot be read. What
does not: what follows from sightings (`transform.intervals`, `transform.facts`). Rules:
docs/metrics.md.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import polars as pl

from belib_weather.formats import stamps
from belib_weather.formats.export import read_export
from belib_weather.formats.parsed import REJECTED, ParsedBodies, ParsedBody
from belib_weather.formats.place import PLACE_COLUMNS, field_types, places
from belib_weather.formats.spelling import (
    STATUS_TYPE,
    by_distinct,
    charge_point_ids,
    statuses,
    unknown_labels,
)
from belib_weather.formats.storable import encodable, id_problem, is_unstorable, storable
from belib_weather.networks import NETWORK
from belib_weather.window import second_of

SIGHTINGS = pl.Schema(
    {
        "charge_point_id": pl.Categorical(),
        "second": pl.Int64(),
        "status": STATUS_TYPE,
        "updated": pl.Int64(),
    }
)
"""A sighting: the point, the UTC second of the snapshot, the canonical status, and the UTC second
of the record's stamp (`last_updated`), null where that is no sign of life (`formats.stamps`);
seconds since 1970, cut and never rounded."""
POINTS = pl.Schema(
    {
        "charge_point_id": pl.String(),
        "captured_at": pl.Datetime("us", "UTC"),
        "address": pl.String(),
        "latitude": pl.Float64(),
        "longitude": pl.Float64(),
        "arrondissement": pl.Int16(),
    }
)
"""The place of a charge point in one snapshot."""
PLACES = pl.Schema(
    {**SIGHTINGS, **{name: dtype for name, dtype in POINTS.items() if name in PLACE_COLUMNS}}
)
"""A record of one snapshot with its place: `SIGHTINGS` and `PLACE_COLUMNS`."""
_FIELDS = NETWORK.realtime.fields
_ID, _LABEL, STAMP = (_FIELDS[name] for name in ("charge_point_id", "status_label", "updated"))
SIGHTING_FIELDS = dict.fromkeys((_ID, _LABEL, STAMP), pl.String)
"""The published fields that make a sighting, and their type."""
ALL_FIELDS = field_types(_FIELDS)
_PUBLISHED_PLACES = [name for name in ALL_FIELDS if name not in SIGHTING_FIELDS]
_RECENT: "ParsedBodies[RealtimeBody]" = ParsedBodies(4)


@dataclass(frozen=True)
class RealtimeBody(ParsedBody):
    """A snapshot.

    Attributes:
        records: `charge_point_id`, `status` and `updated` (UTC second of the stamp).
        rejected: records without an id that a store can hold, or a stamp that has an offset.
        summary: `statuses` (label → records, `null` where there is none), `newest_update` (None
            where no record has a readable stamp of 2000-2100), `fields` as published; `dropped`
            (field → values that no store can hold) where there are any.
        newest_plausible: the newest stamp that other stamps of the body confirm.
        published_places: the fields of the records that say where a point is, as published.
    """

    newest_plausible: datetime | None
    published_places: pl.DataFrame

    @cached_property
    def placed(self) -> pl.DataFrame:
        """The records with `PLACE_COLUMNS`; made when asked for, as few bodies are."""
        return self.records.hstack(places(self.published_places, _FIELDS))

    def sightings(self, captured_at: datetime) -> pl.DataFrame:
        """The records as `SIGHTINGS`, of a snapshot captured then."""
        return _seen_at(captured_at, self.records).select(SIGHTINGS.names())

    def places(self, captured_at: datetime) -> pl.DataFrame:
        """The records as `PLACES`, of a snapshot captured then."""
        return _seen_at(captured_at, self.placed).select(PLACES.names())

    def point_stamped_at(self, instant: datetime) -> str | None:
        """A charge point whose stamp is of this second."""
        found = self.records.filter(pl.col("updated") == second_of(instant))["charge_point_id"]
        return None if found.is_empty() else str(found[0])

    def points(self, captured_at: datetime) -> pl.DataFrame:
        """The places as `POINTS`, of a snapshot captured then."""
        return points_of(self.placed.with_columns(_second(captured_at)))

    @property
    def unknown_labels(self) -> dict[str, int]:
        """Labels that the network does not declare, with their records."""
        return unknown_labels(self.summary["statuses"])


def read_realtime(body: bytes, *, sha256: str | None = None) -> RealtimeBody:
    """Read a snapshot: JSON array or CSV of the real-time dataset.

    Args:
        body: as received.
        sha256: hash of the body, where it is known: a body that was read a moment ago is not
            parsed again.

    Raises:
        UnreadableBody: neither JSON nor CSV, or broken off.
    """
    return _RECENT.find_or_read(sha256, lambda: _read(body))


def cached_body(sha256: str) -> RealtimeBody | None:
    """The snapshot whose body has this hash, where this process read it a moment ago."""
    return _RECENT.find(sha256)


def _read(body: bytes) -> RealtimeBody:
    export = read_export(body, ALL_FIELDS)
    rows = export.rows
    instants = stamps.instants(rows[STAMP])
    updated = stamps.seconds(instants)
    records, rejected = clean(rows, updated, rows.select(_PUBLISHED_PLACES))
    labels = rows.group_by(storable(pl.col(_LABEL)).fill_null("null")).len().sort(_LABEL)
    stamped = pl.DataFrame({"instant": instants, "second": updated})
    plausible = stamped.select(stamps.newest_plausible(pl.col("second"))).item()
    summary = {
        "statuses": dict(labels.iter_rows()),
        "newest_update": _newest(stamped, stamps.in_range(pl.col("second"))),
        "fields": sorted(map(encodable, export.fields)),
    }
    dropped = dropped_values(rows)
    return RealtimeBody(
        records=records.drop(_PUBLISHED_PLACES),
        rejected=rejected,
        record_count=rows.height,
        summary=summary | ({"dropped": dropped} if dropped else {}),
        newest_plausible=_newest(stamped, pl.col("second") <= pl.lit(plausible, dtype=pl.Int64)),
        published_places=records.select(_PUBLISHED_PLACES),
    )


def _seen_at(captured_at: datetime, records: pl.DataFrame) -> pl.DataFrame:
    body = pl.lit(0).alias("body")
    return stamps.with_signs_of_life(records.with_columns(_second(captured_at), body))


def _second(captured_at: datetime) -> pl.Expr:
    return pl.lit(second_of(captured_at), dtype=pl.Int64).alias("second")


def _newest(stamped: pl.DataFrame, believed: pl.Expr) -> datetime | None:
    newest: datetime | None = stamped.filter(believed)["instant"].max()  # type: ignore[assignment]
    return newest


def dropped_values(rows: pl.DataFrame) -> dict[str, int]:
    """Of each text field the values that no store can hold, where there are any."""
    counts = rows.select(is_unstorable(pl.selectors.string()).sum()).row(0, named=True)
    return {field: count for field, count in counts.items() if count}


def seconds_of(texts: pl.Series) -> pl.Series:
    """The UTC second of stamps, null where one cannot be read; a stamp is read once."""
    return by_distinct(texts, lambda distinct: stamps.seconds(stamps.instants(distinct)))


def clean(
    rows: pl.DataFrame, updated: pl.Series, more: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split rows of the feed into clean records and rejected ones.

    Args:
        rows: `SIGHTING_FIELDS` as published.
        updated: UTC second of the stamps.
        more: further columns for the clean records, row by row.

    Returns:
        The clean records: `charge_point_id`, `status`, `updated` and the further columns; and the
        rejected ones by `REJECTED`.
    """
    records = rows.select(
        charge_point_ids(rows[_ID]).alias("charge_point_id"),
        statuses(rows[_LABEL]).alias("status"),
        updated.alias("updated"),
    ).hstack(more)
    ids = records["charge_point_id"].unique().cast(pl.String).to_frame("charge_point_id")
    reason = id_problem(pl.col("charge_point_id").cast(pl.String))
    if not records["updated"].null_count() and ids.select(reason.is_null().all()).item():
        return records, REJECTED.to_frame()  # nearly always
    flawed = records.select(reason.is_not_null() | pl.col("updated").is_null()).to_series()
    rejected = records.filter(flawed).select(
        pl.col("charge_point_id").cast(pl.String),
        pl.coalesce(reason, pl.lit("no stamp with an offset")).alias("reason"),
        rows.filter(flawed)
        .select(pl.struct(_ID, _LABEL, STAMP).struct.json_encode())
        .to_series()
        .alias("record"),
    )
    return records.filter(~flawed), rejected


def points_of(records: pl.DataFrame) -> pl.DataFrame:
    """Places as `POINTS`, nulls kept; one row per second and id, the last value of each attribute.

    Args:
        records: clean records with `PLACE_COLUMNS` and the `second` of their snapshot.
    """
    captured_at = pl.from_epoch("second", time_unit="s").cast(pl.Datetime("us"))
    return (
        records.group_by("second", "charge_point_id", maintain_order=True)
        .agg(pl.col(PLACE_COLUMNS).drop_nulls().last())
        .select(
            pl.col("charge_point_id").cast(pl.String),
            captured_at.dt.replace_time_zone("UTC").alias("captured_at"),
            *PLACE_COLUMNS,
        )
    )
