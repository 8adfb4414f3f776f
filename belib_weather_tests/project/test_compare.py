"""The comparison of old and new code finds what differs, and nothing else."""

import copy
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from belib_weather_tests.compare.documents import compare_documents, compare_named
from belib_weather_tests.compare.dumps import SNAPSHOTS, Dump, read_files
from belib_weather_tests.compare.frames import compare_frames
from belib_weather_tests.compare.intended import OF_REPORT, OF_THE_CITY
from belib_weather_tests.compare.pages import compare_pages
from belib_weather_tests.compare.phases import closed_hours, of_two_runs
from belib_weather_tests.compare.result import Compared, Intended, Rules
from belib_weather_tests.compare.texts import (
    bundle_without_texts,
    data_of_picture,
    numbers_in,
    paired_data,
)
from belib_weather_tests.compare.views import of_bundles, of_panels

FACTS = pl.DataFrame(
    {
        "station_id": ["a", "a", "b"],
        "hour": [0, 1, 0],
        "full_seconds": [0, 17, 3600],
        "temperature_c": [1.5, None, 2.0],
    }
)
KEY = ["station_id", "hour"]


def _frames(new: pl.DataFrame, *intended: Intended) -> Compared:
    return compare_frames("postgres facts", FACTS, new, KEY, Rules(intended))


def test_the_same_frames_do_not_differ() -> None:
    result = _frames(FACTS)
    assert (result.items, result.values, result.differences) == (3, 12, [])


def test_one_changed_second_is_found() -> None:
    changed = FACTS.with_columns(full_seconds=pl.Series([0, 18, 3600]))
    assert _frames(changed).differences == ["full_seconds of a 1: 17 → 18"]


def test_a_null_that_becomes_a_value_is_found() -> None:
    changed = FACTS.with_columns(pl.col("temperature_c").fill_null(0.0))
    assert _frames(changed).differences == ["temperature_c of a 1: None → 0.0"]


def test_rows_of_one_side_are_found() -> None:
    assert _frames(FACTS.head(2)).differences == ["row only in old: b 0"]
    more = pl.concat([FACTS, FACTS.tail(1)])
    assert _frames(more).differences == ["row only in new: b 0 #1"]


def test_columns_of_one_side_and_their_order_are_found() -> None:
    assert _frames(FACTS.drop("full_seconds")).differences == ["full_seconds: a column → no column"]
    more = FACTS.with_columns(new=1)
    assert _frames(more).differences == ["new: not there → there"]
    assert _frames(more, Intended("postgres facts/new", "for the test")).differences == []
    turned = FACTS.select(FACTS.columns[::-1])
    assert [line.split(":")[0] for line in _frames(turned).differences] == ["order of columns"]


def test_additions_of_newer_code_are_listed_where_they_are_allowed() -> None:
    more, rules = FACTS.with_columns(new=1), Rules(may_add=True)
    frames = compare_frames("postgres facts", FACTS, more, KEY, rules)
    documents = compare_documents("d", {"1": {"n": 1}}, {"1": {"n": 1, "x": 0}}, rules)
    assert (frames.differences, frames.added) == ([], {"new"})
    assert (documents.differences, documents.added) == ([], {"d/x"})
    lost = compare_documents("d", {"1": {"n": 1, "x": 0}, "2": {}}, {"1": {"n": 1}}, rules)
    assert lost.differences == ["1/x: 0 → no field", "2: a document → none"]


def test_every_differing_cell_counts() -> None:
    rows = pl.DataFrame({"key": range(200), "value": 0})
    changed = rows.with_columns(value=1)
    assert len(compare_frames("t", rows, changed, ["key"], Rules()).differences) == 200


def test_a_changed_leaf_field_or_document_is_found() -> None:
    old: dict[str, Any] = {"1": {"at": {"lat": 48.8}, "list": [1, 2], "n": 1}, "2": {}}
    new: dict[str, Any] = {"1": {"at": {"lat": 48.9}, "list": [1], "n": 1.0, "x": 0}, "3": {}}
    assert compare_documents("d", old, new, Rules()).differences == [
        "1/at/lat: 48.8 → 48.9",
        "1/list: 2 entries → 1 entries",
        "1/n: 1 → 1.0",
        "1/x: not there → there",
        "2: a document → none",
        "3: none → a document",
    ]


