"""Stamps: the instants that records carry, and which of them can be believed.

What belongs here: parsing stamps, their range, and the newest plausible one of a body. What does
not: staleness and hand-over (`transform.intervals`). Rules: docs/metrics.md.
"""

from datetime import UTC, datetime

import polars as pl

FIRST_SECOND = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
LAST_SECOND = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
"""A stamp outside [first, last) is of no year in which anything was measured."""
TOLERANCE_SECONDS = 300
"""Two clocks may differ by this."""
_NEIGHBOURS = 10
_AHEAD_SECONDS = 3_600


def instants(stamps: pl.Series) -> pl.Series:
    """The instants of stamps; null where one cannot be read or has no offset."""
    return stamps.str.to_datetime("%+", strict=False, time_zone="UTC")


def seconds(instants: pl.Series) -> pl.Series:
    """The UTC second of instants, cut and never rounded."""
    return instants.dt.epoch("us") // 1_000_000


def in_range(second: pl.Expr) -> pl.Expr:
    """Whether a second lies in 2000-2100."""
    return second.is_between(FIRST_SECOND, LAST_SECOND, closed="left")


def newest_plausible(second: pl.Expr) -> pl.Expr:
    """Of the stamps of one body the newest that others confirm; null where none is in range.

    Of its distinct stamps the newest that is at most one hour ahead of the tenth newest; of fewer
    than ten, of the second newest; a single one is it. So one clock that runs ahead moves no body.
    """
    distinct = second.filter(in_range(second)).unique()
    neighbours = pl.when(distinct.len() >= _NEIGHBOURS).then(distinct.top_k(_NEIGHBOURS).min())
    reference = neighbours.otherwise(distinct.top_k(2).min())
    return distinct.filter(distinct <= reference + _AHEAD_SECONDS).max()


def with_signs_of_life(records: pl.DataFrame) -> pl.DataFrame:
    """Records whose `updated` is null where the stamp is no sign of life.

    It is none outside 2000-2100, and where it is later by more than five minutes than both the
    capture and the newest plausible one of the other stamps of its body: no stamp confirms itself.

    Args:
        records: `updated`, `second` (of the capture) and `body` (a number per body), among others.
    """
    updated, is_ahead = pl.col("updated"), pl.col("updated") > pl.col("second") + TOLERANCE_SECONDS
    if records.select((in_range(updated) & ~is_ahead).all()).item():
        return records  # nearly always
    newest = (
        records.filter(in_range(updated) & is_ahead.any().over("body"))
        .group_by("body")
        .agg(updated.unique().top_k(_NEIGHBOURS + 1).sort(descending=True))
    )
    alone = pl.DataFrame(
        [(body, stamp) for body, stamps in newest.iter_rows() for stamp in _unconfirmed(stamps)],
        schema={"body": records.schema["body"], "updated": pl.Int64()},
        orient="row",
    ).with_columns(pl.lit(True).alias("is_alone"))
    is_sign = in_range(updated) & ~(is_ahead & pl.col("is_alone").fill_null(False))
    return (
        records.join(alone, on=["body", "updated"], how="left", maintain_order="left")
        .with_columns(pl.when(is_sign).then(updated).alias("updated"))
        .drop("is_alone")
    )


def _unconfirmed(newest: list[int]) -> list[int]:
    """Of the eleven newest stamps of a body, newest first, those that the others leave alone.

    An older stamp has ten newer ones that confirm it.
    """
    alone = []
    for stamp in newest:
        others = [other for other in newest if other != stamp]
        if others:
            reference = others[: _NEIGHBOURS if len(others) >= _NEIGHBOURS else 2][-1]
            plausible = next(other for other in others if other <= reference + _AHEAD_SECONDS)
            if stamp > plausible + TOLERANCE_SECONDS:
                alone.append(stamp)
    return alone
