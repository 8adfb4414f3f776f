"""What is held against what: stores and exports of two runs.

What belongs here: which tables, documents and files are compared. What does not: how two of them
are (`frames`, `documents`), and what people look at (`views`).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import polars as pl

from belib_weather_tests.compare.documents import compare_documents, compare_named
from belib_weather_tests.compare.dumps import RAW, SNAPSHOTS, Dump
from belib_weather_tests.compare.frames import ROW, compare_frames
from belib_weather_tests.compare.result import Compared, Rules
from belib_weather_tests.compare.texts import bundle_without_texts

HOUR = timedelta(hours=1)
_MARGIN = timedelta(minutes=30)
_STAMP = "%Y-%m-%dT%H:%M:%SZ"
_PORT = re.compile(r"127\.0\.0\.1:\d+")
_T = TypeVar("_T")


def closed_hours(old: Dump, new: Dump) -> list[datetime]:
    """The hours whose facts rest on the same snapshots in both runs.

    The facts of an hour depend on the snapshots from half an hour before it to half an hour after
    it; so the last hours, where each run has a snapshot of its own present, are left out.
    """
    runs = [[one["captured_at"] for one in d.collections[SNAPSHOTS].values()] for d in (old, new)]
    hour = max(map(min, runs)).replace(minute=0, second=0, microsecond=0)
    found = []
    while hour + HOUR <= min(map(max, runs)):
        start, end = hour - _MARGIN, hour + HOUR + _MARGIN
        around = [{at for at in run if start <= at < end} for run in runs]
        if around[0] == around[1]:
            found.append(hour)
        hour += HOUR
    return found


def of_two_runs(
    old: Dump, new: Dump, hours: Sequence[datetime], rules: Rules
) -> Iterator[Compared]:
    """Two demonstrations, each on its own clock: raw, facts, index and exports of closed hours."""
    for name in RAW:
        raw = [_raw(name, d.collections[name].values(), hours[-1] + HOUR) for d in (old, new)]
        yield compare_documents(f"mongodb {name}", raw[0], raw[1], rules)
    for kind, before, after in (
        ("postgres", old.tables, new.tables),
        ("export", old.files, new.files),
    ):
        for name, left, right in pairs(kind, before, after, rules):
            if "hour" in left.columns:
                rows = [_rows(frame, hours) for frame in (left, right)]
                yield compare_frames(f"{kind} {name}", rows[0], rows[1], old.keys[name], rules)
    for name, documents, others in pairs("elasticsearch", old.aliases, new.aliases, rules):
        hits = [_hits(documents, hours), _hits(others, hours)]
        if hits[0]:
            yield compare_documents(f"elasticsearch {name}", hits[0], hits[1], rules)


def of_one_raw(old: Dump, new: Dump, rules: Rules) -> Iterator[Compared]:
    """The same raw documents in both: everything that is made from them, the present included."""
    yield compare_named("postgres columns", old.columns, new.columns, rules)
    yield compare_named("elasticsearch mappings", old.mappings, new.mappings, rules)
    for kind, before, after in (
        ("postgres", old.tables, new.tables),
        ("export", old.files, new.files),
    ):
        yield names(kind, before, after, rules)
        for name, left, right in pairs(kind, before, after, rules):
            rows = [frame.with_row_index(ROW) for frame in (left, right)]
            yield compare_frames(f"{kind} {name}", rows[0], rows[1], old.keys[name], rules)
    for kind, stored, rebuilt in (
        ("mongodb", old.collections, new.collections),
        ("elasticsearch", old.aliases, new.aliases),
    ):
        yield names(kind, stored, rebuilt, rules)
        for name, documents, others in pairs(kind, stored, rebuilt, rules):
            if name in RAW:
                continue  # copied; the raw documents of both are compared of the two runs
            yield compare_documents(f"{kind} {name}", documents, others, rules)
    yield names("export", old.papers, new.papers, rules)
    for name, paper, other in pairs("export", old.papers, new.papers, rules):
        if name.endswith(".json"):
            read = [bundle_without_texts(json.loads(body), ("package",)) for body in (paper, other)]
            yield compare_named(f"export {name}", read[0], read[1], rules)


def pairs(
    kind: str, old: Mapping[str, _T], new: Mapping[str, _T], rules: Rules
) -> Iterator[tuple[str, _T, _T]]:
    """What both have and may not differ, by name."""
    for name, one in old.items():
        if name in new and not rules.allow(f"{kind} {name}"):
            yield name, one, new[name]


def names(kind: str, old: Mapping[str, Any], new: Mapping[str, Any], rules: Rules) -> Compared:
    """What only one has."""
    result = Compared(f"{kind}: which there are", items=len(old))
    for name in old.keys() ^ new.keys():
        if rules.allow(f"{kind} {name}"):
            continue
        if name in old:
            result.differs(name, "there", "not there")
        else:
            result.adds(name, name, rules)
    return result


def _rows(frame: pl.DataFrame, hours: Sequence[datetime]) -> pl.DataFrame:
    if frame.schema["hour"] == pl.String:
        return frame.filter(pl.col("hour").is_in([f"{hour:{_STAMP}}" for hour in hours]))
    hour = pl.col("hour").dt.convert_time_zone("UTC")
    return frame.filter(hour.dt.strftime(_STAMP).is_in([f"{hour:{_STAMP}}" for hour in hours]))


def _hits(documents: Mapping[str, Any], hours: Sequence[datetime]) -> dict[str, Any]:
    stamps = {f"{hour:{_STAMP}}" for hour in hours}
    return {key: one for key, one in documents.items() if one.get("hour") in stamps}


def _raw(name: str, documents: Iterable[Any], end: datetime) -> dict[str, Any]:
    """Snapshots before an instant by their second, else the first answer to each question.

    How far ahead the weather is asked for is no part of the question.
    """
    found: dict[str, Any] = {}
    for one in documents:
        url = _PORT.sub("127.0.0.1", one["request"]["url"])
        request = {**one, "request": {**one["request"], "url": url}}
        if name != SNAPSHOTS:
            asked = {k: v for k, v in one["request"]["params"].items() if k != "end_date"}
            found.setdefault(f"{one['source']} {asked}", request)
        elif one["captured_at"] < end:
            found[f"{one['source']} {one['captured_at']}"] = request
    return found
