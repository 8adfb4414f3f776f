"""What goes with the files: dictionary, citation, data package, and the mark of simulated rows."""

import io
import json
import re
import struct
import subprocess
import tomllib
from datetime import timedelta
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
import yaml

from belib_weather.exports.errors import ExportError
from belib_weather.exports.folder import ExportFolder
from belib_weather.exports.layout import csv_name, parquet_name
from belib_weather.exports.tables import AVAILABILITY_FILES
from belib_weather_tests.stores.exports.conftest import AUTUMN, MADE_UP, REAL, Exporter
from belib_weather_tests.stores.exports.reading import body_of, descriptor, parquet_rows, resource

ROOT = Path(__file__).resolve().parents[3]
CREDITS = (
    "Source : Ville de Paris – opendata.paris.fr, Belib', licence ODbL",
    "Weather data by Open-Meteo.com, CC BY 4.0",
)


def header(exporter: Exporter, name: str) -> list[str]:
    return body_of(exporter.folder, name).decode().partition("\n")[0].split(",")


def test_the_dictionary_describes_every_column_of_every_file_and_no_other(
    exporter: Exporter,
) -> None:
    exporter.export(AUTUMN)
    entries = pl.read_csv(io.BytesIO(body_of(exporter.folder, "data_dictionary.csv")))
    readable = body_of(exporter.folder, "DATA_DICTIONARY.md").decode()

    for table, name in (
        ("availability_hours", csv_name(AVAILABILITY_FILES, AUTUMN)),
        ("stations", "stations.csv"),
    ):
        described = entries.filter(pl.col("table") == table)
        assert described["column"].to_list() == header(exporter, name)
        assert described["description"].str.len_chars().min() > 5  # type: ignore[operator]
        section = readable.partition(f"## {table}\n")[2].partition("\n## ")[0]
        assert re.findall(r"^\| `(\w+)`", section, re.MULTILINE) == header(exporter, name)
        fields = resource(exporter.folder, table)["schema"]["fields"]
        assert [field["name"] for field in fields] == header(exporter, name)
    seconds = entries.filter(pl.col("column").str.ends_with("_seconds"))
    assert set(seconds["unit"]) == {"point-seconds", "s"}


def test_every_formula_in_the_dictionary_gives_its_figure(exporter: Exporter) -> None:
    exporter.export(AUTUMN)
    entries = pl.read_csv(io.BytesIO(body_of(exporter.folder, "data_dictionary.csv")))
    formulas = entries.drop_nulls("formula").select("column", "formula").rows()
    rows = pl.DataFrame(parquet_rows(exporter.folder, parquet_name(AVAILABILITY_FILES, AUTUMN)))

    assert len(formulas) == 5
    for column, formula in formulas:
        computed = rows.select(pl.sql_expr(formula).fill_nan(None))[formula_name(rows, formula)]
        assert computed.to_list() == pytest.approx(rows[column].to_list(), nan_ok=True)


def formula_name(rows: pl.DataFrame, formula: str) -> str:
    return rows.select(pl.sql_expr(formula)).columns[0]


def test_the_package_lists_files_that_are_there_and_no_date_is_missing(exporter: Exporter) -> None:
    days = [AUTUMN, AUTUMN + timedelta(days=1)]
    exporter.export(*days)
    package = descriptor(exporter.folder)

    paths = [each["path"] for each in package["resources"]]
    listed = [name for path in paths for name in ([path] if isinstance(path, str) else path)]
    assert len(listed) == len(set(listed))
    assert all(exporter.folder.read(path) for path in listed)
    assert {csv_name(AVAILABILITY_FILES, day) for day in days} | {
        parquet_name(AVAILABILITY_FILES, day) for day in days
    } < set(listed)
    assert package["licenses"][0]["name"] == "ODbL-1.0"
    assert [source["title"] for source in package["sources"]] == list(CREDITS)
    schema = resource(exporter.folder, "availability_hours")["schema"]
    assert schema["primaryKey"] == ["station_id", "hour"]


def test_every_resource_is_valid_with_nulls(exporter: Exporter) -> None:
    import frictionless

    exporter.export(AUTUMN, AUTUMN + timedelta(days=1))
    address = f"{exporter.folder.address}/"
    facts = pl.read_parquet(f"{address}{parquet_name(AVAILABILITY_FILES, AUTUMN)}")
    assert facts["weather_code"].null_count() > 0
    assert facts["is_simulated"].unique().to_list() == [False]

    checked = frictionless.Package.from_descriptor(f"{address}datapackage.json").validate()

    assert checked.valid, checked.flatten(["fieldName", "rowNumber", "note"])[:5]
    assert len(checked.tasks) == 5


def test_the_citation_has_the_required_fields(exporter: Exporter) -> None:
    exporter.export(AUTUMN)
    citation = yaml.safe_load(body_of(exporter.folder, "CITATION.cff"))

    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors", "version", "license"} <= set(citation)
    assert citation["type"] == "dataset"
    assert citation["authors"] == [{"name": "belib_weather contributors"}]
    assert citation["date-released"] == f"{AUTUMN}"
    assert [reference["license"] for reference in citation["references"]] == [
        "ODbL-1.0",
        "CC-BY-4.0",
    ]
    assert all({"type", "title", "authors"} <= set(r) for r in citation["references"])