def test_documents_with_names_are_found_by_place() -> None:
    old: dict[str, Any] = {"map": {"size": 1, "query": "a"}, "gone": {}}
    new: dict[str, Any] = {"map": {"size": 2, "query": "b"}, "come": {}}

    def differences(*intended: Intended, may_add: bool = False) -> list[str]:
        rules = Rules(intended, may_add=may_add)
        return compare_named("panels", old, new, rules).differences

    assert differences(may_add=True) == [
        "map/size: 1 → 2",
        "map/query: 'a' → 'b'",
        "gone: {} → no field",
    ]
    assert "come: not there → there" in differences()
    rules = [Intended(f"panels/{place}", "for the test") for place in ("map/size", "gone")]
    assert differences(*rules, may_add=True) == ["map/query: 'a' → 'b'"]


def test_entries_with_names_are_compared_by_name_and_their_order_counts() -> None:
    fields = [{"name": "a", "type": 1}, {"name": "b", "type": 2}]

    def differences(new: list[dict[str, Any]], *intended: str) -> list[str]:
        rules = Rules([Intended(where, "for the test") for where in intended], may_add=True)
        return compare_documents("d", {"1": {"f": fields}}, {"1": {"f": new}}, rules).differences

    assert differences([fields[0], {"name": "new"}, fields[1]]) == []
    assert differences([{"name": "a", "type": 3}]) == [
        "1/f/a/type: 1 → 3",
        "1/f/b: {'name': 'b', 'type': 2} → no field",
    ]
    assert len(differences(fields[::-1])) == 1
    assert differences(fields[::-1], "d/f/#order") == []


def test_an_intended_length_of_a_list_does_not_excuse_its_shared_entries() -> None:
    def differences(new: list[int]) -> list[str]:
        rules = Rules([Intended("d/l/#entries", "for the test")])
        return compare_documents("d", {"1": {"l": [1, 2]}}, {"1": {"l": new}}, rules).differences

    assert differences([1, 2, 3]) == []
    assert differences([1, 3, 3]) == ["1/l/1: 2 → 3"]


def test_an_intended_missing_row_excuses_one_row_only() -> None:
    rule = Intended("postgres facts/row only in old: *", "for the test", at_most=1)
    assert _frames(FACTS.head(2), rule).differences == []
    assert _frames(FACTS.head(1), rule).differences == ["row only in old: b 0"]


def test_an_intended_difference_of_a_field_is_left_out_and_reported() -> None:
    rules = Rules([Intended("mongodb raw_*/sha256", "for the test")])
    documents: list[dict[str, Any]] = [{"1": {"sha256": text}} for text in "ab"]
    result = compare_documents("mongodb raw_weather", documents[0], documents[1], rules)
    assert result.differences == []
    assert [rule.reason for rule in rules.met] == ["for the test"]


@pytest.mark.parametrize(
    ("text", "language", "numbers"),
    [
        ("Of 72,298 point-hours 0.0% are stale", "en", ["72298", "0.0"]),
        ("Sur 72\u202f298 heures-points, 4,0\u00a0% périmées", "fr", ["72298", "4.0"]),
        ("between \u22123.5 and 12 °C, 5-12 points, 2026-11-26", "en", None),
        ("le 6ᵉ, sections 2.11 et 6.3", "fr", ["6", "2", "11", "6", "3"]),
        ("from 07:00 to 10:00, 0.05", "en", ["7", "0", "10", "0", "0.05"]),
        ("nothing", "en", []),
    ],
)
def test_numbers_are_read_as_their_language_writes_them(
    text: str, language: str, numbers: list[str] | None
) -> None:
    expected = ["-3.5", "12", "5", "12", "2026", "11", "26"] if numbers is None else numbers
    assert numbers_in(text, language) == expected


PAGE = """<!doctype html><html><body><main><section aria-labelledby="quality-heading">
<h2 id="quality-heading">How good is the data?</h2><p>Snapshots: 148; none was missed.</p>
<figure><svg><text>17</text></svg><figcaption>Of 72,298 point-hours 4.0% stale.</figcaption>
<table id="table-quality"><thead><tr><th>Day</th></tr></thead><tbody><tr><th>Thursday 26</th>
<td class="number">92</td><td class="number">92</td><td class="number">0</td>
<td class="number">100.0%</td></tr></tbody></table></figure></section></main></body></html>"""


def _pages(*changes: tuple[str, str], columns: Sequence[int | None] | None = None) -> list[str]:
    new = PAGE
    for old, other in changes:
        assert old in new
        new = new.replace(old, other)
    moved = {"table-quality": columns} if columns else {}
    rules = Rules(OF_REPORT, may_add=True)
    return compare_pages("report x.en.html", PAGE, new, "en", rules, moved).differences


def test_texts_of_a_page_and_labels_of_its_pictures_may_change() -> None:
    assert _pages(("How good is the data?", "Quality"), (">17<", ">18<")) == []


