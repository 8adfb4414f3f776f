"""Every file that a person has: read alike whatever its shape, or called what it is."""

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.cli.import_checks import content_hash
from belib_weather.formats.errors import UnreadableBody
from belib_weather.formats.files import Part, kind_of, parts_of
from belib_weather.formats.json_shapes import total_in
from belib_weather.formats.many_snapshots import snapshots_in
from belib_weather.formats.realtime import read_realtime
from belib_weather_tests.examples import examples

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
HEADER = {
    "id_pdc": "ID PDC local",
    "statut_pdc": "Statut du point de recharge",
    "last_updated": "Heure mise à jour",
    "coordonneesxy": "Coordonnées géographiques",
    "adresse_station": "Adresse station",
    "arrondissement": "Arrondissement",
}


def city(at: datetime = AT, points: int = 12) -> list[dict[str, Any]]:
    return [
        {
            "id_pdc": f"FR*V75*EPX0{i % 9 + 1}*{i:02}*1",
            "statut_pdc": "Occupé (en charge)" if i % 3 else "Disponible",
            "last_updated": (at - timedelta(minutes=i)).isoformat(),
            "coordonneesxy": {"lon": 2.3 + i / 100, "lat": 48.85},
            "adresse_station": f"{i} Rue de l'Été, bis 75004 Paris",
            "arrondissement": "Paris centre",
        }
        for i in range(points)
    ]


def csv_of(separator: str = ";", names: list[str] | None = None, end: str = "\n") -> str:
    def cell(value: Any) -> str:
        text = f"{value['lat']}, {value['lon']}" if isinstance(value, dict) else str(value)
        return f'"{text}"'

    rows = [names or list(HEADER.values()), *([cell(v) for v in r.values()] for r in city())]
    return "".join(separator.join(row) + end for row in rows)


def geojson() -> dict[str, Any]:
    def feature(record: dict[str, Any]) -> dict[str, Any]:
        place = record["coordonneesxy"]
        rest = {name: value for name, value in record.items() if name != "coordonneesxy"}
        geometry = {"type": "Point", "coordinates": [place["lon"], place["lat"]]}
        return {"type": "Feature", "geometry": geometry, "properties": rest}

    return {"type": "FeatureCollection", "features": [feature(record) for record in city()]}


SHAPES = {
    "semicolons": csv_of().encode(),
    "commas": csv_of(",").encode(),
    "tabs": csv_of("\t").encode(),
    "Windows lines": csv_of(end="\r\n").encode(),
    "lines of an old Macintosh": csv_of(end="\r").encode(),
    "a blank line after each": csv_of(end="\n\n").encode(),
    "a byte order mark": csv_of().encode("utf-8-sig"),
    "Excel's sep line": ("sep=;\n" + csv_of()).encode(),
    "Excel's sep line of tabs": ("sep=\t\r\n" + csv_of("\t", end="\r\n")).encode("utf-8-sig"),
    "names of fields": csv_of(names=list(HEADER)).encode(),
    "names in capitals": csv_of(names=[name.upper() for name in HEADER]).encode(),
    "labels in capitals": csv_of(names=[label.upper() for label in HEADER.values()]).encode(),
    "labels without accents": csv_of(
        names=[label.replace("é", "e").replace("à", "a") for label in HEADER.values()]
    ).encode(),
    "Windows-1252": csv_of().encode("cp1252"),
    "two byte order marks": b"\xef\xbb\xbf" + json.dumps(city()).encode("utf-8-sig"),
    "UTF-16": csv_of("\t").encode("utf-16"),
    "a JSON array": json.dumps(city()).encode(),
    "an indented JSON array": json.dumps(city(), indent=1, ensure_ascii=False).encode(),
    "a JSON array in Windows-1252": json.dumps(city(), ensure_ascii=False).encode("cp1252"),
    "JSON lines in Windows-1252": "\n".join(
        json.dumps(record, ensure_ascii=False) for record in city()
    ).encode("cp1252"),
    "JSON lines": "\n".join(json.dumps(record) for record in city()).encode(),
    "JSON lines with a last break": "".join(json.dumps(r) + "\r\n" for r in city()).encode(),
    "pages of the API": json.dumps({"total_count": 12, "results": city()}).encode(),
    "GeoJSON": json.dumps(geojson()).encode(),
}


