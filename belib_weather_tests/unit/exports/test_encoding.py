"""The CSV files in a spreadsheet: no cell is a formula, and every text can be read back."""

import csv
import io
import re

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.exports.encoding import FORMULA, csv_of

# As OWASP lists them, written apart from the code: CSV Injection, with the full-width forms.
FIRST = "=+-@\t\r\n＝＋－＠"
FORMULAS = ["=1+1", '=HYPERLINK("http://x";A1)', "-2", "+33 1", "@SUM(1)", "\t=1", "\r=1", "＝1"]
texts = st.one_of(
    st.text(max_size=8),
    st.text(alphabet=f"'{FIRST}a", max_size=6),
    st.sampled_from(FORMULAS),
)


def cells(rows: pl.DataFrame) -> list[list[str]]:
    return list(csv.reader(io.StringIO(csv_of(rows).decode(), newline="")))[1:]


@given(st.lists(texts.filter(lambda text: "\0" not in text), min_size=1, max_size=5))
def test_no_cell_begins_like_a_formula_and_each_can_be_read_back(values: list[str]) -> None:
    written = [cell for [cell, _] in cells(pl.DataFrame({"text": values, "n": 1}))]

    assert not [cell for cell in written if cell[:1] in set(FIRST)]
    assert [re.sub(rf"\A'({FORMULA})", r"\1", cell) for cell in written] == values


def test_numbers_stay_numbers_and_other_texts_as_they_are() -> None:
    rows = pl.DataFrame({"temperature_c": [-3.5], "n": [-1], "address": ["12 rue d'Ulm - Paris"]})

    assert cells(rows) == [["-3.5", "-1", "12 rue d'Ulm - Paris"]]


def test_a_key_of_an_enumeration_is_a_text() -> None:
    rows = pl.DataFrame({"class": pl.Series(["=a", "b"], dtype=pl.Enum(["=a", "b"])), "n": 1})

    assert [cell for [cell, _] in cells(rows)] == ["'=a", "b"]
