"""Frames as the bytes of files: the same rows always give the same bytes.

What belongs here: the CSV and Parquet dialects of docs/exports.md. What does not: which
rows, and where the bytes go.
"""

import io
from math import ceil

import polars as pl
import polars.selectors as cs

FILES_VERSION = 4
"""Raised when the same rows give other files, so that those of every date are written again."""
FORMULA = r"'*[=+\-@\t\r\n＝＋－＠]"
"""Start of a text that a spreadsheet reads as a formula, after apostrophes of ours or not."""
MOST_ROW_GROUPS = 15
"""So the footer of the widest table fits in the last 64 kB of a file, which readers fetch first."""
_LEAST_ROWS = 4096
_INSTANT = "%Y-%m-%dT%H:%M:%SZ"


def csv_of(rows: pl.DataFrame) -> bytes:
    """CSV in UTF-8 with a header line and LF line ends; nulls empty, an empty text `""`.

    Instants are ISO 8601 in UTC; numbers are the shortest that read back as the same number. A text
    like `FORMULA` has one more apostrophe in front, which a reader takes away from what is like it.
    Source of the rule: https://owasp.org/www-community/attacks/CSV_Injection
    """
    texts = (cs.string() | cs.enum()).cast(pl.String)
    neutralized = rows.with_columns(texts.str.replace(f"^({FORMULA})", "'${1}"))
    return neutralized.write_csv(datetime_format=_INSTANT, date_format="%Y-%m-%d").encode()


def parquet_of(rows: pl.DataFrame) -> bytes:
    """Parquet with zstd; enumerations are plain text.

    Rows in the order of a key lie in small groups with the least and greatest value of each column,
    so that readers fetch the groups of one station alone. Level 3 takes half the time of level 9
    and a twelfth more bytes.
    """
    buffer = io.BytesIO()
    plain = rows.with_columns(cs.enum().cast(pl.String))
    plain.write_parquet(
        buffer,
        compression="zstd",
        compression_level=3,
        statistics=True,
        row_group_size=max(_LEAST_ROWS, ceil(rows.height / MOST_ROW_GROUPS)),
    )
    return buffer.getvalue()
