"""Versions: rows that are valid from one UTC day to another.

What belongs here: merging neighbours, and comparing two histories. What does not: what the rows
say (`charge_points`, `stations`). Days are whole numbers since 1970; `valid_to` is null while a
version is current.
"""

from collections.abc import Sequence

import polars as pl

from belib_weather.transform.stretches import day_in, instant, is_repeated

_VALID = ("valid_from", "valid_to")


def day_numbers(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Instants as the numbers of their UTC days."""
    return frame.with_columns(map(day_in, columns))


def as_instants(frame: pl.DataFrame) -> pl.DataFrame:
    """`valid_from` and `valid_to` as the starts of these days in UTC."""
    return frame.with_columns(instant(frame[name]).alias(name) for name in _VALID)


def merged(rows: pl.DataFrame, key: str, attributes: Sequence[str]) -> pl.DataFrame:
    """Rows of which neighbours with equal attributes are one.

    Args:
        rows: `key`, `valid_from`, `valid_to` and the attributes; of one key none overlap.
        key: what the rows describe.
        attributes: what they say.

    Returns:
        The same columns, by key and time.
    """
    ordered = rows.select(key, *_VALID, *attributes).sort(key, "valid_from")
    follows = pl.col("valid_from") == pl.col("valid_to").shift()
    goes_on = ordered.select((follows & is_repeated(key, *attributes)).fill_null(False)).to_series()
    ends = ordered.filter(~goes_on.shift(-1, fill_value=False))["valid_to"]
    return ordered.filter(~goes_on).with_columns(ends.alias("valid_to"))


def changed_days(
    before: pl.DataFrame, after: pl.DataFrame, key: str, attributes: Sequence[str]
) -> pl.DataFrame:
    """The days on which two histories differ.

    Args:
        before: rows with `key`, `valid_from` and `valid_to` (instants) and the attributes.
        after: the same.
        key: what the rows describe.
        attributes: what is compared; nothing is valid where there is no row.

    Returns:
        `key`, `valid_from`, `valid_to` (instants; null: to this day) of the stretches that differ.
    """
    columns = [key, *_VALID, *attributes]
    sides = [day_numbers(frame.select(columns), *_VALID) for frame in (before, after)]
    bounds = pl.concat(
        side.select(key, pl.col(name).alias("day")) for side in sides for name in _VALID
    )
    days = bounds.drop_nulls().unique().sort(key, "day")
    content = pl.struct(attributes).alias("content")
    for name, side in zip(("before", "after"), sides, strict=True):
        versions = side.sort(key, "valid_from").select(key, *_VALID, content)
        valid = days.join_asof(
            versions,
            left_on="day",
            right_on="valid_from",
            by=key,
            check_sortedness=False,  # sorted by key, then day; polars sees only by-keys
        )
        is_over = (pl.col("valid_to") <= pl.col("day")).fill_null(False)
        content_now = valid.select(pl.when(~is_over).then("content").alias(name)).to_series()
        days = days.with_columns(content_now)
    next_day = pl.col("day").shift(-1).over(key)
    rows = days.with_columns(next_day.alias("valid_to"), pl.col("day").alias("valid_from")).filter(
        pl.col("before").ne_missing(pl.col("after"))
    )
    return as_instants(merged(rows.select(key, *_VALID), key, ()))
