"""`import` on real stores: what lands, what is there already, what is refused and kept."""

import gzip
import json
import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database

from belib_weather.cli import importing
from belib_weather.cli.import_bodies import ImportOptions
from belib_weather.cli.import_landing import MOST_BODIES
from belib_weather.cli.importing import import_files
from belib_weather.lake import RAW_SNAPSHOTS, Lake
from belib_weather.lake.schema import QUARANTINE, RAW_STATIC, RAW_WEATHER
from belib_weather.local.console import CommandError
from belib_weather.settings import Settings, load_settings
from belib_weather.sources.recorded import RecordedDataset
from belib_weather.window import Window
from belib_weather_tests.bodies import FOLDER
from belib_weather_tests.unit.formats.test_file_kinds import (
    AT,
    SHAPES,
    TIMES,
    city,
    parquet,
    recorded,
    zipped,
)

EVER = Window(datetime(2015, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


@pytest.fixture
def settings(
    lake: Lake, mongo_url: str, mongo_database: Database[dict[str, Any]], warehouse_url: str,
    dagster_url: str, elasticsearch_url: str, tmp_path: Path,
) -> Settings:  # fmt: skip
    return load_settings(
        _env_file=None,
        home=tmp_path / "home",
        mongo_url=mongo_url,
        mongo_database=mongo_database.name,
        postgres_url=warehouse_url,
        dagster_postgres_url=dagster_url,
        elasticsearch_url=elasticsearch_url,
        minimum_charge_points=10,
        start=date(2026, 11, 1),
    )


@pytest.fixture
def imported(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Import a file with these bytes; gives all that was printed."""

    def import_one(name: str, content: bytes, **options: Any) -> str:
        (tmp_path / name).write_bytes(content)
        import_files(settings, [tmp_path / name], ImportOptions(**options))
        output = capsys.readouterr()
        return output.out + output.err

    return import_one


def test_the_same_data_in_any_file_is_one_snapshot(
    imported: Callable[..., str], lake: Lake
) -> None:
    assert "landed, 12 charge points captured at 2026-11-20T10:00:00Z" in imported(
        "first.json", SHAPES["a JSON array"]
    )
    for name, body in SHAPES.items():
        assert "is there already, 12 charge points" in imported("again", body), name
    assert "is there already" in imported("again.json.gz", gzip.compress(SHAPES["commas"]))
    assert lake.inventory(RAW_SNAPSHOTS, EVER).height == 1

    text = imported("many.parquet", parquet(recorded(TIMES)))
    assert "2 snapshots landed, 1 are there already, captured from 2026-11-20T10:00:00Z to" in text
    assert lake.inventory(RAW_SNAPSHOTS, EVER)["captured_at"].to_list() == TIMES


def test_damaged_labels_and_ids_are_counted_and_refused_unless_forced(
    imported: Callable[..., str], lake: Lake, mongo_database: Database[dict[str, Any]]
) -> None:
    damaged = [{**r, "statut_pdc": r["statut_pdc"].encode().decode("latin-1")} for r in city()]
    text = imported("damaged.json", json.dumps(damaged).encode())
    assert "refused: 8 of 12 records have a label that is not known" in text
    assert "'OccupÃ© (en charge)' × 8" in text
    assert "8 of 12 records" in str(mongo_database[QUARANTINE].find_one({})["reason"])  # type: ignore[index]
    assert "landed, 12 charge points" in imported("right.json", json.dumps(city()).encode())

    later = city(AT + timedelta(minutes=5), 40)
    foreign = [{**r, "id_pdc": f"NL*X{i}"} if i % 2 else r for i, r in enumerate(later)]
    text = imported("foreign.json", json.dumps(foreign).encode())
    assert "34 of 40 charge points are new, while others are known" in text
    assert lake.inventory(RAW_SNAPSHOTS, EVER).height == 1
    text = imported("foreign.json", json.dumps(foreign).encode(), force=True)
    assert "landed, 40 charge points" in text
    assert "charge points that are new: 34 (FR*" in text

    few = [{**city(AT + timedelta(minutes=10))[0], "statut_pdc": "Neuf"}]
    few += city(AT + timedelta(minutes=10), 40)[1:]
    text = imported("few.json", json.dumps(few).encode())
    assert "landed, 40 charge points" in text
    assert "labels that are not known: 'Neuf' × 1" in text


def test_a_file_without_data_is_named_quarantined_and_affects_no_other_file(
    imported: Callable[..., str], lake: Lake, mongo_database: Database[dict[str, Any]]
) -> None:
    later = json.dumps(city(TIMES[1])).encode()
    archive = zipped(**{"a.json": SHAPES["GeoJSON"], "b.html": b"<html>", "c.json": later})
    text = imported("week.zip", archive)
    assert "2 snapshots landed, 0 are there already" in text
    assert "week.zip: refused: week.zip/b.html: a web page (HTML)" in text
    page = {"total_count": 2097, "results": city(TIMES[2])}
    assert "12 records, 2097 announced" in imported("page.json", json.dumps(page).encode())
    assert "an empty file" in imported("empty.csv", b"")
    assert "a table without rows" in imported("none.parquet", parquet(recorded(TIMES).head(0)))
    reasons = [document["reason"] for document in mongo_database[QUARANTINE].find({})]
    assert len(reasons) == 4
    assert lake.inventory(RAW_SNAPSHOTS, EVER).height == 2


def test_folders_are_imported_and_an_empty_one_is_named(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, empty = tmp_path / "week" / "monday", tmp_path / "empty"
    folder.mkdir(parents=True)
    empty.mkdir()
    (folder / "one.json").write_bytes(SHAPES["a JSON array"])
    (folder / ".hidden").write_bytes(b"x")
    refused, total = import_files(settings, [tmp_path / "week", empty], ImportOptions())
    assert (refused, total) == (["empty"], 2)
    output = capsys.readouterr()
    assert "one.json: landed" in output.out
    assert "empty: refused: a folder without files" in output.err


@pytest.fixture
def week(tmp_path: Path) -> Path:
    """A folder of forty snapshots, a file each."""
    folder = tmp_path / "week"
    folder.mkdir()
    for number in range(MOST_BODIES + 8):
        at = AT + number * timedelta(minutes=5)
        (folder / f"{number:03}.json").write_text(json.dumps(city(at)))
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_many_files_are_compared_with_those_before_them(
    settings: Settings, lake: Lake, week: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (week / "001 again.csv").write_bytes(SHAPES["commas"])  # of the first instant
    (week / "002 page.json").write_text("<html>")
    other = [{**city()[0], "statut_pdc": "Réservé"}, *city()[1:]]
    (week / "003 other.json").write_text(json.dumps(other))
    refused, total = import_files(settings, [week], ImportOptions())
    said = capsys.readouterr()
    lines = [line.split(": ")[0].rpartition("/")[2] for line in said.out.splitlines()]

    assert refused == ["002 page.json", "003 other.json"]
    assert total == MOST_BODIES + 11
    assert lines == [name for name in names(week) if name not in refused]
    assert said.out.count("is there already") == 1
    assert "001 again.csv: is there already" in said.out
    assert "003 other.json: refused: another body of that second is stored already" in said.err
    assert lake.inventory(RAW_SNAPSHOTS, EVER).height == MOST_BODIES + 8


def test_reported_documents_are_stored_even_when_the_import_is_killed(
    settings: Settings, lake: Lake, week: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    said: list[str] = []

    def killed(path: Path, *_: object) -> None:
        said.append(path.name)
        if len(said) == 5:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(importing, "_report", killed)
        with pytest.raises(KeyboardInterrupt):
            import_files(settings, [week], ImportOptions())
    assert said == names(week)[:5]
    assert lake.inventory(RAW_SNAPSHOTS, EVER).height == MOST_BODIES

    assert import_files(settings, [week], ImportOptions()) == ([], MOST_BODIES + 8)
    out = capsys.readouterr().out
    assert (out.count(": landed"), out.count("is there already")) == (8, MOST_BODIES)


def test_odd_entries_of_a_folder_are_refused_alone_and_cannot_forge_a_line(
    settings: Settings, lake: Lake, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, elsewhere = tmp_path / "odd", tmp_path / "elsewhere"
    (folder / "a.json").mkdir(parents=True)
    elsewhere.mkdir()
    (folder / "a.json" / "good.json").write_bytes(SHAPES["a JSON array"])
    os.mkfifo(folder / "pipe.json")
    (folder / "gone.json").symlink_to("nowhere.json")
    (folder / "link.json").symlink_to(elsewhere)
    forged = folder / "b\n\x1b[31mweek.json: landed.json"
    forged.write_bytes(b"<html>")
    Path(os.fsdecode(bytes(folder) + b"/\xff.json")).write_bytes(
        json.dumps(city(TIMES[1])).encode()
    )

    refused, total = import_files(settings, [folder], ImportOptions())

    assert (len(refused), total) == (4, 6)
    said = capsys.readouterr()
    assert said.out.count("landed, 12 charge points") == len(said.out.splitlines()) == 2
    assert "\\udcff.json: landed" in said.out
    lines = said.err.splitlines()
    assert len(lines) == 4
    assert "\x1b" not in said.err
    for name, reason in {
        "b\\n\\x1b[31mweek.json: landed.json": "a web page",
        "gone.json": "No such file",
        "link.json": "a folder without files, or a link",
        "pipe.json": "no file: a named pipe",
    }.items():
        assert [line for line in lines if f"{name}: refused: {reason}" in line], (name, lines)
    assert lake.inventory(RAW_SNAPSHOTS, EVER).height == 2


def test_static_exports_and_weather_can_be_imported(
    imported: Callable[..., str], lake: Lake, tmp_path: Path
) -> None:
    static = {"dataset": RecordedDataset.STATIC}
    for name in ("2022.csv", "2024.json"):
        body = (FOLDER / "static" / name).read_bytes()
        assert "landed" in imported(name, body, **static)
        assert "is there already" in imported(name, body, **static)
    times = lake.inventory(RAW_STATIC, EVER)["captured_at"].dt.year().to_list()
    assert times == [2022, 2023]  # of their newest commissioning
    at = datetime(2024, 12, 5, tzinfo=UTC)
    assert "captured at 2024-12-05" in imported("2024.json", body, captured_at=at, **static)
    assert "a real-time export" in imported("rt.json", SHAPES["a JSON array"], **static)

    weather = {"dataset": RecordedDataset.WEATHER}
    for name, source in (
        ("open_meteo_archive_newest_days", "open_meteo/archive"),
        ("open_meteo_forecast", "open_meteo/forecast"),
        ("openweathermap_snow", "openweathermap/current"),
        ("infoclimat", "infoclimat/gfs"),
    ):
        body = (FOLDER / "weather" / f"{name}.json").read_bytes()
        assert "landed" in imported(f"{name}.json", body, **weather)
        os.utime(tmp_path / f"{name}.json", (1.79e9, 1.79e9))  # copied: written at another time
        assert "is there already" in imported(f"{name}.json", body, **weather)
        assert source in lake.inventory(RAW_WEATHER, EVER)["source"].to_list()
    text = imported("plain.json", body, weather_source="open_meteo/archive", **weather)
    assert "refused" in text
    with pytest.raises(CommandError, match="no weather source 'trains'"):
        imported("plain.json", body, weather_source="trains", **weather)
