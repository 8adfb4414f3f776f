"""What the catalog shows of what was made: a table each time, a picture once a run."""

import base64
import io
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element, fromstring
from zoneinfo import ZoneInfo

import dagster as dg
import polars as pl
import pytest
from dagster import MarkdownMetadataValue
from PIL import Image
from polars.exceptions import PanicException

from belib_weather.assets.build_facts import hour_sums
from belib_weather.assets.presentation import Drawers
from belib_weather.automation.live import RANGE_END, RANGE_START
from belib_weather.catalog import charts, station_map, tables
from belib_weather.catalog.images import MOST_BYTES, pictured_hour
from belib_weather.catalog.resource import PlatformCatalog
from belib_weather.catalog.station_map import map_of
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.panels.dashboard_panels.now import STATION_MAP
from belib_weather.panels.i18n import SIMULATED_MARK, Language
from belib_weather.panels.number_formats import share
from belib_weather.partitions import day_key, hour_key
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    AVAILABILITY_HOURS,
    CHARGE_POINTS,
    STATION_STATES,
    STATIONS,
    TABLES,
    WEATHER_HOURS,
)
from belib_weather.window import DAY, HOUR, Window, floor_hour
from belib_weather_tests.clocks import PRESENT
from belib_weather_tests.graph.conftest import Platform, history, keys_of
from belib_weather_tests.graph.stages import Stages

CHARTED = ("availability_facts", "raw_belib_snapshots", "weather_hours")
MAPPED = ("stations", "station_states")
MOST_BYTES_OF_A_MAP = 15_000
SVG = "{http://www.w3.org/2000/svg}"
AT_ONCE = 1_000
"""Characters of Markdown from which on Dagster's web page shows a button in its place."""


def shown(result: dg.ExecuteInProcessResult, asset: str, name: str) -> dict[str | None, str]:
    """The Markdown of a name that the materializations of an asset carry, by partition."""
    assert result.success
    events = [event.materialization for event in result.get_asset_materialization_events()]
    values = {m.partition: m.metadata.get(name) for m in events if m.asset_key.path == [asset]}
    return {k: v.md_str or "" for k, v in values.items() if isinstance(v, MarkdownMetadataValue)}


def svg_of(picture: str) -> Element:
    """The map in the Markdown."""
    assert len(picture) < MOST_BYTES_OF_A_MAP
    found = re.fullmatch(r"!\[[^\]]+\]\(data:image/svg\+xml,([^)\s]+)\)\n\n.*`.*", picture)
    assert found is not None
    return parsed(unquote(found[1]))


def parsed(svg: str) -> Element:
    """The root of an SVG document."""
    root = fromstring(svg)  # noqa: S314 - our own
    assert root.tag == f"{SVG}svg"
    return root


def rows_of(table: str) -> list[list[str]]:
    """The cells of a Markdown table, without its head."""
    return [line.strip("|").split("|") for line in table.splitlines()[2:]]


def tick(platform: Platform, first: datetime, last: datetime) -> dg.ExecuteInProcessResult:
    """The live job as its schedule asks for it: one hour, or two when the first closes."""
    job = platform.defs.resolve_job_def("live")
    if first == last:
        return job.execute_in_process(instance=platform.instance, partition_key=hour_key(last))
    tags = {RANGE_START: hour_key(first), RANGE_END: hour_key(last)}
    return job.execute_in_process(instance=platform.instance, tags=tags)


def with_pictures(platform: Platform) -> Platform:
    """The same platform with the catalog that people see."""
    return platform.changed(settings={}, catalog=PlatformCatalog())


@pytest.fixture(scope="module")
def begin() -> Iterator[datetime]:
    """The present, as at the start of the runs that these tests read."""
    yield PRESENT.begin()
    PRESENT.end()


@pytest.fixture(scope="module")
def pictured(stages: Stages, begin: datetime) -> Iterator[Platform]:
    """A platform that tests only read."""
    with stages.platform("platform_with_history", begin) as platform:
        yield with_pictures(platform)


@pytest.fixture
def platform(platform: Platform) -> Platform:
    """The same as elsewhere, with pictures."""
    return with_pictures(platform)


