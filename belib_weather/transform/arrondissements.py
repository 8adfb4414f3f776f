"""The arrondissement of a charge point, from what the feed says of its place.

What belongs here: postal codes, INSEE codes, labels. What does not: coordinates.
"""

import polars as pl


def arrondissement(address: pl.Expr, insee: pl.Expr, label: pl.Expr) -> pl.Expr:
    """Arrondissement 1-20, null when none of the three says it.

    The postal code at the end of the address counts first (75001-75020, and 75116, which is the
    16th too), then the INSEE code (75101-75120; 75056 is the whole city), then the label
    (`05e Arrondissement`; `Paris centre` is four of them, so it says nothing).
    """
    postal = address.str.extract(r"^.*\b75[01](\d{2})\b").cast(pl.Int16, strict=False)
    code = insee.str.extract(r"^751(\d{2})$").cast(pl.Int16, strict=False)
    named = label.str.extract(r"^0?(\d{1,2})\s*er?\b").cast(pl.Int16, strict=False)
    return pl.coalesce(_valid(postal), _valid(code), _valid(named))


def _valid(number: pl.Expr) -> pl.Expr:
    return pl.when(number.is_between(1, 20)).then(number)
