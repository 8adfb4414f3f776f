"""What every store can hold: PostgreSQL, Elasticsearch and MongoDB each refuse some texts.

What belongs here: the limits. What does not: spelling, and what values mean. A value that cannot
be stored is null and is counted; only an unusable id costs its record.
"""

import polars as pl

MOST_CHARACTERS = 1_000
"""Elasticsearch refuses a keyword of more than 32,766 bytes; no real text is a tenth as long."""
MOST_ID_BYTES = 100
"""Elasticsearch's limit for `_id` is 512 bytes; ours is made of a station's id and an hour."""
_NUL = "\0"


def storable(text: pl.Expr) -> pl.Expr:
    """The text where every store can hold it, else null."""
    return pl.when(_is_storable(text)).then(text)


def is_unstorable(text: pl.Expr) -> pl.Expr:
    """Whether there is a text that cannot be held."""
    return (~_is_storable(text)).fill_null(False)


def id_problem(text: pl.Expr) -> pl.Expr:
    """Why a text is no id, null where it is one."""
    is_storable = (text.str.len_bytes() <= MOST_ID_BYTES) & ~text.str.contains(_NUL, literal=True)
    return (
        pl.when(text.is_null() | (text == ""))
        .then(pl.lit("no id"))
        .when(~is_storable)
        .then(pl.lit(f"an id that no store can hold (over {MOST_ID_BYTES} bytes, NUL, surrogate)"))
    )


def encodable(text: str) -> str:
    """A text of Python in which what has no encoding (a lone surrogate) is a question mark."""
    return text.encode("utf-8", "replace").decode()


def _is_storable(text: pl.Expr) -> pl.Expr:
    return (text.str.len_chars() <= MOST_CHARACTERS) & ~text.str.contains(_NUL, literal=True)
