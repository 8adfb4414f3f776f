"""CSV as spreadsheets and people save it: any delimiter, Excel's `sep=` line, two encodings.

What belongs here: from bytes to a table of texts, its columns by the names of the fields. What does
not: what values mean.
"""

import csv
import io
from collections.abc import Iterator
from functools import cache

import polars as pl

from belib_weather.formats.encodings import decoded
from belib_weather.formats.errors import UnreadableBody
from belib_weather.formats.files import MOST_BYTES
from belib_weather.formats.spelling import key_of, keys_of
from belib_weather.networks import NETWORK

_DELIMITERS = (";", ",", "\t", "|")
_SEP = "sep="
_LONGEST_HEADER = 100_000
"""Characters; that of the static dataset has a hundredth."""
# A long text in one cell costs that cell, as in JSON; by default it would cost the file.
csv.field_size_limit(MOST_BYTES)


def csv_table(content: bytes) -> pl.DataFrame:
    """The table of a CSV file, every column as text.

    The delimiter is the one by which the header holds most known columns. Columns are known by
    their label in any case and with or without accents, or by the field's name; any other keeps
    its name in small letters.

    Raises:
        UnreadableBody: no CSV of a dataset, two columns for one field, or a row with another number
            of cells than the header (a file that breaks off, among others).
    """
    text, named_delimiter = _without_sep_line(decoded(content))
    delimiter = named_delimiter or _delimiter_of(text)
    try:
        content = text.encode()
        labels, height = _checked(content, delimiter)
        fields = [field_of(label) for label in labels]
        if len(set(fields)) < len(fields):
            raise UnreadableBody(f"the CSV file has two columns for one field: {labels}")
        if height == 0:
            return pl.DataFrame(schema=dict.fromkeys(fields, pl.String))
        table = pl.read_csv(
            content, separator=delimiter, infer_schema=False, truncate_ragged_lines=True
        )
    except (pl.exceptions.PolarsError, csv.Error) as error:
        raise UnreadableBody(f"the CSV file is broken: {str(error)[:200]}") from None
    if (table.height, table.width) != (height, len(fields)):
        return _by_row(content, delimiter, fields)  # blank lines, or line ends of an old Macintosh
    table.columns = fields
    return table


def field_of(label: str) -> str:
    """The field that a column holds: by its label in any case, else the label itself."""
    return _known_fields().get(key_of(label), label.strip().lower())


def _without_sep_line(text: str) -> tuple[str, str | None]:
    """The text without Excel's first line `sep=;`, and the delimiter that it names."""
    first, _, rest = text.partition("\n")
    named = first.strip().strip('"')
    if not named.lower().startswith(_SEP):
        return text, None
    delimiter = named[len(_SEP) :].replace("\\t", "\t") or "\t"
    return rest, delimiter if delimiter in _DELIMITERS else None


def _delimiter_of(text: str) -> str:
    """The delimiter by which the header holds most known columns.

    Raises:
        UnreadableBody: it holds none by any of them.
    """
    start = text[:_LONGEST_HEADER]
    if len(text) > len(start) and not {"\n", "\r"} & set(start):
        raise UnreadableBody(
            "neither JSON nor a CSV file of a dataset: its first line has more than"
            f" {_LONGEST_HEADER:,} characters ({start[:80]!r})"
        )

    def known(delimiter: str) -> int:
        try:
            header = next(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter), [])
        except csv.Error:
            return 0
        return len(_known_fields().keys() & set(keys_of(header)))

    counts = {delimiter: known(delimiter) for delimiter in _DELIMITERS}
    best = max(counts, key=lambda delimiter: counts[delimiter])
    if counts[best] == 0:
        first = text.lstrip().split("\n", 1)[0][:80]
        raise UnreadableBody(
            "neither JSON nor a CSV file of a dataset: its first line names none of its columns"
            f" ({first!r})"
        )
    return best


def _lines(content: bytes) -> Iterator[str]:
    """The lines of a text in UTF-8, one at a time: as one text it takes four times the memory."""
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")


def _checked(content: bytes, delimiter: str) -> tuple[list[str], int]:
    """The labels, and the number of rows, all of which have as many cells as the header.

    A file that breaks off within a row would otherwise pass, the row filled with nulls.
    """
    rows = csv.reader(_lines(content), delimiter=delimiter, strict=True)
    header = next(rows)
    height = 0
    for row in rows:
        if not row:
            continue
        height += 1
        if len(row) < len(header):
            raise UnreadableBody(
                f"the CSV file breaks off in a row: line {rows.line_num} has {len(row)} cells, the"
                f" header has {len(header)}"
            )
        if any(row[len(header) :]):
            raise UnreadableBody(
                f"line {rows.line_num} of the CSV file has {len(row)} cells, the header"
                f" {len(header)}; is a `{delimiter}` within a text that has no quotes?"
            )
    return header, height


def _by_row(content: bytes, delimiter: str, fields: list[str]) -> pl.DataFrame:
    """The table of a text that `_checked` has passed, slower; an empty cell is null."""
    rows = [row for row in csv.reader(_lines(content), delimiter=delimiter) if row]
    cells = [[cell or None for cell in row[: len(fields)]] for row in rows[1:]]
    return pl.DataFrame(cells, schema=dict.fromkeys(fields, pl.String), orient="row")


@cache
def _known_fields() -> dict[str, str]:
    labels = {**{name: name for name in NETWORK.known_fields}, **NETWORK.field_of_label}
    return dict(zip(keys_of(labels), labels.values(), strict=True))