def test_a_doi_of_the_publisher_stays_in_the_citation(exporter: Exporter) -> None:
    exporter.export(AUTUMN)
    first = body_of(exporter.folder, "CITATION.cff").decode()
    exporter.folder.write("CITATION.cff", first.replace("# doi: ", "doi: ").encode())

    exporter.export(AUTUMN)
    exporter.export(AUTUMN + timedelta(days=1))

    citation = yaml.safe_load(body_of(exporter.folder, "CITATION.cff"))
    assert citation["doi"] == "10.5281/zenodo.0000000"
    assert citation["date-released"] == f"{AUTUMN + timedelta(days=1)}"


def test_every_file_has_its_checksum(exporter: Exporter) -> None:
    exporter.export(AUTUMN)
    exporter.into(ExportFolder(exporter.folder.address)).export(AUTUMN + timedelta(days=1))

    root = Path(exporter.folder.address)
    listed = (root / "SHA256SUMS").read_text()
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=root,
        check=False,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout
    files = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    assert {line.split("  ")[1] for line in listed.splitlines()} == files - {"SHA256SUMS"}
    month = resource(exporter.folder, "availability_hours_parquet_2026-10")
    assert f"{month['hash'].removeprefix('sha256:')}  {month['path']}\n" in listed


def test_stations_are_geoparquet(exporter: Exporter) -> None:
    exporter.export(AUTUMN)

    name = f"{exporter.folder.address}/stations_geo.parquet"
    read = pq.read_table(name)

    about = json.loads(pq.read_metadata(name).metadata[b"geo"])
    assert about["version"] == "1.1.0"
    column = about["columns"][about["primary_column"]]
    assert (column["encoding"], column["geometry_types"]) == ("WKB", ["Point"])
    expected = exporter.sql(
        "SELECT longitude, latitude FROM stations WHERE valid_to IS NULL ORDER BY station_id"
    )
    found = [
        dict(zip(("longitude", "latitude"), struct.unpack("<xIdd", wkb)[1:], strict=True))
        if wkb
        else {"longitude": None, "latitude": None}
        for wkb in read["geometry"].to_pylist()
    ]
    assert found == [row if None not in row.values() else dict.fromkeys(row) for row in expected]


def test_the_repository_is_citable_under_its_own_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"]


def test_real_rows_are_credited_and_not_marked_as_simulated(exporter: Exporter) -> None:
    exporter.export(AUTUMN)

    for name in ("README.md", "CITATION.cff", "datapackage.json"):
        text = body_of(exporter.folder, name).decode().replace("is_simulated", "")
        assert "imulated" not in text.replace('"simulated": false', "")
        assert all(line in text for line in CREDITS)


def test_only_the_weather_that_is_in_the_rows_is_credited(exporter: Exporter) -> None:
    exporter.fill(AUTUMN, weather_source="openweathermap/current")
    exporter.export(AUTUMN)

    readme = body_of(exporter.folder, "README.md").decode()
    assert "OpenWeather" in readme
    assert "Open-Meteo" not in readme


@pytest.mark.parametrize("name", ["source", "weather_source"])
def test_simulated_rows_are_marked_in_every_file(exporter: Exporter, name: str) -> None:
    exporter.fill(AUTUMN, **{name: MADE_UP[name]})

    exporter.export(AUTUMN)

    for paper in ("README.md", "CITATION.cff", "datapackage.json"):
        assert "SIMULATED DATA" in body_of(exporter.folder, paper).decode()
    citation = yaml.safe_load(body_of(exporter.folder, "CITATION.cff"))
    assert citation["title"].endswith("(SIMULATED)")
    address = f"{exporter.folder.address}/{parquet_name(AVAILABILITY_FILES, AUTUMN)}"
    rows = pl.read_parquet(address)
    assert rows.height > 0
    assert rows["is_simulated"].all()
    assert descriptor(exporter.folder)["simulated"] is True


def test_the_package_is_marked_until_the_last_simulated_date_is_replaced(
    exporter: Exporter,
) -> None:
    other = AUTUMN + timedelta(days=1)
    exporter.fill(AUTUMN, **MADE_UP)
    exporter.export(AUTUMN, other)
    exporter.fill(AUTUMN, **REAL)

    assert exporter.export(AUTUMN)[1].simulated_dates == [other]
    assert exporter.export(other)[1].simulated_dates == []


def test_a_lost_package_is_rebuilt_from_the_files(exporter: Exporter) -> None:
    other = AUTUMN + timedelta(days=1)
    exporter.fill(AUTUMN, **MADE_UP)
    exporter.export(AUTUMN, other)
    before = body_of(exporter.folder, "datapackage.json")
    exporter.folder.remove("datapackage.json")

    exporter.export(other)

    assert body_of(exporter.folder, "datapackage.json") == before


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"name": "another"}'])
def test_a_package_of_another_publisher_is_not_overwritten(exporter: Exporter, body: bytes) -> None:
    exporter.folder.write("datapackage.json", body)

    with pytest.raises(ExportError, match=r"datapackage\.json .* Move it away"):
        exporter.export(AUTUMN)

    assert body_of(exporter.folder, "datapackage.json") == body


def test_before_the_first_date_the_documentation_files_say_that_there_is_none(
    exporter: Exporter,
) -> None:
    _, package = exporter.export(AUTUMN - timedelta(days=99))

    assert package.dates == []
    assert "No date is exported yet" in body_of(exporter.folder, "README.md").decode()
    assert [
        r["name"] for r in json.loads(body_of(exporter.folder, "datapackage.json"))["resources"]
    ] == [
        "stations",
        "stations_parquet",
        "stations_geo",
    ]
