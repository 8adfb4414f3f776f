"""Two frames, cell by cell.

What belongs here: rows and cells. What does not: where frames come from (`dumps`).
"""

from collections.abc import Sequence

import polars as pl

from belib_weather_tests.compare.result import Compared, Rules

ROW = "#row"
"""A column of this name holds the order of the rows; it is compared like any other."""
_REPEAT = "#repeat"
_CELLS_NAMED = 50


def compare_frames(
    what: str, old: pl.DataFrame, new: pl.DataFrame, key: Sequence[str], rules: Rules
) -> Compared:
    """Compare every cell of the rows with one key; rows and columns of one side alone differ.

    Args:
        what: begins every place: `what/column`, `what/row only in old: key`.
        old: of the old code.
        new: of the new code.
        key: columns that name a row; rows with one key are compared in order.
        rules: columns and rows that may differ are left out.
    """
    result = Compared(what)
    shared = _columns(result, old, new, rules)
    names = [name for name in key if name in shared]
    rows = [_with_repeats(frame.select(shared), names) for frame in (old, new)]
    on = [*names, _REPEAT]
    for name, (left, right) in {"new": rows[::-1], "old": rows}.items():
        for row in left.join(right, on=on, how="anti", nulls_equal=True).select(on).iter_rows():
            place = f"row only in {name}: {_row(row)}"
            if rules.allow(f"{what}/{place}"):
                result.left_out.add(place)
            else:
                result.differences.append(place)
    both = rows[0].join(rows[1], on=on, how="inner", nulls_equal=True, suffix="\n")
    result.items, result.values = both.height, both.height * len(shared)
    for name in shared:
        if name not in names:
            _cells(result, both, name, on)
    return result


def _columns(result: Compared, old: pl.DataFrame, new: pl.DataFrame, rules: Rules) -> list[str]:
    shared = []
    for name in dict.fromkeys([*old.columns, *new.columns]):
        if rules.allow(f"{result.what}/{name}"):
            result.left_out.add(name)
        elif name not in new.columns:
            result.differs(name, "a column", "no column")
        elif name not in old.columns:
            result.adds(name, name, rules)
        else:
            shared.append(name)
    in_new = [name for name in new.columns if name in shared]
    if in_new != shared:
        result.differs("order of columns", shared, in_new)
    return shared


def _with_repeats(frame: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    number = pl.int_range(pl.len())
    return frame.with_columns((number.over(key) if key else number).alias(_REPEAT))


def _cells(result: Compared, both: pl.DataFrame, name: str, on: list[str]) -> None:
    old, new = both[name], both[f"{name}\n"]
    if old.dtype != new.dtype:
        old, new = old.cast(pl.String), new.cast(pl.String)
    differing = both.select(*on, old.alias("old"), new.alias("new")).filter(old.ne_missing(new))
    for *row, before, after in differing.head(_CELLS_NAMED).iter_rows():
        result.differs(f"{name} of {_row(row)}", before, after)
    result.differences += [f"{name}: one more cell"] * (differing.height - _CELLS_NAMED)


def _row(key: Sequence[object]) -> str:
    *values, repeat = key
    repeats = [f"#{repeat}"] if repeat or not values else []
    return " ".join([*map(str, values), *repeats])