def test_a_changed_number_of_a_page_is_found() -> None:
    place = "html:1/body:1/main:1/section#quality-heading/figure:1/figcaption:1"
    assert _pages(("72,298", "72,299")) == [f"{place}: ['72298'] → ['72299']"]
    assert len(_pages(("4.0%", "4%"))) == 1
    assert _pages(("Thursday 26", "Thursday 27")) == ["table-quality: 0 of #1: 26 → 27"]


def test_an_inserted_column_is_the_only_difference_of_a_table() -> None:
    more = ('">0</td>', '">0</td><td>7</td>')
    assert _pages(more) == ["table-quality: 4 of #1: number 100.0 → 7"]
    columns = (0, 1, 2, 3, 5)
    assert _pages(more, columns=columns) == []
    changed = ('"number">100.0%', '"number">99.0%')
    assert _pages(more, changed, columns=columns) == [
        "table-quality: 4 of #1: number 100.0 → number 99.0"
    ]
    gone = ('<td class="number">100.0%</td>', "")
    assert _pages(gone, columns=(0, 1, 2, 3, None)) == ["table-quality: 4: a column → no column"]


def test_a_changed_layout_of_a_page_is_found() -> None:
    assert len(_pages(("<td class", '<td colspan="1" lang="x" class'))) == 0
    assert len(_pages(('<td class="number">100', '<td class="big">100'))) == 1
    assert len(_pages(("<figcaption>", "<p></p><figcaption>"))) == 1


def test_only_figures_of_missed_snapshots_may_change() -> None:
    assert (
        _pages(("148; none was", "148; 3 were"), (">92</td><td class", ">92</td><td class")) == []
    )
    assert _pages(('>92</td><td class="number">0<', '>288</td><td class="number">196<')) == []
    assert len(_pages(('<td class="number">92</td><td', '<td class="number">91</td><td'))) == 1


def _lens(**changes: str) -> dict[str, Any]:
    values = {
        "title": "Silent for 24 hours",
        "language": "kuery",
        "query": 'station_status : "silent"',
        "label": "silent",
        "formula": "a / 2",
    } | changes
    column = {"label": values["label"], "params": {"tinymathAst": {"text": values["formula"]}}}
    query = {"language": values["language"], "query": values["query"]}
    state = json.dumps({"query": query, "columns": {"x": column}})
    return {"type": "lens", "attributes": {"title": values["title"], "state": state}}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"title": "Not heard of for 24 hours"}, 0),
        ({"title": "Silent for 26 hours"}, 1),
        ({"label": "no news"}, 0),
        ({"query": 'station_status : "full"'}, 1),
        ({"language": "lucene"}, 1),
        ({"formula": "a / 3"}, 1),
    ],
)
def test_texts_of_a_bundle_may_change_and_queries_may_not(
    change: dict[str, str], found: int
) -> None:
    both = [{"lens 1": bundle_without_texts(one, ("lens",))} for one in (_lens(), _lens(**change))]
    assert len(compare_documents("kibana bundle", both[0], both[1], Rules()).differences) == found


def _bundle(folder: Path, *panels: dict[str, Any]) -> Path:
    folder.mkdir()
    dashboard = {
        "type": "dashboard",
        "id": "d",
        "attributes": {"panelsJSON": json.dumps(list(panels))},
    }
    (folder / "b.ndjson").write_text(json.dumps(dashboard) + "\n", encoding="utf-8")
    return folder


def test_panels_of_a_bundle_are_compared_wherever_they_are(tmp_path: Path) -> None:
    share, full = {"panelIndex": "share", "query": "a"}, {"panelIndex": "full", "query": "b"}
    more = {"panelIndex": "more", "query": "c"}
    old = _bundle(tmp_path / "old", share, full)

    def differences(name: str, *panels: dict[str, Any]) -> list[str]:
        new, rules = _bundle(tmp_path / name, *panels), Rules(may_add=True)
        return [line for one in of_bundles(old, new, rules) for line in one.differences]

    assert differences("more", full, more, share) == []
    assert differences("less", share)[0].startswith("d full: ")
    assert differences("other", {**share, "query": "x"}, full) == ["d share/query: 'a' → 'x'"]


def test_what_a_panel_shows_is_compared_row_by_row(tmp_path: Path) -> None:
    rows = pl.DataFrame({"arrondissement": [1, 2], "share": [0.5, 0.25]})
    folders = [tmp_path / name for name in ("old", "new", "other")]
    for folder, shown in zip(folders, (rows, rows, rows.with_columns(share=0.5)), strict=True):
        folder.mkdir()
        shown.write_parquet(folder / "drivers share.parquet")

    def differences(new: Path) -> list[str]:
        return [line for one in of_panels(folders[0], new, Rules()) for line in one.differences]

    assert differences(folders[1]) == []
    assert differences(folders[2]) == ["share of 2: 0.25 → 0.5"]