@pytest.mark.parametrize("body", SHAPES.values(), ids=SHAPES.keys())
def test_every_file_shape_of_the_same_data_has_the_same_content(body: bytes) -> None:
    expected = read_realtime(json.dumps(city()).encode())
    read = read_realtime(body)
    assert read.rejected.is_empty()
    assert (read.record_count, read.unknown_labels) == (12, {})
    assert content_hash(read) == content_hash(expected)


def test_a_text_of_windows_may_have_any_sign_of_french() -> None:
    text = csv_of().replace("Été", "«\xa0Été\xa0» – l’œuvre, 5 €")
    read = read_realtime(text.encode("cp1252")).placed["address"]
    assert read.to_list() == read_realtime(text.encode()).placed["address"].to_list()


def test_the_content_hash_depends_on_values_and_not_on_order() -> None:
    base = content_hash(read_realtime(json.dumps(city()).encode()))
    assert content_hash(read_realtime(json.dumps(city()[::-1]).encode())) == base
    for field, value in (
        ("statut_pdc", "Inconnu"),
        ("last_updated", AT.isoformat()),
        ("adresse_station", "elsewhere"),
    ):
        changed = [*city()[:-1], {**city()[-1], field: value}]
        assert content_hash(read_realtime(json.dumps(changed).encode())) != base


def test_a_line_break_within_quotes_ends_no_row() -> None:
    text = csv_of().replace("Paris centre", "Paris\ncentre")
    assert read_realtime(text.encode()).record_count == 12
    last = text.rstrip("\n")
    assert read_realtime(last.encode()).record_count == 12


def test_a_text_that_is_too_long_becomes_null_in_csv_and_json() -> None:
    long = "x" * 200_000
    text = csv_of().replace("3 Rue de", f"{long} Rue de")
    records = [dict(record) for record in city()]
    records[3]["adresse_station"] = f"{long} Rue de l'Été, bis 75004 Paris"
    of_csv, of_json = read_realtime(text.encode()), read_realtime(json.dumps(records).encode())
    assert of_csv.placed["address"].null_count() == 1
    assert of_csv.summary["dropped"] == of_json.summary["dropped"] == {"adresse_station": 1}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (csv_of()[:-60].encode(), "closed|breaks off|broken"),
        (csv_of().replace('";"', ";").replace('"', "").encode()[:-30], "breaks off in a row"),
        (b"id_pdc;statut_pdc;last_updated\nX;Inconnu;2026;more\n", "line 2 .* 4 cells"),
        (b"id_pdc;ID PDC local\nX;Y\n", "two columns for one field"),
        (csv_of().encode().replace(b"\xc3\xa9", b"\xe9", 1), "a text in UTF-8 that is damaged"),
        (
            json.dumps(city(), ensure_ascii=False).encode().replace(b"\xc3\xa9", b"\xe9", 1),
            "broken or cut off: 'utf-8' codec",
        ),
        (csv_of().encode("cp1252").replace(b"\xe9", b"\x81"), "an unknown encoding"),
        (b"name;age\nAda;36\n", "first line names none of its columns"),
        (json.dumps({"total_count": 1, "records": []}).encode(), "neither a JSON array nor"),
        (b'{"error_code": "Q", "message": "Too many requests"}', "Too many requests"),
        (json.dumps(city()).encode()[:-5], "broken or cut off"),
        ("\n".join(json.dumps(r) for r in city()).encode()[:-5], "broken or cut off"),
    ],
)
def test_an_unreadable_file_is_refused_with_the_place(body: bytes, reason: str) -> None:
    with pytest.raises(UnreadableBody, match=reason):
        read_realtime(body)


