"""What documents say of charge points, by stretches of UTC days on which they say the same.

What belongs here: from records to days, and from days to stretches (`datasets.attributes`), a few
days at a time and in any order. What does not: what follows from them (`charge_points`). Days are
whole numbers since 1970 here, and instants in the tables. Rules: docs/metrics.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import dataframely as dy
import polars as pl

from belib_weather.datasets.attributes import FeedAttributes, StaticAttributes
from belib_weather.formats.spelling import stripped
from belib_weather.formats.static import EQUIPMENT_COLUMNS

DAY_SECONDS = 86_400
PLACE_GROUPS = (("address",), ("latitude", "longitude"), ("arrondissement",))
"""Attributes of a place, each by itself; latitude and longitude are one."""
_POINT = "charge_point_id"
_DAYS = ("first_day", "last_day")
_DEGREES = ("latitude", "longitude")
_EARLIEST, _LATEST = -(2**31), 2**31 - 1
_FIRST = "first_"


@dataclass(frozen=True)
class Attributes:
    """The attributes in one of the two datasets.

    Attributes:
        dataset: of its stretches.
        groups: the attributes, each by itself; columns of one group are one attribute.
        order: of several records of a point in one second the last by these columns counts.
    """

    dataset: type[dy.Schema]
    groups: tuple[tuple[str, ...], ...]
    order: tuple[str, ...] = ()

    @cached_property
    def names(self) -> list[str]:
        """The columns of all attributes."""
        return [name for group in self.groups for name in group]

    @cached_property
    def first_names(self) -> list[str]:
        """Columns of the first values of a day."""
        return [_FIRST + name for name in self.names]

    @cached_property
    def texts(self) -> list[str]:
        """The columns that are text."""
        schema = self.dataset.create_empty().schema
        return [name for name in self.names if schema[name] == pl.String]

    def none(self) -> pl.DataFrame:
        """No stretch."""
        return self.dataset.create_empty()


FEED = Attributes(FeedAttributes, PLACE_GROUPS, ("updated", "status"))
STATIC = Attributes(
    StaticAttributes, (*PLACE_GROUPS, *((name,) for name in sorted(EQUIPMENT_COLUMNS)))
)


def by_day(records: pl.DataFrame, of: Attributes) -> pl.DataFrame:
    """What records say of each point on each UTC day.

    Args:
        records: `charge_point_id`, `second` of the capture, the attributes and `of.order`; all
            records of a second.
        of: the attributes.

    Returns:
        `charge_point_id`, `day`, and of each attribute the first value of the day (`first_…`) and
        the newest one; null where no record has any.
    """
    names = of.names
    ordered = _in_order(records.select(_POINT, "second", *of.order, *names))
    if ordered.select(is_repeated(_POINT, "second").any()).item():
        ordered = _in_order(_one_per_second(ordered, of))
    day = (pl.col("second") // DAY_SECONDS).cast(pl.Int32).alias("day")
    changes = ordered.select(_POINT, day, *names).filter(~is_repeated(_POINT, "day", *names))
    values = changes.with_columns(pl.col(_POINT).cast(pl.String), *_comparable(of))
    return joined([values.with_columns(pl.col(names).name.prefix(_FIRST))], of)


def joined(parts: Iterable[pl.DataFrame], of: Attributes) -> pl.DataFrame:
    """What consecutive parts say together: frames as by `by_day`, in order of capture."""
    key = (_POINT, "day")
    columns = (*key, *of.names, *of.first_names)
    whole = pl.concat([_no_days(of), *parts], how="diagonal").select(columns)
    whole = whole.sort(*key, maintain_order=True).filter(~is_repeated(*columns))
    is_alone = pl.len().over(key) == 1
    several = (
        whole.filter(~is_alone)
        .group_by(key, maintain_order=True)
        .agg(
            pl.col(of.names).drop_nulls().last(),
            pl.col(of.first_names).drop_nulls().first(),
        )
    )
    return pl.concat([whole.filter(is_alone), several]).sort(key)


def day_of(stretches: pl.DataFrame, day: int, of: Attributes) -> pl.DataFrame:
    """What stretches say of one day, as by `by_day`."""
    covering = (day_in("first_day") <= day) & (day_in("last_day") >= day)
    newest = stretches.filter(covering & ~pl.col("is_first"))
    first = stretches.filter(covering & pl.col("is_first"))
    both = newest.select(_POINT, *of.names).join(
        first.select(_POINT, "is_first", pl.col(of.names).name.prefix(_FIRST)),
        on=_POINT,
        how="left",
    )
    has_first = pl.col("is_first").is_not_null()
    return both.with_columns(
        pl.lit(day, pl.Int32).alias("day"),
        *(
            pl.when(has_first).then(_FIRST + name).otherwise(name).alias(_FIRST + name)
            for name in of.names
        ),
    ).drop("is_first")


def with_days(
    stretches: pl.DataFrame,
    values: pl.DataFrame,
    replaced: Iterable[int],
    documented: Sequence[int],
    of: Attributes,
) -> pl.DataFrame:
    """Stretches in which some days are replaced.

    Args:
        stretches: rows of `of.dataset`.
        values: what documents say on the replaced days, by `by_day`.
        replaced: these days.
        documented: all days that have a document, those replaced included, in order.
        of: the attributes.

    Returns:
        Rows of `of.dataset` by their key: the same ones in whatever order days are replaced.
    """
    days = pl.Series("day", documented, dtype=pl.Int32)
    unchanged = _without(
        stretches.with_columns(day_in("first_day"), day_in("last_day")), sorted(set(replaced))
    )
    pieces = pl.concat([unchanged, _one_day_stretches(values, of).select(unchanged.columns)])
    number = days.search_sorted
    pieces = (
        pieces.with_columns(
            number(pieces["first_day"], side="left").cast(pl.Int64).alias("begin"),
            number(pieces["last_day"], side="right").cast(pl.Int64).alias("end"),
        )
        .filter(pl.col("begin") < pl.col("end"))
        .sort(_POINT, "is_first", "begin")
        .with_columns(
            (
                is_repeated(_POINT, "is_first", *of.names)
                & (pl.col("begin") == pl.col("end").shift())
            ).alias("goes_on")
        )
    )
    ends = pieces.filter(~pl.col("goes_on").shift(-1, fill_value=False))["end"]
    starts = pieces.filter(~pl.col("goes_on"))
    rows = starts.with_columns(
        instant(days.gather(starts["begin"])).alias("first_day"),
        instant(days.gather(ends - 1)).alias("last_day"),
    )
    return rows.select(stretches.columns).sort(of.dataset.primary_key())


def instant(days: pl.Series) -> pl.Series:
    """The starts of days in UTC."""
    return pl.from_epoch(days, time_unit="d").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def day_in(column: str) -> pl.Expr:
    """The number of the UTC day of a column of instants."""
    return pl.col(column).dt.epoch("d").cast(pl.Int32)


def is_repeated(*columns: str) -> pl.Expr:
    """Whether a row is as the one before it in these columns, of which the first has no nulls."""
    return pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in columns)


def _in_order(records: pl.DataFrame) -> pl.DataFrame:
    # Categories by their numbers: any order of points will do.
    return records.sort(pl.col(_POINT).to_physical(), "second", maintain_order=True)


def _one_per_second(ordered: pl.DataFrame, of: Attributes) -> pl.DataFrame:
    """Records of which those of one second are one: of each attribute the value that counts."""
    key = (_POINT, "second")
    one = ordered.filter(is_repeated(*key)).select(key).unique()
    several = ordered.join(one, on=key, how="semi").with_columns(_comparable(of))
    alone = ordered.join(one, on=key, how="anti").select(*key, *of.names)
    for group in of.groups:
        counting = several.drop_nulls(group).sort(*key, *of.order, *group)
        counting = counting.unique(key, keep="last").select(*key, *group)
        one = one.join(counting, on=key, how="left")
    return pl.concat([alone, one.select(alone.columns)])


def _comparable(of: Attributes) -> list[pl.Expr]:
    """The attributes as they are compared: stripped texts, coordinates in whole micro-degrees."""
    texts = [
        pl.when(text != "").then(text).alias(name)
        for name in of.texts
        for text in (stripped(pl.col(name)),)
    ]
    is_place = pl.all_horizontal(pl.col(_DEGREES).is_not_null())
    micro_degrees = (pl.col(_DEGREES) * 1e6 + 0.5).floor()
    # Rounded, because polars divides by a constant through its reciprocal: the last bit is off.
    return [*texts, pl.when(is_place).then((micro_degrees / 1e6).round(6))]


def _no_days(of: Attributes) -> pl.DataFrame:
    none = of.dataset.create_empty()
    return none.select(
        _POINT,
        pl.lit(None, pl.Int32).alias("day"),
        *of.names,
        pl.col(of.names).name.prefix(_FIRST),
    ).clear()


def _one_day_stretches(values: pl.DataFrame, of: Attributes) -> pl.DataFrame:
    """A stretch of each day, and one of its first values where they are not the newest."""
    day = (pl.col("day").alias("first_day"), pl.col("day").alias("last_day"))
    differs = pl.any_horizontal(pl.col(_FIRST + name).ne_missing(pl.col(name)) for name in of.names)
    newest = values.select(_POINT, pl.lit(False).alias("is_first"), *day, *of.names)
    first = values.filter(differs).select(
        _POINT,
        pl.lit(True).alias("is_first"),
        *day,
        *(pl.col(_FIRST + name).alias(name) for name in of.names),
    )
    return pl.concat([newest, first])


def _without(stretches: pl.DataFrame, days: Sequence[int]) -> pl.DataFrame:
    """What is left of stretches outside these days, which are in order."""
    if not days:
        return stretches
    first, last = pl.col("first_day"), pl.col("last_day")
    is_touched = (first <= days[-1]) & (last >= days[0])
    between = pl.DataFrame(
        {
            "begin": [_EARLIEST, *(day + 1 for day in days)],
            "end": [*(day - 1 for day in days), _LATEST],
        },
        schema={"begin": pl.Int32, "end": pl.Int32},
    )
    cut = (
        stretches.filter(is_touched)
        .join(between, how="cross")
        .with_columns(
            pl.max_horizontal("first_day", "begin").alias("first_day"),
            pl.min_horizontal("last_day", "end").alias("last_day"),
        )
        .filter(first <= last)
        .drop("begin", "end")
    )
    return pl.concat([stretches.filter(~is_touched), cut])