@pytest.fixture(scope="module")
def by_asset(pictured: Platform, begin: datetime) -> dict[str, Any]:
    """What each asset shows after runs that somebody asked for: (table, picture) by asset."""
    platform, past = pictured, history(begin)
    runs: dict[str, dg.ExecuteInProcessResult] = {
        "availability_facts": platform.materialize("availability_facts", keys=keys_of(past)),
        "raw_belib_snapshots": platform.materialize("raw_belib_snapshots", keys=keys_of(past)),
        "weather_hours": platform.materialize("weather_hours", keys=day_key(begin)),
        "stations": platform.materialize("charge_points", "stations", "station_states"),
    }
    runs["station_states"] = runs["charge_points"] = runs["stations"]
    return {
        asset: (shown(result, asset, "table"), shown(result, asset, "picture"))
        for asset, result in runs.items()
    }


def test_a_run_draws_one_small_picture_of_each_asset(
    by_asset: dict[str, Any], begin: datetime
) -> None:
    last = hour_key(history(begin).end - HOUR)
    carried = {asset: list(pictures) for asset, (_, pictures) in by_asset.items()}

    assert carried == {
        "availability_facts": [last],
        "raw_belib_snapshots": [last],
        "weather_hours": [day_key(begin)],
        "stations": [None],
        "station_states": [None],
        "charge_points": [],
    }
    for _, pictures in (by_asset[name] for name in CHARTED):
        for picture in pictures.values():
            assert len(picture) < MOST_BYTES
            found = re.fullmatch(r"!\[[^\]]+\]\(data:image/png;base64,([^)]+)\)\n\n.*`.*", picture)
            assert found is not None
            with Image.open(io.BytesIO(base64.b64decode(found[1]))) as image:
                image.load()
                assert (image.format, 400 < image.width < 640) == ("PNG", True)
                assert 150 < image.height < 640
                assert len(image.getcolors() or []) > 3


def test_a_map_counts_every_station_and_draws_those_with_a_place(
    by_asset: dict[str, Any], pictured: Platform
) -> None:
    for asset in MAPPED:
        rows = pictured.warehouse.read(TABLES[asset])
        svg = svg_of(by_asset[asset][1][None])
        texts = [element.text or "" for element in svg.iter(f"{SVG}text")]
        legend = [re.fullmatch(r".+ \((\d+)\)", text) for text in texts]
        assert sum(int(entry[1]) for entry in legend if entry) == rows.height
        drawn = "".join(path.get("d", "") for path in svg.iter(f"{SVG}path") if path.get("stroke"))
        kinds = sum(entry is not None for entry in legend)
        assert drawn.count("M") - kinds == rows.drop_nulls(["latitude", "longitude"]).height
        assert {f"{number}" for number in rows["arrondissement"].drop_nulls()} <= set(texts)
        assert SIMULATED_MARK.en in texts


def test_every_partition_has_its_table_short_enough_to_be_shown_at_once(
    by_asset: dict[str, Any], begin: datetime
) -> None:
    hours = [hour_key(hour) for hour in history(begin).hours]

    assert (
        list(by_asset["availability_facts"][0]) == list(by_asset["raw_belib_snapshots"][0]) == hours
    )
    assert all(len(t) < AT_ONCE for tables, _ in by_asset.values() for t in tables.values())
    assert all(tables for tables, _ in by_asset.values())


def test_the_table_of_an_hour_equals_sql(
    by_asset: dict[str, Any], pictured: Platform, begin: datetime
) -> None:
    hour = history(begin).start
    rows = pictured.warehouse.read(AVAILABILITY_HOURS, Window.hour(hour))
    sums = rows.select(pl.selectors.ends_with("_seconds").sum(), pl.col("charge_points").sum()).row(
        0, named=True
    )
    in_service = sum(sums[f"{s}_seconds"] for s in ("available", "occupied", "reserved"))
    computed = in_service + sums["out_of_order_seconds"] + sums["unknown_seconds"]
    figures = (
        sums["available_seconds"] / computed,
        sums["occupied_seconds"] / in_service,
        sums["unknown_seconds"] / computed,
    )
    start, end = (at.astimezone(ZoneInfo("Europe/Paris")) for at in (hour, hour + HOUR))

    [row] = rows_of(by_asset["availability_facts"][0][hour_key(hour)])

    written = [share(figure, Language.ENGLISH) for figure in figures]
    assert row == [f"{start:%Y-%m-%d %H:%M}–{end:%H:%M}", *written]


