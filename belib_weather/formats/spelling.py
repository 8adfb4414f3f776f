"""The text rules: how ids and labels are spelt, before anything is compared.

What belongs here: what every reader does with ids and labels, column by column. What does not:
the labels and id patterns of one network (`networks`), and what a store can hold (`parsed`).
Rules: docs/metrics.md.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache

import polars as pl

from belib_weather.networks import NETWORK
from belib_weather.vocabulary import STATUSES, Status

STATUS_TYPE = pl.Enum(STATUSES)
_MOST_CACHED = 50
"""Labels; a feed has seven, and what has many is none that comes again."""
_ZERO_WIDTH = "[\u200b-\u200d\u2060\ufeff\u00ad\u180e]"


def stripped(text: pl.Expr) -> pl.Expr:
    """Text without zero-width characters, and without white space around it (NBSP too)."""
    return text.str.replace_all(_ZERO_WIDTH, "").str.strip_chars()


def label_key(label: pl.Expr) -> pl.Expr:
    """What of a label is compared: no case, no accents, compatible characters as one."""
    letters = stripped(label).str.normalize("NFKD").str.replace_all(r"\p{Mn}", "")
    # polars has no casefold; of the letters that differ only ß occurs in a label of this kind.
    return letters.str.to_lowercase().str.replace_all("ß", "ss", literal=True).str.strip_chars()


def charge_point_id(text: pl.Expr) -> pl.Expr:
    """Ids as the network's real-time feed spells them; their case stays as it is."""
    return NETWORK.local_id(stripped(text))


def key_of(label: str) -> str:
    """`label_key` of one label."""
    return keys_of([label])[0]


def keys_of(labels: Iterable[str]) -> list[str]:
    """`label_key` of every label."""
    return _keys(labels).to_list()


def charge_point_ids(texts: pl.Series) -> pl.Series:
    """`charge_point_id` of every text, as categories; each distinct text is read once."""
    published = texts.cast(pl.Categorical())
    distinct = published.unique().cast(pl.String).to_frame("id")
    spelt = distinct.select("id", charge_point_id(pl.col("id")).alias("spelt"))
    if spelt.select(pl.col("id").eq_missing(pl.col("spelt")).all()).item():
        return published  # nearly always
    changed = spelt.filter(pl.col("id").ne_missing(pl.col("spelt")))
    return texts.replace(changed["id"], changed["spelt"]).cast(pl.Categorical())


def statuses(labels: pl.Series) -> pl.Series:
    """The canonical status of every label; `unknown` where there is none, or an unknown one."""
    return by_distinct(labels, _statuses).fill_null(Status.UNKNOWN.value)


def unknown_labels(counts: Mapping[str, int]) -> dict[str, int]:
    """Of labels and their records those that the network does not declare; `null` is no label."""
    known = _status_of_key().keys() | {"null"}
    keys = dict(zip(counts, _keys(counts), strict=True))
    return {label: n for label, n in counts.items() if keys[label] not in known}


def by_distinct(texts: pl.Series, parse: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Texts parsed once per distinct text: a day of stamps has 40 copies of each."""
    distinct = texts.drop_nulls().unique()
    if 2 * distinct.len() > texts.len():
        return parse(texts)  # the ids of one body are all distinct
    distinct = distinct.sort()
    return parse(distinct).gather(texts.cast(pl.Enum(distinct)).to_physical())


def _statuses(labels: pl.Series) -> pl.Series:
    if labels.len() > _MOST_CACHED:
        return _statuses_of(labels)
    return _cached_statuses(tuple(labels))


@lru_cache(maxsize=64)
def _cached_statuses(labels: tuple[str | None, ...]) -> pl.Series:
    """Every body has the same few labels, and reading seven takes a millisecond."""
    return _statuses_of(labels)


def _statuses_of(labels: Iterable[str | None]) -> pl.Series:
    return _keys(labels).replace_strict(
        _status_of_key(), default=Status.UNKNOWN.value, return_dtype=STATUS_TYPE
    )


def _keys(labels: Iterable[str | None]) -> pl.Series:
    texts = pl.Series("label", list(labels), dtype=pl.String)
    return texts.to_frame().select(label_key(pl.col("label"))).to_series()


@cache
def _status_of_key() -> dict[str, str]:
    declared = NETWORK.status_of_label
    return dict(zip(_keys(declared), (status.value for status in declared.values()), strict=True))
