"""The real-time feed: the status and place of every charge point, one body per snapshot.

What belongs here: labels, stamps and places of one body, and the records that cannot be read. What
does not: what follows from sightings (`transform.intervals`, `transform.facts`). Rules:
docs/metrics.md.
"""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

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
of the record's stamp (`last_updated`); seconds since 1970, cut and never rounded."""
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
_FIELDS = NETWORK.realtime.fields
_ID, _LABEL, STAMP = (_FIELDS[name] for name in ("charge_point_id", "status_label", "updated"))
SIGHTING_FIELDS = dict.fromkeys((_ID, _LABEL, STAMP), pl.String)
"""The published fields that make a sighting, and their type."""
ALL_FIELDS = field_types(_FIELDS)
_RECENT: "ParsedBodies[RealtimeBody]" = ParsedBodies(4)


@dataclass(frozen=True)
class RealtimeBody(ParsedBody):
    """A snapshot.

    Attributes:
        records: `charge_point_id`, `status`, `updated` (as in `SIGHTINGS`) and `PLACE_COLUMNS`.
        rejected: records without an id, or without a stamp that has an offset.
        summary: `statuses` (label → records, `null` where there is none), `newest_update` (None
            where no record has a readable stamp), `fields` as published.
    """

    def sightings(self, captured_at: datetime) -> pl.DataFrame:
        """The records as `SIGHTINGS`, of a snapshot captured then."""
        return self.records.select(
            "charge_point_id",
            pl.lit(second_of(captured_at), dtype=pl.Int64).alias("second"),
            "status",
            "updated",
        )

    def points(self, captured_at: datetime) -> pl.DataFrame:
        """The places as `POINTS`, of a snapshot captured then."""
        second = pl.lit(second_of(captured_at), dtype=pl.Int64).alias("second")
        return points_of(self.records.with_columns(second))

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


def recently_read(sha256: str) -> RealtimeBody | None:
    """The snapshot whose body has this hash, where this process read it a moment ago."""
    return _RECENT.find(sha256)


def _read(body: bytes) -> RealtimeBody:
    export = read_export(body, ALL_FIELDS)
    rows = export.rows
    instants = _instants(rows[STAMP])
    records, rejected = clean(rows, _seconds(instants), places(rows, _FIELDS))
    labels = rows.group_by(pl.col(_LABEL).fill_null("null")).len().sort(_LABEL)
    return RealtimeBody(
        records=records,
        rejected=rejected,
        record_count=rows.height,
        summary={
            "statuses": dict(labels.iter_rows()),
            "newest_update": instants.max(),
            "fields": sorted(export.fields),
        },
    )


def seconds_of(stamps: pl.Series) -> pl.Series:
    """The UTC second of stamps, null where one cannot be read; a stamp is read once."""
    return by_distinct(stamps, lambda distinct: _seconds(_instants(distinct)))


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
    no_id = (pl.col("charge_point_id") == "").fill_null(True)
    flawed = records.select(no_id | pl.col("updated").is_null()).to_series()
    if not flawed.any():
        return records, REJECTED.to_frame()
    rejected = records.filter(flawed).select(
        pl.col("charge_point_id").cast(pl.String),
        pl.when(no_id)
        .then(pl.lit("no id"))
        .otherwise(pl.lit("no stamp with an offset"))
        .alias("reason"),
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


def _seconds(instants: pl.Series) -> pl.Series:
    return instants.dt.epoch("us") // 1_000_000


def _instants(stamps: pl.Series) -> pl.Series:
    """The instants of stamps; null where one cannot be read or has no offset."""
    return stamps.str.to_datetime("%+", strict=False, time_zone="UTC")