def office(place: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(place, "x")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "an empty file"),
        (b" \n\t", "an empty file"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"\xef\xbb\xbf\n<HTML lang='fr'>", "a web page"),
        (b"<?xml version='1.0'?><data/>", "an XML file"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\x89PNG\r\n", "a picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
        (b"SQLite format 3\x00", "a SQLite database"),
        (b"\x00\x01" * 50, "a binary file"),
        (gzip.compress(b"[]", mtime=0), "packed with gzip, which was not said"),
    ],
)
def test_a_file_without_data_is_identified_by_its_kind(content: bytes, name: str) -> None:
    assert (kind_of(content) or "").startswith(name)


def test_office_files_are_distinguished_from_archives() -> None:
    for place, name in (("xl/workbook.xml", "Excel"), ("content.xml", "OpenDocument")):
        [part] = parts_of("book", office(place))
        assert name in (part.problem or "")


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def tarred(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


BODY = b"[1, 2, 3]" * 100


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_packed_files_are_unpacked_even_twice(pack: Callable[[bytes], bytes]) -> None:
    assert list(parts_of("x", pack(BODY))) == [Part("x", BODY)]
    assert list(parts_of("x", pack(pack(BODY)))) == [Part("x", BODY)]
    if pack is not zstandard.compress:  # whose stream does not say where it ends
        [cut] = parts_of("x", pack(BODY)[:-4])
        assert "broken or cut off" in (cut.problem or "")


def test_archives_give_their_files_in_order_and_a_broken_file_is_left_out_alone() -> None:
    files = {
        "b/two.json.gz": gzip.compress(BODY),
        "a/one.json": BODY,
        "__MACOSX/a/._one.json": b"x",
        "c/cut.gz": gzip.compress(BODY)[:-4],
        "d/inner.zip": zipped(deep=BODY),
    }
    parts = list(parts_of("week.zip", zipped(**files)))
    assert [part.name for part in parts] == [
        "week.zip/a/one.json",
        "week.zip/b/two.json.gz",
        "week.zip/c/cut.gz",
        "week.zip/d/inner.zip/deep",
    ]
    assert [part.problem is None for part in parts] == [True, True, False, True]
    assert all(part.content == BODY for part in parts if part.problem is None)
    [of_tar] = parts_of("t.tar.gz", gzip.compress(tarred("one.json", BODY)))
    assert of_tar == Part("t.tar.gz/one.json", BODY)
    for empty, reason in ((zipped(), "without files"), (zipped(a=BODY)[:-30], "broken or cut")):
        [part] = parts_of("x.zip", empty)
        assert reason in (part.problem or kind_of(part.content) or "")


def recorded(times: list[datetime], column: str = "captured_at") -> pl.DataFrame:
    return pl.DataFrame([{column: at, **record} for at in times for record in city(at)])


def parquet(table: pl.DataFrame) -> bytes:
    packed = io.BytesIO()
    table.write_parquet(packed)
    return packed.getvalue()


TIMES = [AT + timedelta(minutes=5 * number) for number in range(3)]


@pytest.mark.parametrize(
    "kind",
    [
        pl.Datetime("us", "UTC"), pl.Datetime("ns", "Europe/Paris"), pl.Datetime("ms"), pl.String,
        pl.Int64,
    ],
    ids=str,
)  # fmt: skip
def test_a_parquet_file_of_many_snapshots_is_split_by_capture_time(kind: Any) -> None:
    table = recorded(TIMES)
    if kind == pl.Int64:
        table = table.with_columns(pl.col("captured_at").dt.epoch("ms"))
    elif isinstance(kind, pl.Datetime) and kind.time_zone == "Europe/Paris":
        local = pl.col("captured_at").dt.convert_time_zone("Europe/Paris")
        table = table.with_columns(local.dt.cast_time_unit("ns"))
    elif kind == pl.String:
        table = table.with_columns(pl.col("captured_at").dt.to_string("%Y-%m-%dT%H:%M:%SZ"))
    elif kind == pl.Datetime("ms"):
        table = table.with_columns(pl.col("captured_at").dt.replace_time_zone(None))
    bodies = list(snapshots_in(parquet(table.sample(fraction=1, shuffle=True, seed=1))))
    assert [body.captured_at for body in bodies] == TIMES
    for body, at in zip(bodies, TIMES, strict=True):
        expected = read_realtime(json.dumps(city(at)).encode())
        assert content_hash(read_realtime(body.body)) == content_hash(expected)


def test_stamps_and_places_of_a_parquet_file_may_have_types_of_their_own() -> None:
    at = pl.col("last_updated").str.to_datetime(time_zone="UTC")
    [body] = snapshots_in(parquet(pl.DataFrame(city()).with_columns(at)))
    assert body.captured_at is None
    expected = read_realtime(json.dumps(city()).encode())
    assert content_hash(read_realtime(body.body)) == content_hash(expected)


def test_other_tables_of_many_snapshots_are_split_and_single_ones_stay_byte_for_byte() -> None:
    lines = recorded(TIMES).with_columns(pl.col("captured_at").dt.to_string("%+")).to_dicts()
    body = "\n".join(map(json.dumps, lines)).encode()
    assert [found.captured_at for found in snapshots_in(body)] == TIMES
    table = recorded(TIMES[:1], "Quand").drop("coordonneesxy").write_csv().encode()
    [one] = snapshots_in(table, "quand")
    assert (one.body, one.captured_at) == (table, AT)
    [plain] = snapshots_in(SHAPES["commas"])
    assert (plain.body, plain.captured_at) == (SHAPES["commas"], None)


def test_a_time_per_row_is_no_capture_time() -> None:
    rows = [
        {"timestamp": (AT + timedelta(seconds=i)).isoformat(), **r} for i, r in enumerate(city())
    ]
    body = json.dumps(rows).encode()
    [one] = snapshots_in(body)
    assert (one.body, one.captured_at) == (body, None)


@pytest.mark.parametrize(
    ("table", "column", "reason"),
    [
        (recorded(TIMES).drop("captured_at"), None, "36 rows of 12 charge points.*--captured-col"),
        (recorded(TIMES), "when", "no column 'when'"),
        (recorded(TIMES).with_columns(captured_at=pl.lit("noon")), None, "no instant"),
        (recorded(TIMES).with_columns(captured_at=pl.lit(10**17)), None, "no instant"),
        (recorded(TIMES).drop("id_pdc"), None, "without a column id_pdc"),
    ],
)
def test_a_table_that_cannot_be_split_is_refused_with_the_reason(
    table: pl.DataFrame, column: str | None, reason: str
) -> None:
    with pytest.raises(UnreadableBody, match=reason):
        list(snapshots_in(parquet(table), column))
    with pytest.raises(UnreadableBody, match="Parquet file that is broken"):
        list(snapshots_in(parquet(table)[:-20]))


def test_the_announced_count_of_a_page_is_read() -> None:
    assert total_in(json.dumps({"total_count": 2097, "results": []}).encode()) == 2097
    assert total_in(b"\xef\xbb\xbf[]") is None
    assert total_in(b'{"results": []}') is None
    page = json.dumps({"total_count": 7, "results": city()}, ensure_ascii=False)
    assert [total_in(page.encode(encoding)) for encoding in ("utf-16", "cp1252")] == [7, 7]


DAMAGED = [
    zipped(**{"a.json": BODY, "b.csv": SHAPES["commas"]}),
    tarred("x.json", BODY),
    gzip.compress(tarred("x.json", BODY), mtime=0),
    bz2.compress(BODY),
    parquet(recorded(TIMES)),
    *SHAPES.values(),
]


@examples(200)
@given(
    st.sampled_from(DAMAGED),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=3)), max_size=5),
)
def test_damaged_files_are_read_or_refused_and_nothing_else(
    content: bytes, damage: list[tuple[float, bytes]]
) -> None:
    damaged = bytearray(content)
    for place, replacement in damage:
        start = int(place * len(damaged))
        damaged[start : start + 2] = replacement
    for part in parts_of("file", bytes(damaged)):
        assert part.problem != ""
        try:
            for body in snapshots_in(part.content) if part.problem is None else ():
                read_realtime(body.body)
        except UnreadableBody:
            continue