def test_the_other_tables_add_up_to_what_is_stored(
    by_asset: dict[str, Any], pictured: Platform, begin: datetime
) -> None:
    store, hour = pictured.warehouse, history(begin).start
    stored = pictured.lake.inventory(RAW_SNAPSHOTS, Window.hour(hour))
    [raw] = rows_of(by_asset["raw_belib_snapshots"][0][hour_key(hour)])
    assert raw == [str(stored.height), "4", "0", "100.0%", "15.0"]

    stations = store.read(STATIONS).drop_nulls("arrondissement")
    by_place = rows_of(by_asset["stations"][0][None])
    assert sum(int(row[1]) for row in by_place) == stations["station_id"].n_unique()
    assert sum(int(row[2]) for row in by_place) == stations["charge_points"].sum()

    states = store.read(STATION_STATES).drop_nulls("arrondissement")
    assert sum(int(row[1]) for row in rows_of(by_asset["station_states"][0][None])) == (
        states["available"].sum()
    )
    points = rows_of(by_asset["charge_points"][0][None])
    assert sum(int(row[-1]) for row in points) == store.read(CHARGE_POINTS).height

    midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    weather = store.read(WEATHER_HOURS, Window.day(midnight))
    [row] = rows_of(by_asset["weather_hours"][0][day_key(begin)])
    assert row[:2] == [
        str(weather["temperature_c"].min()),
        str(weather["temperature_c"].max()),
    ]


def test_every_tick_draws_maps_and_the_one_that_closes_an_hour_draws_all(
    platform: Platform, now: datetime
) -> None:
    current = floor_hour(now)

    within = tick(platform, current, current)
    closing = tick(platform, current - HOUR, current)

    assert shown(within, "raw_belib_snapshots", "picture") == {}
    assert list(shown(closing, "raw_belib_snapshots", "picture")) == [hour_key(current - HOUR)]
    for result in (within, closing):
        assert [list(shown(result, asset, "picture")) for asset in MAPPED] == [[None], [None]]
    assert all(shown(within, a, "table") for a in (*MAPPED, "raw_belib_snapshots", "charge_points"))