def test_parts_of_an_export_are_one_table(tmp_path: Path) -> None:
    days = {"local_date=2026-11-26": FACTS.head(1), "local_date=2026-11-27": FACTS.tail(2)}
    found = []
    for name, parts in {"days": days, "months": {"month=2026-11": FACTS}}.items():
        for part, rows in parts.items():
            folder = tmp_path / name / "rows" / part
            folder.mkdir(parents=True)
            rows.write_parquet(folder / "part.parquet")
        dump = Dump()
        read_files(dump, tmp_path / name)
        found.append(dump.files)
    assert found[0].keys() == found[1].keys() == {"rows"}
    assert found[0]["rows"].equals(found[1]["rows"])


PICTURE: dict[str, Any] = {
    "title": {"text": "A free point", "subtitle": ["95 % intervals from", "whole days"]},
    "data": {"name": "data-15297b3458dc9bdd48765ecf4fb2befd"},
    "encoding": {"x": {"field": "share", "scale": {"domain": ["silent (30)"]}}},
    "datasets": {"data-15297b3458dc9bdd48765ecf4fb2befd": [{"share": 0.25, "kind": "silent"}]},
}


def _picture(change: Any) -> list[str]:
    changed = copy.deepcopy(PICTURE)
    change(changed)
    data = paired_data(*(data_of_picture(one, "en") for one in (PICTURE, changed)))
    both = [{"0": {"data": sets}} for sets in data]
    rules = Rules(may_add=True)
    return compare_documents("report pictures", both[0], both[1], rules).differences


def test_the_layout_of_a_picture_may_change_and_its_data_may_not() -> None:
    assert _picture(lambda p: p.update(title={"text": "Free"}, encoding={})) == []
    [row] = PICTURE["datasets"].values()
    assert _picture(lambda p: p.update(datasets={"data-f": row, "data-e": [{"x": 1}]})) == []
    data = PICTURE["data"]["name"]
    assert len(_picture(lambda p: p["datasets"][data][0].update(share=0.26))) == 1
    assert _picture(lambda p: p["datasets"][data][0].update(kind="no news")) == []
    assert _picture(lambda p: p["datasets"][data][0].update(more=1)) == []
    assert len(_picture(lambda p: p["datasets"][data][0].update(kind="no news of 26 h"))) == 1
    assert len(_picture(lambda p: p["datasets"][data].append({}))) == 1


def _run(*minutes: int) -> Dump:
    start = datetime(2026, 11, 26, tzinfo=UTC)
    polls = [{"captured_at": start + timedelta(minutes=minute)} for minute in minutes]
    return Dump(collections={SNAPSHOTS: {f"{n}": poll for n, poll in enumerate(polls)}})


def test_hours_computed_from_the_same_snapshots_are_comparable() -> None:
    every_quarter = range(0, 241, 15)
    old, new = _run(*every_quarter), _run(*every_quarter, 250)
    assert [hour.hour for hour in closed_hours(old, new)] == [0, 1, 2]
    one_less = _run(*(minute for minute in every_quarter if minute != 15))
    assert [hour.hour for hour in closed_hours(old, one_less)] == [1, 2, 3]


def test_the_last_digit_of_a_parallel_sum_does_not_count_as_a_difference() -> None:
    def differences(new: float) -> list[str]:
        return compare_documents("x", {"a": {"t": 2.7}}, {"a": {"t": new}}, Rules(())).differences

    assert differences(2.70000000000002) == []
    assert len(differences(2.7000001)) == 1


def test_answers_of_two_runs_to_the_same_request_are_compared() -> None:
    def run(end_date: str, status: int) -> Dump:
        dump = _run(*range(0, 241, 15))
        dump.collections[SNAPSHOTS] = {}
        params = {"start_date": "2026-11-26", "end_date": end_date}
        asked = {"source": "open_meteo", "request": {"url": "u", "params": params}}
        dump.collections |= {
            "raw_belib_static": {},
            "raw_weather": {"1": {**asked, "status": status}},
        }
        return dump

    def differences(new: Dump) -> list[str]:
        hours, rules = [datetime(2026, 11, 26, tzinfo=UTC)], Rules(OF_THE_CITY)
        found = of_two_runs(run("2026-11-27", 200), new, hours, rules)
        return [line for one in found for line in one.differences]

    assert differences(run("2026-12-03", 200)) == []
    assert len(differences(run("2026-12-03", 203))) == 1