def test_a_picture_that_cannot_be_drawn_is_a_warning_and_the_data_are_stored(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    assert platform.materialize("raw_belib_snapshots", keys=hour_key(now)).success
    monkeypatch.setattr(charts, "WIDTH", "wide")

    result = platform.materialize("availability_facts", keys=hour_key(now))

    assert shown(result, "availability_facts", "picture") == {}
    assert shown(result, "availability_facts", "table")
    assert platform.warehouse.read(AVAILABILITY_FACTS, Window.hour(floor_hour(now))).height > 0


def warnings_of(platform: Platform, result: dg.ExecuteInProcessResult) -> list[str]:
    """The warnings in a run's log."""
    logged = platform.instance.all_logs(result.run_id)
    return [entry.user_message for entry in logged if entry.level == logging.WARNING]


def test_a_broken_panel_loses_its_table_and_not_the_snapshot(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    for panel in ("HOURS_MADE", "STATIONS_BY_ARRONDISSEMENT", "STATES_BY_ARRONDISSEMENT"):
        broken = replace(getattr(tables, panel), measures=(None,))
        monkeypatch.setattr(tables, panel, broken)
    monkeypatch.setattr(station_map, "STATION_MAP", replace(STATION_MAP, title=None))  # type: ignore[arg-type]
    current = floor_hour(now)

    result = tick(platform, current, current)

    assert result.success
    assert platform.lake.inventory(RAW_SNAPSHOTS, Window.hour(current)).height == 1
    assert platform.warehouse.read(AVAILABILITY_FACTS, Window.hour(current)).height > 0
    assert shown(result, "availability_facts", "table") == {}
    assert shown(result, "station_states", "picture") == {}
    assert shown(result, "stations", "picture")
    lacking = [text for text in warnings_of(platform, result) if "the data are stored" in text]
    assert len(lacking) == len(("facts", "stations", "states", "map of states"))
    assert all("AttributeError" in text for text in lacking)


@pytest.mark.parametrize("fault", [ImportError("no panels"), PanicException("polars panicked")])
def test_any_failure_of_the_catalog_is_a_warning(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, now: datetime, fault: BaseException
) -> None:
    def drawers(_: object) -> Drawers:
        raise fault

    monkeypatch.setattr(PlatformCatalog, "drawers", drawers)

    result = platform.materialize("raw_belib_snapshots", keys=hour_key(now))

    assert result.success
    assert platform.lake.inventory(RAW_SNAPSHOTS, Window.hour(floor_hour(now))).height == 1
    assert any(str(fault) in text for text in warnings_of(platform, result))


def test_metadata_that_dagster_cannot_store_is_a_warning(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setattr(tables, "snapshot_tables", lambda *_: {floor_hour(now): object()})

    result = platform.materialize("raw_belib_snapshots", keys=hour_key(now))

    assert result.success
    assert shown(result, "raw_belib_snapshots", "table") == {}
    assert any("the data are stored" in text for text in warnings_of(platform, result))


def test_a_long_range_is_drawn_by_days() -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    hours = Window(start, start + timedelta(days=400))
    seconds = {"available_seconds": 1800, "occupied_seconds": 1200, "unknown_seconds": 600}
    zeros = ("reserved", "out_of_order", "planned", "removed", "stale", "unobserved")
    facts = pl.DataFrame({"hour": hours.hours}).with_columns(
        pl.col("hour").dt.date().alias("local_date"),
        pl.lit("opendata_paris/realtime").alias("source"),
        **{name: pl.lit(value) for name, value in seconds.items()},
        **{f"{name}_seconds": pl.lit(0) for name in zeros},
    )

    sources = ("opendata_paris/realtime",)
    drawn = charts.png_of(charts.facts_chart(hour_sums(facts), hours), sources)

    assert len(base64.b64encode(drawn)) < MOST_BYTES


def test_a_chart_of_simulated_data_is_watermarked(now: datetime) -> None:
    hours = Window(floor_hour(now) - DAY, floor_hour(now))
    stored = pl.DataFrame({"hour": hours.hours}).with_columns(snapshots=12, expected_snapshots=12)

    def height(*sources: str) -> int:
        drawn = charts.png_of(charts.coverage_chart(stored, now), sources)
        return Image.open(io.BytesIO(drawn)).height

    plain = height("opendata_paris/realtime")
    assert height("opendata_paris/realtime", "simulator:opendata_paris/realtime") > plain + 10


@pytest.mark.parametrize("places", [[(48.85, 2.35)], [(48.85, 2.35), (48.85, 2.36)]])
def test_a_map_of_few_stations_stays_within_its_frame(places: list[tuple[float, float]]) -> None:
    stations = pl.DataFrame(places, schema=["latitude", "longitude"], orient="row").with_columns(
        arrondissement=4, kind=pl.lit("some <kind>")
    )

    svg = parsed(map_of(stations, {"some <kind>": "#000"}, "T", "s", is_simulated=False))

    texts = [element.text for element in svg.iter(f"{SVG}text")]
    assert texts[:3] == ["T", "s", f"some <kind> ({len(places)})"]
    drawn = "".join(path.get("d", "") for path in svg.iter(f"{SVG}path") if path.get("stroke"))
    ends = [(int(x), int(y)) for x, y in re.findall(r"M(\d+),(\d+)", drawn)]
    assert len(ends) == len(places) + 1
    assert all(x <= int(svg.get("width", "")) for x, _ in ends)
    assert all(y <= int(svg.get("height", "")) for _, y in ends)


def test_the_picture_is_shown_at_the_last_hour_that_is_over() -> None:
    hour = datetime(2026, 3, 1, 12, tzinfo=UTC)
    closing = Window(hour - HOUR, hour + HOUR)

    assert pictured_hour(closing, hour + timedelta(minutes=5)) == hour - HOUR
    assert pictured_hour(closing, hour + HOUR) == hour
    assert pictured_hour(Window.hour(hour), hour + timedelta(minutes=5)) == hour
